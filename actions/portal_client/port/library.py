"""What anybody may ask of a portal about the health library."""

from __future__ import annotations

from typing import Protocol


class LibraryPort(Protocol):
    """Calls about the health library."""
