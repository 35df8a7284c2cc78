"""What may be asked of a portal about insurance."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.insurance import Claim, Coverage, CoverageChange, Referral
from actions.portal_client.models.requests import Receipt


class InsurancePort(Protocol):
    """Calls about insurance."""

    async def coverages(self) -> list[Coverage]:
        """List the person's insurances, those that count today first."""
        ...

    async def report_coverage(self, change: CoverageChange, key: str) -> Receipt:
        """Tell the clinic about a new, wrong or ended insurance; the office looks at it first."""
        ...

    async def claims(self) -> list[Claim]:
        """List what insurers have decided, newest first."""
        ...

    async def referrals(self) -> list[Referral]:
        """List referrals that can still be used or are being decided, soonest end first."""
        ...
