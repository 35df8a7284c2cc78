"""Builds medicines: orders with refills left, over-the-counter ones, and the last time each was filled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import CONTROLLED_SUBSTANCE, MEDICATION, UCUM, Resource, reference

SUPPLY_DAYS = 30


def medicines(seed: Seed) -> Iterator[Resource]:
    """Everybody's medicines."""
    for person in seed.people:
        for entry in person.get("medications", []):
            if entry.get("otc"):
                yield _statement(person["key"], entry)
            else:
                yield from _order(seed, person["key"], entry)


def _statement(patient: str, entry: Entry) -> Resource:
    return resource(
        "MedicationStatement",
        f"{patient}-{entry['name']}",
        status="active",
        medicationCodeableConcept=_medicine(entry),
        subject=reference("Patient", patient),
        dosage=[{"text": _instructions(entry)}],
    )


def _order(seed: Seed, patient: str, entry: Entry) -> Iterator[Resource]:
    rid, filled = f"{patient}-{entry['name']}", entry.get("filled")
    ordered = seed.calendar.day(filled) - timedelta(days=90) if filled else seed.calendar.today - timedelta(days=120)
    yield resource(
        "MedicationRequest",
        rid,
        extension=[{"url": CONTROLLED_SUBSTANCE, "valueBoolean": True}] if entry.get("controlled") else None,
        status="active",
        intent="order",
        medicationCodeableConcept=_medicine(entry),
        subject=reference("Patient", patient),
        authoredOn=ordered.isoformat(),
        requester=seed.practitioner(entry["by"]),
        dosageInstruction=[{"text": _instructions(entry)}],
        dispenseRequest={
            "numberOfRepeatsAllowed": entry["refills"],
            "expectedSupplyDuration": _days(),
            "performer": seed.pharmacy(entry["pharmacy"]),
        },
    )
    if filled:
        yield resource(
            "MedicationDispense",
            f"{rid}-1",
            status="completed",
            medicationCodeableConcept=_medicine(entry),
            subject=reference("Patient", patient),
            performer=[{"actor": seed.pharmacy(entry["pharmacy"])}],
            authorizingPrescription=[reference("MedicationRequest", rid)],
            daysSupply=_days(),
            whenHandedOver=seed.calendar.day(filled).isoformat(),
        )


def _medicine(entry: Entry) -> Resource:
    name = entry["name"]
    return {"coding": [{"system": MEDICATION, "code": name, "display": name}], "text": entry["text"]}


def _instructions(entry: Entry) -> str:
    take = entry["take"]
    return f"{take[0].upper()}{take[1:]}." if take[0].isdigit() else f"Take 1 tablet {take}."


def _days() -> Resource:
    return {"value": SUPPLY_DAYS, "unit": "days", "system": UCUM, "code": "d"}
