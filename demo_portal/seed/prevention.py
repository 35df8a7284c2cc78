"""Builds routine care: vaccines that are due and screenings that are planned or done."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.history import CVX
from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.vocabulary import LOINC, SNOMED, VISIT_TYPE, Resource, concept, reference

FORECAST = "http://terminology.hl7.org/CodeSystem/immunization-recommendation-status"
DATES = {"due": ("30980-7", "Date vaccine due"), "late": ("59778-1", "Date when overdue for immunization")}


def prevention(seed: Seed, person: Entry) -> Iterator[Resource]:
    """One forecast for all vaccines of a person, and a plan for each screening."""
    if "vaccines_due" in person:
        yield _forecast(seed, person)
    yield from (_screening(seed, person["key"], entry) for entry in person.get("screenings", []))


def _forecast(seed: Seed, person: Entry) -> Resource:
    return resource(
        "ImmunizationRecommendation",
        f"{person['key']}-forecast",
        patient=reference("Patient", person["key"]),
        date=seed.calendar.today.isoformat(),
        recommendation=[_recommended(seed, entry) for entry in person["vaccines_due"]],
    )


def _recommended(seed: Seed, entry: Entry) -> Resource:
    dates = [
        {"code": concept(LOINC, code, display), "value": seed.calendar.day(entry[name]).isoformat()}
        for name, (code, display) in DATES.items()
        if name in entry
    ]
    vaccine = [concept(CVX, entry["cvx"], entry["name"])]
    criteria = {"dateCriterion": dates} if dates else {}
    return {"vaccineCode": vaccine, "forecastStatus": concept(FORECAST, entry["status"]), **criteria}


def _screening(seed: Seed, patient: str, entry: Entry) -> Resource:
    """A screening that is planned between two days, or was done on one."""
    done = "done" in entry
    visit = [concept(VISIT_TYPE, entry["book"], seed.clinic["visit_types"][entry["book"]])] if "book" in entry else None
    window = None if done else {name: seed.calendar.day(entry[key]).isoformat() for name, key in _WINDOW}
    return resource(
        "ServiceRequest",
        f"{patient}-routine-{slug(entry['name'])}",
        status="completed" if done else "active",
        intent="plan",
        category=[concept(SNOMED, "20135006", "Screening procedure")],
        code={"text": entry["name"]},
        orderDetail=visit,
        subject=reference("Patient", patient),
        occurrencePeriod=window,
        occurrenceDateTime=seed.calendar.day(entry["done"]).isoformat() if done else None,
    )


_WINDOW = (("start", "due"), ("end", "late"))
