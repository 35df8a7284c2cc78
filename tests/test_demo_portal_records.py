"""The health record in the demo portal: what is on it, what a patient may add, and what only the care team changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from demo_portal.vocabulary import PORTAL_REQUEST
from tests.demo_portal_case import Demo, demo, matches, refusal, seeded_file, settings, task

__all__ = ["demo", "seeded_file", "settings"]
Json = dict[str, Any]
MARIA = {"reference": "Patient/maria"}
ACTIVE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]}
ALLERGY: Json = {
    "resourceType": "AllergyIntolerance",
    "clinicalStatus": ACTIVE,
    "patient": MARIA,
    "code": {"text": "latex"},
}
ISSUE: Json = {"resourceType": "Condition", "subject": MARIA, "code": {"text": "migraine"}}
VACCINE: Json = {
    "resourceType": "Immunization",
    "status": "completed",
    "patient": MARIA,
    "vaccineCode": {"text": "shingles"},
    "occurrenceDateTime": "2026-01-10",
}
ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
MOTHER: Json = {
    "resourceType": "FamilyMemberHistory",
    "status": "completed",
    "patient": MARIA,
    "relationship": {"coding": [{"system": ROLE, "code": "MTH"}]},
    "condition": [{"code": {"text": "asthma"}}],
}
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
EVERYTHING = (ALLERGY, ISSUE, VACCINE, MOTHER)


def asked(code: str, patient: str, focus: str = "", key: str = "k1", **said: str) -> Json:
    """A request about the record."""
    values = {name: {"valueString": value} for name, value in said.items()}
    found = task((PORTAL_REQUEST, code), patient, focus, key, **values)
    return found if focus else {name: value for name, value in found.items() if name != "focus"}


@pytest.mark.parametrize(
    ("patient", "names"),
    [
        ("james", {"Type 2 diabetes", "Hypertension", "Chronic kidney disease stage 3"}),
        ("aisha", {"Pregnancy"}),
        ("harold", set()),
    ],
)
async def test_the_people_have_their_conditions(demo: Demo, patient: str, names: set[str]) -> None:
    its = await demo.sign_in(patient)
    found = await its.get("Condition", patient=patient, **{"clinical-status": "active"})
    assert {each["code"]["text"] for each in matches(found.json())} == names


async def test_none_known_is_written_down_and_nobody_asked_is_nothing(demo: Demo) -> None:
    james, wei = await demo.sign_in("james"), await demo.sign_in("wei")
    said = await james.ids("AllergyIntolerance", patient="james", code="http://snomed.info/sct|716186003")
    assert said == ["james-no-known-allergies"]
    assert await wei.ids("AllergyIntolerance", patient="wei") == []


@pytest.mark.parametrize(("patient", "vaccines"), [("maria", ["Flu shot"]), ("harold", ["Flu shot"]), ("sofia", [])])
async def test_overdue_vaccines_are_those_of_the_people(demo: Demo, patient: str, vaccines: list[str]) -> None:
    its = await demo.sign_in(patient)
    forecasts = matches((await its.get("ImmunizationRecommendation", patient=patient)).json())
    found = [
        each["vaccineCode"][0]["text"]
        for forecast in forecasts
        for each in forecast["recommendation"]
        if each["forecastStatus"]["coding"][0]["code"] == "overdue"
    ]
    assert found == vaccines


@pytest.mark.parametrize(
    ("patient", "overdue"),
    [("james", {"Colonoscopy", "Diabetic eye exam"}), ("harold", {"Colonoscopy"}), ("maria", set())],
)
async def test_overdue_screenings_are_those_of_the_people(demo: Demo, patient: str, overdue: set[str]) -> None:
    its = await demo.sign_in(patient)
    found = await its.get("ServiceRequest", patient=patient, intent="plan", status="active", occurrence="lt2026-03-02")
    ended = [each for each in matches(found.json()) if each["occurrencePeriod"]["end"] < "2026-03-02"]
    assert {each["code"]["text"] for each in ended} == overdue


@pytest.mark.parametrize(("patient", "title"), [("james", "Diabetes"), ("aisha", "Prenatal")])
async def test_a_care_plan_names_goals_and_a_team(demo: Demo, patient: str, title: str) -> None:
    its = await demo.sign_in(patient)
    (plan,) = matches((await its.get("CarePlan", patient=patient, category="assess-plan")).json())
    goals = {each["reference"].removeprefix("Goal/") for each in plan["goal"]}
    assert plan["title"] == title
    assert goals == set(await its.ids("Goal", patient=patient))
    assert await its.ids("CareTeam", patient=patient, status="active") == [f"{patient}-team"]


async def test_rosa_has_a_prescription_for_both_eyes(demo: Demo) -> None:
    rosa = await demo.sign_in("rosa")
    (found,) = matches((await rosa.get("VisionPrescription", patient="rosa")).json())
    assert {each["eye"] for each in found["lensSpecification"]} == {"right", "left"}


@pytest.mark.parametrize("body", EVERYTHING, ids=lambda body: body["resourceType"])
async def test_what_a_patient_tells_is_kept_as_told_by_the_patient(demo: Demo, body: Json) -> None:
    maria = await demo.sign_in("maria")
    kept = await maria.post(body["resourceType"], body)
    assert kept.status_code == 201
    found = (await maria.get(f"{body['resourceType']}/{kept.json()['id']}")).json()
    told = {
        "AllergyIntolerance": lambda: (found["asserter"], found["verificationStatus"]["coding"][0]["code"]),
        "Condition": lambda: (found["asserter"], found["verificationStatus"]["coding"][0]["code"]),
        "Immunization": lambda: (MARIA, "unconfirmed" if found["primarySource"] is False else "confirmed"),
        "FamilyMemberHistory": lambda: (MARIA, "unconfirmed" if found["status"] == "partial" else "confirmed"),
    }[body["resourceType"]]
    assert told() == (MARIA, "unconfirmed")


@pytest.mark.parametrize("body", EVERYTHING, ids=lambda body: body["resourceType"])
async def test_the_same_key_again_writes_nothing_twice(demo: Demo, body: Json) -> None:
    maria, rtype = await demo.sign_in("maria"), body["resourceType"]
    answers = await asyncio.gather(*(maria.post(rtype, body, Idempotency_Key="one") for _ in range(6)))
    assert len({each.json()["id"] for each in answers}) == 1
    before = len(await (await demo.sign_in("maria")).ids(rtype, patient="maria"))
    await maria.post(rtype, body, Idempotency_Key="one")
    assert len(await maria.ids(rtype, patient="maria")) == before


@pytest.mark.parametrize("body", EVERYTHING, ids=lambda body: body["resourceType"])
async def test_nothing_is_written_into_somebody_elses_record(demo: Demo, body: Json) -> None:
    rosa, owner = await demo.sign_in("rosa"), "subject" if "subject" in body else "patient"
    refused = await rosa.post(body["resourceType"], body)
    assert refused.status_code in (403, 422)
    maria = await demo.sign_in("maria")
    said = {each["id"] for each in matches((await maria.get(body["resourceType"], patient="maria")).json())}
    assert all(each.startswith("maria-") for each in said)
    assert (await rosa.post(body["resourceType"], {**body, owner: {"reference": "Patient/rosa"}})).status_code == 201


@pytest.mark.parametrize("address", ["AllergyIntolerance/maria-penicillin", "Condition/maria-high-blood-pressure"])
async def test_what_the_care_team_wrote_cannot_be_changed(demo: Demo, address: str) -> None:
    maria = await demo.sign_in("maria")
    old = await maria.get(address)
    changed = {**old.json(), "code": {"text": "nothing"}}
    refused = await maria.put(address, changed, If_Match=old.headers["ETag"])
    assert refused.status_code in (403, 405)
    assert (await maria.get(address)).json() == old.json()


REFUSED: list[tuple[Json, Json, str]] = [
    (ALLERGY, {"code": {"text": " "}}, "value"),
    (ALLERGY, {"code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003", "display": "x"}]}},
     "not-changeable"),
    (ALLERGY, {"code": {"text": "x" * 201}}, "too-long"),
    (ISSUE, {"onsetDateTime": "2027-01-01"}, "in-the-future"),
    (ISSUE, {"onsetDateTime": "1983"}, "before-birth"),
    (ISSUE, {"clinicalStatus": {"coding": [{"system": CLINICAL, "code": "remission"}]}}, "not-changeable"),
    (VACCINE, {"occurrenceDateTime": "2026-03-03"}, "in-the-future"),
    (VACCINE, {"occurrenceDateTime": "1984-03-11"}, "before-birth"),
    (VACCINE, {"status": "not-done"}, "not-changeable"),
    (VACCINE, {"primarySource": True}, "not-changeable"),
    (VACCINE, {"vaccineCode": {"coding": [{"code": "88"}]}}, "required"),
    (MOTHER, {"condition": []}, ""),
    (MOTHER, {"condition": [{"code": {"text": ""}}]}, ""),
    (MOTHER, {"condition": [{"code": {"text": "x"}, "onsetAge": {
        "value": 140, "code": "a", "system": "http://unitsofmeasure.org", "unit": "a"}}]}, "implausible"),
    (ALLERGY, {"encounter": {"reference": "Encounter/james-visit-20260127"}}, "unknown-reference"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "change", "code"), REFUSED)
async def test_what_cannot_be_is_refused_and_nothing_stored(demo: Demo, body: Json, change: Json, code: str) -> None:
    maria, rtype = await demo.sign_in("maria"), body["resourceType"]
    before = await maria.ids(rtype, patient="maria")
    refused = await maria.post(rtype, {**body, **change})
    assert refused.status_code in (400, 422)
    assert code in ("", refusal(refused)) or refused.json()["issue"][0]["code"] == code
    assert await maria.ids(rtype, patient="maria") == before


async def test_the_year_of_birth_alone_is_not_before_birth(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    assert (await maria.post("Condition", {**ISSUE, "onsetDateTime": "1984"})).status_code == 201


async def test_a_relative_is_told_in_words(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    kept = (await maria.post("FamilyMemberHistory", MOTHER)).json()
    assert kept["relationship"]["text"] == "mother"


ADDED = [
    ("allergy-update", {"substance": "latex"}),
    ("issue-update", {"issue": "migraine"}),
    ("immunization-report", {"vaccine": "shingles", "on": "2026-01-10"}),
    ("history-update", {"kind": "surgery", "what": "tonsils"}),
]
CHANGED = [
    ("allergy-update", "AllergyIntolerance/maria-penicillin", "remove"),
    ("issue-update", "Condition/maria-high-blood-pressure", "resolved"),
    ("immunization-report", "Immunization/maria-tdap-1", "remove"),
    ("history-update", "Condition/maria-past-gestational-diabetes", "remove"),
]


@pytest.mark.parametrize(("code", "said"), ADDED)
async def test_the_clinic_can_be_asked_to_add(demo: Demo, code: str, said: dict[str, str]) -> None:
    maria = await demo.sign_in("maria")
    filed = await maria.file(asked(code, "maria", change="add", **said))
    assert (filed.status_code, filed.json()["status"]) == (201, "requested")
    missing = await maria.file(asked(code, "maria", key="k2", change="add"))
    assert missing.status_code in (400, 422)


@pytest.mark.parametrize(("code", "focus", "change"), CHANGED)
async def test_a_change_is_asked_for_once_and_the_record_stays(demo: Demo, code: str, focus: str, change: str) -> None:
    maria = await demo.sign_in("maria")
    before = (await maria.get(focus)).json()
    first = await maria.file(asked(code, "maria", focus, change=change))
    second = await maria.file(asked(code, "maria", focus, key="k2", change=change))
    assert (first.status_code, second.status_code, refusal(second)) == (201, 409, "open-request-exists")
    assert (await maria.get(focus)).json() == before


async def test_a_correction_says_what_is_right_and_does_not_stand_in_the_way_of_a_removal(demo: Demo) -> None:
    maria, focus = await demo.sign_in("maria"), "AllergyIntolerance/maria-penicillin"
    silent = await maria.file(asked("allergy-update", "maria", focus, change="correct"))
    said = await maria.file(asked("allergy-update", "maria", focus, key="k2", change="correct", said="only a rash"))
    removed = await maria.file(asked("allergy-update", "maria", focus, key="k3", change="remove"))
    assert silent.status_code in (400, 422)
    assert (said.status_code, removed.status_code) == (201, 201)


@pytest.mark.parametrize(
    ("focus", "change"),
    [
        ("AllergyIntolerance/nobody", "remove"),
        ("AllergyIntolerance/james-no-known-allergies", "remove"),
        ("Condition/maria-high-blood-pressure", "remove"),
        ("AllergyIntolerance/maria-penicillin", "forget"),
        ("AllergyIntolerance/maria-penicillin", "add"),
        ("", "remove"),
    ],
)
async def test_a_change_of_what_is_not_there_is_refused(demo: Demo, focus: str, change: str) -> None:
    maria = await demo.sign_in("maria")
    before = await maria.ids("Task", patient="maria")
    refused = await maria.file(asked("allergy-update", "maria", focus, change=change, substance="latex"))
    assert refused.status_code in (400, 404, 422)
    assert await maria.ids("Task", patient="maria") == before


async def test_words_without_end_are_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    refused = await maria.file(asked("allergy-update", "maria", change="add", substance="x" * 2001))
    assert refusal(refused) == "too-long"


async def test_of_two_who_ask_for_the_same_at_once_one_is_heard(demo: Demo) -> None:
    maria, focus = await demo.sign_in("maria"), "AllergyIntolerance/maria-penicillin"
    filed = await asyncio.gather(
        *(maria.file(asked("allergy-update", "maria", focus, key=f"k{n}", change="remove")) for n in range(8))
    )
    assert sorted(each.status_code for each in filed) == [201, *[409] * 7]
