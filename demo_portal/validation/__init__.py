"""Checks resources before they are stored, in three layers: HL7's JSON schema, what it leaves out, FHIR's own rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from jsonschema import Draft6Validator
from jsonschema.exceptions import ValidationError

from demo_portal.outcomes import Invalid
from demo_portal.validation import invariants, supplement
from demo_portal.validation.definitions import schema
from demo_portal.vocabulary import Resource

MOST_ISSUES = 20
_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,59}\Z")
_SAID = {
    "additionalProperties": ("structure", "has an element that FHIR R4 does not know"),
    "required": ("required", "lacks a required element"),
    "enum": ("code-invalid", "has a code that FHIR R4 does not allow here"),
    "const": ("value", "has a value that FHIR R4 does not allow"),
    "pattern": ("value", "is not written as FHIR R4 asks"),
    "type": ("value", "is of the wrong kind"),
    "minimum": ("value", "is too small"),
}


def check(resource: Resource, zone: ZoneInfo) -> None:
    """Check a resource of a type that is served.

    Raises:
        Invalid: it is not valid FHIR R4; the expression says where.
    """
    for problem in islice(_problems(resource, zone), 1):
        raise problem


def issues(resource: Resource, zone: ZoneInfo) -> list[Invalid]:
    """Everything that is wrong with a resource, twenty things at most; empty when it is valid."""
    return list(islice(_problems(resource, zone), MOST_ISSUES))


def _problems(resource: Resource, zone: ZoneInfo) -> Iterator[Invalid]:
    """The problems of the first layer that finds any: the next one counts on what it has checked."""
    for layer in (_schema_problems(resource), supplement.problems(resource, zone), invariants.problems(resource)):
        found = list(islice(layer, MOST_ISSUES))
        yield from found
        if found:
            return


def _schema_problems(resource: Resource) -> Iterator[Invalid]:
    yield from _against(resource, resource["resourceType"], resource["resourceType"])
    for place, inside in enumerate(_contained(resource)):
        where = f"{resource['resourceType']}.contained[{place}]"
        rtype = inside.get("resourceType")
        if isinstance(rtype, str) and rtype in schema()["definitions"]:
            yield from _against(inside, rtype, where)


def _contained(resource: Resource) -> list[Resource]:
    found = resource.get("contained", [])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _against(resource: Resource, rtype: str, where: str) -> Iterator[Invalid]:
    for error in _validator(rtype).iter_errors(resource):
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
