"""Finds the one person with a phone number and a birth date, by `Patient/$match` (FHIR R4)."""

from __future__ import annotations

from datetime import date

from actions.portal_client.anybody import AnybodysCalls
from actions.portal_client.fhir import parameters, reading
from actions.portal_client.models import Person
from actions.portal_client.paging import Found
from actions.portal_client.people import is_person, to_person


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
            return to_person(fitting[0], phone_e164) if len(fitting) == len(found.matches) == 1 else None
