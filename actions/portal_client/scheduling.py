"""Finds times, and lists and cancels appointments (`$find` of IHE ITI Scheduling, else Slot search; FHIR R4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from itertools import batched

from actions.portal_client.area import every_answer
from actions.portal_client.booking import BookingCalls, Claim
from actions.portal_client.errors import OutcomeUnknown, PortalError, Refused
from actions.portal_client.fhir import Json, concept, id_of, parameters, reading, reference, reference_id, to_instant
from actions.portal_client.models import Appointment, OpenSlot, SlotWish
from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.scheduling import CancelReason
from actions.portal_client.paging import Found
from actions.portal_client.server import Staff
from actions.portal_client.visits import is_hold, offers_visit, to_appointment, to_offer, to_open_slot, with_included
from actions.portal_client.vocabulary import CANCELLATION_REASON
from actions.portal_client.windows import Window, suits, windows

# Stretches of time asked for at once; the first few are nearly always enough.
_AT_ONCE = 4
_PER_WINDOW = 50
_REASONS: dict[CancelReason, str] = {
    "patient": "pat",
    "feeling-better": "pat-fb",
    "transport": "pat-lt",
    "moved": "pat-mv",
    "cost": "oth-fin",
    "weather": "oth-weath",
}
"""As HL7's list of reasons has them (FHIR R4, appointment-cancellation-reason)."""
_TO_COME = ("booked", "pending", "arrived", "checked-in")


class SchedulingCalls(BookingCalls):
    """Times and appointments of the patient in context."""

    async def open_slots(self, wish: SlotWish) -> list[OpenSlot]:
        staff = await self._staff()
        # `$find` is about one type of visit.
        ask = self._offers if wish.visit_type and await self._can("find") else self._free_slots
        to_come = replace(wish, earliest=max(wish.earliest.astimezone(UTC), self._clock.now()))
        found: dict[str, OpenSlot] = {}
        for stretches in batched(windows(to_come, self._zone), _AT_ONCE):
            answers = await every_answer(*(ask(wish, window, staff) for window in stretches))
            found |= {slot.id: slot for answer in answers for slot in answer if suits(slot, to_come, self._zone)}
            if len(found) >= wish.limit:
                break
        return sorted(found.values(), key=lambda slot: slot.start.astimezone(UTC))[: wish.limit]

    async def appointments(self) -> list[Appointment]:
        staff = await self._staff()
        now = self._clock.now()
        asked = [
            ("patient", self._patient_id),
            ("date", f"ge{now.astimezone(self._zone).date().isoformat()}"),
            ("status", ",".join(_TO_COME)),
            ("_include", "Appointment:practitioner"),
            ("_include", "Appointment:location"),
        ]
        found = await self._fhir.search("Appointment", asked)
        with reading("Appointment"):
            known = with_included(staff, found)
            timed = [each for each in found.matches if "start" in each and not is_hold(each)]
            listed = [to_appointment(each, known, self._zone) for each in timed if each["status"] in _TO_COME]
        to_come = [each for each in listed if each.end.astimezone(UTC) > now]
        return sorted(to_come, key=lambda each: each.start.astimezone(UTC))

    async def cancel_appointment(
        self, appointment_id: str, key: str, reason: CancelReason = "patient", words: str = ""
    ) -> Receipt:
        done = Receipt(appointment_id, "native", "cancelled")
        found = await self._fhir.read("Appointment", appointment_id)
        appointment = found.of_type("Appointment")
        if appointment.get("status") == "cancelled":
            return done
        if not await self._states("Appointment.update"):
            return await self._request("appointment-cancel", key, focus=f"Appointment/{appointment_id}", note=words)
        why = concept(CANCELLATION_REASON, _REASONS[reason]) | ({"text": words} if words else {})
        cancelled = {**appointment, "status": "cancelled", "cancelationReason": why}
        try:
            await self._fhir.update(cancelled, found.etag, key)
        except (OutcomeUnknown, Refused) as error:
            if not await self._is_cancelled(appointment_id):
                raise error from None
        if not await self._can("book"):
            await self._free_slots_of(appointment, key)
        return done

    async def _is_cancelled(self, appointment_id: str) -> bool:
        """Look once; False also when it cannot be seen."""
        try:
            appointment = (await self._fhir.read("Appointment", appointment_id)).of_type("Appointment")
        except PortalError:
            return False
        return appointment.get("status") == "cancelled"

    async def _free_slots_of(self, appointment: Json, key: str) -> None:
        """Do what a server with `$book` does by itself."""
        with reading("Appointment"):
            slots = [rid for each in appointment.get("slot", []) if (rid := reference_id(each, "Slot"))]
        for slot_id in slots:
            try:
                found = await self._fhir.read("Slot", slot_id)
                await self._set_slot(Claim(found.of_type("Slot"), found.etag), "free", key)
            except PortalError:
                continue

    async def _offers(self, wish: SlotWish, window: Window, staff: Staff) -> list[OpenSlot]:
        given = [
            ("start", "valueInstant", to_instant(window[0])),
            ("end", "valueInstant", to_instant(window[1])),
            ("visit-type", "valueCode", wish.visit_type),
            ("_count", "valueInteger", _PER_WINDOW),
        ]
        if wish.provider_id:
            given.append(("practitioner", "valueReference", reference("Practitioner", wish.provider_id)))
        if wish.place_id:
            given.append(("location", "valueReference", reference("Location", wish.place_id)))
        reply = await self._fhir.operation("Appointment/$find", parameters(*given))
        found = Found()
        with reading("Appointment"):
            found.take(reply.of_type("Bundle"), "Appointment")
            known = with_included(staff, found)
            offers = [to_offer(each, known, self._zone) for each in found.matches]
        return [offer for offer in offers if offer is not None]

    async def _free_slots(self, wish: SlotWish, window: Window, staff: Staff) -> list[OpenSlot]:
        asked = [("status", "free"), ("start", f"ge{to_instant(window[0])}"), ("start", f"lt{to_instant(window[1])}")]
        if wish.provider_id:
            asked.append(("schedule.actor", f"Practitioner/{wish.provider_id}"))
        asked += [("_sort", "start"), ("_include", "Slot:schedule")]
        found = await self._fhir.search("Slot", asked, at_most=4 * _PER_WINDOW)
        with reading("Slot"):
            named = {id_of(each): reference_id(each["schedule"], "Schedule") for each in found.matches}
            schedules = found.of("Schedule")
        schedules |= await self._by_id("Schedule", {rid for rid in named.values() if rid} - schedules.keys())
        with reading("Slot"):
            free = [each for each in found.matches if each["status"] == "free" and named[each["id"]] in schedules]
            paired = [(each, schedules[named[each["id"]] or ""]) for each in free]
            fitting = [pair for pair in paired if all(offers_visit(each, wish.visit_type) for each in pair)]
            slots = [to_open_slot(slot, schedule, staff, self._zone) for slot, schedule in fitting]
        return [slot for slot in slots if slot is not None]
