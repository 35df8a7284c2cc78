"""What may be asked of a portal about sharing and access."""

from __future__ import annotations

from typing import Protocol


class SharingPort(Protocol):
    """Calls about sharing and access."""
