"""What the portal tells about what is owed and paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class AccountBalance:
    """What is owed on one account."""

    id: str
    name: str
    """`clinic` or `hospital`."""
    cents: int
    """US cents; negative when the clinic owes the person."""
    due: date | None


@dataclass(frozen=True)
class PaymentMethod:
    """A card or bank account the portal keeps; we only ever see a token and its last digits."""

    id: str
    kind: str
    """For example `visa` or `bank account`."""
    ending: str


@dataclass(frozen=True)
class Payment:
    """A payment that was made."""

    receipt: str
    cents: int
    at: datetime
