"""Answers a search in SQL, always within the scope of the token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from demo_portal.outcomes import BadRequest, Forbidden
from demo_portal.registry import SERVED, Param
from demo_portal.store import full_text
from demo_portal.store.criteria import CONTENT, ID, LAST_UPDATED, PREFIXES, Criterion, Search
from demo_portal.store.indexing import normal, target, walk
from demo_portal.store.moments import interval
from demo_portal.store.resources import Resources
from demo_portal.store.tables import INDEX_TABLES, RESOURCE, TABLE_OF
from demo_portal.vocabulary import Resource

MOST_REVEALED = 500


@dataclass(frozen=True)
class Page:
    """One page of matches, in order, and what they point to."""

    matches: list[Resource]
    included: list[Resource]
    total: int
    """Matches on all pages."""
    next_offset: int | None


def run(resources: Resources, search: Search, offset: int = 0) -> Page:
    """Find one page of a search.

    Raises:
        Forbidden: the search names another patient than the one signed in.
        BadRequest: a value is malformed.
    """
    where = _where(resources, search)
    if search.only_total or search.count == 0:
        return Page([], [], _count(resources, where), None)
    order = _order(resources, search)
    query = sa.select(RESOURCE.c.body).where(*where).order_by(*order).limit(search.count).offset(offset)
    matches = list(resources.conn.execute(query).scalars())
    end = offset + len(matches)
    # A page that is not full is the last one, and says itself how many there are.
    whole = bool(matches or not offset) and len(matches) < search.count
    total = end if whole else _count(resources, where)
    included = [*_included(resources, search, matches), *_revincluded(resources, search, matches)]
    return Page(matches, included, total, end if end < total else None)


def matches(resources: Resources, search: Search) -> list[Resource]:
    """All matches of a search that is known to be small, without paging."""
    where, order = _where(resources, search), _order(resources, search)
    query = sa.select(RESOURCE.c.body).where(*where).order_by(*order).limit(search.count)
    return list(resources.conn.execute(query).scalars())


def _count(resources: Resources, where: list[Any]) -> int:
    return resources.conn.execute(sa.select(sa.func.count()).select_from(RESOURCE).where(*where)).scalar_one()


def _where(resources: Resources, search: Search) -> list[Any]:
    conditions = [RESOURCE.c.rtype == search.rtype, resources.scope.clause(search.rtype)]
    asked = [each for each in search.criteria if not _is_own(resources, search.rtype, each)]
    return conditions + [_condition(resources, search.rtype, criterion) for criterion in asked]


def _is_own(resources: Resources, rtype: str, criterion: Criterion) -> bool:
    """Whether a criterion only names the patient whom the scope asks for anyway."""
    owner = SERVED[rtype].owner
    if owner is None or criterion.param != owner or criterion.modifier or criterion.chained:
        return False
    named = [target(text) for text in criterion.values]
    ids = {found.id if found else text for found, text in zip(named, criterion.values, strict=True)}
    return ids == {resources.scope.patient} and all(found is None or found.rtype == "Patient" for found in named)


def _condition(resources: Resources, rtype: str, criterion: Criterion) -> Any:
    param = criterion.param
    if param is ID:
        return RESOURCE.c.id.in_(criterion.values)
    if param is LAST_UPDATED:
        column = RESOURCE.c.last_updated
        return sa.or_(*(_compare(column, column + 1, text, resources) for text in criterion.values))
    if param is CONTENT:
        return RESOURCE.c.id.in_(full_text.ranked(resources.conn, rtype, " ".join(criterion.values)))
    table = INDEX_TABLES[TABLE_OF[param.kind]]
    row = [table.c.rtype == rtype, table.c.id == RESOURCE.c.id, table.c.param == param.name]
    if criterion.chained:
        return sa.exists().where(*row, _chained(resources, table, criterion, criterion.chained))
    if criterion.modifier == "missing":
        return ~sa.exists().where(*row) if criterion.values == ("true",) else sa.exists().where(*row)
    alternatives = sa.or_(*(_value(resources, param, criterion.modifier, text) for text in criterion.values))
    found = sa.exists().where(*row, alternatives)
    return ~found if criterion.modifier == "not" else found


def _chained(resources: Resources, table: Any, criterion: Criterion, inner: Criterion) -> Any:
    """The reference points to something within the scope that satisfies the rest of the chain."""
    target_index = INDEX_TABLES[TABLE_OF[inner.param.kind]].alias()
    values = sa.or_(*(_value(resources, inner.param, inner.modifier, text, target_index) for text in inner.values))
    beyond = RESOURCE.alias()
    ids = sa.select(target_index.c.id).where(
        target_index.c.rtype == criterion.target,
        target_index.c.param == inner.param.name,
        values,
        beyond.c.rtype == criterion.target,
        beyond.c.id == target_index.c.id,
        resources.scope.clause(criterion.target, beyond),
    )
    return sa.and_(table.c.target_type == criterion.target, table.c.target_id.in_(ids))


def _value(resources: Resources, param: Param, modifier: str | None, text: str, table: Any = None) -> Any:
    index = INDEX_TABLES[TABLE_OF[param.kind]] if table is None else table
    if param.kind == "uri":
        return index.c.code == text
    if param.kind == "token":
        return _token(index, text)
    if param.kind == "string":
        return _string(index, modifier, text)
    if param.kind == "reference":
        return _reference(resources, index, param, modifier, text)
    return _compare(index.c.low, index.c.high, text, resources)


def _token(index: Any, text: str) -> Any:
    system, bar, code = text.rpartition("|")
    if not bar:
        return index.c.code == text
    if not code:
        return index.c.system == system
    return sa.and_(index.c.system == system, index.c.code == code)


def _string(index: Any, modifier: str | None, text: str) -> Any:
    if modifier == "exact":
        return index.c.exact == text
    if modifier == "contains":
        return index.c.norm.contains(normal(text), autoescape=True)
    return index.c.norm.startswith(normal(text), autoescape=True)


def _reference(resources: Resources, index: Any, param: Param, modifier: str | None, text: str) -> Any:
    found = target(text)
    types = (found.rtype,) if found else ((modifier,) if modifier else param.targets)
    rid = found.id if found else text
    _refuse_other_patient(resources, types, rid)
    condition = index.c.target_id == rid
    return sa.and_(condition, index.c.target_type.in_(types)) if types else condition


def _refuse_other_patient(resources: Resources, types: tuple[str | None, ...], rid: str) -> None:
    if types == ("Patient",) and resources.scope.patient not in (None, rid):
        raise Forbidden("The search names another patient than the one who is signed in.", "other-patient")


def _compare(low: Any, high: Any, text: str, resources: Resources) -> Any:
    """FHIR R4 3.1.1.4.5 on half-open intervals; `ap` is not supported."""
    prefix, rest = (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)
    try:
        start, end = interval(rest, resources.zone)
    except (ValueError, OverflowError):
        raise BadRequest("A date in the search is not a FHIR date such as 2026-11-24.", "malformed") from None
    inside = sa.and_(low >= start, high <= end)
    return {
        "eq": inside,
        "ne": ~inside,
        "gt": high > end,
        "ge": high > start,
        "lt": low < start,
        "le": low < end,
        "sa": low >= end,
        "eb": high <= start,
    }[prefix]


def _order(resources: Resources, search: Search) -> list[Any]:
    """By the keys asked for; of words looked for, the best fit first."""
    words = [" ".join(each.values) for each in search.criteria if each.param is CONTENT]
    if words and not search.sort:
        ids = full_text.ranked(resources.conn, search.rtype, words[0])
        places = {rid: place for place, rid in enumerate(ids)}
        return [sa.case(places, value=RESOURCE.c.id, else_=len(places))] if places else [RESOURCE.c.id]
    keys = [_sort_column(search.rtype, param, descending) for param, descending in search.sort]
    return [*keys, RESOURCE.c.id]


def _sort_column(rtype: str, param: Param, descending: bool) -> Any:
    if param is LAST_UPDATED or param is ID:
        column = RESOURCE.c.last_updated if param is LAST_UPDATED else RESOURCE.c.id
        return column.desc() if descending else column.asc()
    table = INDEX_TABLES[param.kind].alias()
    value = {"date": "low", "token": "code", "string": "norm"}[param.kind]
    edge = sa.func.max(table.c[value]) if descending else sa.func.min(table.c[value])
    first = (
        sa.select(edge)
        .where(table.c.rtype == rtype, table.c.id == RESOURCE.c.id, table.c.param == param.name)
        .scalar_subquery()
    )
    return first.desc() if descending else first.asc()


def _revincluded(resources: Resources, search: Search, found: list[Resource]) -> list[Resource]:
    """What points to the matches, as far as the token reaches."""
    ids = [resource["id"] for resource in found]
    revealed: list[Resource] = []
    for rtype, param in search.revincludes if ids else ():
        index = INDEX_TABLES["reference"]
        row = (index.c.rtype == rtype, index.c.id == RESOURCE.c.id, index.c.param == param.name)
        points = sa.exists().where(*row, index.c.target_type == search.rtype, index.c.target_id.in_(ids))
        where = (RESOURCE.c.rtype == rtype, resources.scope.clause(rtype), points)
        query = sa.select(RESOURCE.c.body).where(*where).order_by(RESOURCE.c.id).limit(MOST_REVEALED)
        revealed += resources.conn.execute(query).scalars()
    return revealed


def _included(resources: Resources, search: Search, found: list[Resource]) -> list[Resource]:
    """What the matches point to, each once and only as far as the token reaches."""
    wanted: dict[tuple[str, str], None] = {}
    for param in search.includes:
        for resource in found:
            for value in walk(resource, param.paths[0]):
                to = target(str(value.get("reference", "")))
                if to and to.rtype in SERVED and (not param.targets or to.rtype in param.targets):
                    wanted[to.rtype, to.id] = None
    have = {(resource["resourceType"], resource["id"]) for resource in found}
    missing = [each for each in wanted if each not in have]
    read = {(each["resourceType"], each["id"]): each for each in _read(resources, missing)}
    return [read[each] for each in missing if each in read]


def _read(resources: Resources, wanted: list[tuple[str, str]]) -> list[Resource]:
    """Resources by type and id, as far as the token reaches: one query a type."""
    found: list[Resource] = []
    for rtype in dict.fromkeys(rtype for rtype, _ in wanted):
        ids = [rid for each, rid in wanted if each == rtype]
        where = (RESOURCE.c.rtype == rtype, RESOURCE.c.id.in_(ids), resources.scope.clause(rtype))
        found += resources.conn.execute(sa.select(RESOURCE.c.body).where(*where)).scalars()
    return found
