"""Results, growth and past visits of the people in the demo portal, and who may see them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.demo_portal_case import Demo, demo, matches, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]
Json = dict[str, Any]


async def test_leo_was_measured_twelve_times(demo: Demo) -> None:
    leo = await demo.sign_in("leo")
    for code in ("8302-2", "29463-7"):
        found = matches((await leo.get("Observation", patient="leo", code=code, _sort="date")).json())
        values = [each["valueQuantity"]["value"] for each in found]
        assert len(values) == 12
        assert values == sorted(values)


@pytest.mark.parametrize(("patient", "name"), [("aisha", "85354-9"), ("aisha", "29463-7"), ("james", "4548-4")])
async def test_series_of_the_people_have_four_points(demo: Demo, patient: str, name: str) -> None:
    its = await demo.sign_in(patient)
    assert len(await its.ids("Observation", patient=patient, code=name)) == 4


async def test_marias_visit_leads_to_its_summary_and_note(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    (visit,) = matches((await maria.get("Encounter", patient="maria")).json())
    assert visit["period"]["start"][:16] == "2026-02-10T09:00"
    assert visit["appointment"] == [{"reference": "Appointment/maria-chen-past"}]
    found = await maria.get("DocumentReference", patient="maria", encounter=f"Encounter/{visit['id']}")
    kinds = {code["code"] for each in matches(found.json()) for code in each["type"]["coding"]}
    assert {"34133-9", "11506-3"} <= kinds


async def test_a_summary_has_a_file_and_words_that_can_be_read_out(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    document = (await maria.get("DocumentReference/maria-visit-20260210-summary")).json()
    parts = [each["attachment"] for each in document["content"]]
    bodies = [base64.b64decode((await maria.get(each["url"])).json()["data"]) for each in parts]
    assert [each["contentType"] for each in parts] == ["application/pdf", "text/plain"]
    assert bodies[0].startswith(b"%PDF-")
    assert "124 over 78" in bodies[1].decode()


async def test_rosas_summary_is_in_spanish(demo: Demo) -> None:
    rosa = await demo.sign_in("rosa")
    (document,) = matches((await rosa.get("DocumentReference", patient="rosa", type="visit-summary")).json())
    words = (await rosa.get(document["content"][1]["attachment"]["url"])).json()["data"]
    assert "Su presión fue de 132 sobre 80" in base64.b64decode(words).decode()


async def test_nobody_reads_the_summary_of_somebody_else(demo: Demo) -> None:
    rosa = await demo.sign_in("rosa")
    for address in ("DocumentReference/maria-visit-20260210-summary", "Binary/maria-visit-20260210-summary-words"):
        assert (await rosa.get(address)).status_code == 404


async def test_weis_visit_of_2021_is_marked_as_too_old_to_show(demo: Demo) -> None:
    wei = await demo.sign_in("wei")
    (visit,) = matches((await wei.get("Encounter", patient="wei")).json())
    assert visit["period"]["start"].startswith("2021-10-03")
    assert "legacy-hidden" in [each["code"] for each in visit["meta"]["tag"]]


async def test_a_result_says_who_looked_at_it(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    report = (await maria.get("DiagnosticReport/maria-lipid-panel")).json()
    assert report["resultsInterpreter"] == [{"reference": "Practitioner/chen", "display": "Amy Chen, MD"}]


@pytest.mark.parametrize("rtype", ["Encounter", "DiagnosticReport", "Procedure", "VisionPrescription", "CarePlan"])
async def test_patients_write_no_findings_of_clinicians(demo: Demo, rtype: str) -> None:
    maria = await demo.sign_in("maria")
    refused = await maria.post(rtype, {"resourceType": rtype, "status": "active"})
    assert refused.status_code in (400, 403, 405, 422)
    assert (await maria.get(rtype, patient="maria")).json()["resourceType"] == "Bundle"
