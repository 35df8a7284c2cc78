"""Requests of the area billing."""

from __future__ import annotations

from demo_portal.tasks.kind import Kind, ours
from demo_portal.tasks.payment import pay

KINDS: dict[tuple[str, str], Kind] = {
    ours("pay"): Kind(pay),
}
