"""Which requests may be filed, and who deals with each."""

from __future__ import annotations

from demo_portal.outcomes import Forbidden, Unprocessable
from demo_portal.portal import Answer, stored
from demo_portal.proxies import TEEN_REQUESTS
from demo_portal.tasks import (
    account,
    billing,
    documents,
    insurance,
    medications,
    messaging,
    records,
    scheduling,
    sharing,
    tracking,
)
from demo_portal.tasks.kind import Kind, code_of
from demo_portal.vocabulary import Resource
from demo_portal.writes.attempt import Attempt

KINDS: dict[tuple[str, str], Kind] = {
    **account.KINDS,
    **billing.KINDS,
    **documents.KINDS,
    **insurance.KINDS,
    **medications.KINDS,
    **messaging.KINDS,
    **records.KINDS,
    **scheduling.KINDS,
    **sharing.KINDS,
    **tracking.KINDS,
}


def file(attempt: Attempt) -> Answer:
    """File a request.

    Raises:
        Unprocessable: requests of that code are not taken, or it is not a new one.
        Forbidden: it is for somebody else, or not one that the assistant may file by itself.
    """
    kind = _kind(attempt.body)
    if attempt.body["status"] not in ("requested", "draft"):
        raise Unprocessable("A new request has the status requested.", "not-changeable", "Task.status")
    _check_whose(attempt, kind)
    if attempt.call.access.level == "limited" and code_of(attempt.body)[1] not in TEEN_REQUESTS:
        raise Forbidden("The token does not allow this.", "scope")
    return kind.file(attempt)


def change(attempt: Attempt) -> Answer:
    """Do to a request what its kind allows; by default withdraw it."""
    if attempt.before == {**attempt.body, "meta": attempt.before["meta"]}:
        return stored(attempt.before, attempt.call.base)
    return _kind(attempt.before).change(attempt)


def _check_whose(attempt: Attempt, kind: Kind) -> None:
    named = attempt.body.get("for", {}).get("reference", "").rpartition("Patient/")[2]
    patient = attempt.call.access.patient
    if patient is None and kind.by_assistant:
        return
    if patient is None or named != patient:
        raise Forbidden("A request can only be filed for the patient who is signed in.", "other-patient", "Task.for")


def _kind(task: Resource) -> Kind:
    found = KINDS.get(code_of(task))
    if found is None:
        raise Unprocessable("Requests of this kind are not taken here.", "unknown-request", "Task.code")
    return found
