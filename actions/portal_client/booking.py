"""Takes a time so that nobody else can: `$hold` and `$book` of IHE ITI Scheduling, or claim-first without them.

Claim-first: PUT the Slot to `busy-tentative` with If-Match, which only one can win; then create the Appointment; then
set the Slot to `busy`, or back to `free` when the creation failed. The claim carries the key, so that the same key
takes it up again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from actions.portal_client.asking import AskingCalls
from actions.portal_client.calls import Trace
from actions.portal_client.errors import OutcomeUnknown, PortalError, PortalUnavailable, Refused, SlotTaken
from actions.portal_client.fhir import Json, has_key, id_of, parameters, reading, reference_id
from actions.portal_client.models import Appointment
from actions.portal_client.server import Staff
from actions.portal_client.staff import StaffCalls
from actions.portal_client.visits import draft, is_hold, takes, to_appointment
from actions.portal_client.vocabulary import REQUEST_KEY

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A Slot that is ours for as long as it takes to create the Appointment."""

    slot: Json
    etag: str | None


class BookingCalls(StaffCalls, AskingCalls):
    """Holding and booking for the patient in context."""

    async def hold_slot(self, slot_id: str, visit_type: str) -> str:
        with lost_race():
            if not await self._can("hold"):
                return await self._check_free(slot_id)
            asked = self._asked(slot_id, visit_type)
            reply = await self._fhir.lapsing_operation("Appointment/$hold", asked)
        with reading("Appointment"):
            return f"Appointment/{id_of(reply.of_type('Appointment'))}"

    async def book_appointment(self, slot_id: str, visit_type: str, key: str) -> Appointment:
        # Fetched before the write, so that after it nothing else can fail.
        read = self._reader(slot_id, await self._staff())
        with lost_race():
            if await self._can("book"):
                asked = self._asked(slot_id, visit_type)
                return await self._fhir.keyed_operation("Appointment/$book", asked, key, self._trace(slot_id), read)
            return await self._claim_first(slot_id, visit_type, key, read)

    async def _can(self, operation: str) -> bool:
        return operation in (await self._fhir.capabilities()).operations

    def _asked(self, slot_id: str, visit_type: str) -> Json:
        return parameters(
            ("appointment-resource", "resource", draft(self._patient, slot_id.split(","), visit_type)),
            ("patient-reference", "valueReference", {"reference": self._patient}),
        )

    def _trace(self, slot_id: str) -> Trace:
        """A booked visit of this patient in that slot: nobody can have two, so it needs no key to be known by."""
        params = [("patient", self._patient_id), ("status", "booked,pending")]
        return Trace("Appointment", params, lambda each: not is_hold(each) and takes(each, slot_id.split(",")))

    def _reader(self, slot_id: str, staff: Staff) -> Callable[[Json], Appointment]:
        def read(resource: Json) -> Appointment:
            agreed = "slot" not in resource or takes(resource, slot_id.split(","))
            if not agreed or is_hold(resource) or resource["status"] not in ("booked", "pending"):
                raise OutcomeUnknown
            return to_appointment(resource, staff, self._zone)

        return read

    async def _check_free(self, slot_id: str) -> str:
        """All that can be done ahead where nothing can be held."""
        for each in slot_id.split(","):
            slot = (await self._fhir.read("Slot", each)).of_type("Slot")
            if slot.get("status") != "free":
                raise SlotTaken
        return f"Slot/{slot_id}"

    async def _claim_first[T](self, slot_id: str, visit_type: str, key: str, read: Callable[[Json], T]) -> T:
        claims: list[Claim] = []
        try:
            # In the order of their ids, so that two who want the same two cannot each have one.
            for each in sorted(slot_id.split(",")):
                claims.append(await self._claim(each, key))
            booked = await self._fhir.create(await self._appointment(claims, visit_type), key, read)
        except OutcomeUnknown:
            # It may be booked; a claim given back now could let somebody else in.
            raise
        except Exception:
            for claim in claims:
                await self._set_slot(claim, "free", key)
            raise
        for claim in claims:
            await self._set_slot(claim, "busy", key)
        return booked

    async def _claim(self, slot_id: str, key: str) -> Claim:
        found = await self._fhir.read("Slot", slot_id)
        slot = found.of_type("Slot")
        with reading("Slot"):
            if has_key(slot, REQUEST_KEY, key):
                return Claim(slot, found.etag)
            if slot["status"] != "free":
                raise SlotTaken
            signed = [*slot.get("identifier", []), {"system": REQUEST_KEY, "value": key}]
        wanted = {**slot, "status": "busy-tentative", "identifier": signed}
        try:
            reply = await self._fhir.update(wanted, found.etag, key)
        except OutcomeUnknown:
            return await self._claim_after_all(slot_id, key)
        return Claim(reply.resource or wanted, reply.etag)

    async def _claim_after_all(self, slot_id: str, key: str) -> Claim:
        """Look once whether a claim without an answer was made; without it nothing has been booked."""
        found = await self._fhir.read("Slot", slot_id)
        slot = found.of_type("Slot")
        with reading("Slot"):
            if has_key(slot, REQUEST_KEY, key):
                return Claim(slot, found.etag)
        raise PortalUnavailable

    async def _appointment(self, claims: list[Claim], visit_type: str) -> Json:
        with reading("Slot"):
            slots = sorted((claim.slot for claim in claims), key=lambda slot: slot["start"])
            schedules = {rid for slot in slots if (rid := reference_id(slot["schedule"], "Schedule"))}
        found = await self._by_id("Schedule", schedules)
        with reading("Schedule"):
            actors = [actor for schedule in found.values() for actor in schedule.get("actor", [])]
            asked = draft(self._patient, [id_of(slot) for slot in slots], visit_type)
            asked["participant"] += [{"actor": actor, "status": "accepted"} for actor in actors]
            return {**asked, "status": "booked", "start": slots[0]["start"], "end": slots[-1]["end"]}

    async def _set_slot(self, claim: Claim, status: str, key: str) -> None:
        """Settle a claim as well as can be; what is decided is decided by the Appointment."""
        slot = {**claim.slot, "status": status}
        if status == "free":
            slot["identifier"] = [each for each in slot.get("identifier", []) if each.get("system") != REQUEST_KEY]
        try:
            await self._fhir.update({name: value for name, value in slot.items() if value != []}, claim.etag, key)
        except PortalError as error:
            logger.error("a Slot was not set to %s: %s", status, type(error).__name__)


@contextmanager
def lost_race() -> Iterator[None]:
    """Say of a conflict, or of a slot that is no longer there, what it means here."""
    try:
        yield
    except Refused as refused:
        if refused.code not in ("conflict", "not-found"):
            raise
        raise SlotTaken(refused.detail) from None
