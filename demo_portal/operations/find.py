"""Offers free times as proposed appointments, earliest first (IHE ITI Scheduling, $find)."""

from __future__ import annotations

from dataclasses import dataclass

from demo_portal.bundles import searchset
from demo_portal.operations import lapsing, parameters, slots
from demo_portal.operations.parameters import Named
from demo_portal.outcomes import BadRequest
from demo_portal.portal import Answer, Call, Portal
from demo_portal.store import criteria, searching
from demo_portal.store.engine import Transaction
from demo_portal.store.indexing import target
from demo_portal.store.moments import instant, interval, milliseconds, moment
from demo_portal.store.resources import Resources
from demo_portal.vocabulary import VISIT_TYPE, Resource

NAMES = ("start", "end", "visit-type", "practitioner", "location", "_count")
DEFAULT_COUNT, MOST = 10, 100


@dataclass(frozen=True)
class Question:
    """What times are looked for."""

    start: str
    """FHIR instant, never in the past."""
    end: str
    visit_type: str
    practitioner: str | None
    location: str | None
    count: int


def find(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Free times between two instants for one kind of visit."""
    question = _question(portal, parameters.named(call.body or {}, NAMES))
    lapsing.release_lapsed(portal)
    resources = portal.resources(conn, call.access.scope)
    schedules = {schedule["id"]: schedule for schedule in _schedules(resources, question)}
    free = _free(resources, question, sorted(schedules)) if schedules else []
    offers = [_offer(slot, schedules, question.visit_type) for slot in free]
    return Answer(searchset(call.base, offers, _actors(resources, offers)))


def _question(portal: Portal, given: Named) -> Question:
    start, end = (_instant(portal, given, name) for name in ("start", "end"))
    if start is None or end is None or end <= start:
        raise BadRequest("$find needs start and end, and end must be later.", "malformed", "Parameters.parameter")
    # A visit that begins this very second can no longer be booked.
    soonest = milliseconds(portal.clock.now()) + 1000
    return Question(
        instant(moment(max(start, soonest)), portal.zone),
        instant(moment(end), portal.zone),
        _visit_type(given),
        parameters.pointed_at(given, "practitioner", "Practitioner"),
        parameters.pointed_at(given, "location", "Location"),
        _count(given),
    )


def _instant(portal: Portal, given: Named, name: str) -> int | None:
    text = parameters.value(given, name, "Instant", "DateTime")
    if text is None:
        return None
    try:
        return interval(text, portal.zone)[0]
    except (TypeError, ValueError, OverflowError):
        raise BadRequest(f"{name} must be an instant such as 2026-11-24T09:00:00-08:00.", "malformed", name) from None


def _visit_type(given: Named) -> str:
    found = parameters.value(given, "visit-type", "Code", "Coding")
    code = found.get("code") if isinstance(found, dict) else found
    if not isinstance(code, str) or not code:
        raise BadRequest("$find needs visit-type.", "malformed", "visit-type")
    return code


def _count(given: Named) -> int:
    found = parameters.value(given, "_count", "Integer", "PositiveInt", "UnsignedInt")
    if found is None:
        return DEFAULT_COUNT
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise BadRequest("_count must be a positive whole number.", "malformed", "_count")
    return min(found, MOST)


def _schedules(resources: Resources, question: Question) -> list[Resource]:
    """The schedules that offer the visit type, with that practitioner and at that place."""
    pairs = [("service-type", f"{VISIT_TYPE}|{_escaped(question.visit_type)}"), ("active", "true"), ("_count", "200")]
    if question.practitioner:
        pairs.append(("actor", f"Practitioner/{_escaped(question.practitioner)}"))
    if question.location:
        pairs.append(("actor", f"Location/{_escaped(question.location)}"))
    return searching.matches(resources, criteria.parse("Schedule", pairs))


def _free(resources: Resources, question: Question, schedules: list[str]) -> list[Resource]:
    pairs = [
        ("schedule", ",".join(schedules)),
        ("status", "free"),
        ("start", f"ge{question.start}"),
        ("start", f"lt{question.end}"),
        ("_sort", "start"),
        ("_count", str(question.count)),
    ]
    return searching.matches(resources, criteria.parse("Slot", pairs))


def _offer(slot: Resource, schedules: dict[str, Resource], visit_type: str) -> Resource:
    return slots.proposal(slot, schedules[slot["schedule"]["reference"].removeprefix("Schedule/")], visit_type)


def _actors(resources: Resources, offers: list[Resource]) -> list[Resource]:
    """The practitioners and places of the offers, each once."""
    named = {target(p["actor"]["reference"]): None for offer in offers for p in offer["participant"]}
    found = [resources.find(to.rtype, to.id) for to in named if to is not None]
    return [resource for resource in found if resource is not None]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,")
