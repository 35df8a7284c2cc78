"""Holds, books, moves and cancels visits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from demo_portal.operations import arrival, claims, lapsing, parameters, slots, waitlist
from demo_portal.operations.claims import Claim
from demo_portal.operations.slots import Wish
from demo_portal.outcomes import (
    BadRequest,
    Conflict,
    Forbidden,
    Unprocessable,
)
from demo_portal.portal import Answer, Call, Portal, new_id, stored
from demo_portal.store import idempotency
from demo_portal.store.engine import Transaction, lock
from demo_portal.store.idempotency import Deed
from demo_portal.store.moments import interval, milliseconds
from demo_portal.store.resources import WHOLE, Resources, Scope
from demo_portal.vocabulary import Resource
from demo_portal.writes.attempt import Attempt, only_changes, replace

MAY_CHANGE = ("status", "cancelationReason", "comment")
MAY_BE_CANCELLED = ("booked", "pending", "waitlist", "proposed", "cancelled")


def hold(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Keep a slot for five minutes while the patient decides."""
    given = parameters.named(_body(call), ("appointment-resource", "patient-reference"))
    patient = _patient(call, given)
    wish = slots.wish_in(parameters.resource(given, "appointment-resource", "Appointment"))
    whole = portal.resources(conn, WHOLE)
    _alone_with(whole, wish.slot_id)
    lapsing.release_slot(whole, wish.slot_id)
    slot = slots.open_slot(whole, wish)
    known = claims.own_hold(whole, wish.slot_id, patient)
    if known is not None:
        return stored(whole.read("Appointment", known), call.base)
    claims.drop_oldest_hold(whole, patient)
    claim = Claim(slot, patient, new_id())
    claims.take(whole, claim, "hold")
    return stored(whole.create(slots.visit(whole, claim, wish, "pending")), call.base)


def book(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Book a held slot, or a free one outright; the same key books once."""
    names = ("appointment-reference", "appointment-resource", "patient-reference", "comment")
    given = parameters.named(_body(call), names)
    patient = _patient(call, given)
    key = idempotency.required_key(call.headers.get("idempotency-key"))
    held = parameters.pointed_at(given, "appointment-reference", "Appointment")
    wish = None if held else slots.wish_in(parameters.resource(given, "appointment-resource", "Appointment"))
    deed = Deed(patient, "book", key, f"{held} {wish}")
    whole = portal.resources(conn, WHOLE)
    done = idempotency.begin(conn, deed)
    if done is not None:
        return stored(whole.read("Appointment", done), call.base)
    booked = _book_hold(portal, whole, patient, held) if held else _book_slot(whole, patient, wish)
    comment = parameters.value(given, "comment", "String")
    booked = whole.amend({**booked, "comment": comment}) if comment else booked
    idempotency.finish(conn, deed, "Appointment", booked["id"])
    return stored(booked, call.base)


def reschedule(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Move a booked visit to another time; whatever hinders it leaves the visit as it was."""
    names = ("appointment-reference", "appointment-resource", "patient-reference")
    given = parameters.named(_body(call), names)
    patient = _patient(call, given)
    key = idempotency.required_key(call.headers.get("idempotency-key"))
    old_id = parameters.pointed_at(given, "appointment-reference", "Appointment")
    if old_id is None:
        raise BadRequest("Name the visit to move: appointment-reference.", "malformed")
    wish = slots.wish_in(parameters.resource(given, "appointment-resource", "Appointment"))
    deed = Deed(patient, "reschedule", key, f"{old_id} {wish}")
    done = idempotency.begin(conn, deed)
    if done is not None:
        return stored(portal.resources(conn, WHOLE).read("Appointment", done), call.base)
    old = portal.resources(conn, Scope(patient)).read("Appointment", old_id)
    check_movable(portal, old)
    booked = replace_visit(
        portal.resources(conn, WHOLE), old, lambda whole: _book_slot(whole, patient, wish), "Moved to another time."
    )
    idempotency.finish(conn, deed, "Appointment", booked["id"])
    return stored(booked, call.base)


def replace_visit(whole: Resources, old: Resource, book_new: Callable[[Resources], Resource], why: str) -> Resource:
    """Book another visit and let go of the old one, both or neither, and return the new one."""
    freed = claims.give_back(whole, old["id"])
    booked = book_new(whole)
    whole.amend({**old, "status": "cancelled", "cancelationReason": {"text": why}})
    waitlist.end_for(whole, old, why)
    for slot_id in freed:
        waitlist.offer(whole, slot_id)
    return booked


def check_movable(portal: Portal, visit: Resource) -> None:
    """See that a visit is booked and still to come."""
    if visit["status"] != "booked":
        raise Unprocessable("Only a booked visit can be moved.", "not-changeable", "Appointment.status")
    if interval(visit["start"], portal.zone)[0] <= milliseconds(portal.clock.now()):
        raise Unprocessable("This visit is over and cannot be moved.", "visit-over", "Appointment.start")


def change(attempt: Attempt) -> Answer:
    """Cancel a visit, let go of a hold, leave the wait list or arrive; nothing else may be changed by a patient."""
    old, body = attempt.before, attempt.body
    only_changes(attempt, *MAY_CHANGE)
    if body["status"] == "arrived":
        return arrival.arrive(attempt)
    _check_change(attempt.portal, old, body)
    if old["status"] == "cancelled":
        return stored(old, attempt.call.base)
    freed = claims.give_back(attempt.whole, old["id"])
    answer = replace(attempt, {**old, **{name: body[name] for name in MAY_CHANGE if name in body}})
    _pass_on(attempt.whole, old, freed)
    return answer


def _pass_on(whole: Resources, old: Resource, freed: list[str]) -> None:
    """Offer what a cancelled visit frees to those who wait; a hold was nobody's visit."""
    if old["status"] == "waitlist":
        waitlist.withdraw_offers(whole, old)
    if old["status"] == "booked":
        waitlist.end_for(whole, old, "The visit was cancelled.")
    for slot_id in freed if old["status"] in ("booked", "proposed") else ():
        waitlist.offer(whole, slot_id)


def _check_change(portal: Portal, old: Resource, new: Resource) -> None:
    if new["status"] != "cancelled":
        raise Unprocessable("A patient may only cancel: book with $book.", "not-changeable", "Appointment.status")
    if old["status"] not in MAY_BE_CANCELLED:
        raise Unprocessable("This visit is over and cannot be cancelled.", "visit-over", "Appointment.status")
    if "start" in old and interval(old["start"], portal.zone)[0] <= milliseconds(portal.clock.now()):
        raise Unprocessable("This visit is over and cannot be cancelled.", "visit-over", "Appointment.start")


def _book_hold(portal: Portal, whole: Resources, patient: str, held: str) -> Resource:
    mine = portal.resources(whole.conn, Scope(patient)).read("Appointment", held)
    claim = Claim(slots.slot_of(whole, mine), patient, held)
    if mine["status"] != "pending" or not claims.upgrade(whole, claim):
        raise Conflict("The time is no longer held: look for times again.", "hold-lapsed")
    return whole.amend(slots.confirmed(mine))


def _book_slot(whole: Resources, patient: str, wish: Wish | None) -> Resource:
    if wish is None:
        raise BadRequest("Name what to book: appointment-reference or appointment-resource.", "malformed")
    _alone_with(whole, wish.slot_id)
    lapsing.release_slot(whole, wish.slot_id)
    slot = slots.open_slot(whole, wish)
    held = claims.own_hold(whole, wish.slot_id, patient)
    claim = Claim(slot, patient, held or new_id())
    if held and claims.upgrade(whole, claim):
        kind = slots.kind_of_visit(slots.schedule_of(whole, slot), wish.visit_type)
        return whole.amend(slots.confirmed({**whole.read("Appointment", held), "serviceType": [kind]}))
    claims.take(whole, claim, "book")
    return whole.create(slots.visit(whole, claim, wish, "booked"))


def _alone_with(whole: Resources, slot_id: str) -> None:
    """Let nobody else decide about this slot meanwhile.

    Without it somebody whose own hold is just being made would be told that somebody else has taken the time.
    """
    lock(whole.conn, f"slot {slot_id}")


def _body(call: Call) -> Resource:
    if call.body is None:
        raise BadRequest("A body is needed.", "malformed")
    return call.body


def _patient(call: Call, given: dict[str, Any]) -> str:
    """The patient of the token; a patient-reference may only repeat it."""
    patient = call.access.patient
    named = parameters.pointed_at(given, "patient-reference", "Patient")
    if patient is None or named not in (None, patient):
        raise Forbidden("A visit can only be booked for the patient who is signed in.", "other-patient")
    return patient
