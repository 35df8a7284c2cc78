"""One-time codes with which any provider can open a record: made, listed, revoked."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from demo_portal import codes, proxies
from demo_portal.operations import parameters
from demo_portal.outcomes import Forbidden, NotKnown
from demo_portal.portal import Answer, Call, Portal, clinic_today, new_id
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import instant, milliseconds, moment
from demo_portal.store.tables import SHARE
from demo_portal.vocabulary import Resource

LASTS = timedelta(minutes=60)


def share(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Make a code; it is told once and kept only as a hash."""
    _check_may_share(portal, portal.resources(conn, call.access.scope).read("Patient", call.rid), call)
    code, now = codes.drawn(10), portal.clock.now()
    row = {"id": new_id(), "digest": codes.digest(code), "patient_id": call.rid, "made_at": milliseconds(now)}
    conn.execute(sa.insert(SHARE), {**row, "expires_at": milliseconds(now + LASTS), "opened_by": "", "revoked": False})
    told = [
        {"name": "id", "valueString": row["id"]},
        {"name": "code", "valueString": code},
        {"name": "url", "valueUrl": f"{portal.settings.origin}/share"},
        {"name": "expires", "valueInstant": instant(now + LASTS, portal.zone)},
    ]
    return Answer({"resourceType": "Parameters", "parameter": told})


def shares(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """The shares that were made, newest first, with who opened each."""
    _check_may_share(portal, portal.resources(conn, call.access.scope).read("Patient", call.rid), call)
    query = sa.select(SHARE).where(SHARE.c.patient_id == call.rid).order_by(SHARE.c.made_at.desc(), SHARE.c.id)
    found = [_part(portal, dict(row)) for row in conn.execute(query).mappings()]
    return Answer({"resourceType": "Parameters", **({"parameter": found} if found else {})})


def revoke_share(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Make a code worthless."""
    given = parameters.named(call.body or {}, ("id",))
    mine = (SHARE.c.id == parameters.value(given, "id", "String"), SHARE.c.patient_id == call.rid)
    _check_may_share(portal, portal.resources(conn, call.access.scope).read("Patient", call.rid), call)
    if conn.execute(sa.update(SHARE).where(*mine).values(revoked=True)).rowcount != 1:
        raise NotKnown("There is no such share.")
    row = conn.execute(sa.select(SHARE).where(*mine)).mappings().one()
    return Answer({"resourceType": "Parameters", "parameter": [_part(portal, dict(row))]})


def _check_may_share(portal: Portal, patient: Resource, call: Call) -> None:
    """A record is shared by its owner, or by a parent while it is a child's; a grant does not go so far."""
    if call.access.level == "self":
        return
    band = proxies.band_of(date.fromisoformat(patient["birthDate"]), clinic_today(portal).date())
    if call.access.level != "full" or band != "child":
        raise Forbidden("This can only be done on one's own record, or a child's.", "other-patient")


def _part(portal: Portal, row: Resource) -> Resource:
    part = [
        {"name": "id", "valueString": row["id"]},
        {"name": "made", "valueInstant": instant(moment(row["made_at"]), portal.zone)},
        {"name": "expires", "valueInstant": instant(moment(row["expires_at"]), portal.zone)},
        {"name": "revoked", "valueBoolean": bool(row["revoked"])},
    ]
    if row["opened_at"] is not None:
        part.append({"name": "opened", "valueInstant": instant(moment(row["opened_at"]), portal.zone)})
        part.append({"name": "opened-by", "valueString": row["opened_by"]})
    return {"name": "share", "part": part}
