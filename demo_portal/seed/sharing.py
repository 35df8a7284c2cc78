"""Builds who has access, who had it, and where the record is linked or sent."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import (
    ACCESS_LEVEL,
    AGENT_TYPE,
    CONSENT_CATEGORY,
    CONSENT_SCOPE,
    Resource,
    concept,
    reference,
)

EVENT_TYPE = {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"}


def sharing(seed: Seed) -> Iterator[Resource]:
    """Everybody's grants, links, exchanges and the accesses of the past."""
    for person in seed.people:
        patient = person["key"]
        for proxy in person.get("proxies", []):
            if "granted" in proxy:
                yield _grant(seed, patient, proxy)
        for entry in person.get("linked", []):
            yield _consent(seed, patient, "linked-account", entry, seed.calendar.day(entry["since"]).isoformat())
        for entry in person.get("exchange", []):
            yield _consent(seed, patient, "care-everywhere", entry, seed.calendar.day("D-200").isoformat())
        for number, entry in enumerate(person.get("looked", []), start=1):
            yield _access(seed, patient, number, entry)


def _grant(seed: Seed, patient: str, proxy: Entry) -> Resource:
    person = reference("RelatedPerson", f"{proxy['who']}-{patient}")
    provision = {
        "type": "permit",
        "period": {"end": seed.calendar.day(proxy["until"]).isoformat()},
        "actor": [{"role": _recipient(), "reference": person}],
        "code": [concept(ACCESS_LEVEL, proxy["granted"])],
    }
    return _base(patient, f"grant-{proxy['who']}", "family-access", seed.calendar.day("D-60").isoformat(), provision)


def _consent(seed: Seed, patient: str, category: str, entry: Entry, since: str) -> Resource:
    organization = seed.organization(entry["organization"])
    provision = {
        "type": "permit" if entry.get("allowed", True) else "deny",
        "actor": [{"role": _recipient(), "reference": organization}],
    }
    return _base(patient, f"{category}-{entry['organization']}", category, since, provision)


def _base(patient: str, rid: str, category: str, since: str, provision: Resource) -> Resource:
    return resource(
        "Consent",
        f"{patient}-{rid}",
        status="active",
        scope=concept(CONSENT_SCOPE, "patient-privacy"),
        category=[concept(CONSENT_CATEGORY, category)],
        patient=reference("Patient", patient),
        dateTime=since,
        performer=[reference("Patient", patient)],
        policyRule={"text": "As the patient has said"},
        provision=provision,
    )


def _recipient() -> Resource:
    return concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")


def _access(seed: Seed, patient: str, number: int, entry: Entry) -> Resource:
    """Somebody who looked into the record from elsewhere than this portal."""
    about = {"what": reference("Patient", patient), "role": {"code": "1"}}
    return resource(
        "AuditEvent",
        f"{patient}-access-{number}",
        type=EVENT_TYPE,
        subtype=[{"system": "http://hl7.org/fhir/restful-interaction", "code": "read"}],
        action="R",
        recorded=seed.calendar.at(entry["at"]).isoformat(timespec="seconds"),
        outcome="0",
        agent=[
            {"type": concept(AGENT_TYPE, "humanuser"), "who": {"display": entry["who"]}, "requestor": True},
            {"type": concept(AGENT_TYPE, "dataprocessor"), "who": {"display": "Hospital records"}, "requestor": False},
        ],
        source={"observer": {"display": "Hospital records"}},
        entity=[about, {"name": entry["what"], "role": {"code": "4"}}],
    )
