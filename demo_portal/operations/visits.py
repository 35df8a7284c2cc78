"""Holds, books and cancels visits."""

from __future__ import annotations

from typing import Any

from demo_portal.operations import claims, parameters, slots
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
from demo_portal.store.engine import Transaction
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


def change(attempt: Attempt) -> Answer:
    """Cancel a visit or let go of a hold; nothing else about a visit may be changed by a patient."""
    old, body = attempt.before, attempt.body
    only_changes(attempt, *MAY_CHANGE)
    _check_change(attempt.portal, old, body)
    if old["status"] == "cancelled":
        return stored(old, attempt.call.base)
    claims.give_back(attempt.whole, old["id"])
    return replace(attempt, {**old, **{name: body[name] for name in MAY_CHANGE if name in body}})


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
    slot = slots.open_slot(whole, wish)
    held = claims.own_hold(whole, wish.slot_id, patient)
    claim = Claim(slot, patient, held or new_id())
    if held and claims.upgrade(whole, claim):
        kind = slots.kind_of_visit(slots.schedule_of(whole, slot), wish.visit_type)
        return whole.amend(slots.confirmed({**whole.read("Appointment", held), "serviceType": [kind]}))
    claims.take(whole, claim, "book")
    return whole.create(slots.visit(whole, claim, wish, "booked"))


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
