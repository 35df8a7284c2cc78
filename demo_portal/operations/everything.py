"""Hands out a whole record, page by page (Patient/{id}/$everything, FHIR R4)."""

from __future__ import annotations

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
    count, after = _number(asked, "_count", DEFAULT_COUNT), _number(asked, "_after", 0)
    query = sa.select(RESOURCE.c.body).where(*where).order_by(RESOURCE.c.rtype, RESOURCE.c.id)
    page = list(conn.execute(query.limit(min(count, MOST)).offset(after)).scalars())
    first = [patient] if not after and "Patient" in types else []
    bundle = bundles.searchset(call.base, [*first, *page], [])
    end = after + len(page)
    return Answer(
        {**bundle, "total": total + ("Patient" in types), "link": _links(call, asked, end if end < total else None)}
    )


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


def _number(asked: dict[str, str], name: str, default: int) -> int:
    text = asked.get(name, str(default))
    if not text.isdigit() or len(text) > 9 or (name == "_count" and int(text) < 1):
        raise BadRequest(f"{name} must be a whole number.", "malformed", name)
    return int(text)


def _links(call: Call, asked: dict[str, str], after: int | None) -> list[Resource]:
    base = f"{call.base}/Patient/{call.rid}/$everything"
    kept = [(name, value) for name, value in asked.items() if name != "_after"]

    def url(more: list[tuple[str, str]]) -> str:
        pairs = "&".join(f"{name}={value}" for name, value in [*kept, *more])
        return f"{base}?{pairs}" if pairs else base

    own = [{"relation": "self", "url": url([("_after", asked["_after"])] if "_after" in asked else [])}]
    return own if after is None else [*own, {"relation": "next", "url": url([("_after", str(after))])}]
