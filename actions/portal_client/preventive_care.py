"""Routine care: ImmunizationRecommendation and planned ServiceRequest of FHIR R4; when the account is new, nothing yet."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from actions.portal_client.area import PatientCalls
from actions.portal_client.fhir import Json, codes, extension, id_of, reading, text_in, to_day, words
from actions.portal_client.models.records import CareItem, CareStatus, PreventiveCare
from actions.portal_client.vocabulary import PORTAL_ACCOUNT_SINCE, VISIT_TYPE

MONTHS_UNTIL_REMINDERS = 6
SCREENING = "20135006"
"""SNOMED CT: screening procedure."""
VACCINE_VISIT = "vaccine"
# LOINC: date vaccine due, date when overdue.
_DUE, _OVERDUE = "30980-7", "59778-1"
_DONE = ("complete", "immune")
_ORDER: tuple[CareStatus, ...] = ("overdue", "due", "later", "done")


class PreventiveCareCalls(PatientCalls):
    """Routine care of the patient in context."""

    async def preventive_care(self) -> PreventiveCare:
        today = self._clock.now().astimezone(self._zone).date()
        starts = await self._reminders_from()
        if starts is not None and starts > today:
            return PreventiveCare((), starts)
        items = [*await self._vaccines(today), *await self._screenings(today)]
        items.sort(key=lambda each: (_ORDER.index(each.status), each.due or date.max, each.name.casefold()))
        return PreventiveCare(tuple(items), None)

    async def _reminders_from(self) -> date | None:
        """When reminders begin; None when the portal does not say since when the account is there."""
        patient = (await self._fhir.read("Patient", self._patient_id)).of_type("Patient")
        with reading("Patient"):
            since = extension(patient, PORTAL_ACCOUNT_SINCE)
            return _months_after(to_day(since["valueDate"], self._zone), MONTHS_UNTIL_REMINDERS) if since else None

    async def _vaccines(self, today: date) -> list[CareItem]:
        found = await self._fhir.search(
            "ImmunizationRecommendation", [("patient", self._patient_id), ("_sort", "-date")]
        )
        with reading("ImmunizationRecommendation"):
            # Each new forecast replaces the ones before.
            newest = max(found.matches, key=lambda each: to_day(each["date"], self._zone), default=None)
            return list(_to_vaccines(newest, today, self._zone)) if newest else []

    async def _screenings(self, today: date) -> list[CareItem]:
        asked = [("patient", self._patient_id), ("intent", "proposal,plan"), ("category", SCREENING)]
        found = await self._fhir.search("ServiceRequest", asked)
        with reading("ServiceRequest"):
            planned = [each for each in found.matches if _is_screening(each)]
            return [_to_screening(each, today, self._zone) for each in planned]


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _to_vaccines(forecast: Json, today: date, zone: ZoneInfo) -> Iterator[CareItem]:
    for number, each in enumerate(forecast["recommendation"]):
        dates = {
            code: to_day(criterion["value"], zone)
            for criterion in each.get("dateCriterion", [])
            for code in codes(criterion["code"])
        }
        said = codes(each["forecastStatus"])
        due, late = dates.get(_DUE), dates.get(_OVERDUE)
        status = _vaccine_status(said, due, late, today)
        if status is not None:
            name = next((words(kind) for kind in each.get("vaccineCode", [])), "") or words(each.get("targetDisease"))
            open_ = status != "done"
            yield CareItem(
                id=f"{id_of(forecast)}.{number}",
                name=name,
                status=status,
                due=due if open_ else None,
                done=None,
                visit_type=VACCINE_VISIT if open_ else None,
            )


def _vaccine_status(said: list[str], due: date | None, late: date | None, today: date) -> CareStatus | None:
    """What a forecast means today; None when the vaccine is not for this person."""
    if any(code in _DONE for code in said):
        return "done"
    if "overdue" in said or ("due" in said and late is not None and late <= today):
        return "overdue"
    if "due" not in said:
        return None
    return "later" if due is not None and due > today else "due"


def _is_screening(request: Json) -> bool:
    planned = request["intent"] in ("proposal", "plan") and request["status"] in ("active", "completed")
    return planned and any(SCREENING in codes(each) for each in request.get("category", []))


def _to_screening(request: Json, today: date, zone: ZoneInfo) -> CareItem:
    period = request.get("occurrencePeriod", {})
    start, end = (period.get(name) or text_in(request, "occurrenceDateTime") for name in ("start", "end"))
    first, last = (to_day(each, zone) if each else None for each in (start, end))
    done = request["status"] == "completed"
    visits = [code for each in request.get("orderDetail", []) for code in codes(each, VISIT_TYPE)]
    return CareItem(
        id=id_of(request),
        name=words(request.get("code")),
        status="done" if done else _screening_status(first, last, today),
        due=None if done else first,
        done=first if done else None,
        visit_type=None if done else next(iter(visits), None),
    )


def _screening_status(first: date | None, last: date | None, today: date) -> CareStatus:
    if last is not None and last < today:
        return "overdue"
    return "later" if first is not None and first > today else "due"
