"""What a patient may write about visits: wishes for the wait list, answers to offers, shortcuts, and cancelling."""

from __future__ import annotations

from demo_portal.operations import offers, visits, waitlist
from demo_portal.outcomes import Duplicate, Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store import criteria, searching
from demo_portal.store.engine import lock
from demo_portal.store.indexing import target
from demo_portal.store.moments import interval, milliseconds
from demo_portal.vocabulary import LIST_KIND, Resource, codes_in, reference
from demo_portal.writes.attempt import Attempt, Rule, keep, only_changes, replace

MOST_FAVORITES = 20
_WISH = ("serviceType", "requestedPeriod", "supportingInformation", "participant", "identifier")
_FAVORITE = ("HealthcareService", "Practitioner", "Location")


def wait(attempt: Attempt) -> Answer:
    """Put a booked visit on the wait list for an earlier time.

    Raises:
        Unprocessable: it is not a booked visit of this patient, or it waits already.
    """
    body = attempt.body
    if body["status"] != "waitlist":
        raise Unprocessable("A visit is booked with $book.", "not-changeable", "Appointment.status")
    visit = attempt.resources.read("Appointment", waitlist.about(body))
    visits.check_movable(attempt.portal, visit)
    _check_wish(attempt, visit)
    lock(attempt.conn, "wait list")
    _refuse_second(attempt, visit)
    kept = {name: body[name] for name in _WISH if name in body}
    return keep(attempt, {"resourceType": "Appointment", "status": "waitlist", **kept, "created": attempt.now})


def keep_favorite(attempt: Attempt) -> Answer:
    """Keep a shortcut to a visit that is booked often."""
    _check_favorite(attempt.body)
    lock(attempt.conn, f"favorites {attempt.patient}")
    asked = criteria.parse("List", [("code", f"{LIST_KIND}|favorite-appointments"), ("status", "current")])
    if len(searching.matches(attempt.resources, asked)) >= MOST_FAVORITES:
        raise Unprocessable(f"There are {MOST_FAVORITES} shortcuts already: give one up first.", "too-many", "List")
    body = {**attempt.body, "status": "current", "mode": "working", "date": attempt.now}
    return keep(attempt, {**body, "source": reference("Patient", attempt.patient)})


def drop_favorite(attempt: Attempt) -> Answer:
    """Rename a shortcut or give it up."""
    only_changes(attempt, "status", "title")
    _check_favorite(attempt.body)
    if attempt.body["status"] not in ("current", "retired"):
        raise Unprocessable("A shortcut is current or retired.", "not-changeable", "List.status")
    return replace(attempt, attempt.body)


RULES: dict[str, Rule] = {
    "Appointment": Rule(wait, visits.change),
    "AppointmentResponse": Rule(offers.answer),
    "List": Rule(keep_favorite, drop_favorite),
}


def _check_wish(attempt: Attempt, visit: Resource) -> None:
    """See that the wish is for the visit's kind, by the visit's patient, and before the visit."""
    body = attempt.body
    mine, known = set(waitlist.actors(body)), set(waitlist.actors(visit))
    if f"Patient/{attempt.patient}" not in mine or not mine <= known:
        raise Unprocessable("The wish must be with people of the visit.", "other-visit", "Appointment.participant")
    if waitlist.visit_type_of(body) != waitlist.visit_type_of(visit):
        raise Unprocessable("The wish must be for the same kind of visit.", "other-visit", "Appointment.serviceType")
    if not body.get("requestedPeriod"):
        raise Invalid("Say when an earlier time would suit.", "required", "Appointment.requestedPeriod")
    zone = attempt.portal.zone
    limit = interval(visit["start"], zone)[0]
    for each in body["requestedPeriod"]:
        if "start" not in each or "end" not in each or interval(each["end"], zone)[0] > limit:
            raise Unprocessable("The wish must end before the visit.", "not-earlier", "Appointment.requestedPeriod")
        if interval(each["end"], zone)[0] <= milliseconds(attempt.portal.clock.now()):
            raise Unprocessable("The wish is for a time that is past.", "in-the-past", "Appointment.requestedPeriod")


def _refuse_second(attempt: Attempt, visit: Resource) -> None:
    known = next((wish for wish in waitlist.waiting(attempt.whole) if waitlist.about(wish) == visit["id"]), None)
    if known is not None:
        raise Duplicate("This visit is on the wait list already.", "Appointment", reference("Appointment", known["id"]))


def _check_favorite(body: Resource) -> None:
    if codes_in(body.get("code"), LIST_KIND) != ["favorite-appointments"]:
        raise Unprocessable("Lists of this kind are not taken here.", "unknown-list", "List.code")
    if not body.get("title", "").strip():
        raise Invalid("A shortcut needs a name.", "required", "List.title")
    named = [target(each["item"].get("reference", "")) for each in body.get("entry", [])]
    types = [each.rtype for each in named if each is not None]
    if len(types) != len(named) or len(set(types)) != len(types) or not set(types) <= set(_FAVORITE):
        raise Invalid(f"A shortcut names {', '.join(_FAVORITE)}, each at most once.", "value", "List.entry")
    if "HealthcareService" not in types:
        raise Invalid("A shortcut names a kind of visit.", "required", "List.entry")
