"""Requests of the area records: what somebody wants to have added, corrected or taken off the record."""

from __future__ import annotations

from demo_portal.outcomes import Duplicate, Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store import criteria, searching
from demo_portal.store.engine import lock
from demo_portal.tasks import inputs
from demo_portal.tasks.kind import OPEN, Kind, check_focus, code_of, ours, waiting
from demo_portal.vocabulary import Resource, reference
from demo_portal.writes.attempt import Attempt, keep
from demo_portal.writes.references import check_references

LONGEST = 2000
"""Characters of what somebody says."""


def update(about: str, changes: tuple[str, ...], needed: tuple[str, ...]) -> Kind:
    """A request to add something, for which `needed` must be said, or to change what is on record of the type `about`."""

    def file(attempt: Attempt) -> Answer:
        change = inputs.one(attempt.body, "change", "valueString")
        _check_words(attempt.body)
        if change == "add":
            _check_needed(attempt.body, needed)
            if "focus" in attempt.body:
                raise Invalid("What is new is not about something on record.", "value", "Task.focus")
        elif change in changes:
            _check_change(attempt, about, change)
        else:
            raise Invalid(f"The input change is one of add, {', '.join(changes)}.", "value", "Task.input")
        check_references(attempt.resources, attempt.body)
        return keep(attempt, waiting(attempt))

    return Kind(file)


def _check_needed(task: Resource, needed: tuple[str, ...]) -> None:
    for name in needed:
        if inputs.one(task, name, "valueString") is None:
            raise Invalid(f"The input {name} is required, as valueString.", "required", "Task.input")


def _check_words(task: Resource) -> None:
    if any(len(each.get("valueString", "")) > LONGEST for each in task.get("input", [])):
        raise Unprocessable(f"At most {LONGEST} characters, please.", "too-long", "Task.input")


def _check_change(attempt: Attempt, about: str, change: str) -> None:
    """See that the change is about something on record, and not yet asked for."""
    check_focus(attempt, (about,))
    if change == "correct":
        _check_needed(attempt.body, ("said",))
        return
    _refuse_second(attempt, change)


def _refuse_second(attempt: Attempt, change: str) -> None:
    """Refuse what has been asked for already, the same change of the same thing.

    Raises:
        Duplicate: such a request is open; its reference is told.
    """
    system, code = code_of(attempt.body)
    focus = attempt.body["focus"]["reference"]
    lock(attempt.conn, f"request {attempt.patient} {code} {focus}")
    pairs = [("code", f"{system}|{code}"), ("status", ",".join(OPEN)), ("focus", focus)]
    for each in searching.matches(attempt.resources, criteria.parse("Task", pairs)):
        if inputs.one(each, "change", "valueString") == change:
            raise Duplicate("This has been asked for already.", "Task.focus", reference("Task", each["id"]))


KINDS: dict[tuple[str, str], Kind] = {
    ours("allergy-update"): update("AllergyIntolerance", ("correct", "remove"), ("substance",)),
    ours("issue-update"): update("Condition", ("resolved", "correct", "remove"), ("issue",)),
    ours("immunization-report"): update("Immunization", ("correct", "remove"), ("vaccine", "on")),
    ours("history-update"): update("Condition", ("correct", "remove"), ("kind", "what")),
}
