"""Hands out a whole record, page by page (Patient/{id}/$everything, FHIR R4)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from demo_portal import bundles
from demo_portal.outcomes import BadRequest, UnknownParameter
from demo_portal.portal import Answer, Call, Portal
from demo_portal.registry import SERVED
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import interval
from demo_portal.store.tables import RESOURCE
from demo_portal.vocabulary import Resource

NAMES = ("_type", "_since", "_count", "_after")
DEFAULT_COUNT, MOST = 500, 1000


def everything(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """All resources of the patient, the Patient first, then by type and id; `next` leads to the rest."""
    asked = _asked(call)
    resources = portal.resources(conn, call.access.scope)
    patient = resources.read("Patient", call.rid)
    types = _types(asked.get("_type"))
    where = [RESOURCE.c.patient_id == call.rid, RESOURCE.c.rtype.in_(types), RESOURCE.c.rtype != "Patient"]
    if "_since" in asked:
        where.append(RESOURCE.c.last_updated >= _moment(portal, asked["_since"]))
    total = conn.execute(sa.select(sa.func.count()).select_from(RESOURCE).where(*where)).scalar_one()
    if "_after" in asked:
        where.append(_beyond(asked["_after"]))
    query = sa.select(RESOURCE.c.body).where(*where).order_by(RESOURCE.c.rtype, RESOURCE.c.id)
    count = min(_count(asked), MOST)
    found = list(conn.execute(query.limit(count + 1)).scalars())
    page, more = found[:count], len(found) > count
    first = [patient] if "_after" not in asked and "Patient" in types else []
    bundle = bundles.searchset(call.base, [*first, *page], [])
    links = _links(call, asked, f"{page[-1]['resourceType']}/{page[-1]['id']}" if more else None)
    return Answer({**bundle, "total": total + ("Patient" in types), "link": links})


def _beyond(place: str) -> Any:
    """What comes after the last resource of a page; a count would slip as notes of these very reads are added."""
    rtype, _, rid = place.partition("/")
    return sa.or_(RESOURCE.c.rtype > rtype, sa.and_(RESOURCE.c.rtype == rtype, RESOURCE.c.id > rid))


def _asked(call: Call) -> dict[str, str]:
    for name, _ in call.query:
        if name not in NAMES:
            raise UnknownParameter(f"$everything does not know {name[:40]}.", name[:40])
    return dict(call.query)


def _types(text: str | None) -> list[str]:
    wanted = text.split(",") if text else list(SERVED)
    for rtype in wanted:
        if rtype not in SERVED:
            raise BadRequest("_type names a type that is not served here.", "malformed", "_type")
    return wanted


def _moment(portal: Portal, text: str) -> int:
    try:
        return interval(text, portal.zone)[0]
    except (ValueError, OverflowError):
        raise BadRequest(
            "_since must be an instant such as 2026-11-24T09:00:00-08:00.", "malformed", "_since"
        ) from None


def _count(asked: dict[str, str]) -> int:
    text = asked.get("_count", str(DEFAULT_COUNT))
    if not text.isdigit() or len(text) > 9 or int(text) < 1:
        raise BadRequest("_count must be a positive whole number.", "malformed", "_count")
    return int(text)


def _links(call: Call, asked: dict[str, str], after: str | None) -> list[Resource]:
    base = f"{call.base}/Patient/{call.rid}/$everything"
    kept = [(name, value) for name, value in asked.items() if name != "_after"]

    def url(more: list[tuple[str, str]]) -> str:
        pairs = "&".join(f"{name}={value}" for name, value in [*kept, *more])
        return f"{base}?{pairs}" if pairs else base

    own = [{"relation": "self", "url": url([("_after", asked["_after"])] if "_after" in asked else [])}]
    return own if after is None else [*own, {"relation": "next", "url": url([("_after", after)])}]
