"""What FHIR R4 asks for and its JSON schema does not say: required elements, choices, codes, references, real dates.

It copes with any JSON, so that it can look at what the schema has already found wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from demo_portal.outcomes import Invalid
from demo_portal.validation import primitives, references
from demo_portal.validation.definitions import ENVELOPES, Definition, Element, definition, is_known, is_resource
from demo_portal.vocabulary import Resource

# Beside each primitive may stand `_name`, which holds its extensions.
_BESIDE = Element("Element")


@dataclass(frozen=True)
class _Look:
    """What the whole look at one resource has in common."""

    zone: ZoneInfo
    contained: references.Contained


def problems(resource: Resource, zone: ZoneInfo) -> Iterator[Invalid]:
    """Everything wrong with a resource that its schema may let pass."""
    rtype = resource["resourceType"]
    yield from references.contained_problems(resource)
    yield from _inside(resource, rtype, rtype, _Look(zone, references.contained(resource)))


def _inside(value: dict[str, Any], name: str, where: str, look: _Look) -> Iterator[Invalid]:
    known = definition(name)
    if not value or (value.keys() == {"id"} and name != "Element"):
        yield Invalid(f"{where} is empty.", "structure", where)
    yield from _missing(value, known, where)
    yield from _chosen_twice(value, known, where)
    if name == "Extension" and ("extension" in value) == any(_chosen(child, known) for child in value):
        yield Invalid(f"{where} must have either a value or extensions (ext-1).", "invariant", where)
    for child, inner in value.items():
        element = _named(child, known)
        if element is not None:
            yield from _element(inner, element, f"{where}.{child}", look)


def _named(child: str, known: Definition) -> Element | None:
    if not child.startswith("_"):
        return known.elements.get(child)
    beside = known.elements.get(child[1:])
    return replace(_BESIDE, many=beside.many) if beside else None


def _missing(value: dict[str, Any], known: Definition, where: str) -> Iterator[Invalid]:
    for element, names in known.required.items():
        if not any(name in value or _says_why(value.get(f"_{name}")) for name in names):
            yield Invalid(f"{where}.{element} is required.", "required", f"{where}.{element}")


def _says_why(beside: Any) -> bool:
    """Whether a primitive may be absent, because an extension stands in its place."""
    return isinstance(beside, dict) and bool(beside.get("extension"))


def _chosen(child: str, known: Definition) -> str:
    """The choice that an element is one of; empty where there is none."""
    name = child.removeprefix("_")
    return known.elements[name].choice if name in known.elements else ""


def _chosen_twice(value: dict[str, Any], known: Definition, where: str) -> Iterator[Invalid]:
    chosen: dict[str, str] = {}
    for child in value:
        choice, name = _chosen(child, known), child.removeprefix("_")
        if choice and chosen.setdefault(choice, name) != name:
            yield Invalid(f"{where} has {choice} twice.", "structure", f"{where}.{child}")


def _element(value: Any, element: Element, where: str, look: _Look) -> Iterator[Invalid]:
    if isinstance(value, list) != element.many or not _fits(value, element):
        # HL7's schema does not say which definitions are objects.
        yield Invalid(f"{where} is of the wrong kind.", "value", where)
    elif isinstance(value, list):
        yield from _list(value, replace(element, many=False), where, look)
    elif isinstance(value, dict):
        yield from _object(value, element, where, look)
    else:
        yield from primitives.problems(value, element, where, look.zone)


def _fits(value: Any, element: Element) -> bool:
    """Whether an object is where one must be, and only there; and nothing is null."""
    if isinstance(value, list):
        return True
    return value is not None and isinstance(value, dict) == (is_known(element.of) or element.of == "ResourceList")


def _list(value: list[Any], element: Element, where: str, look: _Look) -> Iterator[Invalid]:
    if not value:
        yield Invalid(f"{where} is an empty list.", "structure", where)
    for place, item in enumerate(value):
        yield from _element(item, element, f"{where}[{place}]", look)


def _object(value: dict[str, Any], element: Element, where: str, look: _Look) -> Iterator[Invalid]:
    if element.of == "ResourceList":
        yield from _resource(value, where, look)
        return
    yield from _inside(value, element.of, where, look)
    if element.of == "Reference":
        yield from references.problems(value, element, where, look.contained)
    elif element.coded is not None and not _is_coded(value, element.coded):
        yield Invalid(f"{where} has no code that FHIR R4 allows here.", "code-invalid", where)


def _resource(value: dict[str, Any], where: str, look: _Look) -> Iterator[Invalid]:
    """A resource within a resource."""
    rtype = value.get("resourceType")
    if not isinstance(rtype, str) or not is_resource(rtype) or rtype in ENVELOPES:
        yield Invalid(f"{where} is of a type that is not handled here.", "structure", where)
    else:
        yield from _inside(value, rtype, where, look)


def _is_coded(value: dict[str, Any], codings: frozenset[str]) -> bool:
    found = value.get("coding")
    return isinstance(found, list) and any(
        f"{each.get('system')}|{each.get('code')}" in codings for each in found if isinstance(each, dict)
    )
