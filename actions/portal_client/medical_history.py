"""What was: past Conditions, Procedures, FamilyMemberHistory and social-history Observations of FHIR R4."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from actions.portal_client.fhir import Json, concept, has_system, id_of, number_in, reading, text_in, to_day, words
from actions.portal_client.health_issues import HealthIssueCalls, is_current, onset
from actions.portal_client.models.records import FamilyItem, HistoryItem, HistoryKind, MedicalHistory
from actions.portal_client.models.requests import Receipt
from actions.portal_client.sensitivity import is_restricted
from actions.portal_client.told import day, is_told
from actions.portal_client.vocabulary import REQUEST_KEY, UCUM

ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_TOLD = ("final", "amended", "corrected")
_KNOWN_FAMILY = ("completed", "partial")


class MedicalHistoryCalls(HealthIssueCalls):
    """Medical history of the patient in context."""

    async def medical_history(self) -> MedicalHistory:
        problems = await self._problems()
        operations = await self._fhir.search("Procedure", [("patient", self._patient_id), ("_sort", "-date")])
        relatives = await self._fhir.search("FamilyMemberHistory", [("patient", self._patient_id)])
        habits = await self._fhir.search(
            "Observation", [("patient", self._patient_id), ("category", "social-history"), ("_sort", "-date")]
        )
        with reading("medical history"):
            past = [each for each in problems if not is_current(each)]
            done = [each for each in operations.matches if each["status"] == "completed"]
            known = [each for each in relatives.matches if each["status"] in _KNOWN_FAMILY]
            told = [each for each in habits.matches if each["status"] in _TOLD and _is_social(each)]
            return MedicalHistory(
                conditions=_newest_first(_to_past(each, self._zone) for each in past),
                surgeries=_newest_first(_to_surgery(each, self._zone) for each in done),
                family=tuple(item for each in known for item in _to_family(each)),
                social=_newest_first(_to_habit(each, self._zone) for each in told),
                restricted=any(is_restricted(each) for each in (*past, *done, *known, *told)),
            )

    async def report_history(self, kind: HistoryKind, what: str, on: date | None, key: str) -> Receipt:
        said = {"kind": kind, "what": what, "on": day(on)}
        if kind == "surgery":
            # A Procedure is for whoever did it to write down.
            return await self._ask_for("history-update", {"change": "add", **said}, key)
        began = {"onsetDateTime": day(on)} if on else {}
        return await self._tell(self._told_condition(what, "resolved", began), "history-update", said, key)

    async def report_family_history(self, relative: str, what: str, age: int | None, key: str) -> Receipt:
        years = {"value": age, "unit": "a", "system": UCUM, "code": "a"}
        # FHIR has no age of zero.
        onset_age = {"onsetString": "at birth"} if age == 0 else {"onsetAge": years} if age is not None else {}
        family = {
            "resourceType": "FamilyMemberHistory",
            "status": "partial",
            "patient": {"reference": self._patient},
            "relationship": concept(ROLE, relative),
            "condition": [{"code": {"text": what}, **onset_age}],
        }
        said = {"kind": "family", "relative": relative, "what": what, "age": "" if age is None else str(age)}
        return await self._tell(family, "history-update", said, key)


def _newest_first(items: Iterator[HistoryItem]) -> tuple[HistoryItem, ...]:
    return tuple(sorted(items, key=lambda each: each.on or date.min, reverse=True))


def _to_past(condition: Json, zone: ZoneInfo) -> HistoryItem:
    return HistoryItem(id_of(condition), words(condition["code"]), onset(condition, zone), "", is_told(condition))


def _to_surgery(procedure: Json, zone: ZoneInfo) -> HistoryItem:
    when = text_in(procedure, "performedDateTime") or procedure.get("performedPeriod", {}).get("start", "")
    return HistoryItem(
        id_of(procedure), words(procedure.get("code")), to_day(when, zone) if when else None, "", by_patient=False
    )


def _is_social(observation: Json) -> bool:
    codings = [coding for each in observation.get("category", []) for coding in each.get("coding", [])]
    return any(coding.get("code") == "social-history" for coding in codings)


def _to_habit(observation: Json, zone: ZoneInfo) -> HistoryItem:
    when = text_in(observation, "effectiveDateTime")
    value = words(observation.get("valueCodeableConcept")) or text_in(observation, "valueString")
    if "valueQuantity" in observation:
        quantity = observation["valueQuantity"]
        value = f"{number_in(quantity, 'value')} {text_in(quantity, 'unit')}".strip()
    return HistoryItem(
        id_of(observation), words(observation["code"]), to_day(when, zone) if when else None, value, by_patient=False
    )


def _to_family(history: Json) -> Iterator[FamilyItem]:
    """What a relative has or had, one by one; one that has nothing on file still is told."""
    rid, relative = id_of(history), words(history["relationship"])
    # R4 does not say who told it; what carries our key came through the assistant.
    told = has_system(history, REQUEST_KEY)
    for each in history.get("condition", []):
        yield FamilyItem(rid, relative, words(each["code"]), _years(each), told)
    if not history.get("condition"):
        yield FamilyItem(rid, relative, "", None, told)


def _years(condition: Json) -> int | None:
    age = condition.get("onsetAge", {})
    if "value" not in age or (text_in(age, "code") or "a") != "a":
        return None
    return int(Decimal(number_in(age, "value")))
