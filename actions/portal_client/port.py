"""What the assistant may ask a portal, whatever portal it is.

Every method may raise any PortalError; `Raises:` names only what a caller may want to answer in a special way. A write
takes a `key`, new for each decision of the person: the same key again never does the thing twice.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from actions.portal_client.models import (
    AccountBalance,
    Appointment,
    Medication,
    OpenSlot,
    Payment,
    PaymentMethod,
    Person,
    Pharmacy,
    Place,
    Provider,
    RefillRequest,
    SlotWish,
    TestResult,
)


class Portal(Protocol):
    """The portal as one signed-in person sees it."""

    async def person(self) -> Person:
        """Tell who is signed in, and the number to reach them at (a mobile before a landline; empty without any)."""
        ...

    async def open_slots(self, wish: SlotWish) -> list[OpenSlot]:
        """Find bookable times, earliest first, at most `wish.limit`."""
        ...

    async def hold_slot(self, slot_id: str, visit_type: str) -> str:
        """Keep a time for a few minutes while the person decides, and return a reference to the hold.

        A portal that cannot hold only checks that the time is free; booking still decides.

        Raises:
            SlotTaken: the time is gone.
        """
        ...

    async def book_appointment(self, slot_id: str, visit_type: str, key: str) -> Appointment:
        """Book a time, held before or not.

        Raises:
            SlotTaken: the time is gone.
            Refused: `business-rule`, for example with the detail `already-booked-then`.
            OutcomeUnknown: it may or may not be booked.
        """
        ...

    async def appointments(self) -> list[Appointment]:
        """List what is to come, soonest first; holds are not in it."""
        ...

    async def cancel_appointment(self, appointment_id: str, key: str) -> None:
        """Cancel an appointment and free its time; one already cancelled stays so.

        Raises:
            Refused: `conflict` when it changed meanwhile, `not-found` when there is none.
            OutcomeUnknown: it may or may not be cancelled.
        """
        ...

    async def providers(self) -> list[Provider]:
        """List the people who see patients, by family name."""
        ...

    async def places(self) -> list[Place]:
        """List the clinics and hospitals, by name."""
        ...

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

    async def test_results(self) -> list[TestResult]:
        """List laboratory reports, newest first."""
        ...

    async def balances(self) -> list[AccountBalance]:
        """List the accounts and what is owed on each, the clinic's first."""
        ...

    async def payment_methods(self) -> list[PaymentMethod]:
        """List the cards and bank accounts on file."""
        ...

    async def pay(self, account_id: str, cents: int, method_id: str, key: str) -> Payment:
        """Pay a part or all of what is owed on one account.

        Raises:
            Refused: `business-rule` with the detail `over-payment`, `not-positive` or `unknown-method`.
            OutcomeUnknown: the money may or may not have moved.
        """
        ...


class Directory(Protocol):
    """The portal as nobody in particular sees it: who has this number and this birth date."""

    async def find_person(self, phone_e164: str, birth_date: date) -> Person | None:
        """Find the one person both belong to; None when there is nobody, or more than one."""
        ...
