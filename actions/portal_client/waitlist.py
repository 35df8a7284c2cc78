"""The wait list: a wish is an Appointment `waitlist`, an offer an Appointment `proposed` that expires (FHIR R4 and ours).

The answer to an offer is an AppointmentResponse; the server books and frees in the same step.
"""

from __future__ import annotations

from datetime import UTC

from actions.portal_client.asking import already_open
from actions.portal_client.errors import DuplicateRequest, NotOffered
from actions.portal_client.fhir import (
    Json,
    extension,
    id_of,
    reading,
    reference,
    text_in,
    to_instant,
    to_moment,
)
from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.scheduling import WaitlistOffer, WaitlistWish
from actions.portal_client.rescheduling import ReschedulingCalls
from actions.portal_client.server import Staff
from actions.portal_client.visits import about, is_offer, to_appointment, visit_type_of
from actions.portal_client.vocabulary import OFFER_EXPIRES


class WaitlistCalls(ReschedulingCalls):
    """Earlier times for the patient in context."""

    async def waitlist(self) -> list[WaitlistWish]:
        found = await self._fhir.search("Appointment", [("patient", self._patient_id), ("status", "waitlist")])
        with reading("Appointment"):
            return [self._to_wish(each) for each in found.matches if each["status"] == "waitlist"]

    async def join_waitlist(self, appointment_id: str, key: str) -> Receipt:
        visit = (await self._fhir.read("Appointment", appointment_id)).of_type("Appointment")
        focus = f"Appointment/{appointment_id}"
        if not await self._states("Appointment.create") or not await self._states("AppointmentResponse.create"):
            return await self._request("waitlist-join", key, focus=focus)
        with reading("Appointment"):
            wish = self._wish_for(visit)
        try:
            return await self._create(wish, key)
        except DuplicateRequest as duplicate:
            return already_open(duplicate, "Appointment", "native", "waitlist")

    async def leave_waitlist(self, wish_id: str, key: str) -> None:
        await self.cancel_appointment(wish_id, key)

    async def waitlist_offers(self) -> list[WaitlistOffer]:
        staff = await self._staff()
        found = await self._fhir.search("Appointment", [("patient", self._patient_id), ("status", "proposed")])
        wishes = {each.id: each for each in await self.waitlist()}
        with reading("Appointment"):
            offered = [each for each in found.matches if each["status"] == "proposed" and is_offer(each)]
            offers = [self._to_offer(each, staff, wishes) for each in offered]
        now = self._clock.now()
        standing = [each for each in offers if each.expires.astimezone(UTC) > now]
        return sorted(standing, key=lambda each: each.appointment.start.astimezone(UTC))

    async def accept_offer(self, offer_id: str, key: str) -> Receipt:
        return await self._answer(offer_id, "accepted", key)

    async def decline_offer(self, offer_id: str, key: str) -> Receipt:
        return await self._answer(offer_id, "declined", key)

    async def _answer(self, offer_id: str, said: str, key: str) -> Receipt:
        if not await self._states("AppointmentResponse.create"):
            raise NotOffered
        await self._fhir.read("Appointment", offer_id)
        response: Json = {
            "resourceType": "AppointmentResponse",
            "appointment": reference("Appointment", offer_id),
            "actor": {"reference": self._patient},
            "participantStatus": said,
        }
        return await self._fhir.create(response, key, _to_answer)

    def _wish_for(self, visit: Json) -> Json:
        """An earlier time of the same kind, with the same people."""
        actors = [each["actor"] for each in visit["participant"] if "actor" in each]
        period = {"start": to_instant(self._clock.now()), "end": visit["start"]}
        return {
            "resourceType": "Appointment",
            "status": "waitlist",
            "serviceType": visit["serviceType"],
            "requestedPeriod": [period],
            "supportingInformation": [reference("Appointment", id_of(visit))],
            "participant": [{"actor": actor, "status": "accepted"} for actor in actors],
        }

    def _to_wish(self, resource: Json) -> WaitlistWish:
        period = next(iter(resource.get("requestedPeriod", [])), {})
        start, end = (period.get(name) for name in ("start", "end"))
        return WaitlistWish(
            id=id_of(resource),
            appointment_id=about(resource),
            visit_type=visit_type_of(resource),
            earliest=to_moment(start, self._zone) if start else None,
            latest=to_moment(end, self._zone) if end else None,
        )

    def _to_offer(self, resource: Json, staff: Staff, wishes: dict[str, WaitlistWish]) -> WaitlistOffer:
        until = extension(resource, OFFER_EXPIRES) or {}
        wish = wishes.get(about(resource) or "")
        return WaitlistOffer(
            id=id_of(resource),
            appointment=to_appointment(resource, staff, self._zone),
            replaces=wish.appointment_id if wish else None,
            expires=to_moment(until["valueInstant"], self._zone),
        )


def _to_answer(response: Json) -> Receipt:
    return Receipt(id_of(response), "native", text_in(response, "participantStatus"))
