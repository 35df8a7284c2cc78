"""What the portal tells about the health record: allergies, issues, vaccines, prevention, history, plans, eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from actions.portal_client.models.medications import Medication

AllergyAnswer = Literal["listed", "none-known", "never-asked"]
Severity = Literal["mild", "moderate", "severe"]
AllergyChange = Literal["correct", "remove"]
IssueChange = Literal["resolved", "correct", "remove"]
CareStatus = Literal["overdue", "due", "later", "done"]
HistoryKind = Literal["condition", "surgery"]
LensKind = Literal["glasses", "contacts"]


@dataclass(frozen=True)
class Allergy:
    """Something that somebody does not tolerate."""

    id: str
    to: str
    reaction: str
    """As written down; empty when nobody said."""
    severity: Severity | None
    """The worst reaction so far; None when nobody said."""
    since: date | None
    by_patient: bool
    """Said by the person and not yet looked at by the care team."""


@dataclass(frozen=True)
class Allergies:
    """What is on file about allergies."""

    answer: AllergyAnswer
    """`none-known`: somebody asked, and there is none. `never-asked`: there is nothing on file either way."""
    listed: tuple[Allergy, ...]
    """By name; empty unless `listed`."""


@dataclass(frozen=True)
class HealthIssue:
    """A problem that somebody has now."""

    id: str
    name: str
    since: date | None
    """Clinic-local; of a year alone its first day. None when nobody said."""
    by_patient: bool
    """Said by the person and not yet looked at by the care team."""


@dataclass(frozen=True)
class Immunization:
    """One dose of a vaccine."""

    id: str
    vaccine: str
    code: str
    """CVX; empty when the portal does not say."""
    on: date | None
    """None when only something like `as a child` is known."""
    dose: int | None
    place: str
    """Where it was given, when that was elsewhere; empty otherwise."""
    by_patient: bool
    """Told by the person, not given or checked by the clinic."""


@dataclass(frozen=True)
class ImmunizationRecord:
    """What a school asks for."""

    full_name: str
    birth_date: date | None
    doses: tuple[Immunization, ...]
    """By vaccine, then oldest first."""


@dataclass(frozen=True)
class CareItem:
    """One piece of routine care."""

    id: str
    name: str
    status: CareStatus
    due: date | None
    """Clinic-local; None when done, or when the portal does not say."""
    done: date | None
    """Last time; None when it has not been, or when the portal does not say."""
    visit_type: str | None
    """Kind of visit that can be booked for it; None when it cannot be booked here."""


@dataclass(frozen=True)
class PreventiveCare:
    """Routine care: what is overdue, due, to come and done."""

    items: tuple[CareItem, ...]
    """Overdue first, then by day due; done last."""
    starts_on: date | None
    """Reminders begin on that day, because the account is younger than six months; None when they have begun."""


@dataclass(frozen=True)
class HealthSummary:
    """The record in short; None where the portal did not answer."""

    issues: tuple[HealthIssue, ...] | None
    medications: tuple[Medication, ...] | None
    allergies: Allergies | None
    immunizations: tuple[Immunization, ...] | None
    preventive: PreventiveCare | None


@dataclass(frozen=True)
class Goal:
    """What a plan is meant to reach."""

    what: str
    target: str
    """For example `7 %`; empty when there is no measure."""
    until: date | None
    status: str
    """FHIR R4 achievementStatus as a code, such as `in-progress` or `achieved`; empty when the portal does not say."""


@dataclass(frozen=True)
class Activity:
    """One thing that is to be done for a plan."""

    what: str
    status: str
    """FHIR R4: `not-started`, `scheduled`, `in-progress`, `on-hold`, `completed` ..."""
    on: date | None
    """When it is next; None when it has no day."""
    when: str
    """As said when it has no day, for example `every morning`; empty otherwise."""
    by: str
    """Who does it; empty when nobody is named."""


@dataclass(frozen=True)
class TeamMember:
    """Somebody who looks after a plan."""

    name: str
    role: str
    """Empty when the portal does not say."""


@dataclass(frozen=True)
class CarePlan:
    """The plan of care for a condition."""

    id: str
    title: str
    text: str
    """In a sentence or two; empty when there is none."""
    goals: tuple[Goal, ...]
    activities: tuple[Activity, ...]
    """Those with a day first, in order; what is over is left out."""
    team: tuple[TeamMember, ...]
    next_step: Activity | None
    """The first activity that has a day from today on; None when none has."""


@dataclass(frozen=True)
class HistoryItem:
    """A condition or an operation of the past, or a habit."""

    id: str
    what: str
    on: date | None
    """When it began or was done; None when nobody said."""
    value: str
    """Of a habit, for example `never smoked`; empty otherwise."""
    by_patient: bool


@dataclass(frozen=True)
class FamilyItem:
    """What a relative has or had."""

    id: str
    relative: str
    what: str
    """Empty when only the relative is on file."""
    age: int | None
    """Years, when it began; None when nobody said."""
    by_patient: bool


@dataclass(frozen=True)
class MedicalHistory:
    """Personal, surgical, family and social history; each newest first."""

    conditions: tuple[HistoryItem, ...]
    """What is over."""
    surgeries: tuple[HistoryItem, ...]
    family: tuple[FamilyItem, ...]
    social: tuple[HistoryItem, ...]
    restricted: bool
    """Something in it is sensitive: must not be read aloud or put in a text."""


@dataclass(frozen=True)
class Prism:
    """One prism of a lens."""

    amount: Decimal
    """Prism diopters."""
    base: str
    """`up`, `down`, `in` or `out`."""


@dataclass(frozen=True)
class Lens:
    """What one eye needs; None is not written on the prescription, which is not the same as zero."""

    sphere: Decimal | None
    """Diopters, with two decimals; below zero is minus. These three alike."""
    cylinder: Decimal | None
    add: Decimal | None
    axis: int | None
    """Degrees, 1 to 180."""
    prisms: tuple[Prism, ...]
    power: Decimal | None
    """From here on for contact lenses: diopters, then millimeters."""
    back_curve: Decimal | None
    diameter: Decimal | None
    brand: str
    """Empty when none is named."""


@dataclass(frozen=True)
class EyePrescription:
    """A prescription for glasses or contact lenses, so that an optician can write it down."""

    id: str
    written_on: date
    prescriber: str
    kind: LensKind
    right: Lens | None
    left: Lens | None
    """None when nothing is prescribed for that eye."""
