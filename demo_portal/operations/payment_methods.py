"""Lists the ways to pay that a patient has on file, as tokens that are worth nothing elsewhere."""

from __future__ import annotations

import sqlalchemy as sa

from demo_portal import proxies
from demo_portal.portal import Answer, Call, Portal
from demo_portal.store.engine import Transaction
from demo_portal.store.resources import WHOLE
from demo_portal.store.tables import PAYMENT_METHOD
from demo_portal.vocabulary import Resource


def payment_methods(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Cards and bank accounts on file, in the order they were added; of whoever acts for the patient, theirs too."""
    columns = PAYMENT_METHOD.c
    portal.resources(conn, call.access.scope).read("Patient", call.rid)
    payers = proxies.payers(portal.resources(conn, WHOLE), call.rid, call.access.person)
    query = sa.select(PAYMENT_METHOD).where(columns.patient_id.in_(payers)).order_by(columns.position)
    found = conn.execute(query).mappings().all()
    methods = [_method(row["token"], row["kind"], row["display"], row["ending"]) for row in found]
    return Answer({"resourceType": "Parameters", **({"parameter": methods} if methods else {})})


def _method(token: str, kind: str, display: str, ending: str) -> Resource:
    part = [
        {"name": "id", "valueString": token},
        {"name": "kind", "valueCode": kind},
        {"name": "display", "valueString": display},
        {"name": "ending", "valueString": ending},
    ]
    return {"name": "method", "part": part}
