"""Requests of the area documents."""

from __future__ import annotations

from demo_portal.tasks.kind import Kind, for_staff, ours

KINDS: dict[tuple[str, str], Kind] = {
    ours("agent-change"): for_staff({"name": "valueString", "phone": "valueString", "rank": "valueString"}),
}
