"""The wait list: who is offered a time that frees up.

A wish is an Appointment with the status `waitlist` that points to the booked visit it would replace
(supportingInformation). An offer is an Appointment with the status `proposed` that points to the wish.
"""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.operations import claims, slots
from demo_portal.operations.claims import OFFER, Claim
from demo_portal.portal import new_id
from demo_portal.store import criteria, searching
from demo_portal.store.engine import lock
from demo_portal.store.indexing import target
from demo_portal.store.moments import instant, interval, milliseconds
from demo_portal.store.resources import Resources
from demo_portal.vocabulary import OFFER_EXPIRES, VISIT_TYPE, Resource, codes_in, extension, reference


def offer(whole: Resources, slot_id: str) -> None:
    """Offer a free slot to whoever has waited longest and is suited by it; often that is nobody."""
    lock(whole.conn, "wait list")
    slot = whole.read("Slot", slot_id)
    # Who is asked needs the time to answer, and then to come.
    if slot["status"] != "free" or claims.span(whole, slot)[0] <= milliseconds(whole.now + OFFER):
        return
    schedule = slots.schedule_of(whole, slot)
    for wish in waiting(whole):
        if _suits(whole, wish, slot, schedule):
            _make(whole, wish, slot)
            return


def end(whole: Resources, wish: Resource, why: str) -> None:
    """Take a wish from the list, with its offer if one is open."""
    if wish["status"] == "waitlist":
        whole.amend({**wish, "status": "cancelled", "cancelationReason": {"text": why}})
    withdraw_offers(whole, wish)


def withdraw_offers(whole: Resources, wish: Resource) -> None:
    """Close what is still offered for a wish, and offer it to the next who waits."""
    for each in offers_of(whole, wish):
        if each["status"] == "proposed":
            freed = claims.give_back(whole, each["id"])
            close(whole, each["id"], "This time is no longer wished for.")
            for slot_id in freed:
                offer(whole, slot_id)


def end_for(whole: Resources, visit: Resource, why: str) -> None:
    """Take the wishes for an earlier time than this visit's from the list: there is nothing left to move."""
    for wish in waiting(whole):
        if about(wish) == visit["id"]:
            end(whole, wish, why)


def close(whole: Resources, offer_id: str, why: str) -> None:
    """Mark an offer as over; its slot has been dealt with."""
    found = whole.find("Appointment", offer_id)
    if found is not None and found["status"] == "proposed":
        whole.amend({**found, "status": "cancelled", "cancelationReason": {"text": why}})


def waiting(whole: Resources) -> list[Resource]:
    """Every wish on the list, the longest waiting first."""
    found = searching.matches(whole, criteria.parse("Appointment", [("status", "waitlist"), ("_count", "200")]))
    return sorted(found, key=lambda wish: (interval(wish["created"], whole.zone)[0], wish["id"]))


def offers_of(whole: Resources, wish: Resource) -> list[Resource]:
    """What has been offered for a wish, answered or not."""
    pairs = [("patient", patient_of(wish)), ("status", "proposed,cancelled"), ("_count", "200")]
    found = searching.matches(whole, criteria.parse("Appointment", pairs))
    return [each for each in found if is_offer(each) and about(each) == wish["id"]]


def is_offer(appointment: Resource) -> bool:
    """Whether an Appointment is a time that was offered to somebody who waits."""
    return extension(appointment, OFFER_EXPIRES) is not None


def about(appointment: Resource) -> str:
    """The id of the Appointment that a wish or an offer points to; empty when it points to none."""
    named = [target(each.get("reference", "")) for each in appointment.get("supportingInformation", [])]
    return next((found.id for found in named if found is not None and found.rtype == "Appointment"), "")


def patient_of(appointment: Resource) -> str:
    """The id of the patient of an appointment."""
    return next(actor.removeprefix("Patient/") for actor in actors(appointment) if actor.startswith("Patient/"))


def visit_type_of(appointment: Resource) -> str:
    """The code of the kind of visit; empty when there is none."""
    return next((code for each in appointment.get("serviceType", []) for code in codes_in(each, VISIT_TYPE)), "")


def actors(appointment: Resource) -> Iterator[str]:
    """References to everybody and everything that takes part, as type and id."""
    for each in appointment["participant"]:
        found = target(each.get("actor", {}).get("reference", ""))
        if found is not None:
            yield f"{found.rtype}/{found.id}"


def _suits(whole: Resources, wish: Resource, slot: Resource, schedule: Resource) -> bool:
    if slots.kind_of_visit(schedule, visit_type_of(wish)) is None:
        return False
    offered = {each["reference"] for each in schedule["actor"]}
    named = {actor for actor in actors(wish) if not actor.startswith("Patient/")}
    if not named <= offered or not _in_period(whole, wish, slot):
        return False
    earlier = offers_of(whole, wish)
    had = any(each["slot"][0]["reference"] == f"Slot/{slot['id']}" for each in earlier)
    if had or any(each["status"] == "proposed" for each in earlier):
        return False
    return not claims.has_visit_then(whole, Claim(slot, patient_of(wish), ""), but=about(wish))


def _in_period(whole: Resources, wish: Resource, slot: Resource) -> bool:
    starts = claims.span(whole, slot)[0]
    periods = wish["requestedPeriod"]
    return any(
        interval(each["start"], whole.zone)[0] <= starts < interval(each["end"], whole.zone)[0] for each in periods
    )


def _make(whole: Resources, wish: Resource, slot: Resource) -> None:
    claim = Claim(slot, patient_of(wish), new_id())
    proposed = slots.visit(whole, claim, slots.Wish(slot["id"], visit_type_of(wish)), "proposed")
    until = {"url": OFFER_EXPIRES, "valueInstant": instant(whole.now + OFFER, whole.zone)}
    mine, *others = proposed["participant"]
    asked = {**mine, "status": "needs-action"}
    claims.take(whole, claim, "offer")
    whole.create(
        {
            **proposed,
            "extension": [until],
            "supportingInformation": [reference("Appointment", wish["id"])],
            "participant": [asked, *others],
        }
    )
