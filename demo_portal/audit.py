"""Notes every access to a record as AuditEvent: who, for whom, what, by which way, with what outcome (IHE BALP).

A write and its note are one transaction. A read is noted before its answer goes out. What belongs to nobody, such as
the free times, is not noted.
"""

from __future__ import annotations

import base64
import logging
from urllib.parse import urlencode

from sqlalchemy.exc import SQLAlchemyError

from demo_portal.outcomes import Refused
from demo_portal.portal import Call, Portal, new_id
from demo_portal.registry import SERVED
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import instant
from demo_portal.store.resources import WHOLE
from demo_portal.vocabulary import AGENT_TYPE, Resource, reference

EVENT_TYPE = {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"}
INTERACTION = "http://hl7.org/fhir/restful-interaction"
ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
OBSERVER = {"observer": {"display": "Demo portal"}}
ACTIONS = {"create": "C", "update": "U", "read": "R", "vread": "R", "history-instance": "R", "search-type": "R"}
DONE, REFUSED_BY_RULE, FAULT = "0", "4", "8"

_log = logging.getLogger(__name__)


def note(portal: Portal, conn: Transaction, interaction: str, call: Call, body: Resource) -> None:
    """Note what was done, in the transaction in which it is done."""
    if _concerns_a_record(call):
        _store(portal, conn, _event(portal, interaction, call, DONE, body))


def note_read(portal: Portal, interaction: str, call: Call, body: Resource) -> None:
    """Note what was seen."""
    if _concerns_a_record(call):
        with portal.database.writing() as conn:
            _store(portal, conn, _event(portal, interaction, call, DONE, body))


def note_refusal(portal: Portal, interaction: str, call: Call, refused: Refused) -> None:
    """Note what was tried in vain; that the note fails must not hide why."""
    if call.access.patient is None:
        return
    outcome = FAULT if refused.status >= 500 else REFUSED_BY_RULE
    try:
        with portal.database.writing() as conn:
            _store(portal, conn, _event(portal, interaction, call, outcome, {}))
    except SQLAlchemyError as error:
        _log.error("A refusal was not noted: %s", type(error).__name__)


def _concerns_a_record(call: Call) -> bool:
    served = SERVED.get(call.rtype)
    return call.access.patient is not None and (served is None or not served.shared)


def _store(portal: Portal, conn: Transaction, event: Resource) -> None:
    portal.resources(conn, WHOLE).create(event)


def _event(portal: Portal, interaction: str, call: Call, outcome: str, body: Resource) -> Resource:
    patient = call.access.patient or ""
    who = {"display": call.access.display} if call.access.display else {"reference": call.access.person}
    return {
        "resourceType": "AuditEvent",
        "id": new_id(),
        "type": EVENT_TYPE,
        "subtype": [{"system": INTERACTION, "code": interaction.removeprefix("$")}],
        "action": ACTIONS.get(interaction, "E"),
        "recorded": instant(portal.clock.now(), portal.zone),
        "outcome": outcome,
        "agent": [
            {"who": who, "requestor": True, "type": _agent_type("humanuser")},
            {
                "who": {"display": portal.settings.client_id},
                "requestor": False,
                "type": _agent_type("dataprocessor"),
            },
        ],
        "source": OBSERVER,
        "entity": [
            {"what": reference("Patient", patient), "role": {"system": ROLE, "code": "1"}},
            _about(call, body),
        ],
    }


def _agent_type(code: str) -> Resource:
    return {"coding": [{"system": AGENT_TYPE, "code": code}]}


def _about(call: Call, body: Resource) -> Resource:
    """What was asked for: a resource by its id, or a question as it was put."""
    entity: Resource = {"role": {"system": ROLE, "code": "4"}, "name": call.rtype, "detail": _details(call)}
    if call.query:
        asked = f"{call.rtype}?{urlencode(call.query)}"
        entity |= {"role": {"system": ROLE, "code": "24"}, "query": base64.b64encode(asked.encode()).decode()}
        # FHIR's sev-1: an entity has a name or a query, not both.
        del entity["name"]
    rid = call.rid or (str(body.get("id", "")) if body.get("resourceType") == call.rtype else "")
    if rid and call.rtype != "Patient":
        entity["what"] = reference(call.rtype, rid)
    return {name: value for name, value in entity.items() if value}


def _details(call: Call) -> list[Resource]:
    said = {"X-Request-Id": call.headers.get("x-request-id", "")[:64], "channel": call.access.channel}
    return [{"type": name, "valueString": value} for name, value in said.items() if value]
