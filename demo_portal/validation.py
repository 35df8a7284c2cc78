"""Checks resources before they are stored: elements, required ones, kinds of value and code sets (FHIR R4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from demo_portal.outcomes import Invalid
from demo_portal.store.moments import interval
from demo_portal.vocabulary import Resource

Check = Callable[[Any, ZoneInfo], bool]
_LITERAL = re.compile(r"[A-Z][A-Za-z]{1,39}/[A-Za-z0-9\-.]{1,64}\Z")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Element:
    """What one element of a resource must look like."""

    check: Check
    required: bool = False
    many: bool = False


def _text(value: Any, _zone: ZoneInfo) -> bool:
    return isinstance(value, str) and value.strip() != "" and len(value) <= LONGEST_TEXT and "\x00" not in value


def _id(value: Any, _zone: ZoneInfo) -> bool:
    return isinstance(value, str) and _ID.match(value) is not None


def _number(value: Any, _zone: ZoneInfo) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _date(value: Any, zone: ZoneInfo) -> bool:
    try:
        interval(value, zone)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _object(value: Any, _zone: ZoneInfo) -> bool:
    return isinstance(value, dict) and bool(value)


def _period(value: Any, zone: ZoneInfo) -> bool:
    return _object(value, zone) and all(_date(value[name], zone) for name in ("start", "end") if name in value)


def _concept(value: Any, zone: ZoneInfo) -> bool:
    if not _object(value, zone) or not isinstance(value.get("coding", []), list):
        return False
    return ("coding" in value or "text" in value) and all(_coding(item, zone) for item in value.get("coding", []))


def _coding(value: Any, zone: ZoneInfo) -> bool:
    return _object(value, zone) and all(
        _text(value[name], zone) for name in ("system", "code", "display") if name in value
    )


def _identifier(value: Any, zone: ZoneInfo) -> bool:
    return _object(value, zone) and _text(value.get("value"), zone) and _text(value.get("system", "-"), zone)


def _reference(value: Any, zone: ZoneInfo) -> bool:
    """A literal reference within this portal; those to other servers would be taken for our own."""
    return (
        _object(value, zone)
        and isinstance(value.get("reference"), str)
        and _LITERAL.match(value["reference"]) is not None
    )


def _participant(value: Any, zone: ZoneInfo) -> bool:
    return _object(value, zone) and _reference(value.get("actor"), zone) and _text(value.get("status"), zone)


def _parameter(value: Any, zone: ZoneInfo) -> bool:
    """Task.input and Task.output: a type and exactly one value."""
    if not _object(value, zone) or not _concept(value.get("type"), zone):
        return False
    values = [name for name in value if name.startswith("value")]
    return len(values) == 1 and _VALUES.get(values[0], _object)(value[values[0]], zone)


def _money(value: Any, zone: ZoneInfo) -> bool:
    amount = value.get("value") if _object(value, zone) else None
    return isinstance(amount, int | Decimal) and not isinstance(amount, bool) and _text(value.get("currency"), zone)


def _one_of(*codes: str) -> Check:
    return lambda value, _zone: isinstance(value, str) and value in codes


_VALUES: dict[str, Check] = {
    "valueMoney": _money,
    "valueString": _text,
    "valueReference": _reference,
    "valueDateTime": _date,
    "valueBoolean": lambda value, _zone: isinstance(value, bool),
    "valueInteger": lambda value, _zone: isinstance(value, int) and not isinstance(value, bool),
}

_COMMON = {
    "resourceType": Element(_text, required=True),
    "id": Element(_id),
    "meta": Element(_object),
    "text": Element(_object),
    "language": Element(_text),
    "extension": Element(_object, many=True),
    "identifier": Element(_identifier, many=True),
}

TASK_STATUS = (
    "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed",
    "completed", "entered-in-error",
)  # fmt: skip
INTENT = (
    "unknown", "proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order",
    "option",
)  # fmt: skip
APPOINTMENT_STATUS = (
    "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error", "checked-in",
    "waitlist",
)  # fmt: skip

ELEMENTS: dict[str, dict[str, Element]] = {
    "Task": {
        **_COMMON,
        "status": Element(_one_of(*TASK_STATUS), required=True),
        "intent": Element(_one_of(*INTENT), required=True),
        "code": Element(_concept, required=True),
        "for": Element(_reference, required=True),
        "priority": Element(_one_of("routine", "urgent", "asap", "stat")),
        "description": Element(_text),
        "focus": Element(_reference),
        "requester": Element(_reference),
        "owner": Element(_reference),
        "authoredOn": Element(_date),
        "restriction": Element(_object),
        "input": Element(_parameter, many=True),
        "note": Element(_object, many=True),
    },
    "Appointment": {
        **_COMMON,
        "status": Element(_one_of(*APPOINTMENT_STATUS), required=True),
        "participant": Element(_participant, required=True, many=True),
        "cancelationReason": Element(_concept),
        "serviceCategory": Element(_concept, many=True),
        "serviceType": Element(_concept, many=True),
        "specialty": Element(_concept, many=True),
        "appointmentType": Element(_concept),
        "reasonCode": Element(_concept, many=True),
        "description": Element(_text),
        "start": Element(_date),
        "end": Element(_date),
        "minutesDuration": Element(_number),
        "slot": Element(_reference, many=True),
        "created": Element(_date),
        "comment": Element(_text),
        "patientInstruction": Element(_text),
        "requestedPeriod": Element(_period, many=True),
    },
}


def check(resource: Resource, zone: ZoneInfo) -> None:
    """Check a resource of a type that can be written.

    Raises:
        Invalid: it is not a valid resource; the expression says where.
    """
    rtype = resource["resourceType"]
    elements = ELEMENTS[rtype]
    for name in resource:
        if name not in elements:
            raise Invalid(f"{rtype} has no element of that name here.", "structure", f"{rtype}.{name[:60]}")
    for name, element in elements.items():
        if name in resource:
            _check_element(resource[name], element, f"{rtype}.{name}", zone)
        elif element.required:
            raise Invalid(f"{rtype}.{name} is required.", "required", f"{rtype}.{name}")
    if rtype == "Appointment":
        _check_appointment(resource)


def _check_element(value: Any, element: Element, where: str, zone: ZoneInfo) -> None:
    values = value if element.many and isinstance(value, list) else [value]
    if element.many and (not isinstance(value, list) or not value):
        raise Invalid(f"{where} must be a list that is not empty.", "structure", where)
    if not all(element.check(item, zone) for item in values):
        raise Invalid(f"{where} has a value that FHIR R4 does not allow.", "value", where)


def _check_appointment(resource: Resource) -> None:
    # app-2 and app-3 of FHIR R4.
    if ("start" in resource) != ("end" in resource):
        raise Invalid("An appointment has start and end, or neither.", "invariant", "Appointment.start")
    if "start" not in resource and resource["status"] not in ("proposed", "cancelled", "waitlist"):
        raise Invalid(
            "Only a proposed, cancelled or waiting appointment has no time.", "invariant", "Appointment.start"
        )


def issues(resource: Resource, zone: ZoneInfo) -> list[Invalid]:
    try:
        check(resource, zone)
    except Invalid as invalid:
        return [invalid]
    return []
