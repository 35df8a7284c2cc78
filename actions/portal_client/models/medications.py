"""What the portal tells about medicines, pharmacies and refills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

RefillStage = Literal["asked", "approved", "filling", "ready", "picked-up", "refused", "withdrawn"]


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
class Refill:
    """A refill that was asked for, and how far it is."""

    id: str
    medication_id: str
    medication: str
    """As on the prescription; empty when the portal does not say."""
    stage: RefillStage
    asked_on: date
    pharmacy: str
    """Empty when the portal does not say."""
    ready_since: date | None
    """Clinic-local day it was ready; None before that."""
