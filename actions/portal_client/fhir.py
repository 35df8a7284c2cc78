"""Reading and writing the FHIR R4 data types that more than one area needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from actions.portal_client.errors import Refused, UnusableAnswer

Json = dict[str, Any]

# FHIR R4 `id`; anything else in an address could lead somewhere else.
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
# StopIteration is what next() says of something that should be there and is not.
_MISREAD = (
    AttributeError,
    KeyError,
    IndexError,
    StopIteration,
    TypeError,
    ValueError,
    ArithmeticError,
    RecursionError,
)


@contextmanager
def reading(rtype: str) -> Iterator[None]:
    """Turn whatever goes wrong while a resource is read into UnusableAnswer, without quoting it."""
    try:
        yield
    except _MISREAD:
        raise UnusableAnswer(f"the portal sent a {rtype} that cannot be read") from None


def parse_json(raw: bytes) -> Any:
    """Strict JSON; decimals keep their digits, because 5.40 is not 5.4 in a laboratory.

    Raises:
        ValueError: it is broken or holds NaN.
    """
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def dump_json(value: Json) -> bytes:
    """JSON for the wire."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def checked_id(text: str) -> str:
    """An id that may stand in an address.

    Raises:
        Refused: `not-found`; nothing can have such an id.
    """
    if not ID.fullmatch(text):
        raise Refused("not-found")
    return text


def reference_id(reference: Any, rtype: str) -> str | None:
    """The id in a Reference to that type; None when it points elsewhere or nowhere."""
    text = reference.get("reference") if isinstance(reference, dict) else reference
    if not isinstance(text, str):
        return None
    parts = text.split("/_history/")[0].split("/")
    return parts[-1] if len(parts) >= 2 and parts[-2] == rtype and ID.fullmatch(parts[-1]) else None


def reference(rtype: str, rid: str) -> Json:
    """A literal Reference."""
    return {"reference": f"{rtype}/{rid}"}


def concept(system: str, code: str) -> Json:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code}]}


def id_of(resource: Json) -> str:
    """The id of a resource, which may later stand in an address."""
    found = text_in(resource, "id")
    if not ID.fullmatch(found):
        raise ValueError("not an id")
    return found


def text_in(element: Json, name: str) -> str:
    """A string element; empty when it is missing."""
    found = element.get(name, "")
    if not isinstance(found, str):
        raise TypeError("not a string")
    return found


def number_in(element: Json, name: str) -> int | Decimal:
    """A number, with the digits it was written in."""
    found = element[name]
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise TypeError("not a number")
    return found


def codes(found: Json | None, system: str | None = None) -> list[str]:
    """The codes in a CodeableConcept, of one system or of all."""
    codings = (found or {}).get("coding", [])
    return [
        text_in(coding, "code") for coding in codings if "code" in coding and system in (None, coding.get("system"))
    ]


def words(found: Json | None) -> str:
    """A CodeableConcept as people read it; empty when it holds nothing."""
    if not found:
        return ""
    displays = [text_in(coding, "display") or text_in(coding, "code") for coding in found.get("coding", [])]
    return text_in(found, "text") or next((display for display in displays if display), "")


def written_name(name: Json) -> str:
    """A HumanName without titles, as people write it; empty when it holds nothing."""
    return text_in(name, "text") or " ".join([*name.get("given", []), text_in(name, "family")]).strip()


def extension(element: Json, url: str) -> Json | None:
    """The first extension with that URL."""
    return next((each for each in element.get("extension", []) if each.get("url") == url), None)


def parameters(*given: tuple[str, str, Any]) -> Json:
    """A Parameters resource from (name, element, value) such as ("start", "valueInstant", ...)."""
    return {"resourceType": "Parameters", "parameter": [{"name": name, key: value} for name, key, value in given]}


def to_instant(moment: datetime) -> str:
    """A moment as FHIR instant, in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def to_moment(text: str, zone: ZoneInfo) -> datetime:
    """A FHIR instant, or a dateTime with a time, in that zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(zone)


def to_day(text: str, zone: ZoneInfo) -> date:
    """A FHIR date or dateTime as local day; of a year or month alone, its first day."""
    if "T" in text:
        return to_moment(text, zone).date()
    year, month, day = (*text.split("-"), "1", "1")[:3]
    return date(int(year), int(month), int(day))


def to_cents(money: Json) -> int:
    """FHIR Money in US dollars as cents."""
    if money.get("currency", "USD") != "USD":
        raise ValueError("not US dollars")
    cents = number_in(money, "value") * 100
    if cents != int(cents):
        raise ValueError("a fraction of a cent")
    return int(cents)


def to_money(cents: int) -> Json:
    """US cents as FHIR Money."""
    return {"value": cents / 100, "currency": "USD"}


def has_key(resource: Json, system: str, key: str) -> bool:
    """Whether a resource carries our key among its identifiers."""
    held = resource.get("identifier", [])
    listed = [held] if isinstance(held, dict) else held
    return any(each.get("system") == system and each.get("value") == key for each in listed)


def has_system(resource: Json, system: str) -> bool:
    """Whether a resource has an identifier of that system."""
    return any(each.get("system") == system for each in resource.get("identifier", []))


def _refuse_constant(_text: str) -> NoReturn:
    raise ValueError("not JSON")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
