"""What FHIR R4 asks for and its JSON schema does not say: required elements, choices, codes, references, real dates."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from demo_portal.outcomes import Invalid
from demo_portal.store.moments import interval
from demo_portal.validation.definitions import Definition, Element, definition, is_known
from demo_portal.vocabulary import Resource

LONGEST_TEXT = 10_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LITERAL = re.compile(r"([A-Z][A-Za-z]{1,39})/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?\Z")
_URN = re.compile(r"urn:uuid:[0-9a-f-]{36}\Z")


def problems(resource: Resource, zone: ZoneInfo) -> Iterator[Invalid]:
    """Everything wrong with a resource that the schema has let pass."""
    rtype = resource["resourceType"]
    ids = {each.get("id") for each in resource.get("contained", []) if isinstance(each, dict)}
    yield from _inside(resource, rtype, rtype, zone, ids)


def _inside(value: dict[str, Any], name: str, where: str, zone: ZoneInfo, ids: set[Any]) -> Iterator[Invalid]:
    known = definition(name)
    if not value:
        yield Invalid(f"{where} is empty.", "structure", where)
    yield from _missing(value, known, where)
    yield from _chosen_twice(value, known, where)
    for child, inner in value.items():
        element = known.elements.get(child)
        if element is not None:
            yield from _element(inner, element, f"{where}.{child}", zone, ids)


def _missing(value: dict[str, Any], known: Definition, where: str) -> Iterator[Invalid]:
    for names in known.required:
        # A primitive may be absent when an extension says why.
        if not any(name in value or f"_{name}" in value for name in names):
            name = names[0] if len(names) == 1 else f"{known.elements[names[0]].choice}[x]"
            yield Invalid(f"{where}.{name} is required.", "required", f"{where}.{name}")


def _chosen_twice(value: dict[str, Any], known: Definition, where: str) -> Iterator[Invalid]:
    chosen: dict[str, str] = {}
    for child in value:
        choice = known.elements[child].choice if child in known.elements else ""
        if choice and choice in chosen:
            yield Invalid(f"{where} has {choice} twice.", "structure", f"{where}.{child}")
        elif choice:
            chosen[choice] = child


def _element(value: Any, element: Element, where: str, zone: ZoneInfo, ids: set[Any]) -> Iterator[Invalid]:
    if isinstance(value, list) != element.many or not _fits(value, element):
        # HL7's schema does not say which definitions are objects.
        yield Invalid(f"{where} is of the wrong kind.", "value", where)
    elif isinstance(value, list):
        if not value:
            yield Invalid(f"{where} is an empty list.", "structure", where)
        for place, item in enumerate(value):
            yield from _element(item, replace(element, many=False), f"{where}[{place}]", zone, ids)
    elif isinstance(value, dict):
        yield from _object(value, element, where, zone, ids)
    elif isinstance(value, str):
        yield from _text(value, element, where, zone)


def _fits(value: Any, element: Element) -> bool:
    """Whether an object is where one must be, and only there."""
    if isinstance(value, list):
        return True
    return isinstance(value, dict) == (is_known(element.of) or element.of in ("ResourceList", "xhtml", "Element"))


def _object(value: dict[str, Any], element: Element, where: str, zone: ZoneInfo, ids: set[Any]) -> Iterator[Invalid]:
    if element.of == "ResourceList":
        yield from _resource(value, where, zone)
    elif is_known(element.of):
        yield from _inside(value, element.of, where, zone, ids)
        if element.of == "Reference":
            yield from _reference(value, element, where, ids)


def _resource(value: dict[str, Any], where: str, zone: ZoneInfo) -> Iterator[Invalid]:
    """A resource within a resource."""
    rtype = value.get("resourceType")
    if not isinstance(rtype, str) or not is_known(rtype):
        yield Invalid(f"{where} is of a type that is not served here.", "structure", where)
        return
    yield from _inside(value, rtype, where, zone, set())


def _reference(value: dict[str, Any], element: Element, where: str, ids: set[Any]) -> Iterator[Invalid]:
    text = value.get("reference")
    if text is None or (isinstance(text, str) and _URN.match(text)):
        return
    if isinstance(text, str) and text.startswith("#"):
        if text[1:] not in ids:
            yield Invalid(f"{where} refers to something that is not contained.", "value", where)
        return
    found = _LITERAL.match(text) if isinstance(text, str) else None
    if found is None:
        # A reference to another server would be taken for one of our own.
        yield Invalid(f"{where} must be a reference within this portal, as Type/id.", "value", where)
    elif element.targets is not None and found.group(1) not in element.targets:
        yield Invalid(f"{where} may not refer to a {found.group(1)}.", "value", where)


def _text(value: str, element: Element, where: str, zone: ZoneInfo) -> Iterator[Invalid]:
    if not value.strip():
        yield Invalid(f"{where} is empty.", "value", where)
    elif element.of == "base64Binary":
        if not _is_base64(value):
            yield Invalid(f"{where} is not base64.", "value", where)
    elif len(value) > LONGEST_TEXT:
        yield Invalid(f"{where} is longer than {LONGEST_TEXT} characters.", "too-long", where)
    elif _CONTROL.search(value):
        yield Invalid(f"{where} has characters that are no text.", "value", where)
    elif element.of in ("date", "dateTime", "instant") and not _is_real_date(value, zone):
        yield Invalid(f"{where} is no day of the calendar.", "value", where)
    elif element.codes is not None and value not in element.codes:
        yield Invalid(f"{where} has a code that FHIR R4 does not allow here.", "code-invalid", where)


def _is_base64(value: str) -> bool:
    try:
        b64decode("".join(value.split()), validate=True)
    except (ValueError, binascii.Error):
        return False
    return True


def _is_real_date(value: str, zone: ZoneInfo) -> bool:
    try:
        interval(value, zone)
    except (ValueError, OverflowError):
        return False
    return True
