"""What anybody may ask of a portal about the clinic itself, and about help with an account."""

from __future__ import annotations

from typing import Literal, Protocol

from actions.portal_client.models.clinic import Place, Provider
from actions.portal_client.models.requests import Receipt

HelpKind = Literal["username-recovery", "password-reset", "portal-activation"]


class FrontDeskPort(Protocol):
    """Calls about the clinic itself, and help with an account."""

    async def providers(self) -> list[Provider]:
        """List the people who see patients, by family name."""
        ...

    async def places(self) -> list[Place]:
        """List the clinics and hospitals, by name."""
        ...

    async def request_account_help(self, kind: HelpKind, phone_e164: str, key: str) -> Receipt:
        """Ask for a username, a new password or an account; what happens goes only to contacts on file.

        The answer is the same whether or not anybody has this number.
        """
        ...

    async def request_person(self, summary: str, phone_e164: str, key: str) -> Receipt:
        """Ask for somebody of the clinic; an empty phone number means in this conversation."""
        ...

    async def request_callback(self, reason: str, phone_e164: str, key: str) -> Receipt:
        """Ask to be called back."""
        ...

    async def give_feedback(self, words: str, key: str) -> Receipt:
        """Leave praise or a complaint."""
        ...
