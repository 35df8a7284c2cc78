"""What the portal tells about messages and calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from actions.portal_client.models.requests import Receipt

MessageCategory = Literal["medical-advice", "customer-service", "billing"]


@dataclass(frozen=True)
class Message:
    """One message between the person and the clinic."""

    id: str
    thread_id: str
    """Id of the message that began the thread; of the first, its own."""
    sender: str
    """As people say it, for example `Amy Chen, MD`; empty when the portal does not say."""
    sender_id: str | None
    """Whom an answer goes to; None when it cannot be answered, as with the person's own messages."""
    subject: str
    body: str
    sent: datetime
    unread: bool
    from_me: bool
    attachments: tuple[str, ...]
    """Titles of what is attached."""


@dataclass(frozen=True)
class SentMessage:
    """A message that has gone out."""

    receipt: Receipt
    answer_by: date | None
    """Day by which the clinic answers; None when the portal does not say."""


@dataclass(frozen=True)
class ClinicCall:
    """A telephone call between the person and the clinic."""

    id: str
    at: datetime
    topic: str
    by: str
    """Who spoke for the clinic; empty when the portal does not say."""
    note: str
