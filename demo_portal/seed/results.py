"""Builds test results: reports with their observations, series over time, pending and sensitive ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.vocabulary import (
    CONFIDENTIALITY,
    DIAGNOSTIC_SERVICE,
    INTERPRETATION,
    LOINC,
    OBSERVATION_CATEGORY,
    UCUM,
    Resource,
    concept,
    reference,
)

OBSERVATION_CATEGORIES = {"LAB": "laboratory", "RAD": "imaging", "SP": "procedure"}


@dataclass(frozen=True)
class Taken:
    """One time a test was done."""

    patient: str
    report: Entry
    day: date
    index: int
    """Place in a series, oldest 0; always 0 for a single test."""


def results(seed: Seed) -> Iterator[Resource]:
    """Everybody's reports, each after its observations."""
    for person in seed.people:
        for report in person.get("results", []):
            for taken in _times(seed, person["key"], report):
                yield from _report(seed, taken)


def _times(seed: Seed, patient: str, report: Entry) -> Iterator[Taken]:
    last, series = seed.calendar.day(report["day"]), report.get("values", [{}])[0].get("series", [None])
    for index in range(len(series)):
        months = report.get("every_months", 0) * (len(series) - 1 - index)
        yield Taken(patient, report, seed.calendar.months_before(last, months) if months else last, index)


def _report(seed: Seed, taken: Taken) -> Iterator[Resource]:
    report, status = taken.report, taken.report.get("status", "final")
    observations = [_observation(seed, taken, value) for value in report.get("values", [])]
    yield from observations
    yield resource(
        "DiagnosticReport",
        _id(taken, report["name"]),
        meta=_security(report),
        status=status,
        category=[concept(DIAGNOSTIC_SERVICE, report.get("category", "LAB"))],
        code=_code(report),
        subject=reference("Patient", taken.patient),
        effectiveDateTime=_at(seed, taken, time(8, 15)),
        issued=_at(seed, taken, time(16, 0)) if status == "final" else None,
        resultsInterpreter=[_clinician(seed, taken)] if _clinician(seed, taken) else None,
        result=[reference("Observation", item["id"]) for item in observations] or None,
        conclusion=report.get("comment"),
    )


def _clinician(seed: Seed, taken: Taken) -> Resource | None:
    """Who looked at it: whom the report names, or else the person's own doctor."""
    person = next(each for each in seed.people if each["key"] == taken.patient)
    key = taken.report.get("by", person.get("pcp"))
    return seed.practitioner(key) if key else None


def _observation(seed: Seed, taken: Taken, value: Entry) -> Resource:
    category = OBSERVATION_CATEGORIES[taken.report.get("category", "LAB")]
    return resource(
        "Observation",
        _id(taken, f"{taken.report['name']} {value['name']}"),
        meta=_security(taken.report),
        status="final",
        category=[concept(OBSERVATION_CATEGORY, category)],
        code=_code(value),
        subject=reference("Patient", taken.patient),
        effectiveDateTime=_at(seed, taken, time(8, 15)),
        interpretation=[concept(INTERPRETATION, value["flag"])] if "flag" in value else None,
        referenceRange=_range(value),
        **_measured(value, taken.index),
    )


def _measured(value: Entry, index: int) -> Resource:
    if "text" in value:
        return {"valueString": value["text"]}
    number = value["series"][index] if "series" in value else value["value"]
    return {"valueQuantity": quantity(number, value["unit"])}


def quantity(number: float, unit: str) -> Resource:
    """A Quantity with its UCUM unit."""
    return {"value": number, "unit": unit, "system": UCUM, "code": unit}


def _range(value: Entry) -> list[Resource] | None:
    edges = {name: quantity(value[name], value["unit"]) for name in ("low", "high") if name in value}
    return [edges] if edges else None


def _code(entry: Entry) -> Resource:
    return concept(LOINC, entry["loinc"], entry["name"]) if "loinc" in entry else {"text": entry["name"]}


def _security(report: Entry) -> dict[str, Any]:
    return {"security": [{"system": CONFIDENTIALITY, "code": "R"}]} if report.get("restricted") else {}


def _at(seed: Seed, taken: Taken, hour: time) -> str:
    return seed.calendar.local(taken.day, hour).isoformat(timespec="seconds")


def _id(taken: Taken, name: str) -> str:
    number = f"-{taken.index + 1}" if "every_months" in taken.report else ""
    return f"{taken.patient}-{slug(name)}{number}"[:64]
