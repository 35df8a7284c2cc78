"""Allergies: AllergyIntolerance of FHIR R4 (US Core); nothing on file is not the same as none known."""

from __future__ import annotations

from typing import get_args
from zoneinfo import ZoneInfo

from actions.portal_client.fhir import Json, codes, concept, id_of, reading, text_in, to_day, to_instant, words
from actions.portal_client.models.records import Allergies, Allergy, AllergyChange, Severity
from actions.portal_client.models.requests import Receipt
from actions.portal_client.told import UNCONFIRMED, ToldCalls, is_mistaken, is_told
from actions.portal_client.vocabulary import SNOMED

# SNOMED CT: no known allergy; drug, food and environmental alone say nothing about the others.
NONE_KNOWN = "716186003"
NONE_KNOWN_WORDS = ("no known allergies", "no known allergy", "nka")
_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class AllergyCalls(ToldCalls):
    """Allergies of the patient in context."""

    async def allergies(self) -> Allergies:
        found = await self._fhir.search("AllergyIntolerance", [("patient", self._patient_id)])
        with reading("AllergyIntolerance"):
            standing = [each for each in found.matches if _is_active(each) and not is_mistaken(each)]
            listed = [_to_allergy(each, self._zone) for each in standing if not _says_none(each)]
        if listed:
            return Allergies("listed", tuple(sorted(listed, key=lambda each: each.to.casefold())))
        return Allergies("none-known" if standing else "never-asked", ())

    async def report_allergy(self, to: str, reaction: str, severity: Severity | None, key: str) -> Receipt:
        allergy: Json = {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": concept(_CLINICAL, "active"),
            "verificationStatus": concept(_VERIFICATION, UNCONFIRMED),
            "code": {"text": to},
            "patient": {"reference": self._patient},
            "recordedDate": to_instant(self._clock.now()),
            "recorder": {"reference": self._patient},
            "asserter": {"reference": self._patient},
        }
        if reaction:
            severe = {"severity": severity} if severity else {}
            allergy["reaction"] = [{"manifestation": [{"text": reaction}], **severe}]
        said = {"substance": to, "reaction": reaction, "severity": severity or ""}
        return await self._tell(allergy, "allergy-update", said, key)

    async def request_allergy_change(self, allergy_id: str, change: AllergyChange, said: str, key: str) -> Receipt:
        return await self._ask_to_change("AllergyIntolerance", allergy_id, "allergy-update", change, said, key)


def _is_active(allergy: Json) -> bool:
    return "active" in (codes(allergy.get("clinicalStatus")) or ["active"])


def _says_none(allergy: Json) -> bool:
    said = words(allergy.get("code")).strip().casefold()
    return NONE_KNOWN in codes(allergy.get("code"), SNOMED) or said in NONE_KNOWN_WORDS


def _to_allergy(allergy: Json, zone: ZoneInfo) -> Allergy:
    reactions = allergy.get("reaction", [])
    said = [words(each) for reaction in reactions for each in reaction["manifestation"]]
    since = text_in(allergy, "onsetDateTime")
    return Allergy(
        id=id_of(allergy),
        to=words(allergy["code"]),
        reaction=", ".join(each for each in said if each),
        severity=_worst([text_in(each, "severity") for each in reactions]),
        since=to_day(since, zone) if since else None,
        by_patient=is_told(allergy),
    )


def _worst(found: list[str]) -> Severity | None:
    return next((each for each in reversed(_SEVERITIES) if each in found), None)
