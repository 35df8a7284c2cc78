"""What a person asks the portal to do, as FHIR R4 Task: drafting it and reading what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from actions.portal_client.fhir import Json, codes, concept, reference_id, to_instant
from actions.portal_client.vocabulary import REQUEST_PARAMETER

OPEN = frozenset({"requested", "received", "accepted", "in-progress", "ready", "on-hold"})
REFUSED = frozenset({"rejected", "failed", "cancelled"})


def draft_task(patient: str, code: Json, focus: Json | None, now: datetime) -> Json:
    """A Task that asks for something, about `focus` if it is about one thing."""
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": code,
        **({"focus": focus} if focus else {}),
        "for": {"reference": patient},
        "requester": {"reference": patient},
        "authoredOn": to_instant(now),
    }


def task_input(name: str, element: str, value: Any) -> Json:
    """One typed answer of a Task, for example ("method", "valueString", token)."""
    return {"type": concept(REQUEST_PARAMETER, name), element: value}


def task_value(task: Json, part: str, name: str, element: str) -> Any | None:
    """The value among a Task's `input` or `output` under that name."""
    named = [each for each in task.get(part, []) if name in codes(each.get("type"), REQUEST_PARAMETER)]
    return next((each[element] for each in named if element in each), None)


def task_about(task: Json, rtype: str) -> str | None:
    """The id of what a Task is about; None when it is about another type."""
    return reference_id(task.get("focus"), rtype)
