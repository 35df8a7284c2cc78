"""What a patient answers to an offered time: yes books it and lets go of the later visit, no passes it on."""

from __future__ import annotations

from demo_portal.operations import claims, slots, visits, waitlist
from demo_portal.operations.claims import Claim
from demo_portal.outcomes import Invalid, NotKnown, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store.indexing import target
from demo_portal.store.moments import interval, milliseconds
from demo_portal.store.resources import Resources
from demo_portal.vocabulary import OFFER_EXPIRES, Resource, extension
from demo_portal.writes.attempt import Attempt, keep

ACCEPTED = "An earlier time was accepted."


def answer(attempt: Attempt) -> Answer:
    """Take the answer to an offer.

    Raises:
        Unprocessable: it is no offer, it has lapsed, or it has been answered.
    """
    said = attempt.body["participantStatus"]
    if said not in ("accepted", "declined"):
        raise Invalid("An offer is accepted or declined.", "value", "AppointmentResponse.participantStatus")
    offered = _open_offer(attempt)
    if said == "accepted":
        _accept(attempt.whole, offered)
    else:
        _decline(attempt.whole, offered)
    return keep(attempt, {**attempt.body, "start": offered["start"], "end": offered["end"]})


def _open_offer(attempt: Attempt) -> Resource:
    where = "AppointmentResponse.appointment"
    about = target(attempt.body["appointment"].get("reference", ""))
    if about is None or about.rtype != "Appointment":
        raise NotKnown("There is no such offer.")
    offered = attempt.resources.read("Appointment", about.id)
    until = extension(offered, OFFER_EXPIRES)
    if until is None and not waitlist.about(offered):
        raise Unprocessable("This is not an offer.", "not-an-offer", where)
    if until is None or offered["status"] not in ("proposed", "cancelled"):
        raise Unprocessable("This offer has been answered.", "already-answered", where)
    lapsed = interval(until["valueInstant"], attempt.portal.zone)[0] <= milliseconds(attempt.portal.clock.now())
    if lapsed or offered["status"] == "cancelled":
        raise Unprocessable("This offer is over.", "offer-lapsed", where)
    return offered


def _accept(whole: Resources, offered: Resource) -> None:
    wish = whole.read("Appointment", waitlist.about(offered))
    old = whole.find("Appointment", waitlist.about(wish))
    if old is not None and old["status"] == "booked":
        visits.replace_visit(whole, old, lambda inside: _book(inside, offered), ACCEPTED)
        return
    _book(whole, offered)
    waitlist.end(whole, wish, ACCEPTED)


def _book(whole: Resources, offered: Resource) -> Resource:
    patient = waitlist.patient_of(offered)
    claim = Claim(slots.slot_of(whole, offered), patient, offered["id"])
    if not claims.upgrade(whole, claim, "offer"):
        raise Unprocessable("This offer is over.", "offer-lapsed", "AppointmentResponse.appointment")
    agreed = [{**each, "status": "accepted"} for each in offered["participant"]]
    return whole.amend({**slots.confirmed(offered), "participant": agreed})


def _decline(whole: Resources, offered: Resource) -> None:
    freed = claims.give_back(whole, offered["id"])
    refused = [
        {**each, "status": "declined"} if each["status"] == "needs-action" else each for each in offered["participant"]
    ]
    reason = {"text": "The offer was declined."}
    whole.amend({**offered, "status": "cancelled", "cancelationReason": reason, "participant": refused})
    for slot_id in freed:
        waitlist.offer(whole, slot_id)
