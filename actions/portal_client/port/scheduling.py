"""What may be asked of a portal about times and visits."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.scheduling import Appointment, OpenSlot, SlotWish


class SchedulingPort(Protocol):
    """Calls about times and visits."""

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
