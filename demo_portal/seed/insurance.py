"""Builds claims and referrals."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.vocabulary import SNOMED, Resource, concept, money, reference

CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
TOTALS = {"billed": "submitted", "allowed": "eligible", "paid": "benefit", "owed": "copay"}
REFERRAL_STATUS = {"authorized": "active", "pending": "draft"}


def insurance(seed: Seed) -> Iterator[Resource]:
    """Everybody's claims and referrals."""
    for person in seed.people:
        for entry in person.get("claims", []):
            yield _benefit(seed, person["key"], entry)
        for entry in person.get("referrals", []):
            yield _referral(seed, person, entry)


def _benefit(seed: Seed, patient: str, entry: Entry) -> Resource:
    day = seed.calendar.day(entry["day"]).isoformat()
    totals = [
        {"category": concept(ADJUDICATION, code), "amount": money(round(entry[name] * 100))}
        for name, code in TOTALS.items()
        if name in entry
    ]
    item = {"sequence": 1, "productOrService": {"text": entry["what"]}, "servicedDate": day}
    return resource(
        "ExplanationOfBenefit",
        f"{patient}-{slug(entry['what'])}",
        status="active",
        type=concept(CLAIM_TYPE, "professional", "Professional"),
        use="claim",
        patient=reference("Patient", patient),
        created=day,
        insurer={"display": "Cascade Choice"},
        provider=reference("Organization", "cascade"),
        outcome="error" if "denied" in entry else "complete",
        disposition=entry.get("denied"),
        insurance=[{"focal": True, "coverage": reference("Coverage", f"{patient}-1")}],
        item=[item],
        total=totals,
    )


def _referral(seed: Seed, person: Entry, entry: Entry) -> Resource:
    until = seed.calendar.day(entry["until"]).isoformat()
    return resource(
        "ServiceRequest",
        f"{person['key']}-referral-{slug(entry['to'])}",
        status=REFERRAL_STATUS[entry["status"]],
        intent="order",
        category=[concept(SNOMED, "3457005", "Patient referral")],
        code={"text": f"Referral to {entry['to']}"},
        quantityQuantity={"value": entry["visits"]} if "visits" in entry else None,
        subject=reference("Patient", person["key"]),
        occurrencePeriod={"end": until},
        authoredOn=seed.calendar.day(entry["ordered"]).isoformat(),
        requester=seed.practitioner(person["pcp"]),
        performerType={"text": entry["to"]},
        reasonCode=[{"text": entry["why"]}],
    )
