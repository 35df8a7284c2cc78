"""Finds the one person with a phone number and a birth date, by `Patient/$match` (FHIR R4)."""

from __future__ import annotations

from datetime import date

from actions.portal_client.anybody import AnybodysCalls
from actions.portal_client.fhir import Json, parameters, reading
from actions.portal_client.models import Person
from actions.portal_client.paging import Found
from actions.portal_client.people import is_person, is_teenager, reaches_guardian, to_person
from clock import CLINIC_ZONE


class FhirDirectory(AnybodysCalls):
    """`Directory` over FHIR R4, with the assistant's own token."""

    async def find_person(self, phone_e164: str, birth_date: date) -> Person | None:
        asked = {
            "resourceType": "Patient",
            "telecom": [{"system": "phone", "value": phone_e164}],
            "birthDate": birth_date.isoformat(),
        }
        question = parameters(("resource", "resource", asked), ("onlyCertainMatches", "valueBoolean", True))
        reply = await self._asked(lambda: self._fhir.operation("Patient/$match", question))
        found = Found()
        with reading("Patient"):
            found.take(reply.of_type("Bundle"), "Patient")
            # Looked at again, since a server that ignored a part of the question would let in the wrong person.
            fitting = [each for each in found.matches if is_person(each, phone_e164, birth_date)]
            if not len(fitting) == len(found.matches) == 1:
                return None
            return to_person(fitting[0], phone_e164, self._reaches_guardian(fitting[0], phone_e164, found))

    def _reaches_guardian(self, patient: Json, phone: str, found: Found) -> bool:
        if not is_teenager(patient, self._tokens.clock.now().astimezone(CLINIC_ZONE).date()):
            return False
        return reaches_guardian(patient, phone, list(found.of("RelatedPerson").values()))
