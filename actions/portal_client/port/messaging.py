"""What may be asked of a portal about messages."""

from __future__ import annotations

from typing import Protocol


class MessagingPort(Protocol):
    """Calls about messages."""
