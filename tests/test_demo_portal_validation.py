"""What the portal stores is FHIR R4: each layer of its checks, with what passes and what does not."""

from __future__ import annotations

import hashlib
import json
import time
from decimal import Decimal
from typing import Any

import pytest

from clock import CLINIC_ZONE
from demo_portal import validation
from demo_portal.outcomes import Invalid
from demo_portal.registry import SERVED
from demo_portal.seed import loading, sources, visits
from demo_portal.seed.calendar import Calendar
from demo_portal.validation.definitions import SCHEMA, TABLE, schema
from tests.demo_portal_case import MONDAY_NINE

Json = dict[str, Any]
MARIA = {"reference": "Patient/maria"}
VISIT: Json = {
    "resourceType": "Appointment",
    "status": "booked",
    "start": "2026-03-09T09:00:00-07:00",
    "end": "2026-03-09T09:30:00-07:00",
    "participant": [{"actor": MARIA, "status": "accepted"}],
}
ACTIVE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]}
ALLERGY: Json = {
    "resourceType": "AllergyIntolerance",
    "patient": MARIA,
    "clinicalStatus": ACTIVE,
    "code": {"text": "latex"},
}
READING: Json = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "weight"},
    "subject": MARIA,
    "valueQuantity": {"value": Decimal("71.5"), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
}
VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


def wrong(resource: Json) -> list[tuple[str, str]]:
    return [(problem.issue, str(problem.expression)) for problem in validation.issues(resource, CLINIC_ZONE)]


def without(resource: Json, name: str) -> Json:
    return {key: value for key, value in resource.items() if key != name}


@pytest.mark.parametrize("resource", [VISIT, ALLERGY, READING], ids=lambda each: each["resourceType"])
def test_what_is_right_passes(resource: Json) -> None:
    assert wrong(resource) == []


# The defects of an Appointment that single validators are known to let pass.
@pytest.mark.parametrize(
    ("resource", "found"),
    [
        (without(VISIT, "status"), ("required", "Appointment.status")),
        ({**VISIT, "status": "sleeping"}, ("code-invalid", "Appointment.status")),
        ({**VISIT, "colour": "red"}, ("structure", "Appointment.colour")),
        (without(VISIT, "participant"), ("required", "Appointment")),
        ({**VISIT, "start": "soon"}, ("value", "Appointment.start")),
        (without(VISIT, "end"), ("invariant", "Appointment")),
        ({**VISIT, "serviceType": []}, ("structure", "Appointment.serviceType")),
    ],
    ids=["no status", "unknown status", "unknown element", "no participant", "no moment", "start alone", "empty list"],
)
def test_each_layer_finds_what_the_others_miss(resource: Json, found: tuple[str, str]) -> None:
    assert found in wrong(resource)


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ({**VISIT, "minutesDuration": 0}, ("value", "Appointment.minutesDuration")),
        ({**VISIT, "minutesDuration": "30"}, ("value", "Appointment.minutesDuration")),
        ({**VISIT, "comment": "a\x00b"}, ("value", "Appointment.comment")),
        ({**VISIT, "comment": "  "}, ("value", "Appointment.comment")),
        ({**VISIT, "comment": "x" * 10_001}, ("too-long", "Appointment.comment")),
        ({**VISIT, "created": "2026-02-30"}, ("value", "Appointment.created")),
        ({**VISIT, "slot": [{"reference": "Patient/maria"}]}, ("value", "Appointment.slot[0]")),
        ({**VISIT, "slot": [{"reference": "https://elsewhere.example.org/Slot/1"}]}, ("value", "Appointment.slot[0]")),
        ({**VISIT, "slot": [{"reference": "#1"}]}, ("value", "Appointment.slot[0]")),
        ({**VISIT, "participant": [{"actor": MARIA}]}, ("required", "Appointment.participant[0].status")),
        ({**VISIT, "participant": [{"status": "accepted"}]}, ("invariant", "Appointment.participant[0]")),
        ({**VISIT, "contained": [{"resourceType": "Nonsense"}]}, ("structure", "Appointment.contained[0]")),
        ({**VISIT, "contained": [{"resourceType": "Slot", "id": "1"}]}, ("required", "Appointment.contained[0]")),
        ({**READING, "valueString": "heavy"}, ("structure", "Observation.valueString")),
        ({**READING, "valueQuantity": {"value": 71, "code": "kg"}}, ("invariant", "Observation.valueQuantity")),
        ({**READING, "effectivePeriod": {"start": "2026-03-02", "end": "2026-03-01"}}, ("invariant", "Observation.effectivePeriod")),
        ({**READING, "dataAbsentReason": {"text": "?"}}, ("invariant", "Observation")),
        ({**ALLERGY, "note": [{"text": ""}]}, ("value", "AllergyIntolerance.note[0].text")),
        ({**ALLERGY, "code": "latex"}, ("value", "AllergyIntolerance.code")),
        ({**ALLERGY, "code": [{"text": "latex"}]}, ("value", "AllergyIntolerance.code")),
        ({**ALLERGY, "note": [["x"]]}, ("value", "AllergyIntolerance.note[0]")),
        ({**ALLERGY, "code": {}}, ("structure", "AllergyIntolerance.code")),
    ],
    ids=lambda each: each[1] if isinstance(each, tuple) else None,
)  # fmt: skip
def test_what_is_wrong_is_found_where_it_is(resource: Json, found: tuple[str, str]) -> None:
    assert found in wrong(resource)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (VISIT, {**VISIT, "cancelationReason": {"text": "ill"}}),
        ({**VISIT, "status": "cancelled", "cancelationReason": {"text": "ill"}}, {**without(without(VISIT, "start"), "end")}),
        (
            {**ALLERGY, "verificationStatus": {"text": "unconfirmed"}},
            {
                **ALLERGY,
                "verificationStatus": {"coding": [{"system": VERIFICATION, "code": "entered-in-error"}]},
            },
        ),
        (
            {"resourceType": "Task", "status": "requested", "intent": "order", "authoredOn": "2026-03-01", "lastModified": "2026-03-02"},
            {"resourceType": "Task", "status": "requested", "intent": "order", "authoredOn": "2026-03-03", "lastModified": "2026-03-02"},
        ),
        (
            {"resourceType": "List", "status": "current", "mode": "working", "emptyReason": {"text": "nil known"}},
            {
                "resourceType": "List",
                "status": "current",
                "mode": "working",
                "emptyReason": {"text": "nil known"},
                "entry": [{"item": MARIA}],
            },
        ),
        (
            {"resourceType": "Patient", "contact": [{"name": {"text": "Ana"}}]},
            {"resourceType": "Patient", "contact": [{"gender": "female"}]},
        ),
    ],
    ids=["app-4", "app-3", "ait-2", "Task inv-1", "lst-1", "pat-1"],
)  # fmt: skip
def test_rules_between_elements_are_kept(good: Json, bad: Json) -> None:
    assert wrong(good) == []
    assert [issue for issue, _ in wrong(bad)] == ["invariant"]


def test_a_message_quotes_nothing_that_was_sent() -> None:
    with pytest.raises(Invalid) as caught:
        validation.check({**VISIT, "status": "Maria takes sertraline"}, CLINIC_ZONE)

    assert "sertraline" not in json.dumps(caught.value.outcome())


def test_an_element_may_be_absent_when_it_says_why() -> None:
    why = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}

    assert wrong({**without(READING, "status"), "_status": why}) == []


def test_at_most_twenty_problems_are_named() -> None:
    many = {**VISIT, "participant": [{"actor": MARIA, "status": "sleeping"}] * 50}

    assert len(wrong(many)) == 20


def test_the_whole_seed_is_valid() -> None:
    plan = sources.read(Calendar(MONDAY_NINE.date(), CLINIC_ZONE))
    resources = loading.resources(plan, visits.visits(plan))
    slots = 0

    for resource in resources:
        slots += resource["resourceType"] == "Slot"
        if resource["resourceType"] != "Slot" or slots <= 100:
            assert wrong(resource) == [], (resource["resourceType"], resource["id"])


@pytest.mark.parametrize(
    "hostile",
    [
        {**VISIT, "participant": [{"actor": MARIA, "status": "accepted"}] * 5000},
        {**VISIT, "extension": [{"url": "u", "extension": [{"url": "u", "valueString": "x"}] * 100}] * 100},
        {**VISIT, "comment": " " * 500_000},
        {"resourceType": "Binary", "contentType": "text/plain", "data": "A" * 900_000},
        {**VISIT, "status": "a" * 900_000},
    ],
    ids=["many participants", "many extensions", "blanks", "a large body", "a long code"],
)
def test_hostile_input_is_answered_in_bounded_time(hostile: Json) -> None:
    started = time.perf_counter()

    validation.issues(hostile, CLINIC_ZONE)

    assert time.perf_counter() - started < 10


def test_every_type_that_is_served_can_be_checked() -> None:
    assert set(SERVED) <= schema()["definitions"].keys()
    for rtype in SERVED:
        assert validation.issues({"resourceType": rtype, "colour": "red"}, CLINIC_ZONE)


def test_the_definitions_are_those_that_were_cut() -> None:
    """Changed only by `python -m demo_portal.validation.cut`, from HL7's files of FHIR R4 4.0.1."""
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in (SCHEMA, TABLE)}

    assert digests == {"r4.schema.json.gz": "76065ae71104c299", "r4.elements.json.gz": "28811670d803772a"}
