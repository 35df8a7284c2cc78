"""What the portal tells the assistant, free of FHIR: frozen, with times in the clinic's zone and money in cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Language = Literal["en", "es"]
ResultStatus = Literal["final", "pending", "corrected"]


@dataclass(frozen=True)
class Provider:
    """Somebody a person can have an appointment with."""

    id: str
    name: str
    """As the clinic writes it, for example `Amy Chen, MD`."""
    family_name: str
    specialty: str
    """Empty when the portal does not say."""
    place_id: str | None
    """Where this person mostly works; None when the portal does not say."""
    languages: tuple[str, ...] = ()
    """Two letters each, for example `("en", "es")`."""


@dataclass(frozen=True)
class Place:
    """A clinic or hospital."""

    id: str
    name: str
    address: str
    """On one line; empty when the portal does not say."""
    phone: str
    """E.164 as the portal keeps it; empty when it has none."""


@dataclass(frozen=True)
class SlotWish:
    """Which times would suit."""

    visit_type: str | None
    provider_id: str | None
    place_id: str | None
    earliest: datetime
    latest: datetime
    """Starts before this moment."""
    time_ranges: tuple[tuple[time, time], ...] = ()
    """Parts of the day, clinic-local, start included, end not; empty means any. An end of 00:00 is midnight."""
    weekdays: tuple[int, ...] = ()
    """0 is Monday; empty means any."""
    limit: int = 3


@dataclass(frozen=True)
class OpenSlot:
    """One time that can be booked."""

    id: str
    start: datetime
    end: datetime
    provider: Provider
    place: Place


@dataclass(frozen=True)
class Appointment:
    """One appointment of the person signed in."""

    id: str
    start: datetime
    end: datetime
    visit_type: str | None
    """A code such as `physical`; None when the portal does not say."""
    status: str
    """FHIR R4 Appointment.status: `booked`, `pending` (the clinic must still agree), `arrived`, `cancelled` ..."""
    provider: Provider | None
    place: Place | None


@dataclass(frozen=True)
class Medication:
    """One medicine the person takes now."""

    id: str
    name: str
    """Without strength or form, for example `lisinopril`."""
    strength: str
    """For example `10 mg`; empty when the portal does not say."""
    text: str
    """As on the prescription, for example `lisinopril 10 mg tablet`."""
    instructions: str
    """As written by the prescriber, in the portal's language; empty when there are none."""
    refills_left: int | None
    """None when it is not on prescription, or the portal does not say."""
    prescriber: str
    """Empty when not on prescription."""
    over_the_counter: bool
    controlled: bool
    """A controlled substance: staff must handle its refill."""
    next_refill_on: date | None
    """First clinic-local day a refill makes sense; None means at any time."""
    pharmacy_id: str | None
    open_request: bool
    """A refill was asked for and is not finished."""


@dataclass(frozen=True)
class Pharmacy:
    """Where medicines can be sent."""

    id: str
    name: str
    preferred: bool


@dataclass(frozen=True)
class RefillRequest:
    """A refill that was asked for."""

    id: str
    status: str
    """FHIR R4 Task.status: `requested`, `accepted`, `in-progress`, `completed` ..."""
    needs_approval: bool
    """No refills are left, so the prescriber decides."""
    already_open: bool
    """It had been asked for before; nothing new was sent."""


@dataclass(frozen=True)
class ResultValue:
    """One measured value, said as the laboratory wrote it."""

    name: str
    value: str
    unit: str
    """Empty for words such as `negative`."""
    reference_range: str
    """For example `0-99`; empty when there is none."""
    flag: str | None
    """HL7 v3 ObservationInterpretation code such as `N`, `H`, `LL`, `A`; None when the laboratory gave none."""


@dataclass(frozen=True)
class TestResult:
    """One laboratory report."""

    __test__ = False  # pytest would take the class for a test by its name

    id: str
    name: str
    on: date
    """Clinic-local day the sample was taken."""
    status: ResultStatus
    values: tuple[ResultValue, ...]
    """Empty while pending."""
    comment: str | None
    """What the provider wrote for the person."""
    restricted: bool
    """Sensitive: must not be read aloud or put in a text."""


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
class Person:
    """Somebody in the portal's directory, as far as signing in needs."""

    id: str
    given_name: str
    full_name: str
    phone: str
    """E.164; the number that was asked for, if one was."""
    can_text: bool
    """False for a landline: the code must be spoken."""
    language: Language
