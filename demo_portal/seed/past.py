"""Builds what was: conditions that are over, operations, the family's health, and habits."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.history import CONDITION_CATEGORY, CONDITION_CLINICAL, CONDITION_VERIFICATION
from demo_portal.seed.results import quantity
from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.vocabulary import LOINC, OBSERVATION_CATEGORY, ROLE_CODE, SNOMED, Resource, concept, reference


def past(seed: Seed, person: Entry) -> Iterator[Resource]:
    """A person's history."""
    patient = person["key"]
    yield from (_condition(patient, entry) for entry in person.get("past_conditions", []))
    yield from (_operation(patient, entry) for entry in person.get("operations", []))
    yield from (_relative(seed, patient, entry) for entry in person.get("family_history", []))
    if "smoking" in person:
        yield _smoking(seed, patient, person["smoking"])


def _condition(patient: str, entry: Entry) -> Resource:
    return resource(
        "Condition",
        f"{patient}-past-{slug(entry['name'])}",
        clinicalStatus=concept(CONDITION_CLINICAL, "resolved"),
        verificationStatus=concept(CONDITION_VERIFICATION, "confirmed"),
        category=[concept(CONDITION_CATEGORY, "problem-list-item")],
        code={"text": entry["name"]},
        subject=reference("Patient", patient),
        onsetDateTime=str(entry["since"]),
        abatementDateTime=str(entry["until"]),
    )


def _operation(patient: str, entry: Entry) -> Resource:
    return resource(
        "Procedure",
        f"{patient}-{slug(entry['name'])}",
        status="completed",
        category=concept(SNOMED, "387713003", "Surgical procedure"),
        code={"text": entry["name"]},
        subject=reference("Patient", patient),
        performedDateTime=str(entry["day"]),
    )


def _relative(seed: Seed, patient: str, entry: Entry) -> Resource:
    ages = [{"onsetAge": quantity(each["age"], "a")} if "age" in each else {} for each in entry["has"]]
    conditions = [{"code": {"text": each["name"]}, **age} for each, age in zip(entry["has"], ages, strict=True)]
    return resource(
        "FamilyMemberHistory",
        f"{patient}-family-{entry['who'].lower()}",
        status="completed",
        patient=reference("Patient", patient),
        date=seed.calendar.day(entry["told"]).isoformat(),
        relationship=concept(ROLE_CODE, entry["who"], entry["name"]),
        condition=conditions,
    )


def _smoking(seed: Seed, patient: str, entry: Entry) -> Resource:
    return resource(
        "Observation",
        f"{patient}-smoking",
        status="final",
        category=[concept(OBSERVATION_CATEGORY, "social-history")],
        code=concept(LOINC, "72166-2", "Tobacco smoking status"),
        subject=reference("Patient", patient),
        effectiveDateTime=seed.calendar.day(entry["day"]).isoformat(),
        valueCodeableConcept=concept(SNOMED, entry["snomed"], entry["said"]),
    )
