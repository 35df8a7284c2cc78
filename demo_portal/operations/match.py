"""Finds the one patient with a phone number and a birth date, or nobody ($match, restricted)."""

from __future__ import annotations

import re
from typing import Any

from demo_portal import proxies
from demo_portal.bundles import searchset
from demo_portal.operations import parameters
from demo_portal.outcomes import BadRequest
from demo_portal.portal import Answer, Call, Portal
from demo_portal.store import criteria, searching
from demo_portal.store.engine import Transaction
from demo_portal.store.indexing import walk
from demo_portal.store.resources import WHOLE
from demo_portal.vocabulary import Resource

NAMES = ("resource", "onlyCertainMatches", "count")
SHOWN = ("resourceType", "id", "meta", "name", "telecom", "communication", "birthDate")
_PHONE = re.compile(r"\+[1-9]\d{6,14}\Z")
_BIRTH_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")


def match(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """A Bundle with one Patient, or with none when nobody or more than one fits."""
    given = parameters.named(call.body or {}, NAMES)
    phone, birth_date = _asked(parameters.resource(given, "resource", "Patient"))
    if parameters.value(given, "onlyCertainMatches", "Boolean") is not True:
        raise BadRequest("Only certain matches are told: send onlyCertainMatches true.", "malformed")
    pairs = [("telecom", f"phone|{phone}"), ("birthdate", birth_date), ("_count", "2")]
    whole = portal.resources(conn, WHOLE)
    found = searching.matches(whole, criteria.parse("Patient", pairs))
    # Two people who cannot be told apart are as good as nobody: guessing would open the wrong record.
    certain = found if len(found) == 1 and proxies.proves_who_it_is(whole, found[0], phone) else []
    bundle = searchset(call.base, [_shown(patient) for patient in certain], [])
    for entry in bundle.get("entry", []):
        entry["search"]["score"] = 1
    return Answer(bundle)


def _asked(patient: Resource | None) -> tuple[str, str]:
    """Phone number and birth date in the question."""
    if patient is None:
        raise BadRequest("$match needs resource, a Patient.", "malformed", "resource")
    phones = [point.get("value") for point in walk(patient, "telecom") if _is_phone(point)]
    birth_date = patient.get("birthDate")
    if len(phones) != 1 or not isinstance(phones[0], str) or not _PHONE.match(phones[0]):
        raise BadRequest("The Patient needs one phone number, as +15415550100.", "malformed", "Patient.telecom")
    if not isinstance(birth_date, str) or not _BIRTH_DATE.match(birth_date):
        raise BadRequest("The Patient needs a birth date, as 1984-03-12.", "malformed", "Patient.birthDate")
    return phones[0], birth_date


def _is_phone(point: Any) -> bool:
    return isinstance(point, dict) and point.get("system") == "phone"


def _shown(patient: Resource) -> Resource:
    return {name: patient[name] for name in SHOWN if name in patient}
