"""What the portal stores is FHIR R4: each layer of its checks, with what passes and what does not."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clock import CLINIC_ZONE
from demo_portal import validation
from demo_portal.outcomes import Invalid
from demo_portal.registry import SERVED
from demo_portal.seed import loading, sources, visits
from demo_portal.seed.calendar import Calendar
from demo_portal.validation.definitions import definition, known, resource_types, schema
from demo_portal.validation.origin import SHA256
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
WHY = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
SOMEBODY: Json = {"resourceType": "Patient", "id": "a"}
TASK: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}


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
        (without(VISIT, "participant"), ("required", "Appointment.participant")),
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
        ({**VISIT, "contained": [{"resourceType": "Slot", "id": "1"}]}, ("required", "Appointment.contained[0].schedule")),
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


def extended(**more: Any) -> Json:
    return {**VISIT, "extension": [{"url": "https://example.org/any", **more}]}


def told(div: str) -> Json:
    return {**VISIT, "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{div}</div>'}}


def containing(*resources: Json, actor: str = "#a") -> Json:
    participant = [{"actor": {"reference": actor}, "status": "accepted"}]
    return {**VISIT, "contained": list(resources), "participant": participant}


@pytest.mark.parametrize(
    "resource",
    [
        {**without(READING, "status"), "_status": WHY},
        {**VISIT, "_comment": {"extension": [{"url": "https://example.org/any", "valueString": "x"}]}},
        {**VISIT, "comment": "Jos\u00e9\u00a0\u2003\U0001f642\n\tx"},
        extended(valueBase64Binary="AAAA AAAA"),
        extended(valueDecimal=Decimal("-0.0001")),
        told("<p>See <a href='https://example.org/x'>this</a><br/></p>"),
        containing(SOMEBODY),
        {**TASK, "focus": {"reference": "Invoice/1", "type": "Invoice"}},
        {**TASK, "focus": {"reference": "urn:uuid:0b0f1f1e-1111-4222-8333-444455556666"}},
        {**TASK, "focus": {"display": "the roof"}},
        {**READING, "effectivePeriod": {"start": "2026-03-09", "end": "2026-03"}},
    ],
    ids=lambda each: each["resourceType"],
)
def test_what_is_unusual_and_right_passes(resource: Json) -> None:
    assert wrong(resource) == []


# Each of these once passed, broke the portal off, or took minutes.
@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ({**without(VISIT, "status"), "_status": {}}, ("required", "Appointment.status")),
        ({**without(VISIT, "status"), "_status": {"id": "x"}}, ("required", "Appointment.status")),
        ({**VISIT, "_comment": None}, ("value", "Appointment._comment")),
        ({**VISIT, "_comment": {"extension": [{"url": "x", "valueString": "\x00"}]}}, ("value", "Appointment._comment.extension[0].valueString")),
        ({**VISIT, "id": "a\n"}, ("value", "Appointment.id")),
        ({**VISIT, "comment": "\ud800"}, ("value", "Appointment.comment")),
        ({**VISIT, "minutesDuration": 2**31}, ("value", "Appointment.minutesDuration")),
        ({**VISIT, "minutesDuration": True}, ("value", "Appointment.minutesDuration")),
        (extended(valueInteger=Decimal("1.5")), ("value", "Appointment.extension[0].valueInteger")),
        (extended(valueDecimal=Decimal("1E+99999999")), ("value", "Appointment.extension[0].valueDecimal")),
        (extended(valueDecimal=10**400), ("value", "Appointment.extension[0].valueDecimal")),
        (extended(valueBase64Binary="AAAA    " * 40 + "!"), ("value", "Appointment.extension[0].valueBase64Binary")),
        (extended(valueMoney={"value": 1, "currency": "usd"}), ("code-invalid", "Appointment.extension[0].valueMoney.currency")),
        (extended(), ("invariant", "Appointment.extension[0]")),
        (extended(valueString="x", extension=[{"url": "x", "valueString": "x"}]), ("invariant", "Appointment.extension[0]")),
        (extended(valueString="x", _valueCode=WHY), ("structure", "Appointment.extension[0]._valueCode")),
        ({"resourceType": "Binary", "contentType": "text"}, ("code-invalid", "Binary.contentType")),
        ({"resourceType": "Binary", "contentType": "a\r\nb: c"}, ("value", "Binary.contentType")),
        ({**SOMEBODY, "multipleBirthBoolean": True, "multipleBirthInteger": 2}, ("structure", "Patient.multipleBirthInteger")),
        ({**SOMEBODY, "name": [{"given": [None, "Ana"]}]}, ("value", "Patient.name[0].given[0]")),
        (told("<script>x</script>"), ("invariant", "Appointment.text.div")),
        (told("<p onclick='x'>x</p>"), ("invariant", "Appointment.text.div")),
        (told("<a href='javascript:x'>x</a>"), ("invariant", "Appointment.text.div")),
        (told("<!-- x -->x"), ("invariant", "Appointment.text.div")),
        (told("<p>x"), ("invariant", "Appointment.text.div")),
        (told("<p> </p>"), ("invariant", "Appointment.text.div")),
        (containing(SOMEBODY, actor="Patient/a"), ("invariant", "Appointment.contained[0]")),
        (containing(SOMEBODY, SOMEBODY), ("required", "Appointment.contained[1].id")),
        (containing({**SOMEBODY, "contained": [{"resourceType": "Patient", "id": "b"}]}), ("invariant", "Appointment.contained[0].contained")),
        (containing({**SOMEBODY, "meta": {"versionId": "1"}}), ("invariant", "Appointment.contained[0].meta.versionId")),
        (containing({**SOMEBODY, "colour": "red"}), ("structure", "Appointment.contained[0].colour")),
        (containing({"resourceType": "Invoice", "id": "a", "status": "issued"}), ("value", "Appointment.participant[0].actor")),
        (containing({"resourceType": "Parameters", "id": "a"}), ("structure", "Appointment.contained[0]")),
        (containing({"resourceType": "HumanName", "id": "a"}), ("structure", "Appointment.contained[0]")),
        (containing({"resourceType": ["Patient"], "id": "a"}), ("structure", "Appointment.contained[0]")),
        ({**TASK, "focus": {"reference": "Nonsense/1"}}, ("value", "Task.focus")),
        ({**TASK, "focus": {"reference": "Invoice/1?x=y"}}, ("value", "Task.focus")),
        ({**TASK, "focus": {"reference": "Invoice/1", "type": "Patient"}}, ("value", "Task.focus")),
        ({**TASK, "focus": {"reference": ["Invoice/1"]}}, ("value", "Task.focus.reference")),
        ({**ALLERGY, "clinicalStatus": {"text": "active"}}, ("code-invalid", "AllergyIntolerance.clinicalStatus")),
        ({**ALLERGY, "clinicalStatus": {"coding": [{"code": "active"}]}}, ("code-invalid", "AllergyIntolerance.clinicalStatus")),
        ({**ALLERGY, "clinicalStatus": {"coding": ["active"]}}, ("value", "AllergyIntolerance.clinicalStatus.coding[0]")),
    ],
    ids=lambda each: each[1] if isinstance(each, tuple) else None,
)  # fmt: skip
def test_what_is_unusual_and_wrong_is_found(resource: Json, found: tuple[str, str]) -> None:
    assert found in wrong(resource)


def test_a_message_quotes_nothing_that_was_sent() -> None:
    with pytest.raises(Invalid) as caught:
        validation.check({**VISIT, "status": "Maria takes sertraline"}, CLINIC_ZONE)

    assert "sertraline" not in json.dumps(caught.value.outcome())


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


def test_every_type_that_is_served_can_be_checked() -> None:
    assert set(SERVED) <= schema()["definitions"].keys() & resource_types()
    for rtype in SERVED:
        assert validation.issues({"resourceType": rtype, "colour": "red"}, CLINIC_ZONE)


def test_what_the_schema_requires_the_table_requires_too() -> None:
    """The schema's own word on it is left out, for it does not say where."""
    for name in known():
        required = {each for names in definition(name).required.values() for each in names}
        assert set(schema()["definitions"][name].get("required", [])) - {"resourceType"} <= required, name


@pytest.mark.parametrize("path", SHA256, ids=lambda path: path.name)
def test_the_definitions_are_those_that_were_cut(path: Path) -> None:
    """Changed only by `python -m demo_portal.validation.cut`, from HL7's files of FHIR R4 4.0.1."""
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SHA256[path]
