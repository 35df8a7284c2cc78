"""Builds what is on record about health: allergies, conditions, immunizations, growth and other measurements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from demo_portal.seed.patients import birth_date
from demo_portal.seed.results import quantity
from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.store.moments import years_after
from demo_portal.vocabulary import (
    ALLERGY_CLINICAL,
    ALLERGY_VERIFICATION,
    CONDITION_CATEGORY,
    CONDITION_CLINICAL,
    CONDITION_VERIFICATION,
    LOINC,
    OBSERVATION_CATEGORY,
    SNOMED,
    Resource,
    concept,
    reference,
)

CVX = "http://hl7.org/fhir/sid/cvx"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"

# Name, CVX code, dose, months of age (the usual childhood schedule of the CDC).
CHILD_SERIES = (
    ("Hepatitis B", "08", 1, 0), ("Hepatitis B", "08", 2, 2), ("Hepatitis B", "08", 3, 9),
    ("DTaP", "20", 1, 2), ("DTaP", "20", 2, 4), ("DTaP", "20", 3, 6), ("DTaP", "20", 4, 16), ("DTaP", "20", 5, 50),
    ("Polio (IPV)", "10", 1, 2), ("Polio (IPV)", "10", 2, 4), ("Polio (IPV)", "10", 3, 9), ("Polio (IPV)", "10", 4, 50),
    ("MMR", "03", 1, 13), ("MMR", "03", 2, 50), ("Chickenpox", "21", 1, 13), ("Chickenpox", "21", 2, 50),
    ("Hepatitis A", "83", 1, 13), ("Hepatitis A", "83", 2, 20),
)  # fmt: skip
TEEN_SERIES = (*CHILD_SERIES, ("Tdap", "115", 1, 134), ("HPV", "165", 1, 134), ("HPV", "165", 2, 141))


def history(seed: Seed) -> Iterator[Resource]:
    """Everybody's health record beside results and medicines."""
    for person in seed.people:
        yield from (_allergy(person["key"], entry) for entry in person.get("allergies", []))
        if "no_known_allergies" in person:
            yield _no_allergies(seed, person)
        yield from (_condition(person["key"], entry) for entry in person.get("conditions", []))
        yield from _immunizations(seed, person)
        yield from _growth(seed, person)
        yield from _trends(seed, person)
        if "pregnant_weeks" in person:
            weeks = {"valueQuantity": quantity(person["pregnant_weeks"], "wk")}
            yield _vital(person["key"], ("Gestational age", "49051-6"), seed.calendar.today, weeks)


def _allergy(patient: str, entry: Entry) -> Resource:
    return resource(
        "AllergyIntolerance",
        f"{patient}-{slug(entry['to'])}",
        clinicalStatus=concept(ALLERGY_CLINICAL, "active"),
        verificationStatus=concept(ALLERGY_VERIFICATION, "confirmed"),
        code={"text": entry["to"]},
        patient=reference("Patient", patient),
        reaction=[{"manifestation": [{"text": entry["reaction"]}], "severity": entry["severity"]}],
    )


def _no_allergies(seed: Seed, person: Entry) -> Resource:
    """That somebody asked and there are none, which is not the same as an empty list."""
    return resource(
        "AllergyIntolerance",
        f"{person['key']}-no-known-allergies",
        clinicalStatus=concept(ALLERGY_CLINICAL, "active"),
        verificationStatus=concept(ALLERGY_VERIFICATION, "confirmed"),
        code=concept(SNOMED, "716186003", "No known allergies"),
        patient=reference("Patient", person["key"]),
        recordedDate=seed.calendar.day(person["no_known_allergies"]).isoformat(),
    )


def _condition(patient: str, entry: Entry) -> Resource:
    return resource(
        "Condition",
        f"{patient}-{slug(entry['name'])}",
        clinicalStatus=concept(CONDITION_CLINICAL, "active"),
        verificationStatus=concept(CONDITION_VERIFICATION, "confirmed"),
        category=[concept(CONDITION_CATEGORY, "problem-list-item")],
        code=concept(ICD10, entry["icd10"], entry["name"]),
        subject=reference("Patient", patient),
        onsetDateTime=str(entry["since"]) if "since" in entry else None,
    )


def _immunizations(seed: Seed, person: Entry) -> Iterator[Resource]:
    given = person.get("immunizations", [])
    if isinstance(given, str):
        born = birth_date(seed, person)
        series = {"child": CHILD_SERIES, "teen": TEEN_SERIES}[given]
        given = [{"name": n, "cvx": c, "dose": d, "day": _aged(born, m)} for n, c, d, m in series]
    for entry in given:
        yield resource(
            "Immunization",
            f"{person['key']}-{slug(entry['name'])}-{entry['dose']}",
            status="completed",
            vaccineCode=concept(CVX, entry["cvx"], entry["name"]),
            patient=reference("Patient", person["key"]),
            occurrenceDateTime=seed.calendar.day(entry["day"]).isoformat(),
            primarySource=True,
            protocolApplied=[{"doseNumberPositiveInt": entry["dose"]}],
        )


def _aged(born: date, months: int) -> date:
    return years_after(born, months // 12) + timedelta(days=months % 12 * 30)


def _growth(seed: Seed, person: Entry) -> Iterator[Resource]:
    """Height and weight, oldest first, and the head while it was measured; a plain even growth, for charts."""
    plan = person.get("growth", {"points": 0})
    heads = person.get("head_circumference", [])
    for index in range(plan["points"]):
        months = plan["every_months"] * (plan["points"] - 1 - index)
        day = seed.calendar.months_before(seed.calendar.today - timedelta(days=30), months)
        height, weight = 128.0 - months * 0.52, 26.5 - months * 0.19
        yield _vital(person["key"], ("Height", "8302-2"), day, {"valueQuantity": quantity(round(height, 1), "cm")})
        yield _vital(person["key"], ("Weight", "29463-7"), day, {"valueQuantity": quantity(round(weight, 1), "kg")})
        if index < len(heads):
            head = ("Head circumference", "9843-4")
            yield _vital(person["key"], head, day, {"valueQuantity": quantity(heads[index], "cm")})


def _trends(seed: Seed, person: Entry) -> Iterator[Resource]:
    trends = person.get("trends", {})
    for day, upper, lower in trends.get("blood_pressure", []):
        parts = (("Systolic blood pressure", "8480-6", upper), ("Diastolic blood pressure", "8462-4", lower))
        component = [{"code": concept(LOINC, c, n), "valueQuantity": quantity(v, "mm[Hg]")} for n, c, v in parts]
        pressure = ("Blood pressure", "85354-9")
        yield _vital(person["key"], pressure, seed.calendar.day(day), {"component": component})
    for day, kilograms in trends.get("weight", []):
        measured = {"valueQuantity": quantity(kilograms, "kg")}
        yield _vital(person["key"], ("Weight", "29463-7"), seed.calendar.day(day), measured)


def _vital(patient: str, code: tuple[str, str], day: date, measured: Resource) -> Resource:
    name, loinc = code
    return resource(
        "Observation",
        f"{patient}-{slug(name)}-{day:%Y%m%d}",
        status="final",
        category=[concept(OBSERVATION_CATEGORY, "vital-signs")],
        code=concept(LOINC, loinc, name),
        subject=reference("Patient", patient),
        effectiveDateTime=day.isoformat(),
        **measured,
    )
