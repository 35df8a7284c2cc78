"""Requests of the area messaging: for clinics whose portal takes no messages."""

from __future__ import annotations

from demo_portal.tasks.kind import Kind, for_staff, ours

KINDS: dict[tuple[str, str], Kind] = {
    ours("message"): for_staff({"category": "valueString", "words": "valueString"}),
}
