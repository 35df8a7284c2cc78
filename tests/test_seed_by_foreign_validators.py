"""Validators that nobody of this project wrote judge every resource of the seed: Medplum's, and that of npm `fhir`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from typing import Any

import pytest

from tests.contract.engine import FOLDER, node
from tests.contract.targets import whole_seed
from tests.fakes import A_TUESDAY

pytestmark = pytest.mark.foreign

Json = dict[str, Any]
VALIDATORS = ("medplum", "fhir")
DAMAGE: dict[str, Json] = {
    "no-participant": {"participant": None},
    "no-status": {"status": None},
    "wrong-status": {"status": "quite-sure"},
    "unknown-element": {"mood": "good"},
    "no-end": {"end": None},
}
# Medplum's leaves codes to its server; the other knows no invariants.
BLIND = {("medplum", "wrong-status"), ("fhir", "no-end")}
SEEN = [(validator, damage) for validator in VALIDATORS for damage in DAMAGE if (validator, damage) not in BLIND]


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> list[Json]:
    """What the validators say, about the seed and about visits that are damaged on purpose."""
    seed = whole_seed(A_TUESDAY)
    path = tmp_path_factory.mktemp("seed") / "resources.ndjson"
    path.write_text("\n".join(json.dumps(each) for each in [*seed, *_damaged(seed)]), encoding="utf-8")
    run = [node(), FOLDER / "validate.mjs", path]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.parametrize(("validator", "damage"), SEEN)
def test_the_validators_see_what_is_wrong(complaints: list[Json], validator: str, damage: str) -> None:
    assert any(each["by"] == validator and each["id"] == damage for each in complaints)


@pytest.mark.parametrize("validator", VALIDATORS)
def test_nothing_in_the_seed_is_wrong(complaints: list[Json], validator: str) -> None:
    said = [each for each in complaints if each["by"] == validator and each["id"] not in DAMAGE]
    assert [f"{each['type']}/{each['id']} {each['path']}: {each['words']}" for each in said] == []


def _damaged(seed: list[Json]) -> Iterable[Json]:
    """Copies of one good visit, each with something wrong."""
    good = next(each for each in seed if each["resourceType"] == "Appointment")
    for name, change in DAMAGE.items():
        changed = {**good, **change, "id": name}
        yield {element: value for element, value in changed.items() if value is not None}
