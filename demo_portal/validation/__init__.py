"""Checks resources before they are stored, in three layers: HL7's JSON schema, what it leaves out, FHIR's own rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from jsonschema import Draft6Validator
from jsonschema.exceptions import ValidationError

from demo_portal.outcomes import Invalid
from demo_portal.validation import invariants, references, supplement
from demo_portal.validation.definitions import is_resource, schema
from demo_portal.vocabulary import Resource

MOST_ISSUES = 20
MOST_VALUES = 10_000
"""In one resource: objects, lists, texts, numbers. It bounds the time a look can take."""
_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,59}\Z")
_SAID = {
    "additionalProperties": ("structure", "has an element that FHIR R4 does not know"),
    "enum": ("code-invalid", "has a code that FHIR R4 does not allow here"),
    "const": ("value", "has a value that FHIR R4 does not allow"),
    "pattern": ("value", "is not written as FHIR R4 asks"),
    "type": ("value", "is of the wrong kind"),
    "minimum": ("value", "is too small"),
    "maximum": ("value", "is too large"),
}


def check(resource: Resource, zone: ZoneInfo) -> None:
    """Check a resource of a type that is served; days and times without an offset are meant in `zone`.

    Raises:
        Invalid: it is not valid FHIR R4; the expression says where.
    """
    for problem in _problems(resource, zone):
        raise problem


def issues(resource: Resource, zone: ZoneInfo) -> list[Invalid]:
    """What is wrong with a resource, each place once but for broken rules; twenty at most; empty when it is valid."""
    found: dict[str | None, Invalid] = {}
    for problem in _problems(resource, zone):
        found.setdefault(problem.text if problem.issue == "invariant" else problem.expression, problem)
        if len(found) == MOST_ISSUES:
            break
    return list(found.values())


def _problems(resource: Resource, zone: ZoneInfo) -> Iterator[Invalid]:
    if _is_too_much(resource):
        rtype = resource["resourceType"]
        yield Invalid(f"{rtype} has more than {MOST_VALUES} values.", "too-costly", rtype)
        return
    found = chain(_schema_problems(resource), supplement.problems(resource, zone))
    first = next(found, None)
    # The rules count on what the other layers have checked.
    yield from chain([first], found) if first else invariants.problems(resource, zone)


def _is_too_much(resource: Resource) -> bool:
    todo: list[Any] = [resource]
    seen = 0
    while todo and seen <= MOST_VALUES:
        value = todo.pop()
        seen += 1
        todo += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return seen > MOST_VALUES


def _schema_problems(resource: Resource) -> Iterator[Invalid]:
    for where, each in [(resource["resourceType"], resource), *references.listed(resource)]:
        rtype = each.get("resourceType")
        if isinstance(rtype, str) and is_resource(rtype):
            yield from _against(each, rtype, where)


def _against(resource: Resource, rtype: str, where: str) -> Iterator[Invalid]:
    for error in _validator(rtype).iter_errors(resource):
        # What is required the supplement says too, and where.
        if error.validator != "required":
            yield _said(error, where)


def _said(error: ValidationError, where: str) -> Invalid:
    """The error in words that quote nothing of the resource but names of elements."""
    path = where + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    path += _unknown(error)
    issue, words = _SAID.get(str(error.validator), ("invalid", "is not valid FHIR R4"))
    return Invalid(f"{path[:200]} {words}.", issue, path[:200])


def _unknown(error: ValidationError) -> str:
    """The first element that is not known, when that is what is wrong and its name is a name."""
    instance: Any = error.instance
    if error.validator != "additionalProperties" or not isinstance(error.schema, dict):
        return ""
    names = [name for name in instance if name not in error.schema["properties"]]
    return f".{names[0]}" if names and _NAME.match(names[0]) else ""


@cache
def _validator(rtype: str) -> Draft6Validator:
    # Straight at the type: the schema's own list of all types is slow and its errors say nothing.
    return Draft6Validator({"$ref": f"#/definitions/{rtype}", "definitions": schema()["definitions"]})
