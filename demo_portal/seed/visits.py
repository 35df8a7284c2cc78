"""Builds the visits people have, the slots they take, and who has those."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from demo_portal.seed import clinic
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.store.moments import interval
from demo_portal.vocabulary import VISIT_TYPE, Resource, concept, reference


@dataclass
class Visits:
    """Appointments with the slots and claims that belong to them."""

    appointments: list[Resource] = field(default_factory=list)
    slots: dict[str, Resource] = field(default_factory=dict)
    """By id, all slots of the clinic with those of the visits made busy."""
    claims: list[dict[str, Any]] = field(default_factory=list)
    """Rows of the slot_claim table."""


def visits(seed: Seed) -> Visits:
    """Everybody's appointments, and the clinic's slots around them."""
    found = Visits(slots={slot["id"]: slot for slot in clinic.slots(seed)})
    for person in seed.people:
        for entry in person.get("appointments", []):
            _add(seed, found, person["key"], entry)
    return found


def _add(seed: Seed, found: Visits, patient: str, entry: Entry) -> None:
    start = seed.calendar.at(entry["at"])
    taken = clinic.slot(seed, entry["with"], start, "busy")
    status = entry.get("status", "booked")
    rid = f"{patient}-{entry['with']}-{'past' if status == 'fulfilled' else 'next'}"
    if status == "booked":
        _take(seed, found, taken)
        found.claims.append(_claim(seed, patient, rid, taken))
    found.appointments.append(_appointment(seed, patient, entry, taken, rid))
    if entry.get("waitlist"):
        found.appointments.append(_waiting(seed, patient, entry, taken))


def _take(seed: Seed, found: Visits, taken: Resource) -> None:
    """Put the slot of a visit in place and make busy what it overlaps."""
    start, end = (interval(taken[name], seed.calendar.zone)[0] for name in ("start", "end"))
    for slot in found.slots.values():
        if slot["schedule"] == taken["schedule"]:
            begins, ends = (interval(slot[name], seed.calendar.zone)[0] for name in ("start", "end"))
            if begins < end and ends > start:
                slot["status"] = "busy"
    found.slots[taken["id"]] = taken


def _claim(seed: Seed, patient: str, rid: str, taken: Resource) -> dict[str, Any]:
    return {
        "slot_id": taken["id"],
        "appointment_id": rid,
        "patient_id": patient,
        "kind": "book",
        "starts_at": interval(taken["start"], seed.calendar.zone)[0],
        "ends_at": interval(taken["end"], seed.calendar.zone)[0],
        "expires_at": None,
    }


def _appointment(seed: Seed, patient: str, entry: Entry, taken: Resource, rid: str) -> Resource:
    status = entry.get("status", "booked")
    return resource(
        "Appointment",
        rid,
        status=status,
        serviceType=[_kind(seed, entry)],
        start=taken["start"],
        end=taken["end"],
        minutesDuration=seed.clinic["slot_minutes"],
        slot=[reference("Slot", taken["id"])] if status == "booked" else None,
        participant=_participants(seed, patient, entry),
        **clinic.in_both(seed.clinic["preparation"][entry["type"]]["prepare"], "patientInstruction"),
    )


def _waiting(seed: Seed, patient: str, entry: Entry, taken: Resource) -> Resource:
    """The wish to come earlier than the booked visit."""
    tomorrow = seed.calendar.today + timedelta(days=1)
    return resource(
        "Appointment",
        f"{patient}-{entry['with']}-waitlist",
        status="waitlist",
        serviceType=[_kind(seed, entry)],
        requestedPeriod=[{"start": seed.calendar.local(tomorrow, time(0)).isoformat(), "end": taken["start"]}],
        created=(seed.calendar.today - timedelta(days=3)).isoformat(),
        supportingInformation=[reference("Appointment", f"{patient}-{entry['with']}-next")],
        participant=_participants(seed, patient, entry),
    )


def _kind(seed: Seed, entry: Entry) -> Resource:
    return concept(VISIT_TYPE, entry["type"], seed.clinic["visit_types"][entry["type"]])


def _participants(seed: Seed, patient: str, entry: Entry) -> list[Resource]:
    place = seed.place(seed.provider(entry["with"])["place"])
    actors = [reference("Patient", patient), seed.practitioner(entry["with"]), place]
    return [{"actor": actor, "status": "accepted"} for actor in actors]
