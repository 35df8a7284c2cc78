"""What may be asked of a portal about the health record."""

from __future__ import annotations

from typing import Protocol


class RecordsPort(Protocol):
    """Calls about the health record."""
