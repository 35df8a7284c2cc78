"""Requests of the area insurance."""

from __future__ import annotations

from demo_portal.outcomes import Invalid
from demo_portal.portal import Answer
from demo_portal.tasks import inputs
from demo_portal.tasks.kind import Kind, check_focus, ours, waiting
from demo_portal.writes.attempt import Attempt, keep

KINDS_OF_CHANGE = ("add", "correct", "end")


def update_coverage(attempt: Attempt) -> Answer:
    """Take what somebody says about an insurance; the Coverage itself is changed by the office."""
    kind = inputs.one(attempt.body, "kind", "valueString")
    if kind not in KINDS_OF_CHANGE:
        raise Invalid(f"The input kind is one of {', '.join(KINDS_OF_CHANGE)}.", "value", "Task.input")
    if kind == "add":
        for name in ("payer", "member-id"):
            if inputs.one(attempt.body, name, "valueString") is None:
                raise Invalid(f"The input {name} is required.", "required", "Task.input")
    else:
        check_focus(attempt, ("Coverage",))
    return keep(attempt, waiting(attempt))


KINDS: dict[tuple[str, str], Kind] = {ours("coverage-update"): Kind(update_coverage)}
