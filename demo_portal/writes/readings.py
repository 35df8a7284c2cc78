"""What patients measure at home: known kinds, their units, and what a body can have at all."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store.moments import interval, milliseconds
from demo_portal.vocabulary import LOINC, OBSERVATION_CATEGORY, Resource, codes_in, concept
from demo_portal.writes.attempt import Attempt, keep, said_by_patient

Bounds = dict[str, tuple[float, float]]
RANGES: dict[str, Bounds] = {
    "29463-7": {"kg": (0.3, 400), "[lb_av]": (0.7, 880), "g": (300, 400_000)},
    "8302-2": {"cm": (20, 260), "[in_i]": (8, 102)},
    "8480-6": {"mm[Hg]": (40, 300)},
    "8462-4": {"mm[Hg]": (20, 200)},
    "15074-8": {"mmol/L": (0.5, 60)},
    "2339-0": {"mg/dL": (10, 1100)},
    "8310-5": {"Cel": (25, 45), "[degF]": (77, 113)},
    "8867-4": {"/min": (20, 300)},
    "59408-5": {"%": (40, 100)},
    "41950-7": {"{steps}/d": (0, 200_000)},
    "93832-4": {"h": (0, 24)},
}
"""By LOINC code and UCUM unit: the lowest and highest value that is no slip of the tongue or the hand."""
PANELS = {"85354-9": ("8480-6", "8462-4")}
"""Blood pressure has its values in components."""
ACTIVITY = ("41950-7", "93832-4")


def record_reading(attempt: Attempt) -> Answer:
    """Keep a reading, as measured by the patient.

    Raises:
        Unprocessable: it is of an unknown kind or unit, still to come, or cannot be true.
    """
    code = _code(attempt.body)
    for kind, quantity, where in _quantities(attempt.body, code):
        _check(kind, quantity, where)
    _check_time(attempt)
    category = "activity" if code in ACTIVITY else "vital-signs"
    said = {
        "status": "final",
        "category": [concept(OBSERVATION_CATEGORY, category)],
        "performer": [said_by_patient(attempt)],
        "issued": attempt.now,
    }
    return keep(attempt, {**attempt.body, **said})


def _code(observation: Resource) -> str:
    found = codes_in(observation["code"], LOINC)
    if len(found) != 1 or (found[0] not in RANGES and found[0] not in PANELS):
        raise Unprocessable("Readings of this kind are not taken here.", "unknown-reading", "Observation.code")
    return found[0]


def _quantities(observation: Resource, code: str) -> Iterator[tuple[str, Resource, str]]:
    if code not in PANELS:
        yield code, observation.get("valueQuantity", {}), "Observation.valueQuantity"
        return
    parts = {kind: each for each in observation.get("component", []) for kind in codes_in(each["code"], LOINC)}
    if set(parts) != set(PANELS[code]):
        raise Invalid("A blood pressure has both of its values.", "value", "Observation.component")
    for kind, each in parts.items():
        yield kind, each.get("valueQuantity", {}), "Observation.component"


def _check(kind: str, quantity: Resource, where: str) -> None:
    unit = quantity.get("code", "")
    if "value" not in quantity or unit not in RANGES[kind]:
        raise Unprocessable(f"This is measured in {' or '.join(RANGES[kind])}.", "unknown-unit", where)
    low, high = RANGES[kind][unit]
    if not low <= float(quantity["value"]) <= high:
        raise Unprocessable("Nobody can have such a value.", "implausible", where)


def _check_time(attempt: Attempt) -> None:
    at = attempt.body.get("effectiveDateTime")
    if at is None:
        raise Invalid("Say when it was measured.", "required", "Observation.effectiveDateTime")
    if interval(at, attempt.portal.zone)[0] > milliseconds(attempt.portal.clock.now()):
        raise Unprocessable("This moment is still to come.", "in-the-future", "Observation.effectiveDateTime")
