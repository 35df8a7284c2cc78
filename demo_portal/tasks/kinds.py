"""Which requests may be filed, and who deals with each."""

from __future__ import annotations

from collections.abc import Callable

from demo_portal.outcomes import Forbidden, Unprocessable
from demo_portal.portal import Answer, Call, Portal, stored
from demo_portal.store.resources import Resources
from demo_portal.tasks.payment import pay
from demo_portal.tasks.refill import refill
from demo_portal.vocabulary import PORTAL_REQUEST, TASK_CODE, Resource

Handler = Callable[[Portal, Resources, Call, Resource], Answer]

KINDS: dict[tuple[str, str], Handler] = {
    (TASK_CODE, "fulfill"): refill,
    (TASK_CODE, "approve"): refill,
    (PORTAL_REQUEST, "pay"): pay,
}
KEYED = (pay,)
"""Kinds that look up their key themselves, because the same key with other content must be refused."""


def file(portal: Portal, resources: Resources, call: Call, existing: Resource | None) -> Answer:
    """File a request, or answer with the one that If-None-Exist found.

    Raises:
        Unprocessable: requests of that code are not taken.
    """
    task = call.body or {}
    handler = _handler(task)
    if task["for"]["reference"].rpartition("Patient/")[2] != call.access.patient:
        raise Forbidden("A request can only be filed for the patient who is signed in.", "other-patient", "Task.for")
    if existing is not None and existing["code"]["coding"] != task["code"]["coding"]:
        raise Unprocessable("This key was used for something else: take a new one.", "key-reused")
    if existing is not None and not (handler in KEYED and existing.get("identifier") == task.get("identifier")):
        return stored(existing, call.base)
    return handler(portal, resources, call, {k: v for k, v in task.items() if k not in ("id", "meta", "output")})


def _handler(task: Resource) -> Handler:
    codings = [(c.get("system"), c.get("code")) for c in task["code"].get("coding", [])]
    found = [KINDS[coding] for coding in codings if coding in KINDS]
    if len(found) != 1:
        raise Unprocessable("Requests of this kind are not taken here.", "unknown-request", "Task.code")
    if task["status"] not in ("requested", "draft"):
        raise Unprocessable("A new request has the status requested.", "not-changeable", "Task.status")
    return found[0]
