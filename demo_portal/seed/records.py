"""Builds the record beside results and medicines: visits of the past, prevention, plans, history, eyes."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.care_plans import care_plan
from demo_portal.seed.past import past
from demo_portal.seed.past_visits import past_visits
from demo_portal.seed.prevention import prevention
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import Resource, concept, reference

LENS = "http://terminology.hl7.org/CodeSystem/ex-visionprescriptionproduct"


def records(seed: Seed) -> Iterator[Resource]:
    """Everybody's visits of the past, prevention, plans, history and eye prescriptions."""
    for person in seed.people:
        yield from past_visits(seed, person)
        yield from prevention(seed, person)
        yield from care_plan(seed, person)
        yield from past(seed, person)
        yield from (_glasses(seed, person["key"], entry) for entry in person.get("eye_prescriptions", []))


def _glasses(seed: Seed, patient: str, entry: Entry) -> Resource:
    """A prescription for glasses or contact lenses."""
    day = seed.calendar.day(entry["day"]).isoformat()
    product = concept(LENS, entry["product"])
    return resource(
        "VisionPrescription",
        f"{patient}-{entry['product']}",
        status="active",
        created=day,
        patient=reference("Patient", patient),
        dateWritten=day,
        prescriber=seed.practitioner(entry["by"]),
        lensSpecification=[{"product": product, "eye": eye, **entry[eye]} for eye in ("right", "left")],
    )
