"""What a kind of request is, and the plain kind that waits for the clinic's staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo_portal.outcomes import Duplicate, Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store import criteria, searching
from demo_portal.store.engine import lock
from demo_portal.tasks import inputs
from demo_portal.vocabulary import PORTAL_REQUEST, TASK_CODE, Resource, codes_in, reference
from demo_portal.writes.attempt import Attempt, Handler, keep, only_changes, replace
from demo_portal.writes.references import check_references

OPEN = ("requested", "received", "accepted", "in-progress", "ready", "on-hold")
NOT_BEGUN = ("draft", "requested", "received", "accepted", "on-hold")


def withdraw(attempt: Attempt) -> Answer:
    """Cancel a request that nobody has begun to work on, with a reason if there is one."""
    only_changes(attempt, "status", "statusReason", "note")
    if attempt.body["status"] != "cancelled":
        raise Unprocessable("A request can only be cancelled.", "not-changeable", "Task.status")
    if attempt.before["status"] not in NOT_BEGUN:
        raise Unprocessable("This request can no longer be withdrawn.", "not-changeable", "Task.status")
    return replace(attempt, {**attempt.body, "lastModified": attempt.now})


@dataclass(frozen=True)
class Kind:
    """How requests of one code are dealt with."""

    file: Handler
    """Checks a new request and stores it, with whatever else it brings about."""
    change: Handler = withdraw
    by_assistant: bool = False
    """Whether the assistant may file it while nobody is signed in."""


def ours(code: str) -> tuple[str, str]:
    """A code of this project for requests."""
    return PORTAL_REQUEST, code


def code_of(task: Resource) -> tuple[str, str]:
    """The one code that says what is asked for.

    Raises:
        Invalid: there is none of the systems that are understood here, or more than one.
    """
    found = [(system, code) for system in (PORTAL_REQUEST, TASK_CODE) for code in codes_in(task.get("code"), system)]
    if "code" not in task:
        raise Invalid("Task.code is required.", "required", "Task.code")
    if len(found) != 1:
        raise Invalid("Task.code must have one code of a request.", "value", "Task.code")
    return found[0]


def for_staff(
    needed: Mapping[str, str] | None = None,
    focus: tuple[str, ...] = (),
    one_open: bool = False,
    by_assistant: bool = False,
) -> Kind:
    """A request that is stored and waits for somebody at the clinic.

    `needed` are inputs that must be there, by name and element ("reason": "valueString"); `focus` are the types that it
    may be about, empty when it is about nothing; with `one_open` a second one about the same is refused.
    """

    def file(attempt: Attempt) -> Answer:
        for name, element in (needed or {}).items():
            if inputs.one(attempt.body, name, element) is None:
                raise Invalid(f"The input {name} is required, as {element}.", "required", "Task.input")
        check_focus(attempt, focus)
        if attempt.call.access.patient is not None:
            check_references(attempt.resources, attempt.body)
        if one_open:
            refuse_second(attempt)
        return keep(attempt, waiting(attempt))

    return Kind(file, by_assistant=by_assistant)


def waiting(attempt: Attempt) -> Resource:
    """The request as it is stored until somebody takes it up."""
    return {**attempt.body, "status": "requested", "authoredOn": attempt.now, "lastModified": attempt.now}


def check_focus(attempt: Attempt, rtypes: tuple[str, ...]) -> None:
    """See that the request is about something of these types that the token reaches."""
    if not rtypes:
        return
    about = inputs.focus(attempt.body)
    if about.rtype not in rtypes:
        raise Invalid(f"This request is about {' or '.join(rtypes)}.", "value", "Task.focus")
    attempt.resources.read(about.rtype, about.id)


def refuse_second(attempt: Attempt) -> None:
    """Refuse what has been asked for already and is not finished.

    Raises:
        Duplicate: an open request of the same code, about the same, exists; its reference is told.
    """
    system, code = code_of(attempt.body)
    about = attempt.body.get("focus", {}).get("reference")
    lock(attempt.conn, f"request {attempt.patient} {code} {about}")
    pairs = [("code", f"{system}|{code}"), ("status", ",".join(OPEN)), *([("focus", about)] if about else [])]
    found = searching.matches(attempt.resources, criteria.parse("Task", pairs))
    if found:
        raise Duplicate("This has been asked for already.", "Task.focus", reference("Task", found[0]["id"]))
