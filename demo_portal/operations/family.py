"""Friends and family: for whom somebody may act, inviting somebody, and taking an invitation up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from demo_portal import codes, proxies
from demo_portal.operations import parameters
from demo_portal.outcomes import BadRequest, Forbidden, NotKnown, Unprocessable
from demo_portal.portal import Answer, Call, Portal, clinic_today, new_id
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import instant, milliseconds
from demo_portal.store.resources import WHOLE, Resources
from demo_portal.store.tables import INVITATION
from demo_portal.vocabulary import (
    ACCESS_LEVEL,
    CONSENT_CATEGORY,
    CONSENT_SCOPE,
    Resource,
    concept,
    reference,
)

LASTS = timedelta(days=7)
LONGEST_GRANT = timedelta(days=730)


def acts_for(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Whose records somebody may open now: who it is, in which relation, how much and until when; nothing more."""
    _own(call)
    whole = portal.resources(conn, WHOLE)
    found = [_person(*each) for each in proxies.acted_for(whole, call.rid)]
    return Answer({"resourceType": "Parameters", **({"parameter": found} if found else {})})


def invite(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Invite somebody: the access is proposed, and a code is told once."""
    _own(call)
    given = parameters.named(call.body or {}, ("name", "contact", "level", "until"))
    name, contact, level = (parameters.value(given, each, "String", "Code") for each in ("name", "contact", "level"))
    until = _until(portal, parameters.value(given, "until", "Date"))
    if not name or not contact or level not in proxies.LEVELS:
        raise BadRequest(f"Send name, contact and level ({', '.join(proxies.LEVELS)}).", "malformed")
    resources = portal.resources(conn, call.access.scope)
    _check_adult(portal, resources.read("Patient", call.rid))
    related = resources.create(_related(call.rid, name, contact, until))
    consent = resources.create(_grant(portal, call.rid, related["id"], level, until))
    code, expires = codes.drawn(8), portal.clock.now() + LASTS
    row = {
        "digest": codes.digest(code),
        "patient_id": call.rid,
        "consent_id": consent["id"],
        "related_id": related["id"],
    }
    conn.execute(sa.insert(INVITATION), {**row, "expires_at": milliseconds(expires)})
    told = [
        {"name": "grant", "valueReference": reference("Consent", consent["id"])},
        {"name": "code", "valueString": code},
        {"name": "expires", "valueInstant": instant(expires, portal.zone)},
    ]
    return Answer({"resourceType": "Parameters", "parameter": told})


def accept_invitation(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Take an invitation up, once: from now on the other record may be opened."""
    _own(call)
    given = parameters.named(call.body or {}, ("code",))
    code = codes.typed(str(parameters.value(given, "code", "String") or ""))
    row = _invitation(portal, conn, code, call.rid)
    whole = portal.resources(conn, WHOLE)
    consent = whole.read("Consent", row["consent_id"])
    told = {"resourceType": "Parameters", "parameter": [{"name": "grant", "valueString": consent["id"]}]}
    if row["used_by"] == call.rid and consent["status"] == "active":
        # The answer to the first time may have been lost.
        return Answer(told)
    if row["used_by"] is not None or consent["status"] != "proposed":
        raise _not_valid()
    mine = sa.update(INVITATION).where(INVITATION.c.digest == row["digest"], INVITATION.c.used_by.is_(None))
    if conn.execute(mine.values(used_by=call.rid)).rowcount != 1:
        raise _not_valid()
    whole.amend({**consent, "status": "active"})
    whole.amend({**whole.read("RelatedPerson", row["related_id"]), "active": True})
    _link(whole, call.rid, row["related_id"])
    return Answer(told)


def _invitation(portal: Portal, conn: Transaction, code: str, guest: str) -> Mapping[str, Any]:
    """The invitation of a code that somebody else has given and that has not lapsed."""
    columns = INVITATION.c
    live = (columns.digest == codes.digest(code), columns.expires_at > milliseconds(portal.clock.now()))
    row = conn.execute(sa.select(INVITATION).where(*live)).mappings().one_or_none()
    if row is None or row["patient_id"] == guest:
        raise _not_valid()
    return row


def _not_valid() -> NotKnown:
    return NotKnown("This code is not valid, or no longer.")


def _own(call: Call) -> None:
    """Only who signed in decides, and only about their own record."""
    if call.access.level != "self" or call.access.patient != call.rid:
        raise Forbidden("This can only be done on one's own record.", "other-patient")


def _check_adult(portal: Portal, patient: Resource) -> None:
    born = date.fromisoformat(patient["birthDate"])
    if proxies.band_of(born, clinic_today(portal).date()) != "adult":
        raise Unprocessable("Access can be given from the age of 18 on.", "not-an-adult")


def _until(portal: Portal, text: Any) -> date:
    try:
        until = date.fromisoformat(str(text))
    except ValueError:
        raise BadRequest("until must be a date such as 2026-11-24.", "malformed", "until") from None
    today = clinic_today(portal).date()
    if not today < until <= today + LONGEST_GRANT:
        raise Unprocessable("The access must end between tomorrow and two years from now.", "unusable-date", "until")
    return until


def _person(patient: Resource, related: Resource, found: proxies.Standing) -> Resource:
    name = patient["name"][0]
    roles = [each.get("code", "") for kind in related.get("relationship", []) for each in kind.get("coding", [])]
    part = [
        {"name": "patient", "valueReference": reference("Patient", patient["id"])},
        {"name": "name", "valueString": name.get("text") or " ".join([*name.get("given", []), name.get("family", "")])},
        {"name": "given", "valueString": (name.get("given") or [""])[0] or name.get("text", "-")},
        {"name": "birth-date", "valueDate": patient["birthDate"]},
        {"name": "level", "valueCode": found.level},
        {"name": "until", "valueDate": (found.until - timedelta(seconds=1)).date().isoformat()},
    ]
    part += [{"name": "relationship", "valueCode": roles[0]}] if roles else []
    # "My daughter" is one of three children only to somebody who knows this.
    part += [{"name": "gender", "valueCode": patient["gender"]}] if "gender" in patient else []
    return {"name": "person", "part": part}


def _related(patient: str, name: str, contact: str, until: date) -> Resource:
    system = "email" if "@" in contact else "phone"
    return {
        "resourceType": "RelatedPerson",
        "id": new_id(),
        "active": False,
        "patient": reference("Patient", patient),
        "name": [{"text": name}],
        "telecom": [{"system": system, "value": contact}],
        "period": {"end": until.isoformat()},
    }


def _grant(portal: Portal, patient: str, related: str, level: str, until: date) -> Resource:
    role = concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")
    actor = {"role": role, "reference": reference("RelatedPerson", related)}
    return {
        "resourceType": "Consent",
        "id": new_id(),
        "status": "proposed",
        "scope": concept(CONSENT_SCOPE, "patient-privacy"),
        "category": [concept(CONSENT_CATEGORY, "family-access")],
        "patient": reference("Patient", patient),
        "dateTime": instant(portal.clock.now(), portal.zone),
        "performer": [reference("Patient", patient)],
        "policyRule": {"text": "Access for friends and family"},
        "provision": {
            "type": "permit",
            "period": {"end": until.isoformat()},
            "actor": [actor],
            "code": [concept(ACCESS_LEVEL, level)],
        },
    }


def _link(whole: Resources, patient: str, related: str) -> None:
    own = whole.read("Patient", patient)
    link = {"other": reference("RelatedPerson", related), "type": "seealso"}
    whole.amend({**own, "link": [*own.get("link", []), link]})
