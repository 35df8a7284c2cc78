"""What may be asked of a portal about times and visits."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.scheduling import (
    Appointment,
    AppointmentRequest,
    Arrival,
    CancelReason,
    CheckIn,
    Favorite,
    Moved,
    OpenSlot,
    OrderedTest,
    SlotWish,
    StepProof,
    VideoVisit,
    VisitDetails,
    WaitlistOffer,
    WaitlistWish,
)


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

    async def appointment_details(self, appointment_id: str) -> VisitDetails:
        """Tell how to prepare for a visit, what to bring, and until when it can be cancelled freely.

        Raises:
            Refused: `not-found` when there is none.
        """
        ...

    async def cancel_appointment(
        self, appointment_id: str, key: str, reason: CancelReason = "patient", words: str = ""
    ) -> Receipt:
        """Cancel an appointment and free its time; one already cancelled stays so.

        `words` are the person's own, kept beside the reason.

        Raises:
            Refused: `conflict` when it changed meanwhile, `not-found` when there is none.
            OutcomeUnknown: it may or may not be cancelled.
        """
        ...

    async def reschedule_appointment(self, appointment_id: str, slot_id: str, visit_type: str, key: str) -> Moved:
        """Move a visit: the new time is booked before the old one is let go, so that no failure loses both.

        Raises:
            SlotTaken: the new time is gone; the old one stands.
            Refused: `business-rule` or `not-found`; the old one stands.
            OutcomeUnknown: the new time may or may not be booked; the old one was not given up for nothing.
        """
        ...

    async def request_appointment(self, wanted: AppointmentRequest, key: str) -> Receipt:
        """Ask the clinic to find a time and call back."""
        ...

    async def waitlist(self) -> list[WaitlistWish]:
        """List the visits for which an earlier time is wished for."""
        ...

    async def join_waitlist(self, appointment_id: str, key: str) -> Receipt:
        """Wish for an earlier time than a booked visit's; `already_open` when it is wished for already.

        Raises:
            Refused: `not-found` when there is no such visit, `business-rule` when it cannot be moved.
        """
        ...

    async def leave_waitlist(self, wish_id: str, key: str) -> None:
        """Take back a wish, with what is offered for it; the booked visit stays."""
        ...

    async def waitlist_offers(self) -> list[WaitlistOffer]:
        """List the earlier times that are kept for the person right now, soonest first."""
        ...

    async def accept_offer(self, offer_id: str, key: str) -> Receipt:
        """Take an offered time and give up the later visit, both or neither.

        Raises:
            Refused: `business-rule`, with the detail `offer-lapsed` or `already-answered`.
            OutcomeUnknown: it may or may not be taken.
        """
        ...

    async def decline_offer(self, offer_id: str, key: str) -> Receipt:
        """Leave an offered time to the next who waits; the wish and the booked visit stay."""
        ...

    async def favorites(self) -> list[Favorite]:
        """List the shortcuts to visits that are booked often, by name."""
        ...

    async def save_favorite(
        self, name: str, visit_type: str, provider_id: str | None, place_id: str | None, key: str
    ) -> Receipt:
        """Keep a shortcut.

        Raises:
            NotOffered: the portal keeps none, or does not know such a kind of visit.
        """
        ...

    async def remove_favorite(self, favorite_id: str, key: str) -> None:
        """Give up a shortcut; one that is gone stays so."""
        ...

    async def echeckin(self, appointment_id: str) -> CheckIn | None:
        """Tell how far checking in at home is; None when it has not been begun."""
        ...

    async def start_echeckin(self, appointment_id: str, key: str) -> Receipt:
        """Begin to check in at home; `already_open` when it has been begun, which is then resumed.

        Raises:
            Refused: `business-rule`, with the detail `too-early` or `visit-over`.
            NotOffered: this portal has none.
        """
        ...

    async def complete_echeckin_step(self, step_id: str, proof: StepProof, key: str) -> None:
        """Say that one step is done; one that is done stays so. With the last one the check-in is finished.

        Raises:
            Refused: `business-rule` when what the step is about has not been done.
        """
        ...

    async def announce_arrival(self, appointment_id: str, key: str) -> Arrival:
        """Say that the person is there for a visit.

        Raises:
            Refused: `business-rule`, with the detail `too-early`, `visit-over` or `by-video`.
            NotOffered: the front desk must be told.
        """
        ...

    async def video_visit(self, appointment_id: str) -> VideoVisit:
        """Tell when the door to a visit by video opens, and the link while it is open.

        Raises:
            Refused: `business-rule` with the detail `not-by-video`.
            NotOffered: the portal's own page has the link.
        """
        ...

    async def upcoming_tests(self) -> list[OrderedTest]:
        """List tests and procedures that are ordered and still to be done, the most urgent first; no referrals."""
        ...
