"""Which slot is meant, whether it may be booked for that kind of visit, and the visit that comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from demo_portal.operations import claims
from demo_portal.operations.claims import HOLD, Claim
from demo_portal.operations.parameters import id_of
from demo_portal.outcomes import BadRequest, NotKnown, Unprocessable
from demo_portal.store import criteria, searching
from demo_portal.store.indexing import target, walk
from demo_portal.store.moments import instant, milliseconds
from demo_portal.store.resources import Resources
from demo_portal.vocabulary import HOLD_EXPIRES, OFFER_EXPIRES, VISIT_TYPE, Resource, codes_in, reference


@dataclass(frozen=True)
class Wish:
    """What a patient asks for: a slot for a kind of visit."""

    slot_id: str
    visit_type: str


def wish_in(appointment: Resource | None) -> Wish:
    """The wish in a proposed Appointment; only its slot and serviceType count.

    Raises:
        BadRequest: it has not exactly one slot, or no visit type.
    """
    if appointment is None:
        raise BadRequest("Name the time: appointment-resource with slot and serviceType.", "malformed")
    slots = [item.get("reference") for item in walk(appointment, "slot") if isinstance(item, dict)]
    if len(slots) != 1:
        raise BadRequest("The appointment must name exactly one slot.", "malformed", "Appointment.slot")
    types = [code for item in walk(appointment, "serviceType") for code in codes_in(item, VISIT_TYPE)]
    if len(types) != 1:
        raise BadRequest("The appointment must name one visit type.", "malformed", "Appointment.serviceType")
    return Wish(id_of(slots[0], "Slot", "Appointment.slot"), types[0])


def open_slot(whole: Resources, wish: Wish) -> Resource:
    """The slot of a wish; whoever asks sees to it first that a lapsed hold on it is undone.

    Raises:
        NotKnown: there is no such slot.
        Unprocessable: it is past, or not for that kind of visit.
    """
    slot = whole.find("Slot", wish.slot_id)
    if slot is None:
        raise NotKnown("There is no such slot.")
    if claims.span(whole, slot)[0] <= milliseconds(whole.now):
        raise Unprocessable("This time is past.", "in-the-past")
    if kind_of_visit(schedule_of(whole, slot), wish.visit_type) is None:
        raise Unprocessable("This provider does not offer that kind of visit.", "visit-type-not-offered")
    return slot


def schedule_of(whole: Resources, slot: Resource) -> Resource:
    """The schedule that a slot belongs to."""
    return whole.read("Schedule", id_of(slot["schedule"]["reference"], "Schedule", "Slot.schedule"))


def kind_of_visit(schedule: Resource, visit_type: str) -> Resource | None:
    """The kind of visit as its schedule names it; None when it is not offered."""
    return next((kind for kind in schedule["serviceType"] if visit_type in codes_in(kind, VISIT_TYPE)), None)


def visit(whole: Resources, claim: Claim, wish: Wish, status: str) -> Resource:
    """The Appointment of a claim; "pending" while it is held, "proposed" while it is offered, "booked" for good."""
    slot, schedule = claim.slot, schedule_of(whole, claim.slot)
    starts, ends = claims.span(whole, slot)
    resource: Resource = {
        "resourceType": "Appointment",
        "id": claim.appointment_id,
        "status": status,
        "serviceType": [kind_of_visit(schedule, wish.visit_type)],
        "slot": [reference("Slot", slot["id"])],
        "start": slot["start"],
        "end": slot["end"],
        "minutesDuration": (ends - starts) // 60000,
        "created": instant(whole.now, whole.zone),
        "participant": [
            {"actor": reference("Patient", claim.patient), "status": "accepted"},
            *({"actor": actor, "status": "accepted"} for actor in schedule["actor"]),
        ],
        **instruction(whole, wish.visit_type),
    }
    if status == "pending":
        resource["extension"] = [{"url": HOLD_EXPIRES, "valueInstant": instant(whole.now + HOLD, whole.zone)}]
    return resource


def instruction(whole: Resources, visit_type: str) -> Resource:
    """How to prepare for a kind of visit, as elements of an Appointment, in both languages; empty when unsaid."""
    found = searching.matches(whole, criteria.parse("HealthcareService", [("service-type", visit_type)]))
    elements = {"extraDetails": "patientInstruction", "_extraDetails": "_patientInstruction"}
    return {name: service[said] for service in found[:1] for said, name in elements.items() if said in service}


def confirmed(held: Resource) -> Resource:
    """A held or offered visit as a booked one."""
    kept = [item for item in held.get("extension", []) if item["url"] not in (HOLD_EXPIRES, OFFER_EXPIRES)]
    plain = {name: value for name, value in held.items() if name != "extension"}
    return {**plain, "status": "booked", **({"extension": kept} if kept else {})}


def proposal(slot: Resource, schedule: Resource, visit_type: str) -> Resource:
    """A free slot as the Appointment it could become."""
    return {
        "resourceType": "Appointment",
        "status": "proposed",
        "serviceType": [kind_of_visit(schedule, visit_type)],
        "slot": [reference("Slot", slot["id"])],
        "start": slot["start"],
        "end": slot["end"],
        "participant": [{"actor": actor, "status": "needs-action"} for actor in schedule["actor"]],
    }


def slot_of(whole: Resources, appointment: Resource) -> Resource:
    """The slot that an appointment takes."""
    found = target(appointment["slot"][0]["reference"])
    if found is None:
        raise NotKnown("There is no such slot.")
    return whole.read("Slot", found.id)
