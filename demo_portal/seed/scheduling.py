"""Builds what is still to be done, shortcuts to visits, and check-ins that are open."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.clinic import in_both
from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.tasks.echeckin import ECHECKIN, STEPS, step_task
from demo_portal.vocabulary import LIST_KIND, LOINC, PORTAL_REQUEST, SNOMED, VISIT_TYPE, Resource, concept, reference

CATEGORIES = {
    "laboratory": ("108252007", "Laboratory procedure"),
    "imaging": ("363679005", "Imaging"),
    "procedure": ("387713003", "Surgical procedure"),
}


def scheduling(seed: Seed) -> Iterator[Resource]:
    """Everybody's orders that are still to be done, shortcuts, and open check-ins."""
    for person in seed.people:
        yield from (_order(seed, person["key"], entry) for entry in person.get("orders", []))
        yield from (_favorite(seed, person["key"], entry) for entry in person.get("favorites", []))
        for entry in person.get("checkins", []):
            yield from _checkin(seed, person["key"], entry)


def _order(seed: Seed, patient: str, entry: Entry) -> Resource:
    """A test or procedure that is ordered and not yet done."""
    kind, display = CATEGORIES[entry["kind"]]
    code = concept(LOINC, entry["loinc"], entry["name"]) if "loinc" in entry else {"text": entry["name"]}
    visit = [concept(VISIT_TYPE, entry["book"], seed.clinic["visit_types"][entry["book"]])] if "book" in entry else None
    first, last = (seed.calendar.day(entry[name]).isoformat() for name in ("from", "until"))
    return resource(
        "ServiceRequest",
        f"{patient}-{slug(entry['name'])}",
        status="active",
        intent="order",
        category=[concept(SNOMED, kind, display)],
        code=code,
        orderDetail=visit,
        subject=reference("Patient", patient),
        occurrencePeriod={"start": first, "end": last},
        authoredOn=seed.calendar.day(entry["ordered"]).isoformat(),
        requester=seed.practitioner(entry["by"]),
        locationReference=[seed.place(entry["at"])],
        **in_both(entry["prepare"], "patientInstruction"),
    )


def _favorite(seed: Seed, patient: str, entry: Entry) -> Resource:
    """A shortcut: the kind of visit, with whom and where."""
    service = reference("HealthcareService", entry["type"].replace("_", "-"))
    return resource(
        "List",
        f"{patient}-{slug(entry['name'])}",
        status="current",
        mode="working",
        title=entry["name"],
        code=concept(LIST_KIND, "favorite-appointments"),
        subject=reference("Patient", patient),
        source=reference("Patient", patient),
        date=seed.calendar.day(entry["since"]).isoformat(),
        entry=[{"item": item} for item in (service, seed.practitioner(entry["with"]), seed.place(entry["place"]))],
    )


def _checkin(seed: Seed, patient: str, entry: Entry) -> Iterator[Resource]:
    """A check-in of which some steps may be done already."""
    begun = seed.calendar.at(entry["begun"]).isoformat()
    parent = resource(
        "Task",
        f"{patient}-{ECHECKIN}",
        status="in-progress",
        intent="order",
        code=concept(PORTAL_REQUEST, ECHECKIN),
        focus=reference("Appointment", entry["visit"]),
        authoredOn=begun,
        lastModified=begun,
        **{"for": reference("Patient", patient)},
    )
    yield parent
    for step in STEPS:
        if step not in entry["without"]:
            task = step_task(parent, step, f"{parent['id']}-{step}", begun)
            status = "completed" if step in entry["done"] else "requested"
            yield {**task, "meta": parent["meta"], "status": status}
