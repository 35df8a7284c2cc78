"""FHIR's own rules: each that the portal holds resources against is kept by one case and broken by another."""

from __future__ import annotations

from typing import Any

import pytest

from clock import CLINIC_ZONE
from demo_portal import validation
from demo_portal.validation.definitions import definition, known
from demo_portal.validation.invariants import LEFT_OUT
from tests.fhir_resource_rules import OF_RESOURCES
from tests.fhir_type_rules import OF_TYPES

CASES = OF_TYPES | OF_RESOURCES


def keys(resource: dict[str, Any]) -> list[str]:
    """The rules a resource breaks; nothing else may be wrong with it."""
    found = validation.issues(resource, CLINIC_ZONE)
    assert {problem.issue for problem in found} <= {"invariant"}, [problem.text for problem in found]
    return [problem.text.partition("rule ")[2].partition(" ")[0] for problem in found]


@pytest.mark.parametrize(("place", "key"), CASES, ids=[f"{place} {key}" for place, key in CASES])
def test_a_rule_is_kept_by_what_keeps_it_and_broken_by_what_breaks_it(place: str, key: str) -> None:
    good, bad = CASES[place, key]

    assert keys(good) == []
    assert key in keys(bad)


def test_every_rule_has_its_case() -> None:
    rules = {(definition(name).path, key) for name in known() for key, _ in definition(name).rules}

    assert {each for each in rules if each[1] not in LEFT_OUT} == set(CASES)
