"""What anybody may ask of a portal about paying a bill without signing in."""

from __future__ import annotations

from typing import Protocol


class GuestPort(Protocol):
    """Calls about paying a bill without signing in."""
