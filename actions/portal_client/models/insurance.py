"""What the portal tells about coverage, claims and referrals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

ClaimStatus = Literal["paid", "denied", "pending"]


@dataclass(frozen=True)
class Coverage:
    """One insurance of the person."""

    id: str
    plan: str
    """Empty when the portal does not say."""
    payer: str
    member_id: str
    """Whole, for a card on a screen; say only its end elsewhere."""
    active: bool
    """Whether it counts today."""
    ends: date | None
    copay_cents: int | None
    deductible_cents: int | None
    deductible_met_cents: int | None


@dataclass(frozen=True)
class Claim:
    """What an insurer has decided about a visit or service."""

    id: str
    on: date
    """Clinic-local day of the service."""
    what: str
    status: ClaimStatus
    billed_cents: int | None
    allowed_cents: int | None
    paid_cents: int | None
    owed_cents: int | None
    """What is left for the person."""
    reason: str
    """Why it was denied, as the insurer wrote it; empty otherwise."""


@dataclass(frozen=True)
class Referral:
    """An order to see somebody else."""

    id: str
    to: str
    """Specialty or person, for example `Optometry`."""
    why: str
    status: str
    """As the insurer or clinic says, for example `authorized`, `pending`."""
    visits_left: int | None
    until: date | None


@dataclass(frozen=True)
class CoverageChange:
    """What somebody says about an insurance; None where they did not say."""

    kind: Literal["add", "correct", "end"]
    payer: str | None = None
    plan: str | None = None
    member_id: str | None = None
    group: str | None = None
    from_day: date | None = None
    coverage_id: str | None = None
    """Which one is corrected or ended."""
