"""Payment plans within the clinic's rules, kept as Basic because R4 has nothing for them in a patient's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer, Call, Portal, clinic_today, new_id
from demo_portal.store import criteria, searching
from demo_portal.store.engine import Transaction, lock
from demo_portal.store.resources import Resources
from demo_portal.tasks import inputs
from demo_portal.tasks.kind import waiting
from demo_portal.tasks.payment import balance, cents_of
from demo_portal.vocabulary import BASIC_KIND, SETTING, Resource, concept, extension, money, reference
from demo_portal.writes.attempt import Attempt, keep

MONTHS = (3, 6, 12)
LEAST_MONTHLY = 2500
"""Cents: below this a plan costs more than it brings."""
LEAST_BALANCE = 10_000


@dataclass(frozen=True)
class Offer:
    """One plan that the clinic agrees to."""

    months: int
    monthly: int
    last: int
    first_due: date


def offers(owed: int, today: date) -> list[Offer]:
    """The plans for a balance in cents, shortest first."""
    if owed < LEAST_BALANCE:
        return []
    found = [(months, ceil(owed / months / 100) * 100) for months in MONTHS]
    return [
        Offer(n, m, owed - m * (n - 1), _next_month(today))
        for n, m in found
        if m >= LEAST_MONTHLY and owed > m * (n - 1)
    ]


def plan_offers(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """What `$payment-plan-offers` of an Account tells."""
    account = portal.resources(conn, call.access.scope).read("Account", call.rid)
    found = [_part(each) for each in offers(balance(account), clinic_today(portal).date())]
    return Answer({"resourceType": "Parameters", **({"parameter": found} if found else {})})


def start_plan(attempt: Attempt) -> Answer:
    """Begin a plan that was offered; an account has one at most."""
    about = inputs.focus(attempt.body)
    if about.rtype != "Account":
        raise Invalid("A plan is for an Account.", "value", "Task.focus")
    lock(attempt.conn, f"account {about.id}")
    account = attempt.resources.read("Account", about.id)
    monthly, months = (
        inputs.one(attempt.body, "monthly", "valueMoney"),
        inputs.one(attempt.body, "months", "valueInteger"),
    )
    wanted = (months, cents_of(monthly["value"]) if monthly else 0)
    offered = offers(balance(account), clinic_today(attempt.portal).date())
    chosen = next((each for each in offered if (each.months, each.monthly) == wanted), None)
    if running(attempt.resources, about.id) is not None:
        raise Unprocessable("This account has a plan already.", "plan-exists", "Task.focus")
    if chosen is None:
        raise Unprocessable("This plan is not on offer.", "plan-not-offered", "Task.input")
    attempt.resources.create(plan(attempt.patient, about.id, chosen.monthly, chosen.first_due, new_id()))
    return keep(attempt, {**waiting(attempt), "status": "completed"})


def end_plan(attempt: Attempt) -> Answer:
    """End a plan at once when nothing has been paid on it; else somebody of the clinic looks at it."""
    about = inputs.focus(attempt.body)
    if about.rtype != "Basic":
        raise Invalid("This is about a plan.", "value", "Task.focus")
    found = attempt.resources.read("Basic", about.id)
    if _value(found, "begun", "valueBoolean"):
        return keep(attempt, waiting(attempt))
    attempt.resources.amend(_with(found, "status", "valueCode", "ended"))
    return keep(attempt, {**waiting(attempt), "status": "completed"})


def plan(patient: str, account: str, monthly: int, next_due: date, rid: str, begun: bool = False) -> Resource:
    """A running plan."""
    said = [
        ("status", "valueCode", "active"),
        ("account", "valueReference", reference("Account", account)),
        ("monthly", "valueMoney", money(monthly)),
        ("next", "valueDate", next_due.isoformat()),
        ("begun", "valueBoolean", begun),
    ]
    return {
        "resourceType": "Basic",
        "id": rid,
        "code": concept(BASIC_KIND, "payment-plan", "Payment plan"),
        "subject": reference("Patient", patient),
        "extension": [_said(*each) for each in said],
    }


def running(resources: Resources, account: str) -> Resource | None:
    """The plan that runs on an account."""
    found = searching.matches(resources, criteria.parse("Basic", [("code", f"{BASIC_KIND}|payment-plan")]))
    about = f"Account/{account}"
    active = [each for each in found if _value(each, "status", "valueCode") == "active"]
    return next((each for each in active if _value(each, "account", "valueReference")["reference"] == about), None)


def _part(offer: Offer) -> Resource:
    part = [
        {"name": "months", "valueInteger": offer.months},
        {"name": "monthly", "valueMoney": money(offer.monthly)},
        {"name": "last", "valueMoney": money(offer.last)},
        {"name": "first-due", "valueDate": offer.first_due.isoformat()},
    ]
    return {"name": "offer", "part": part}


def _said(name: str, element: str, value: object) -> Resource:
    return {"url": SETTING, "extension": [{"url": "name", "valueCode": name}, {"url": "value", element: value}]}


def _value(basic: Resource, name: str, element: str) -> Any:
    for each in basic.get("extension", []):
        if (extension(each, "name") or {}).get("valueCode") == name:
            return (extension(each, "value") or {}).get(element)
    return None


def _with(basic: Resource, name: str, element: str, value: object) -> Resource:
    others = [each for each in basic["extension"] if (extension(each, "name") or {}).get("valueCode") != name]
    return {**basic, "extension": [_said(name, element, value), *others]}


def _next_month(day: date) -> date:
    """The first of the month after the next two weeks, so that nobody has to pay at once."""
    return date(day.year + (day.month == 12), day.month % 12 + 1, 15)
