"""Home readings and trackers in the demo portal: what is kept, and what nobody can have measured."""

from __future__ import annotations

from typing import Any

import pytest

from demo_portal.vocabulary import LOINC
from tests.demo_portal_case import Demo, demo, matches, refusal, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]
UCUM = "http://unitsofmeasure.org"


def quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def coded(code: str) -> dict[str, Any]:
    return {"coding": [{"system": LOINC, "code": code}]}


def reading(code: str, value: float = 0, unit: str = "", **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(code),
        "subject": {"reference": "Patient/maria"},
        "effectiveDateTime": "2026-03-02T07:00:00-08:00",
        **({"valueQuantity": quantity(value, unit)} if unit else {}),
        **changes,
    }


def pressure(systolic: float, diastolic: float) -> dict[str, Any]:
    parts = [("8480-6", systolic), ("8462-4", diastolic)]
    component = [{"code": coded(code), "valueQuantity": quantity(value, "mm[Hg]")} for code, value in parts]
    return reading("85354-9", component=component)


@pytest.mark.parametrize(
    ("body", "category"),
    [
        (reading("29463-7", 154.5, "[lb_av]"), "vital-signs"),
        (pressure(128, 82), "vital-signs"),
        (reading("2339-0", 104, "mg/dL"), "vital-signs"),
        (reading("15074-8", 5.8, "mmol/L"), "vital-signs"),
        (reading("8310-5", 98.6, "[degF]"), "vital-signs"),
        (reading("8867-4", 71, "/min"), "vital-signs"),
        (reading("59408-5", 97, "%"), "vital-signs"),
        (reading("41950-7", 8412, "{steps}/d"), "activity"),
        (reading("93832-4", 7.5, "h"), "activity"),
    ],
    ids=["weight", "pressure", "glucose", "glucose in mmol", "temperature", "pulse", "oxygen", "steps", "sleep"],
)
async def test_a_reading_is_kept_as_measured_by_the_patient(demo: Demo, body: dict[str, Any], category: str) -> None:
    maria = await demo.sign_in("maria")

    kept = await maria.post("Observation", body)

    assert kept.status_code == 201
    assert kept.json()["performer"] == [{"reference": "Patient/maria"}]
    assert kept.json()["category"][0]["coding"][0]["code"] == category


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (reading("29463-7", 9000, "kg"), "implausible"),
        (reading("8310-5", 98.6, "Cel"), "implausible"),
        (pressure(500, 80), "implausible"),
        (pressure(120, 5), "implausible"),
        (reading("29463-7", 70, "m"), "unknown-unit"),
        (reading("2339-0", 5.8, "mmol/L"), "unknown-unit"),
        (reading("13457-7", 100, "mg/dL"), "unknown-reading"),
        (reading("8867-4", 70, "/min", effectiveDateTime="2026-03-03T07:00:00-08:00"), "in-the-future"),
        (reading("85354-9"), "invalid-resource"),
    ],
    ids=[
        "too heavy",
        "Fahrenheit as Celsius",
        "systolic",
        "diastolic",
        "metres",
        "other unit",
        "a lab test",
        "tomorrow",
        "half",
    ],
)
async def test_what_nobody_can_have_is_refused(demo: Demo, body: dict[str, Any], code: str) -> None:
    maria = await demo.sign_in("maria")
    before = await maria.ids("Observation", _count=200)

    answer = await maria.post("Observation", body)

    assert (answer.status_code, refusal(answer)) == (422, code)
    assert await maria.ids("Observation", _count=200) == before


async def test_a_tracker_is_disconnected_with_what_was_agreed(demo: Demo) -> None:
    james = await demo.sign_in("james")
    (device,) = matches((await james.get("Device", status="active")).json())
    read = await james.get(f"Device/{device['id']}")

    gone = await james.put(
        f"Device/{device['id']}", {**read.json(), "status": "inactive"}, If_Match=read.headers["ETag"]
    )

    assert (gone.status_code, gone.json()["status"]) == (200, "inactive")
    assert await james.ids("Consent", actor=f"Device/{device['id']}", status="active") == []


async def test_nothing_else_of_a_tracker_can_be_changed(demo: Demo) -> None:
    james = await demo.sign_in("james")
    (device,) = matches((await james.get("Device", status="active")).json())
    read = await james.get(f"Device/{device['id']}")

    changed = await james.put(
        f"Device/{device['id']}", {**read.json(), "type": {"text": "Pump"}}, If_Match=read.headers["ETag"]
    )

    assert refusal(changed) == "not-changeable"
