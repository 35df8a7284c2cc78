"""Single values: texts, codes, dates, numbers, base64 and narrative, beyond what the JSON schema says of them."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from demo_portal.outcomes import Invalid
from demo_portal.store.moments import interval
from demo_portal.validation.definitions import Element
from demo_portal.validation.narrative import is_plain

LONGEST_TEXT = 10_000
MOST_DIGITS = 18
# Control characters but for tab and the ends of lines, and halves of characters that no store can write.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Two required value sets that are too large, or not HL7's, to be listed.
_SHAPES = {
    "contentType": re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*(;[ -~]*)?\Z", re.IGNORECASE),
    "currency": re.compile(r"[A-Z]{3}\Z"),
}


def problems(value: Any, element: Element, where: str, zone: ZoneInfo) -> Iterator[Invalid]:
    """What is wrong with a value that is neither an object nor a list; one thing at most."""
    if isinstance(value, str):
        yield from _text(value, element, where, zone)
    elif not _is_storable(value):
        yield Invalid(f"{where} has more than {MOST_DIGITS} digits.", "value", where)


def _text(value: str, element: Element, where: str, zone: ZoneInfo) -> Iterator[Invalid]:
    if not value.strip():
        yield Invalid(f"{where} is empty.", "value", where)
    elif element.of == "base64Binary":
        if not _is_base64(value):
            yield Invalid(f"{where} is not base64.", "value", where)
    elif len(value) > LONGEST_TEXT:
        yield Invalid(f"{where} is longer than {LONGEST_TEXT} characters.", "too-long", where)
    elif _NO_TEXT.search(value):
        yield Invalid(f"{where} has characters that are no text.", "value", where)
    else:
        yield from _meaning(value, element, where, zone)


def _meaning(value: str, element: Element, where: str, zone: ZoneInfo) -> Iterator[Invalid]:
    shape = _SHAPES.get(where.rpartition(".")[2])
    if element.of in ("date", "dateTime", "instant") and not _is_read(lambda: interval(value, zone)):
        yield Invalid(f"{where} is no day or time of the calendar.", "value", where)
    elif element.of == "xhtml" and not is_plain(value):
        yield Invalid(f"{where} is not the plain XHTML that FHIR R4 allows.", "invariant", where)
    elif (element.codes is not None and value not in element.codes) or (shape and not shape.match(value)):
        yield Invalid(f"{where} has a code that FHIR R4 does not allow here.", "code-invalid", where)


def _is_base64(value: str) -> bool:
    return _is_read(lambda: b64decode("".join(value.split()), validate=True))


def _is_read(read: Callable[[], Any]) -> bool:
    try:
        read()
    except (ValueError, OverflowError):
        return False
    return True


def _is_storable(value: Any) -> bool:
    """Whether a number can be kept and counted with: a short exponent can stand for a million digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return True
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return number.is_finite() and abs(number.adjusted()) < MOST_DIGITS and len(number.as_tuple().digits) <= MOST_DIGITS
