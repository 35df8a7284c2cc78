"""What may be asked of a portal about readings and questionnaires."""

from __future__ import annotations

from typing import Protocol


class TrackingPort(Protocol):
    """Calls about readings and questionnaires."""
