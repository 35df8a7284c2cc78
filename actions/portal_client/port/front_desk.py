"""What anybody may ask of a portal about the clinic itself, and help with an account."""

from __future__ import annotations

from typing import Protocol


class FrontDeskPort(Protocol):
    """Calls about the clinic itself, and help with an account."""
