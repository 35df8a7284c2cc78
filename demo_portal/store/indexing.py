"""Reads from a resource what its search parameters look for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from demo_portal.registry import SERVED, Param
from demo_portal.store.moments import BEGINNING, END, Interval, interval
from demo_portal.store.tables import INDEX_TABLES, TABLE_OF
from demo_portal.vocabulary import Resource

Row = dict[str, Any]


def rows(resource: Resource, zone: ZoneInfo) -> dict[str, list[Row]]:
    """Index rows of a resource, by kind of index."""
    rtype = resource["resourceType"]
    found: dict[str, list[Row]] = {kind: [] for kind in INDEX_TABLES}
    for param in SERVED[rtype].params:
        key = {"rtype": rtype, "id": resource["id"], "param": param.name}
        seen = _values(resource, param, zone)
        found[TABLE_OF[param.kind]].extend({**key, **value} for value in _distinct(seen))
    return found


def owner(resource: Resource) -> str | None:
    """The id of the patient whose record this is; None for shared types and for nobody's."""
    served = SERVED[resource["resourceType"]]
    if served.owner is None:
        return None
    if served.rtype == "Patient":
        return resource.get("id")
    found = [t.id for t in _targets(resource, served.owner) if t.rtype == "Patient"]
    return found[0] if found else None


def walk(value: Any, path: str) -> Iterator[Any]:
    """All values at a dotted path, through arrays."""
    if isinstance(value, list):
        for item in value:
            yield from walk(item, path)
        return
    if not path:
        yield value
        return
    if isinstance(value, dict):
        head, _, rest = path.partition(".")
        if head in value:
            yield from walk(value[head], rest)


def normal(text: str) -> str:
    """Lower case and without accents, as FHIR string search compares."""
    flat = unicodedata.normalize("NFKD", text)
    return "".join(c for c in flat if not unicodedata.combining(c)).casefold().strip()


@dataclass(frozen=True)
class Target:
    """What a literal reference points to."""

    rtype: str
    id: str


def target(reference: str) -> Target | None:
    """The type and id at the end of a literal reference, relative or absolute; None if it has none."""
    parts = reference.split("/_history/")[0].split("/")
    if len(parts) < 2 or not parts[-1] or not parts[-2][:1].isupper():
        return None
    return Target(parts[-2], parts[-1])


def _values(resource: Resource, param: Param, zone: ZoneInfo) -> Iterator[Row]:
    if param.kind == "reference":
        yield from ({"target_type": t.rtype, "target_id": t.id} for t in _targets(resource, param))
        return
    for path in param.paths:
        for value in walk(resource, path):
            yield from _READERS[param.kind](value, zone)


def _targets(resource: Resource, param: Param) -> Iterator[Target]:
    for value in walk(resource, param.paths[0]):
        found = target(str(value.get("reference", "")) if isinstance(value, dict) else str(value))
        if found and (not param.targets or found.rtype in param.targets):
            yield found


def _tokens(value: Any, _zone: ZoneInfo) -> Iterator[Row]:
    if isinstance(value, bool):
        yield {"system": "", "code": "true" if value else "false"}
    elif isinstance(value, str):
        yield {"system": "", "code": value}
    elif isinstance(value, dict) and "coding" in value:
        for coding in value["coding"]:
            yield {"system": coding.get("system", ""), "code": coding.get("code", "")}
    elif isinstance(value, dict):
        yield {"system": value.get("system", ""), "code": value.get("value", value.get("code", ""))}


def _dates(value: Any, zone: ZoneInfo) -> Iterator[Row]:
    low, high = _span(value, zone)
    yield {"low": low, "high": high}


def _span(value: Any, zone: ZoneInfo) -> Interval:
    if not isinstance(value, dict):
        return interval(str(value), zone)
    low = interval(value["start"], zone)[0] if "start" in value else BEGINNING
    high = interval(value["end"], zone)[1] if "end" in value else END
    return low, high


def _strings(value: Any, _zone: ZoneInfo) -> Iterator[Row]:
    if isinstance(value, dict):
        parts = [value.get("family"), value.get("text"), *value.get("given", [])]
        for part in filter(None, parts):
            yield {"exact": part[:255], "norm": normal(part)[:255]}
        return
    yield {"exact": str(value)[:255], "norm": normal(str(value))[:255]}


_READERS = {"token": _tokens, "uri": _tokens, "date": _dates, "string": _strings}


def _distinct(values: Iterator[Row]) -> list[Row]:
    return list({tuple(value.items()): value for value in values}.values())
