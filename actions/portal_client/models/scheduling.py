"""What the portal tells about times and visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from actions.portal_client.models.clinic import Place, Provider


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
    by_video: bool = False


CancelReason = Literal["patient", "feeling-better", "transport", "moved", "cost", "weather"]
"""Why somebody cancels; `patient` when they do not say or it is none of the others."""


@dataclass(frozen=True)
class VisitDetails:
    """All that helps to get to a visit well prepared."""

    appointment: Appointment
    instructions: dict[str, str]
    """How to prepare, by language; empty when the portal does not say."""
    bring: dict[str, str]
    """What to bring, by language; empty when the portal does not say."""
    late_cancel_before: datetime | None
    """From this moment on cancelling is late; None when the clinic has no such rule."""
    late_cancel_fee: int | None
    """US cents that a late cancellation can cost; None when the clinic does not say."""
    echeckin: Literal["none", "open", "done"]
    """Whether the check-in at home has been begun, and finished."""
    on_waitlist: bool
    """Whether an earlier time is wished for."""


@dataclass(frozen=True)
class Moved:
    """A visit that was moved to another time."""

    appointment: Appointment
    """The new one."""
    old_is_gone: bool
    """False: the new time is booked, but the old one may still be; the clinic must be told."""


@dataclass(frozen=True)
class AppointmentRequest:
    """What the clinic is asked to find a time for."""

    reason: str
    """In the person's own words."""
    days: str
    """Which days and hours would suit, in the person's own words."""
    phone: str
    """E.164, where the clinic calls back."""
    visit_type: str | None = None
    provider_id: str | None = None


@dataclass(frozen=True)
class WaitlistWish:
    """A visit for which an earlier time is wished for."""

    id: str
    appointment_id: str | None
    """The booked visit it would replace; None when the portal does not say."""
    visit_type: str | None
    earliest: datetime | None
    latest: datetime | None
    """Starts before this moment; None when the portal does not say."""


@dataclass(frozen=True)
class WaitlistOffer:
    """An earlier time that is kept for the person for a short while."""

    id: str
    appointment: Appointment
    """As it would be."""
    replaces: str | None
    """Id of the booked visit that is given up for it; None when the portal does not say."""
    expires: datetime
    """Taken or not, at this moment it is over."""


@dataclass(frozen=True)
class Favorite:
    """A shortcut to a visit that is booked often."""

    id: str
    name: str
    """As the person calls it."""
    visit_type: str
    provider_id: str | None
    """None means with anybody."""
    place_id: str | None
    """None means anywhere."""


StepKind = Literal["demographics", "insurance", "medications", "questionnaire", "consent", "copay"]


@dataclass(frozen=True)
class CheckInStep:
    """One thing to confirm at home."""

    id: str
    kind: StepKind
    done: bool


@dataclass(frozen=True)
class CheckIn:
    """Checking in at home for one visit."""

    id: str
    appointment_id: str
    steps: tuple[CheckInStep, ...]
    """In the order in which they are asked."""
    done: bool
    """Whether the portal counts it as finished."""


@dataclass(frozen=True)
class StepProof:
    """What a step needs to be complete; the steps that only confirm something need nothing."""

    signature: str = ""
    """For `consent`: the name that the person signs with."""
    response_id: str | None = None
    """For `questionnaire`: the finished answers."""
    receipt: str | None = None
    """For `copay`: the receipt of the payment; None means that it is paid at the desk."""


@dataclass(frozen=True)
class Arrival:
    """Somebody has said that they are there."""

    appointment_id: str
    where_to_wait: dict[str, str]
    """By language; empty when the portal does not say."""


@dataclass(frozen=True)
class VideoVisit:
    """The door to a visit by video."""

    opens: datetime
    closes: datetime
    url: str | None
    """The link; None outside these times."""


@dataclass(frozen=True)
class OrderedTest:
    """A test or procedure that is ordered and still to be done."""

    id: str
    name: str
    kind: Literal["laboratory", "imaging", "procedure", "other"]
    ordered_on: date | None
    ordered_by: str
    """Name of who ordered it; empty when the portal does not say."""
    not_before: date | None
    until: date | None
    """By when it should be done; None when the portal does not say."""
    preparation: dict[str, str]
    """By language; empty when the portal does not say."""
    visit_type: str | None
    """The kind of visit to book for it; None when it is not booked here."""
    place: Place | None
    """Where it is done, with the number to call; None when the portal does not say."""
    booked: Appointment | None
    """The visit for it that is booked already."""
