"""Vaccines: Immunization of FHIR R4, what was given here and what the person had elsewhere."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from actions.portal_client.fhir import Json, codes, concept, id_of, reading, text_in, to_day, words, written_name
from actions.portal_client.models.records import Immunization, ImmunizationRecord
from actions.portal_client.models.requests import Receipt
from actions.portal_client.people import official_name
from actions.portal_client.told import ToldCalls, day

CVX = "http://hl7.org/fhir/sid/cvx"
_ORIGIN = "http://terminology.hl7.org/CodeSystem/immunization-origin"


class ImmunizationCalls(ToldCalls):
    """Vaccines of the patient in context."""

    async def immunizations(self) -> list[Immunization]:
        found = await self._fhir.search("Immunization", [("patient", self._patient_id), ("_sort", "-date")])
        with reading("Immunization"):
            given = [_to_immunization(each, self._zone) for each in found.matches if each["status"] == "completed"]
        return sorted(given, key=lambda each: each.on or date.min, reverse=True)

    async def immunization_record(self) -> ImmunizationRecord:
        patient = (await self._fhir.read("Patient", self._patient_id)).of_type("Patient")
        doses = await self.immunizations()
        doses.sort(key=lambda each: (each.vaccine.casefold(), each.on or date.min))
        with reading("Patient"):
            born = text_in(patient, "birthDate")
            return ImmunizationRecord(
                written_name(official_name(patient)), to_day(born, self._zone) if born else None, tuple(doses)
            )

    async def add_immunization(self, vaccine: str, on: date, place: str, key: str) -> Receipt:
        where = {"location": {"display": place}} if place else {}
        immunization = {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": {"text": vaccine},
            "patient": {"reference": self._patient},
            "occurrenceDateTime": day(on),
            "primarySource": False,
            "reportOrigin": concept(_ORIGIN, "recall"),
            **where,
        }
        said = {"vaccine": vaccine, "on": day(on), "place": place}
        return await self._tell(immunization, "immunization-report", said, key)


def _to_immunization(immunization: Json, zone: ZoneInfo) -> Immunization:
    on = text_in(immunization, "occurrenceDateTime")
    reported = immunization.get("primarySource") is False
    numbers = [each.get("doseNumberPositiveInt") for each in immunization.get("protocolApplied", [])]
    return Immunization(
        id=id_of(immunization),
        vaccine=words(immunization["vaccineCode"]),
        code=next(iter(codes(immunization["vaccineCode"], CVX)), ""),
        on=to_day(on, zone) if on else None,
        dose=next((each for each in numbers if isinstance(each, int) and not isinstance(each, bool)), None),
        place=text_in(immunization.get("location", {}), "display") if reported else "",
        by_patient=reported,
    )
