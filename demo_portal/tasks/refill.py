"""Files a refill with the pharmacy, or asks the prescriber when no refills are left."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil

from demo_portal.outcomes import Duplicate, Invalid, Unprocessable
from demo_portal.portal import Answer, Portal, clinic_today
from demo_portal.store import criteria, searching
from demo_portal.store.engine import lock
from demo_portal.store.indexing import target
from demo_portal.store.resources import Resources
from demo_portal.tasks import inputs
from demo_portal.tasks.kind import OPEN
from demo_portal.vocabulary import (
    CONTROLLED_SUBSTANCE,
    ORGANIZATION_TYPE,
    TASK_CODE,
    Resource,
    codes_in,
    extension,
    reference,
)
from demo_portal.writes.attempt import Attempt, keep

USED_UP = 0.75
"""Share of the supply after which the next refill may be asked for."""


def refill(attempt: Attempt) -> Answer:
    """File the request, unless the same medicine has one open or the order does not allow it."""
    task, resources = attempt.body, attempt.resources
    about = inputs.focus(task)
    if about.rtype != "MedicationRequest":
        raise Invalid("A refill is about a MedicationRequest.", "value", "Task.focus")
    lock(attempt.conn, f"refill {about.id}")
    order = resources.read("MedicationRequest", about.id)
    _refuse_second(resources, about.id)
    _check_order(order, codes_in(task["code"], TASK_CODE)[0])
    _check_supply(attempt.portal, resources, about.id)
    _check_pharmacy(attempt.whole, task)
    return keep(attempt, {**task, "status": "requested", "authoredOn": attempt.now, "lastModified": attempt.now})


def _refuse_second(resources: Resources, order_id: str) -> None:
    pairs = [("focus", f"MedicationRequest/{order_id}"), ("status", ",".join(OPEN))]
    pairs.append(("code", f"{TASK_CODE}|fulfill,{TASK_CODE}|approve"))
    found = searching.matches(resources, criteria.parse("Task", pairs))
    if found:
        already = reference("Task", found[0]["id"])
        raise Duplicate("A refill of this medicine has been asked for already.", "Task.focus", already)


def _check_order(order: Resource, code: str) -> None:
    if order["status"] != "active":
        raise Unprocessable("This prescription is no longer active.", "not-active", "Task.focus")
    if (extension(order, CONTROLLED_SUBSTANCE) or {}).get("valueBoolean"):
        raise Unprocessable("A controlled medicine cannot be asked for here.", "controlled-substance", "Task.focus")
    if code == "fulfill" and order["dispenseRequest"]["numberOfRepeatsAllowed"] < 1:
        raise Unprocessable("No refills are left: the prescriber must approve.", "no-refills-left", "Task.code")


def _check_supply(portal: Portal, resources: Resources, order_id: str) -> None:
    pairs = [("prescription", f"MedicationRequest/{order_id}"), ("_sort", "-whenhandedover"), ("_count", "1")]
    last = searching.matches(resources, criteria.parse("MedicationDispense", pairs))
    if not last or "daysSupply" not in last[0]:
        return
    handed_over = date.fromisoformat(last[0]["whenHandedOver"][:10])
    opens = handed_over + timedelta(days=ceil(last[0]["daysSupply"]["value"] * USED_UP))
    if opens > clinic_today(portal).date():
        raise Unprocessable(f"It is too early: this can be asked for from {opens.isoformat()} on.", "too-early")


def _check_pharmacy(whole: Resources, task: Resource) -> None:
    asked = inputs.one(task, "pharmacy", "valueReference")
    if asked is None:
        return
    found = target(asked["reference"])
    shop = None
    if found is not None and found.rtype == "Organization":
        shop = whole.find("Organization", found.id)
    if shop is None or not any("pharmacy" in codes_in(kind, ORGANIZATION_TYPE) for kind in shop["type"]):
        raise Unprocessable("There is no such pharmacy.", "unknown-pharmacy", "Task.input")
