"""What somebody could send to keep the portal busy or break it off: the checks take bounded time and always answer."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import CLINIC_ZONE
from demo_portal import validation
from tests.fhir_resource_rules import MARIA, reading, visit
from tests.fhir_type_rules import holding

Json = dict[str, Any]


@pytest.mark.parametrize(
    "hostile",
    [
        {**visit(), "participant": [{"actor": MARIA, "status": "accepted"}] * 20_000},
        {**visit(), "participant": [1] * 300_000},
        visit(**{f"k{number}": 1 for number in range(60_000)}),
        {"resourceType": "Patient", "name": [{"given": ["a"] * 200_000}]},
    ],
    ids=["objects", "numbers", "names", "texts"],
)
def test_what_has_too_many_values_is_not_looked_at(hostile: Json) -> None:
    found = validation.issues(hostile, CLINIC_ZONE)

    assert [(problem.issue, problem.expression) for problem in found] == [("too-costly", hostile["resourceType"])]


def nested(levels: int) -> Json:
    extension: Json = {"url": "u", "valueString": "x"}
    for _ in range(levels):
        extension = {"url": "u", "extension": [extension]}
    return {**visit(), "extension": [extension]}


def many_codings(codings: int, components: int) -> Json:
    component = [{"code": {"coding": [{"code": "x"}]}, "valueString": "x"}] * components
    return {
        **reading(valueString="x"),
        "code": {"coding": [{"code": str(number)} for number in range(codings)]},
        "component": component,
    }


# Measured at 0.1 to 0.5 s of the processor, the form at 2 s; the limit leaves room for a slow one.
@pytest.mark.parametrize(
    "hostile",
    [
        {**visit(), "participant": [{"actor": MARIA, "status": "accepted"}] * 2_400},
        {**visit(), "contained": [{"resourceType": "Patient", "id": str(number)} for number in range(3_000)]},
        {**visit(), "comment": " " * 1_000_000},
        {**visit(), "status": "a" * 1_000_000},
        {**visit(), "language": "a " * 500_000},
        {"resourceType": "Binary", "contentType": "text/plain", "data": "AAAA  " * 150_000},
        holding(valueBase64Binary="AAAA  " * 150_000 + "!"),
        many_codings(2_000, 800),
        {
            "resourceType": "Questionnaire",
            "status": "active",
            "item": [{"linkId": str(number), "type": "string", "text": "x"} for number in range(2_400)],
        },
        nested(30),
    ],
    ids=[
        "participants",
        "contained",
        "blanks",
        "code",
        "language",
        "base64",
        "broken base64",
        "codings",
        "form",
        "deep",
    ],
)
def test_hostile_input_is_answered_in_bounded_time(hostile: Json) -> None:
    started = time.process_time()

    validation.issues(hostile, CLINIC_ZONE)

    assert time.process_time() - started < 10


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=5) | st.sampled_from(("#a", "Patient/a", "2026-02-30")),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(("id", "reference", "coding", "code", "resourceType", "extension", "url", "start", "_id")), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
PLACES = (
    "participant",
    "contained",
    "slot",
    "start",
    "status",
    "_status",
    "extension",
    "text",
    "meta",
    "reasonCode",
    "id",
    "requestedPeriod",
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(PLACES), SCRAPS, min_size=1, max_size=3))
def test_no_json_breaks_the_look_off(scraps: Json) -> None:
    assert len(validation.issues({**visit(), **scraps}, CLINIC_ZONE)) <= 20
