"""References, and the resources that are contained for them (rules ref-1 and dom-2 to dom-5 of FHIR R4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from demo_portal.outcomes import Invalid
from demo_portal.validation.definitions import Element, resource_types
from demo_portal.vocabulary import Resource

Contained = dict[str, str]
"""Types of the contained resources by what refers to them: `#visit`; `#` alone is the resource that contains them."""
_LITERAL = re.compile(r"([A-Z][A-Za-z]{1,39})/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?\Z")
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_ONLY_OUTSIDE = ("versionId", "lastUpdated", "security")


def contained(resource: Resource) -> Contained:
    """What may be referred to within a resource."""
    return {"#": resource["resourceType"]} | {f"#{each.get('id')}": _rtype(each) for _, each in listed(resource)}


def listed(resource: Resource) -> list[tuple[str, dict[str, Any]]]:
    """Where each contained resource is, and itself."""
    found = resource.get("contained")
    items = found if isinstance(found, list) else []
    start = f"{resource['resourceType']}.contained"
    return [(f"{start}[{place}]", each) for place, each in enumerate(items) if isinstance(each, dict)]


def problems(value: dict[str, Any], element: Element, where: str, within: Contained) -> Iterator[Invalid]:
    """What is wrong with a Reference: one thing at most."""
    text = value.get("reference")
    if text is None or (isinstance(text, str) and _URN.match(text)):
        return
    rtype = _rtype_of(text, within)
    if rtype is None and isinstance(text, str) and text.startswith("#"):
        yield Invalid(f"{where} refers to something that is not contained.", "value", where)
    elif rtype is None or rtype not in resource_types():
        # A reference to another server would be taken for one of our own.
        yield Invalid(f"{where} must be a reference within this portal, as Type/id.", "value", where)
    elif (element.targets is not None and rtype not in element.targets) or value.get("type", rtype) != rtype:
        yield Invalid(f"{where} may not refer to that type.", "value", where)


def contained_problems(resource: Resource) -> Iterator[Invalid]:
    """What is wrong with contained resources because they are contained."""
    used = _used(resource)
    seen: set[Any] = set()
    for where, each in listed(resource):
        name = each.get("id")
        if not isinstance(name, str) or name in seen:
            yield Invalid(f"{where}.id is required, and once.", "required", f"{where}.id")
        elif f"#{name}" not in used and "#" not in _used(each):
            yield Invalid(f"{where} is referred to by nothing (dom-3).", "invariant", where)
        seen.add(name if isinstance(name, str) else None)
        if "contained" in each:
            yield Invalid(f"{where} may contain nothing itself (dom-2).", "invariant", f"{where}.contained")
        yield from _meta_problems(each.get("meta"), f"{where}.meta")


def _meta_problems(meta: Any, where: str) -> Iterator[Invalid]:
    for name in _ONLY_OUTSIDE:
        if isinstance(meta, dict) and name in meta:
            yield Invalid(f"{where}.{name} has no place in a contained resource.", "invariant", f"{where}.{name}")


def _rtype_of(text: Any, within: Contained) -> str | None:
    """The type that a reference points to; None when it does not say."""
    if not isinstance(text, str):
        return None
    found = _LITERAL.match(text)
    return found.group(1) if found else within.get(text)


def _rtype(resource: dict[str, Any]) -> str:
    return str(resource.get("resourceType"))


def _used(value: Any) -> set[str]:
    """Every reference anywhere inside that begins with `#`."""
    found: set[str] = set()
    todo = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            text = each.get("reference")
            found |= {text} if isinstance(text, str) and text.startswith("#") else set()
            todo += each.values()
        elif isinstance(each, list):
            todo += each
    return found
