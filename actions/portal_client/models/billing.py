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


@dataclass(frozen=True)
class Charge:
    """One thing that was charged."""

    what: str
    on: date
    """Clinic-local day of the service."""
    cents: int


@dataclass(frozen=True)
class PastPayment:
    """Money that has come in."""

    on: date
    cents: int
    receipt: str
    """Empty when the portal does not say."""


@dataclass(frozen=True)
class BillDetails:
    """What the balance of one account is made of."""

    account_id: str
    charges: tuple[Charge, ...]
    """Newest first; empty when the portal does not say."""
    insurance_paid_cents: int
    payments: tuple[PastPayment, ...]
    """Newest first."""


@dataclass(frozen=True)
class Copay:
    """What is to be paid for one visit at its beginning."""

    invoice_id: str
    cents: int
    what: str


@dataclass(frozen=True)
class Statement:
    """One itemized bill."""

    document_id: str
    on: date
    title: str


@dataclass(frozen=True)
class Paperless:
    """How statements come."""

    on: bool
    email: str
    """Where the notice goes; empty when there is no e-mail address on file."""


@dataclass(frozen=True)
class PlanOffer:
    """A way to pay in parts that the clinic agrees to."""

    months: int
    monthly_cents: int
    last_cents: int
    """The last payment, which may be smaller."""
    first_due: date


@dataclass(frozen=True)
class PaymentPlan:
    """A running agreement to pay in parts."""

    id: str
    account_id: str
    monthly_cents: int
    next_due: date
    begun: bool
    """Whether a payment has been made on it."""


@dataclass(frozen=True)
class AssistanceBand:
    """Up to which yearly income a household gets help."""

    household: int
    """Number of people."""
    free_cents: int
    """Up to this income nothing is owed."""
    reduced_cents: int
    """Up to this one, less is owed."""


@dataclass(frozen=True)
class Assistance:
    """An application for financial help."""

    id: str
    status: str
    """FHIR R4 Task.status."""
    missing: tuple[str, ...]
    """Documents still to bring, as the clinic names them."""


@dataclass(frozen=True)
class PaymentLink:
    """A page of the portal on which a card is entered; the conversation never sees it."""

    url: str
    expires: datetime


@dataclass(frozen=True)
class GuestBill:
    """What anybody with the statement may know of a bill."""

    statement: str
    cents: int
    """Still open."""
