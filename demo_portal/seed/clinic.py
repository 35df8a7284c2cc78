"""Builds the clinic: organisations, places, providers, what they offer, their schedules and their open times."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from demo_portal.seed.calendar import clock_time
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import (
    ASSISTANCE_BAND,
    LATE_CANCEL,
    ORGANIZATION_TYPE,
    PARKING,
    TRANSLATION,
    VISIT_TYPE,
    WAITING_AREA,
    WHAT_TO_BRING,
    Resource,
    concept,
    money,
    reference,
)

ORGANIZATION = "cascade"
HL7_ORGANIZATION_TYPE = "http://terminology.hl7.org/CodeSystem/organization-type"
LANGUAGE = "urn:ietf:bcp:47"
LANGUAGES = {"en": "English", "es": "Spanish"}
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def clinic(seed: Seed) -> Iterator[Resource]:
    """Everything of the clinic but its slots."""
    entry = seed.clinic
    yield {**_organization(ORGANIZATION, entry["name"], "prov", entry["phone"]), "extension": _assistance(entry)}
    for other in entry["others"]:
        yield _organization(other["key"], other["name"], "prov", None)
    for pharmacy in entry["pharmacies"]:
        yield _pharmacy(pharmacy)
    for place in entry["places"]:
        yield _location(place)
    for provider in entry["providers"]:
        yield from _provider(seed, provider)
    for code, name in entry["visit_types"].items():
        yield _service(seed, code, name)


def _assistance(entry: Entry) -> list[Resource]:
    """The published limits for financial help, by size of household."""
    return [
        {
            "url": ASSISTANCE_BAND,
            "extension": [
                {"url": "household", "valueInteger": household},
                {"url": "free", "valueMoney": money(free * 100)},
                {"url": "reduced", "valueMoney": money(reduced * 100)},
            ],
        }
        for household, (free, reduced) in entry["financial_assistance"].items()
    ]


def slots(seed: Seed) -> Iterator[Resource]:
    """Every provider's slots from today on, free or busy, earliest first for each."""
    usual = [seed.calendar.today + timedelta(days=n) for n in range(seed.clinic["weeks"] * 7)]
    for provider in seed.clinic["providers"]:
        extra = seed.calendar.week_of_clock_change() if provider["key"] == seed.clinic["open_at_clock_change"] else []
        for day in sorted({*usual, *extra}):
            for start in _starts(seed, provider, day):
                yield slot(seed, provider["key"], start, _status(seed, provider, start))


def slot(seed: Seed, provider: str, start: datetime, status: str) -> Resource:
    """One slot; its id says whose and when, so it is the same after a reset on the same day."""
    end = start + timedelta(minutes=seed.clinic["slot_minutes"])
    return {
        "resourceType": "Slot",
        "id": f"{provider}-{start:%Y%m%d-%H%M}",
        "schedule": reference("Schedule", provider),
        "status": status,
        "start": start.isoformat(timespec="seconds"),
        "end": _local(end, start).isoformat(timespec="seconds"),
    }


def _starts(seed: Seed, provider: Entry, day: date) -> Iterator[datetime]:
    place = next(entry for entry in seed.clinic["places"] if entry["key"] == provider["place"])
    step = timedelta(minutes=seed.clinic["slot_minutes"])
    for opens, closes in _working(seed, place["hours"], day):
        at = opens
        while at + step <= closes:
            yield at
            at += step


def _working(seed: Seed, hours: Entry, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of a day in which people are seen; a Saturday morning has no lunch."""
    lunch = seed.clinic["lunch"]
    stretches: list[tuple[str, str]] = []
    if day.weekday() < 5:
        opens, closes = hours["weekdays"]
        stretches = [(opens, lunch[0]), (lunch[1], closes)]
    elif day.weekday() == 5 and "saturday" in hours:
        stretches = [tuple(hours["saturday"])]
    for start, end in stretches:
        yield seed.calendar.local(day, clock_time(start)), seed.calendar.local(day, clock_time(end))


def _status(seed: Seed, provider: Entry, start: datetime) -> str:
    """Free, or taken by other patients: some of the day for everybody, all of it for who is fully booked."""
    ahead = (start.date() - seed.calendar.today).days
    if ahead < provider.get("full_days", 0):
        return "busy"
    return "busy" if zlib.crc32(f"{provider['key']} {ahead} {start:%H:%M}".encode()) % 4 == 0 else "free"


def _local(end: datetime, start: datetime) -> datetime:
    # Wall-clock arithmetic is right here: no slot of the clinic runs through the night.
    return end.replace(tzinfo=start.tzinfo)


def _organization(key: str, name: str, kind: str, phone: str | None) -> Resource:
    telecom = [{"system": "phone", "value": phone, "use": "work"}] if phone else None
    kinds = [concept(HL7_ORGANIZATION_TYPE, kind)]
    return resource("Organization", key, active=True, type=kinds, name=name, telecom=telecom)


def _pharmacy(entry: Entry) -> Resource:
    # HL7's own organization-type has no code for a pharmacy.
    phone = [{"system": "phone", "value": entry["phone"], "use": "work"}] if "phone" in entry else None
    kinds = [
        {
            "coding": [
                {"system": HL7_ORGANIZATION_TYPE, "code": "prov"},
                {"system": ORGANIZATION_TYPE, "code": "pharmacy"},
            ]
        }
    ]
    return resource("Organization", entry["key"], active=True, type=kinds, name=entry["name"], telecom=phone)


def _location(entry: Entry) -> Resource:
    address = entry["address"]
    return resource(
        "Location",
        entry["key"],
        status="active",
        name=entry["name"],
        telecom=[{"system": "phone", "value": entry["phone"], "use": "work"}],
        address={
            "line": [address["line"]],
            "city": address["city"],
            "state": "OR",
            "postalCode": address["postal_code"],
            "country": "US",
        },
        position={"latitude": entry["position"][0], "longitude": entry["position"][1]},
        hoursOfOperation=_hours(entry["hours"]),
        managingOrganization=reference("Organization", ORGANIZATION),
        extension=[
            {"url": PARKING, **in_both(entry["parking"], "valueString")},
            {"url": WAITING_AREA, **in_both(entry["waiting"], "valueString")},
        ],
    )


def in_both(said: Entry, name: str) -> Resource:
    """A text in English as that element, with its Spanish as FHIR's translation extension."""
    parts = [{"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": said["es"]}]
    return {name: said["en"], f"_{name}": {"extension": [{"url": TRANSLATION, "extension": parts}]}}


def _service(seed: Seed, code: str, name: str) -> Resource:
    """A kind of visit, with what patients are told about it and what cancelling it late costs."""
    told, late = seed.clinic["preparation"][code], seed.clinic["late_cancel"]
    rules = [
        {"url": "hours", "valueUnsignedInt": late["hours"]},
        {"url": "fee", "valueMoney": money(round(late["fee"] * 100))},
    ]
    return resource(
        "HealthcareService",
        code.replace("_", "-"),
        extension=[
            {"url": LATE_CANCEL, "extension": rules},
            {"url": WHAT_TO_BRING, **in_both(told["bring"], "valueString")},
        ],
        active=True,
        name=name,
        type=[concept(VISIT_TYPE, code, name)],
        providedBy=reference("Organization", ORGANIZATION),
        **in_both(told["prepare"], "extraDetails"),
    )


def _hours(hours: str | Entry) -> list[Resource]:
    if hours == "always":
        return [{"daysOfWeek": [*_WEEKDAYS, "sat", "sun"], "allDay": True}]
    assert isinstance(hours, dict)
    days = {"weekdays": _WEEKDAYS, "saturday": ["sat"]}
    return [
        {"daysOfWeek": days[name], "openingTime": _time(opens), "closingTime": _time(closes)}
        for name, (opens, closes) in hours.items()
    ]


def _time(text: str) -> str:
    return time.fromisoformat(text).isoformat()


def _provider(seed: Seed, entry: Entry) -> Iterator[Resource]:
    key, name = entry["key"], f"{entry['given']} {entry['family']}, {entry['degree']}"
    who, where = seed.practitioner(key), seed.place(entry["place"])
    kinds = [concept(VISIT_TYPE, code, seed.clinic["visit_types"][code]) for code in entry["visit_types"]]
    yield resource(
        "Practitioner",
        key,
        active=True,
        name=[{"text": name, "given": [entry["given"]], "family": entry["family"], "suffix": [entry["degree"]]}],
        communication=[concept(LANGUAGE, code, LANGUAGES[code]) for code in entry.get("languages", ["en"])],
    )
    yield resource(
        "PractitionerRole",
        key,
        active=True,
        practitioner=who,
        organization=reference("Organization", ORGANIZATION, seed.clinic["name"]),
        specialty=[{"text": entry["specialty"]}],
        location=[where],
        telecom=[{"system": "phone", "value": _phone(seed, entry), "use": "work"}],
    )
    specialty = [{"text": entry["specialty"]}]
    yield resource("Schedule", key, active=True, serviceType=kinds, specialty=specialty, actor=[who, where])


def _phone(seed: Seed, provider: Entry) -> str:
    return next(place["phone"] for place in seed.clinic["places"] if place["key"] == provider["place"])
