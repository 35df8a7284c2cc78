"""Laboratory reports: DiagnosticReport with its Observations (FHIR R4, US Core 6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from actions.portal_client.fhir import Json, codes, id_of, number_in, reading, reference_id, text_in, to_day, words
from actions.portal_client.growth import GrowthCalls
from actions.portal_client.models import ResultStatus, ResultValue, TestResult
from actions.portal_client.models.results import ResultKind
from actions.portal_client.past_visits import PastVisitCalls
from actions.portal_client.sensitivity import is_restricted

# HL7 v2 table 0074: laboratory, imaging, biopsies. Visit notes and the like are no test results.
_CATEGORIES = "LAB,RAD,SP"
# Cancelled reports, errors and `unknown` are left out: there is nothing to tell.
_STATUS: dict[str, ResultStatus] = {
    **dict.fromkeys(("registered", "partial", "preliminary"), "pending"),
    "final": "final",
    **dict.fromkeys(("amended", "corrected", "appended"), "corrected"),
}
_KINDS: dict[str, ResultKind] = {"RAD": "imaging", "SP": "pathology"}


class ResultCalls(GrowthCalls, PastVisitCalls):
    """Test results of the patient in context."""

    async def test_results(self) -> list[TestResult]:
        asked = [
            ("patient", self._patient_id),
            ("category", _CATEGORIES),
            ("_sort", "-date"),
            ("_include", "DiagnosticReport:result"),
        ]
        found = await self._fhir.search("DiagnosticReport", asked)
        with reading("DiagnosticReport"):
            reports = [each for each in found.matches if each["status"] in _STATUS]
            measured = found.of("Observation")
            named = {rid for each in reports for rid in _result_ids(each)}
        measured |= await self._by_id("Observation", named - measured.keys())
        with reading("DiagnosticReport"):
            results = [_to_result(each, measured, self._zone) for each in reports]
        return sorted(results, key=lambda each: each.on, reverse=True)


def _to_result(report: Json, measured: dict[str, Json], zone: ZoneInfo) -> TestResult:
    observations = [measured[rid] for rid in _result_ids(report) if rid in measured]
    status = _STATUS[report["status"]]
    taken = report.get("effectiveDateTime") or report.get("effectivePeriod", {}).get("start") or report["issued"]
    released = text_in(report, "issued") if status != "pending" else ""
    return TestResult(
        id=id_of(report),
        name=words(report["code"]),
        on=to_day(taken, zone),
        status=status,
        # What is not final may still change, so it is not told.
        values=() if status == "pending" else tuple(value for each in observations for value in _values(each)),
        comment=text_in(report, "conclusion") or None,
        restricted=any(is_restricted(each) for each in (report, *observations)),
        kind=_kind(report),
        provider=_provider(report),
        released_on=to_day(released, zone) if released else None,
    )


def _kind(report: Json) -> ResultKind:
    known: list[ResultKind] = [
        _KINDS[code] for each in report.get("category", []) for code in codes(each) if code in _KINDS
    ]
    return known[0] if known else "laboratory"


def _provider(report: Json) -> str:
    """Who interpreted it; else a person who did it, not the laboratory."""
    people = [*report.get("resultsInterpreter", []), *report.get("performer", [])]
    return next((text_in(each, "display") for each in people if reference_id(each, "Practitioner")), "")


def _result_ids(report: Json) -> list[str]:
    return [rid for each in report.get("result", []) if (rid := reference_id(each, "Observation"))]


def _values(observation: Json) -> Iterator[ResultValue]:
    """What was measured; of a panel in one Observation, each component."""
    for each in (observation, *observation.get("component", [])):
        said = _said(each)
        if said is not None:
            yield ResultValue(words(each["code"]), *said, _range(each), _flag(each))


def _said(element: Json) -> tuple[str, str] | None:
    """Value and unit; None when nothing was measured."""
    if "valueQuantity" in element:
        quantity = element["valueQuantity"]
        unit = text_in(quantity, "unit") or text_in(quantity, "code")
        return f"{text_in(quantity, 'comparator')}{number_in(quantity, 'value')}", unit
    if "valueCodeableConcept" in element:
        return words(element["valueCodeableConcept"]), ""
    if "valueInteger" in element:
        return str(number_in(element, "valueInteger")), ""
    return (text_in(element, "valueString"), "") if "valueString" in element else None


def _range(element: Json) -> str:
    """The first reference range, as the laboratory wrote it or between its bounds."""
    found = next(iter(element.get("referenceRange", [])), {})
    low, high = (number_in(found[bound], "value") if bound in found else None for bound in ("low", "high"))
    if low is not None and high is not None:
        plain = f"{low}-{high}"
    else:
        plain = f">={low}" if low is not None else f"<={high}" if high is not None else ""
    return text_in(found, "text") or plain


def _flag(element: Json) -> str | None:
    return next((code for each in element.get("interpretation", []) for code in codes(each)), None)
