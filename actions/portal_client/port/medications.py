"""What may be asked of a portal about medicines and refills."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from actions.portal_client.models.medications import Medication, Pharmacy, Refill, RefillRequest
from actions.portal_client.models.requests import Receipt


class MedicationsPort(Protocol):
    """Calls about medicines and refills."""

    async def medications(self) -> list[Medication]:
        """List what the person takes now, prescriptions first, each part by name."""
        ...

    async def pharmacies(self) -> list[Pharmacy]:
        """List where medicines can be sent, the preferred one first."""
        ...

    async def request_refill(self, medication_id: str, pharmacy_id: str | None, key: str) -> RefillRequest:
        """Ask for a refill, or for the prescriber's approval when none are left; None leaves the pharmacy as it is.

        A request already open for this medicine is returned with `already_open`, not sent again.

        Raises:
            Refused: `not-found` when this is no prescription of the person; `business-rule` with the detail
                `too-early` or `controlled-substance`.
            OutcomeUnknown: it may or may not be asked for.
        """
        ...

    async def refills(self) -> list[Refill]:
        """List refills that were asked for, newest first."""
        ...

    async def withdraw_refill(self, refill_id: str, key: str) -> Receipt:
        """Take a refill back that nobody has begun to work on.

        Raises:
            Refused: `business-rule` with the detail `not-changeable` when it is too late.
        """
        ...

    async def report_stopped(self, medication_id: str, since: date | None, reason: str, key: str) -> Receipt:
        """Tell the care team that the person no longer takes a medicine; the prescription stays as it is."""
        ...

    async def change_pharmacy(self, pharmacy_id: str, key: str) -> Receipt:
        """Change the preferred pharmacy."""
        ...
