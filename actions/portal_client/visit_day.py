"""Around a visit: how to prepare, saying that one is there, and the door to a video visit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from actions.portal_client.checkins import CheckInCalls
from actions.portal_client.errors import NotOffered, Refused
from actions.portal_client.favorites import FavoriteCalls
from actions.portal_client.fhir import Json, checked_id, extension, reading, text_in, to_moment
from actions.portal_client.models.scheduling import Appointment, Arrival, VideoVisit, VisitDetails
from actions.portal_client.staff import in_languages
from actions.portal_client.visit_kinds import VisitKind
from actions.portal_client.visits import is_by_video, to_appointment
from actions.portal_client.vocabulary import VIRTUAL_SERVICE
from actions.portal_client.waitlist import WaitlistCalls

# Where the server leaves it to us when the door opens.
_OPENS_BEFORE = timedelta(minutes=15)


class VisitDayCalls(WaitlistCalls, CheckInCalls, FavoriteCalls):
    """Around a visit of the patient in context."""

    async def appointment_details(self, appointment_id: str) -> VisitDetails:
        staff = await self._staff()
        found = (await self._fhir.read("Appointment", appointment_id)).of_type("Appointment")
        with reading("Appointment"):
            visit = to_appointment(found, staff, self._zone)
            instructions = in_languages(found, "patientInstruction") if "patientInstruction" in found else {}
        kind = (await self._visit_kinds()).get(visit.visit_type or "", VisitKind(""))
        checkin = await self.echeckin(appointment_id)
        waits = any(each.appointment_id == appointment_id for each in await self.waitlist())
        return VisitDetails(
            appointment=visit,
            instructions=instructions,
            bring=kind.bring,
            late_cancel_before=None if kind.late_hours is None else self._earlier(visit, kind.late_hours),
            late_cancel_fee=kind.late_fee,
            echeckin="none" if checkin is None else "done" if checkin.done else "open",
            on_waitlist=waits,
        )

    async def announce_arrival(self, appointment_id: str, key: str) -> Arrival:
        if not await self._states("Appointment.update"):
            raise NotOffered
        staff = await self._staff()
        found = await self._fhir.read("Appointment", appointment_id)
        visit = found.of_type("Appointment")
        if visit.get("status") not in ("arrived", "checked-in"):
            await self._fhir.update({**visit, "status": "arrived"}, found.etag, key)
        with reading("Appointment"):
            place = to_appointment(visit, staff, self._zone).place
        return Arrival(appointment_id, (place.waiting if place else None) or {})

    async def video_visit(self, appointment_id: str) -> VideoVisit:
        if await self._states("Appointment.$video-visit"):
            reply = await self._fhir.operation(f"Appointment/{checked_id(appointment_id)}/$video-visit")
            with reading("Parameters"):
                return _to_video(reply.of_type("Parameters"), self._zone)
        visit = (await self._fhir.read("Appointment", appointment_id)).of_type("Appointment")
        with reading("Appointment"):
            return self._video_of(visit)

    def _video_of(self, visit: Json) -> VideoVisit:
        """What R5's extension says, on servers that have it; never the link before its time."""
        if not is_by_video(visit):
            raise Refused("business-rule", "not-by-video")
        address = extension(extension(visit, VIRTUAL_SERVICE) or {}, "addressUrl")
        if address is None:
            raise NotOffered
        opens = to_moment(visit["start"], self._zone) - _OPENS_BEFORE
        closes = to_moment(visit["end"], self._zone)
        is_open = opens.astimezone(UTC) <= self._clock.now() < closes.astimezone(UTC)
        return VideoVisit(opens, closes, text_in(address, "valueUrl") if is_open else None)

    def _earlier(self, visit: Appointment, hours: int) -> datetime:
        # In UTC: an hour of the clock change must not be counted twice.
        return (visit.start.astimezone(UTC) - timedelta(hours=hours)).astimezone(self._zone)


def _to_video(told: Json, zone: ZoneInfo) -> VideoVisit:
    named = {each["name"]: each for each in told.get("parameter", [])}
    opens, closes = (to_moment(named[name]["valueInstant"], zone) for name in ("opens", "closes"))
    return VideoVisit(opens, closes, text_in(named["url"], "valueUrl") if "url" in named else None)
