"""Builds the trackers and health programs that people have connected."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.vocabulary import ACT_CODE, CONSENT_CATEGORY, CONSENT_SCOPE, Resource, concept, reference


def tracking(seed: Seed) -> Iterator[Resource]:
    """Everybody's connected trackers, each with what was agreed to for it."""
    for person in seed.people:
        for entry in person.get("trackers", []):
            yield from _tracker(seed, person["key"], entry)


def _tracker(seed: Seed, patient: str, entry: Entry) -> Iterator[Resource]:
    rid = f"{patient}-{slug(entry['name'])}"
    yield resource(
        "Device",
        rid,
        status="active",
        deviceName=[{"name": entry["name"], "type": "user-friendly-name"}],
        type={"text": entry["kind"]},
        patient=reference("Patient", patient),
    )
    yield resource(
        "Consent",
        f"{rid}-consent",
        status="active",
        scope=concept(CONSENT_SCOPE, "patient-privacy"),
        category=[concept(CONSENT_CATEGORY, "tracker")],
        patient=reference("Patient", patient),
        dateTime=seed.calendar.day(entry["since"]).isoformat(),
        performer=[reference("Patient", patient)],
        policyRule=concept(ACT_CODE, "OPTIN"),
        provision={
            "type": "permit",
            "actor": [
                {
                    "role": concept("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "AGNT"),
                    "reference": reference("Device", rid),
                }
            ],
        },
    )
