"""What the portal tells about who somebody is, how they are reached, and what they have set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from actions.portal_client.models.scheduling import Appointment

Language = Literal["en", "es"]
ContactKind = Literal["phone", "email", "address"]
CodeChannel = Literal["text", "call", "email", "app"]


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
    phone_since: datetime | None = None
    """Since when this number is on file; None when it has been there since before anybody noted it."""
    shares_phone_with_guardian: bool = False
    """True for somebody from 12 to 17 whose number also reaches somebody who acts for them, as far as the portal says."""


@dataclass(frozen=True)
class EmergencyContact:
    """Somebody to call when something happens."""

    name: str
    relationship: str
    """As people say it, for example `sister`; empty when nobody said."""
    phone: str
    """E.164; empty when there is none."""


@dataclass(frozen=True)
class Address:
    """Where post goes."""

    line: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True)
class PersonalInfo:
    """What the clinic has on file about somebody, beside their health."""

    full_name: str
    preferred_name: str
    """Empty when none is on file."""
    birth_date: date | None
    pronouns: str
    gender_identity: str
    language: Language
    interpreter_needed: bool
    phones: tuple[str, ...]
    """E.164, the best one first."""
    email: str
    address: Address | None
    emergency_contacts: tuple[EmergencyContact, ...]


@dataclass(frozen=True)
class DetailsChange:
    """What somebody wants to be changed about how they are addressed; None leaves as it is, empty takes away."""

    preferred_name: str | None = None
    pronouns: str | None = None
    gender_identity: str | None = None
    language: Language | None = None
    interpreter_needed: bool | None = None


@dataclass(frozen=True)
class NotificationPreferences:
    """What news goes out by which way."""

    channels: dict[str, str] = field(default_factory=dict)
    """`text`, `email`, `push` or `none`, by kind of news: results, messages, appointments, billing, refills."""
    quiet_from: time | None = None
    """Clinic-local; None when there are no quiet hours."""
    quiet_until: time | None = None


@dataclass(frozen=True)
class SignInSettings:
    """How somebody proves who they are."""

    code_by: CodeChannel = "text"
    trusted_devices: tuple[str, ...] = ()
    """As people named them."""
    quick_login_devices: tuple[str, ...] = ()
    """Where a short passcode, a face or a fingerprint is enough."""


@dataclass(frozen=True)
class ConnectedApp:
    """A program or organization outside the clinic that may read the record."""

    id: str
    name: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class RecordsWindow:
    """Why somebody sees the records they see."""

    shown_since: date
    """The first day of what is shown: three years back, but not before 1 February 2022."""
    first_visit: date | None
    """First visit since then; None when there was none."""
    last_visit_before: date | None
    """Last visit that is too old to be shown; None when there was none, or the portal does not tell."""


@dataclass(frozen=True)
class Glance:
    """The news, in one breath; None where the portal did not answer."""

    next_visit: Appointment | None
    visits_known: bool
    new_results: int | None
    """Reports of the last two weeks."""
    unread_messages: int | None
    refills_ready: int | None
    owed_cents: int | None
