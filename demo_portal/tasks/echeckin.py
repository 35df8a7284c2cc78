"""Checking in at home: one request for a visit, with a step for each thing to confirm, which can be left and resumed.

Done at home it is never the status `checked-in`: in FHIR R4 that means that the visit itself may begin.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer, new_id, stored
from demo_portal.store import criteria, searching
from demo_portal.store.engine import lock
from demo_portal.store.indexing import target
from demo_portal.store.moments import interval, milliseconds
from demo_portal.store.tables import CHARGE
from demo_portal.tasks import inputs
from demo_portal.tasks.kind import OPEN, Kind, check_focus, ours, refuse_second
from demo_portal.vocabulary import PORTAL_REQUEST, REQUEST_PARAMETER, Resource, codes_in, concept, reference
from demo_portal.writes.attempt import Attempt, keep, only_changes, replace

OPENS = timedelta(days=7)
"""How long before a visit one can check in at home."""
ECHECKIN = "echeckin"
STEPS = ("demographics", "insurance", "medications", "questionnaire", "consent", "copay")
"""In the order in which they are asked; a visit without a questionnaire or copay has no such step."""


def begin(attempt: Attempt) -> Answer:
    """Open the check-in for a visit of the next days, with its steps."""
    check_focus(attempt, ("Appointment",))
    visit = attempt.resources.read("Appointment", inputs.focus(attempt.body).id)
    _check_time(attempt, visit)
    refuse_second(attempt)
    body = {**attempt.body, "status": "in-progress", "authoredOn": attempt.now, "lastModified": attempt.now}
    answer = keep(attempt, body)
    for step in steps(attempt, visit):
        attempt.resources.create(step_task(answer.body, step, new_id(), attempt.now))
    return answer


def steps(attempt: Attempt, visit: Resource) -> Iterator[str]:
    """The steps of a check-in."""
    for step in STEPS:
        if step == "questionnaire" and not _questionnaires(attempt, visit):
            continue
        if step == "copay" and not _has_copay(attempt):
            continue
        yield step


def step_task(parent: Resource, step: str, rid: str, now: str) -> Resource:
    """The Task of one step."""
    return {
        "resourceType": "Task",
        "id": rid,
        "status": "requested",
        "intent": "order",
        "code": concept(PORTAL_REQUEST, f"{ECHECKIN}-{step}"),
        "partOf": [reference("Task", parent["id"])],
        "focus": parent["focus"],
        "for": parent["for"],
        "authoredOn": now,
        "lastModified": now,
    }


def complete_step(attempt: Attempt) -> Answer:
    """Note that a step is done; with the last one the whole check-in is.

    Raises:
        Unprocessable: the visit has begun, or what the step is about has not been done.
    """
    only_changes(attempt, "status", "output", "lastModified")
    if attempt.before["status"] == "completed":
        return stored(attempt.before, attempt.call.base)
    if attempt.body["status"] != "completed":
        raise Unprocessable("A step is completed or left as it is.", "not-changeable", "Task.status")
    visit = attempt.resources.read("Appointment", inputs.focus(attempt.before).id)
    _check_time(attempt, visit)
    _check_done(attempt)
    parent_id = inputs.about(attempt.before["partOf"][0])
    lock(attempt.conn, f"check-in {parent_id}")
    answer = replace(attempt, {**attempt.body, "lastModified": attempt.now})
    _complete_parent(attempt, parent_id)
    return answer


def _refuse(_attempt: Attempt) -> Answer:
    raise Unprocessable("A step comes with its check-in.", "unknown-request", "Task.code")


KINDS: dict[tuple[str, str], Kind] = {
    ours(ECHECKIN): Kind(begin),
    **{ours(f"{ECHECKIN}-{step}"): Kind(_refuse, complete_step) for step in STEPS},
}


def _check_time(attempt: Attempt, visit: Resource) -> None:
    if visit["status"] not in ("booked", "arrived"):
        raise Unprocessable("Only for a booked visit one can check in.", "not-active", "Task.focus")
    starts, now = interval(visit["start"], attempt.portal.zone)[0], attempt.portal.clock.now()
    if milliseconds(now) >= starts:
        raise Unprocessable("This visit has begun.", "visit-over", "Task.focus")
    if milliseconds(now + OPENS) < starts:
        raise Unprocessable("It is too early to check in.", "too-early", "Task.focus")


def _check_done(attempt: Attempt) -> None:
    """See that what a step asks for is there."""
    step = codes_in(attempt.before["code"], PORTAL_REQUEST)[0].removeprefix(f"{ECHECKIN}-")
    if step == "consent" and not str(_output(attempt.body, "signature", "valueString") or "").strip():
        raise Invalid("The forms are signed with a name: output signature.", "required", "Task.output")
    if step == "questionnaire":
        _check_answers(attempt)
    if step == "copay":
        _check_paid(attempt)


def _check_answers(attempt: Attempt) -> None:
    given = _output(attempt.body, "response", "valueReference")
    found = target(given.get("reference", "")) if isinstance(given, dict) else None
    if found is None or found.rtype != "QuestionnaireResponse":
        raise Invalid("Name the answers: output response.", "required", "Task.output")
    if attempt.resources.read("QuestionnaireResponse", found.id)["status"] != "completed":
        raise Unprocessable("The questionnaire is not finished.", "not-completed", "Task.output")


def _check_paid(attempt: Attempt) -> None:
    """A receipt of this patient, or the word that the copay is paid at the desk."""
    if _output(attempt.body, "at-desk", "valueBoolean") is True:
        return
    receipt = _output(attempt.body, "receipt", "valueString")
    columns = CHARGE.c
    query = sa.select(columns.receipt).where(columns.receipt == receipt, columns.patient_id == attempt.patient)
    if receipt is None or attempt.conn.execute(query).first() is None:
        raise Unprocessable("There is no such receipt.", "unknown-receipt", "Task.output")


def _output(task: Resource, name: str, element: str) -> object:
    named = [each for each in task.get("output", []) if name in codes_in(each["type"], REQUEST_PARAMETER)]
    return next((each[element] for each in named if element in each), None)


def _complete_parent(attempt: Attempt, parent_id: str) -> None:
    pairs = [("part-of", f"Task/{parent_id}"), ("_count", "20")]
    found = searching.matches(attempt.resources, criteria.parse("Task", pairs))
    if all(each["status"] == "completed" for each in found):
        parent = attempt.resources.read("Task", parent_id)
        attempt.resources.amend({**parent, "status": "completed", "lastModified": attempt.now})


def _questionnaires(attempt: Attempt, visit: Resource) -> list[Resource]:
    """Questionnaires for this visit that wait for answers."""
    pairs = [("code", f"{PORTAL_REQUEST}|complete-questionnaire"), ("status", ",".join(OPEN))]
    found = searching.matches(attempt.resources, criteria.parse("Task", pairs))
    return [each for each in found if reference("Appointment", visit["id"]) in each.get("basedOn", [])]


def _has_copay(attempt: Attempt) -> bool:
    found = searching.matches(attempt.resources, criteria.parse("Coverage", [("status", "active")]))
    costs = [cost for coverage in found for cost in coverage.get("costToBeneficiary", [])]
    return any("copay" in [c.get("code") for c in cost.get("type", {}).get("coding", [])] for cost in costs)
