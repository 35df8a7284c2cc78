"""Requests of the area account."""

from __future__ import annotations

from demo_portal.tasks.kind import Kind

KINDS: dict[tuple[str, str], Kind] = {}
