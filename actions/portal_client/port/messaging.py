"""What may be asked of a portal about messages."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.messaging import ClinicCall, Message, MessageCategory, SentMessage


class MessagingPort(Protocol):
    """Calls about messages."""

    async def messages(self) -> list[Message]:
        """List messages to and from the person, unread first, each part newest first."""
        ...

    async def mark_read(self, message_id: str, key: str) -> None:
        """Note that a message to the person was read; one already read stays so.

        Raises:
            NotOffered: the portal cannot note it.
            OutcomeUnknown: it may or may not be noted.
        """
        ...

    async def send_message(
        self,
        category: MessageCategory,
        subject: str,
        body: str,
        key: str,
        recipient_id: str | None = None,
        reply_to: str | None = None,
    ) -> SentMessage:
        """Send a message to a provider, or with None to the clinic; `reply_to` is the id of a message.

        Raises:
            NotOffered: the portal takes no messages.
            OutcomeUnknown: it may or may not be sent.
        """
        ...

    async def clinic_calls(self) -> list[ClinicCall]:
        """List telephone calls with the clinic, newest first."""
        ...
