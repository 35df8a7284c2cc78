"""What may be asked of a portal about who is signed in."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.account import Person


class AccountPort(Protocol):
    """Calls about who is signed in."""

    async def person(self) -> Person:
        """Tell who is signed in, and the number to reach them at (a mobile before a landline; empty without any)."""
        ...
