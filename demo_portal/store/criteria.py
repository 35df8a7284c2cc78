"""Turns the parameters of a search request into criteria, and refuses whatever is not supported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from demo_portal.outcomes import BadRequest, UnknownParameter
from demo_portal.registry import SERVED, Param, Served

DEFAULT_COUNT, MAX_COUNT = 50, 200
MODIFIERS = {"token": ("not",), "string": ("exact", "contains"), "reference": (), "date": (), "uri": ()}
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")
# Understood everywhere and without effect: the portal speaks JSON only.
FORMATS = ("json", "application/json", "application/fhir+json")
LAST_UPDATED = Param("_lastUpdated", "date", ())
ID = Param("_id", "token", ())
CONTENT = Param("_content", "string", ())
STEERING = ("_sort", "_count", "_include", "_revinclude", "_summary", "_page", "_format", "_total")


@dataclass(frozen=True)
class Criterion:
    """One parameter as asked: any of its values may match."""

    param: Param
    modifier: str | None
    values: tuple[str, ...]
    chained: Criterion | None = None
    """For `schedule.actor`: what the target must satisfy."""
    target: str = ""
    """The target's type, when chained."""


@dataclass(frozen=True)
class Search:
    """A search request that was understood completely."""

    rtype: str
    criteria: tuple[Criterion, ...] = ()
    sort: tuple[tuple[Param, bool], ...] = ()
    """Parameters to sort by; True means descending."""
    count: int = DEFAULT_COUNT
    includes: tuple[Param, ...] = ()
    revincludes: tuple[tuple[str, Param], ...] = ()
    """Types that point to a match, and by which parameter."""
    only_total: bool = False
    page: str | None = None
    applied: tuple[tuple[str, str], ...] = ()
    """Parameters as they were given, without the page: what `self` shows."""
    ignored: tuple[str, ...] = ()
    """Parameters that were left out, of a lenient search."""


def parse_lenient(rtype: str, pairs: Iterable[tuple[str, str]]) -> Search:
    """Understand what can be understood of a search, and note what was left out.

    Raises:
        BadRequest: a value is malformed.
    """
    kept, ignored = [], []
    for name, value in pairs:
        try:
            parse(rtype, [(name, value)])
        except UnknownParameter:
            ignored.append(name)
        else:
            kept.append((name, value))
    return replace(parse(rtype, kept), ignored=tuple(dict.fromkeys(ignored)))


def parse(rtype: str, pairs: Iterable[tuple[str, str]]) -> Search:
    """Understand every parameter of a search, or refuse.

    Raises:
        UnknownParameter: a parameter, modifier, include or sort key is not supported.
        BadRequest: a value is malformed.
    """
    served = SERVED[rtype]
    found = [(name, value) for name, value in pairs if value != ""]
    given: dict[str, list[str]] = {}
    for name, value in found:
        given.setdefault(name, []).append(value)
    criteria = [_criterion(served, name, value) for name, value in found if not _steers(name)]
    return Search(
        rtype,
        tuple(criteria),
        tuple(_sort_keys(served, given.pop("_sort", []))),
        _count(given.pop("_count", [])),
        tuple(_include(served, text) for text in given.pop("_include", [])),
        tuple(_revinclude(served, text) for text in given.pop("_revinclude", [])),
        _only_total(given.pop("_summary", [])),
        next(iter(given.pop("_page", [])), None),
        tuple((name, value) for name, value in found if name != "_page"),
    )


def _steers(name: str) -> bool:
    if name.startswith("_") and name.partition(":")[0] not in ("_id", "_lastUpdated", "_content"):
        if name not in STEERING:
            raise UnknownParameter(f"The parameter {name[:40]} is not supported here.", name[:40])
        return True
    return False


def _criterion(served: Served, name: str, value: str) -> Criterion:
    stem, _, chain = name.partition(".")
    stem, _, modifier = stem.partition(":")
    param = _param(served, stem)
    if param is None:
        raise UnknownParameter(f"{served.rtype} cannot be searched by {stem[:40]}.", stem[:40])
    if chain:
        return _chain(param, modifier, chain, value)
    if modifier == "missing" and stem in served.by_name:
        return Criterion(param, modifier, (_true_or_false(name, value),))
    if modifier and modifier not in MODIFIERS[param.kind] and not (param.kind == "reference" and modifier in SERVED):
        raise UnknownParameter(f"The modifier {modifier[:40]} does not go with {stem}.", name[:80])
    return Criterion(param, modifier or None, tuple(_split(value)))


def _param(served: Served, name: str) -> Param | None:
    always = {"_id": ID, "_lastUpdated": LAST_UPDATED}
    if served.full_text:
        always["_content"] = CONTENT
    return always.get(name) or served.by_name.get(name)


def _true_or_false(name: str, value: str) -> str:
    if value not in ("true", "false"):
        raise BadRequest(f"{name[:40]} is true or false.", "malformed", name[:40])
    return value


def _chain(param: Param, modifier: str, rest: str, value: str) -> Criterion:
    targets = (modifier,) if modifier else param.targets
    if param.kind != "reference" or len(targets) != 1 or targets[0] not in SERVED or "." in rest:
        raise UnknownParameter(f"The chain {param.name}.{rest[:40]} is not supported.", f"{param.name}.{rest[:40]}")
    return Criterion(param, None, (), _criterion(SERVED[targets[0]], rest, value), targets[0])


def _split(value: str) -> list[str]:
    """Values between commas; a backslash keeps the next character."""
    return [re.sub(r"\\(.)", r"\1", part) for part in re.split(r"(?<!\\),", value)]


def _sort_keys(served: Served, texts: list[str]) -> Iterable[tuple[Param, bool]]:
    for text in ",".join(texts).split(",") if texts else []:
        name = text.removeprefix("-")
        param = _param(served, name)
        if param is None or param is CONTENT or param.kind in ("reference", "uri"):
            raise UnknownParameter(f"{served.rtype} cannot be sorted by {name[:40]}.", "_sort")
        yield param, text.startswith("-")


def _count(texts: list[str]) -> int:
    if not texts:
        return DEFAULT_COUNT
    if not texts[-1].isdigit() or len(texts[-1]) > 9:
        raise BadRequest("_count must be a whole number.", "malformed", "_count")
    return min(int(texts[-1]), MAX_COUNT)


def _include(served: Served, text: str) -> Param:
    rtype, _, name = text.partition(":")
    name = name.partition(":")[0]
    param = served.by_name.get(name)
    if rtype != served.rtype or param is None or param.kind != "reference":
        raise UnknownParameter(f"_include={text[:60]} is not supported here.", "_include")
    return param


def _revinclude(served: Served, text: str) -> tuple[str, Param]:
    rtype, _, name = text.partition(":")
    source = SERVED.get(rtype)
    param = source.by_name.get(name.partition(":")[0]) if source else None
    if param is None or param.kind != "reference" or (param.targets and served.rtype not in param.targets):
        raise UnknownParameter(f"_revinclude={text[:60]} is not supported here.", "_revinclude")
    return rtype, param


def _only_total(texts: list[str]) -> bool:
    if texts and texts[-1] not in ("count", "false"):
        raise UnknownParameter("Of _summary only count and false are supported.", "_summary")
    return bool(texts) and texts[-1] == "count"
