"""Moves a visit: the new time is booked first, so that whatever fails, one of the two stands."""

from __future__ import annotations

import logging

from actions.portal_client.booking import lost_race
from actions.portal_client.errors import PortalError
from actions.portal_client.fhir import checked_id
from actions.portal_client.models import Appointment
from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.scheduling import AppointmentRequest, Moved
from actions.portal_client.requests import task_input
from actions.portal_client.scheduling import SchedulingCalls

logger = logging.getLogger(__name__)


class ReschedulingCalls(SchedulingCalls):
    """Moving visits, and asking the clinic for one, for the patient in context."""

    async def reschedule_appointment(self, appointment_id: str, slot_id: str, visit_type: str, key: str) -> Moved:
        if await self._states("Appointment.$reschedule"):
            return Moved(await self._move(checked_id(appointment_id), slot_id, visit_type, key), old_is_gone=True)
        # One that does not exist, or is somebody else's, must be seen before anything is booked.
        await self._fhir.read("Appointment", appointment_id)
        booked = await self.book_appointment(slot_id, visit_type, key)
        return Moved(booked, await self._let_go(appointment_id, key))

    async def request_appointment(self, wanted: AppointmentRequest, key: str) -> Receipt:
        given = [("reason", wanted.reason), ("days", wanted.days), ("phone", wanted.phone)]
        given += [("visit-type", wanted.visit_type)] if wanted.visit_type else []
        inputs = [task_input(name, "valueString", value) for name, value in given]
        if wanted.provider_id:
            whom = {"reference": f"Practitioner/{checked_id(wanted.provider_id)}"}
            inputs.append(task_input("provider", "valueReference", whom))
        return await self._request("appointment-request", key, *inputs)

    async def _move(self, appointment_id: str, slot_id: str, visit_type: str, key: str) -> Appointment:
        """Where the server moves a visit in one step, both times or neither."""
        read = self._reader(slot_id, await self._staff())
        asked = self._asked(slot_id, visit_type)
        old = {"name": "appointment-reference", "valueReference": {"reference": f"Appointment/{appointment_id}"}}
        asked["parameter"].append(old)
        trace = self._trace(slot_id)
        with lost_race():
            return await self._fhir.keyed_operation("Appointment/$reschedule", asked, key, trace, read)

    async def _let_go(self, appointment_id: str, key: str) -> bool:
        """Cancel the old visit as well as can be; the new one stands whatever comes of it."""
        try:
            receipt = await self.cancel_appointment(appointment_id, f"{key}.old")
        except PortalError as error:
            logger.error("a visit was moved but the old one was not cancelled: %s", type(error).__name__)
            return False
        return receipt.grade == "native"
