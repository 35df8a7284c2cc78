"""Builds the settings people have made, and the programs that may read their record."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.vocabulary import (
    BASIC_KIND,
    CONSENT_CATEGORY,
    CONSENT_SCOPE,
    NOTIFICATION_CHOICE,
    QUIET_HOURS,
    SETTING,
    Resource,
    concept,
    reference,
)


def account(seed: Seed) -> Iterator[Resource]:
    """Everybody's settings and connected programs."""
    for person in seed.people:
        patient = person["key"]
        if "notifications" in person:
            yield _basic(patient, "notification-preferences", _notifications(person["notifications"]))
        if "quick_login" in person:
            yield _basic(patient, "quick-login", [_said("device", name) for name in person["quick_login"]])
        for entry in person.get("apps", []):
            yield _app(seed, patient, entry)


def _basic(patient: str, kind: str, extensions: list[Resource]) -> Resource:
    return resource(
        "Basic",
        f"{patient}-{kind}",
        extension=extensions,
        code=concept(BASIC_KIND, kind),
        subject=reference("Patient", patient),
        author=reference("Patient", patient),
    )


def _notifications(entry: Entry) -> list[Resource]:
    chosen = [
        {"url": NOTIFICATION_CHOICE, "extension": [{"url": "news", "valueCode": n}, {"url": "channel", "valueCode": c}]}
        for n, c in entry.items()
        if n != "quiet"
    ]
    edges = zip(("from", "until"), entry.get("quiet", []), strict=False)
    quiet = [{"url": name, "valueTime": f"{at}:00"} for name, at in edges]
    return [*chosen, {"url": QUIET_HOURS, "extension": quiet}] if quiet else chosen


def _said(name: str, value: str) -> Resource:
    return {"url": SETTING, "extension": [{"url": "name", "valueCode": name}, {"url": "value", "valueString": value}]}


def _app(seed: Seed, patient: str, entry: Entry) -> Resource:
    since = seed.calendar.day(entry["since"]).isoformat()
    role = concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")
    return resource(
        "Consent",
        f"{patient}-app-{slug(entry['name'])}",
        status="active",
        scope=concept(CONSENT_SCOPE, "patient-privacy"),
        category=[concept(CONSENT_CATEGORY, "app-access")],
        patient=reference("Patient", patient),
        dateTime=since,
        performer=[reference("Patient", patient)],
        policyRule={"text": "Access for a program of the patient's choice"},
        provision={
            "type": "permit",
            "period": {"start": since},
            "actor": [{"role": role, "reference": {"display": entry["name"]}}],
        },
    )
