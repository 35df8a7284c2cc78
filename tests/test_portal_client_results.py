"""Test results over FHIR: what the laboratory wrote, nothing added."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from actions.portal_client import ResultValue, TestResult
from tests.portal_client_fakes import MARIA, FhirServer, bundle, portal

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def report(
    rid: str = "r1", status: str = "final", on: str = "2026-03-13T09:00:00-07:00", **more: Any
) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": rid,
        "status": status,
        "subject": {"reference": MARIA},
        "code": {"text": "Lipid panel"},
        "effectiveDateTime": on,
        "result": [{"reference": "Observation/o1"}],
        **more,
    }


def observation(rid: str = "o1", **more: Any) -> dict[str, Any]:
    whole = {"resourceType": "Observation", "id": rid, "status": "final", "subject": {"reference": MARIA}}
    return {**whole, "code": {"coding": [{"display": "LDL cholesterol"}]}, **more}


LDL = observation(
    valueQuantity={"value": 162, "unit": "mg/dL"},
    referenceRange=[{"low": {"value": 0}, "high": {"value": 99}}],
    interpretation=[{"coding": [{"code": "H"}]}],
)


async def results(*reports: dict, values: list[dict] | None = None) -> list[TestResult]:
    included = [LDL] if values is None else values
    return await portal(FhirServer().on("GET DiagnosticReport", bundle(*reports, included=included))).test_results()


async def value(**measured: Any) -> ResultValue:
    return (await results(report(), values=[observation(**measured)]))[0].values[0]


async def test_a_report_is_read_with_its_values() -> None:
    assert await results(report(conclusion="Above goal.")) == [
        TestResult(
            id="r1",
            name="Lipid panel",
            on=date(2026, 3, 13),
            status="final",
            values=(ResultValue("LDL cholesterol", "162", "mg/dL", "0-99", "H"),),
            comment="Above goal.",
            restricted=False,
        )
    ]


async def test_results_come_newest_first() -> None:
    found = await results(report("old", on="2025-01-01"), report("new", on="2026-03-14"), report("mid"))
    assert [each.id for each in found] == ["new", "mid", "old"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-14T05:00:00Z", date(2026, 3, 13)),
        ("2026-03-13", date(2026, 3, 13)),
        ("2026-03", date(2026, 3, 1)),
        ("2026", date(2026, 1, 1)),
    ],
)
async def test_the_day_of_a_result_is_the_clinics(written: str, expected: date) -> None:
    assert (await results(report(on=written)))[0].on == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("registered", "pending"), ("partial", "pending"), ("preliminary", "pending"), ("amended", "corrected")],
)
async def test_a_status_is_told_in_three_words(status: str, expected: str) -> None:
    assert (await results(report(status=status)))[0].status == expected


async def test_values_that_are_not_final_are_not_told() -> None:
    assert (await results(report(status="preliminary")))[0].values == ()


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "unknown"])
async def test_reports_without_a_result_are_left_out(status: str) -> None:
    assert await results(report(status=status)) == []


async def test_a_value_keeps_the_digits_of_the_laboratory() -> None:
    body = b"""{"resourceType": "Bundle", "entry": [
        {"resource": {"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "code": {"text": "A1c"},
            "subject": {"reference": "Patient/maria"}, "issued": "2026-03-13T09:00:00-07:00",
            "result": [{"reference": "Observation/o1"}]}},
        {"resource": {"resourceType": "Observation", "id": "o1", "code": {"text": "A1c"},
            "subject": {"reference": "Patient/maria"}, "valueQuantity": {"value": 5.40, "unit": "%"}}}]}"""
    server = FhirServer().on(
        "GET DiagnosticReport", httpx.Response(200, content=body, headers={"content-type": "application/fhir+json"})
    )
    assert (await portal(server).test_results())[0].values[0].value == "5.40"


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        ({"valueQuantity": {"value": 7, "comparator": "<", "code": "mg/L"}}, ("<7", "mg/L")),
        ({"valueCodeableConcept": {"text": "Negative"}}, ("Negative", "")),
        ({"valueString": "Clear"}, ("Clear", "")),
        ({"valueInteger": 3}, ("3", "")),
    ],
)
async def test_every_kind_of_value_is_told(measured: dict, said: tuple[str, str]) -> None:
    found = await value(**measured)
    assert (found.value, found.unit) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"text": "Less than 100"}, "Less than 100"),
        ({"low": {"value": 40}}, ">=40"),
        ({"high": {"value": 200}}, "<=200"),
        ({}, ""),
    ],
)
async def test_a_reference_range_may_have_one_bound_or_words(written: dict, said: str) -> None:
    assert (await value(valueInteger=1, referenceRange=[written])).reference_range == said


async def test_a_value_without_a_flag_has_none() -> None:
    assert (await value(valueInteger=1)).flag is None


async def test_the_parts_of_one_measurement_are_told_one_by_one() -> None:
    parts = [
        {"code": {"text": "Systolic"}, "valueQuantity": {"value": 120, "unit": "mmHg"}},
        {"code": {"text": "Diastolic"}, "valueQuantity": {"value": 80, "unit": "mmHg"}},
    ]
    found = await results(report(), values=[observation(component=parts)])
    assert [(each.name, each.value) for each in found[0].values] == [("Systolic", "120"), ("Diastolic", "80")]


async def test_values_that_did_not_come_along_are_fetched() -> None:
    server = FhirServer().on("GET DiagnosticReport", bundle(report())).on("GET Observation", bundle(LDL))
    assert (await portal(server).test_results())[0].values[0].value == "162"


@pytest.mark.parametrize(
    ("label", "restricted"),
    [
        ({"system": CONFIDENTIALITY, "code": "N"}, False),
        ({"system": CONFIDENTIALITY, "code": "R"}, True),
        ({"system": CONFIDENTIALITY, "code": "V"}, True),
        ({"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "STD"}, True),
    ],
)
async def test_a_sensitive_result_is_marked(label: dict, restricted: bool) -> None:
    meta = {"security": [label]}
    assert (await results(report(meta=meta)))[0].restricted is restricted
    inside = await results(report(), values=[observation(valueInteger=1, meta=meta)])
    assert inside[0].restricted is restricted
