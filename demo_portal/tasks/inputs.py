"""Reads what a request says: its code, its focus, its typed inputs and its key."""

from __future__ import annotations

from typing import Any

from demo_portal.outcomes import Invalid
from demo_portal.store.indexing import Target, target
from demo_portal.vocabulary import REQUEST_PARAMETER, Resource, codes_in, concept


def one(task: Resource, name: str, kind: str) -> Any:
    """The value of the input with that name (kind "valueMoney", ...); None when it is absent.

    Raises:
        Invalid: it is there more than once or in another kind.
    """
    found = [item for item in task.get("input", []) if name in codes_in(item["type"], REQUEST_PARAMETER)]
    if not found:
        return None
    if len(found) > 1 or kind not in found[0]:
        raise Invalid(f"The input {name} must be given once, as {kind}.", "value", "Task.input")
    return found[0][kind]


def focus(task: Resource) -> Target:
    """What the request is about.

    Raises:
        Invalid: it does not say.
    """
    found = target(task["focus"]["reference"]) if "focus" in task else None
    if found is None:
        raise Invalid("Task.focus is required for this request.", "required", "Task.focus")
    return found


def about(reference: Resource) -> str:
    """The id at the end of a reference; empty when there is none."""
    found = target(reference.get("reference", ""))
    return found.id if found is not None else ""


def output(name: str, kind: str, value: Any) -> Resource:
    """One Task.output of ours."""
    return {"type": concept(REQUEST_PARAMETER, name), kind: value}
