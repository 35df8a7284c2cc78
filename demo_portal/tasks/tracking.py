"""Requests of the area tracking."""

from __future__ import annotations

from demo_portal.outcomes import Unprocessable
from demo_portal.portal import Answer
from demo_portal.tasks.kind import Kind, for_staff, ours
from demo_portal.writes.attempt import Attempt


def _by_clinic(_attempt: Attempt) -> Answer:
    raise Unprocessable("This is asked for by the clinic.", "unknown-request", "Task.code")


KINDS: dict[tuple[str, str], Kind] = {
    ours("reading"): for_staff({"reading": "valueString"}),
    ours("complete-questionnaire"): Kind(_by_clinic, _by_clinic),
    ours("self-harm-review"): Kind(_by_clinic, _by_clinic),
}
