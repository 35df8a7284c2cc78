"""Builds messages and calls."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.patients import full_name
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import MESSAGE_CATEGORY, Resource, concept, reference

MODE = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"


def messaging(seed: Seed) -> Iterator[Resource]:
    """Everybody's messages and calls."""
    for person in seed.people:
        for number, entry in enumerate(person.get("messages", []), start=1):
            yield _message(seed, person, number, entry)
        for number, entry in enumerate(person.get("clinic_calls", []), start=1):
            yield _call(seed, person, number, entry)


def _message(seed: Seed, person: Entry, number: int, entry: Entry) -> Resource:
    patient = reference("Patient", person["key"], full_name(person))
    provider = seed.practitioner(entry.get("from") or entry["to"])
    sender, recipient = (provider, patient) if "from" in entry else (patient, provider)
    files = [
        {"contentAttachment": {"title": title, "contentType": "application/pdf"}}
        for title in entry.get("attachments", [])
    ]
    begun = f"Communication/{person['key']}-message-{entry['answers']}" if "answers" in entry else None
    return resource(
        "Communication",
        f"{person['key']}-message-{entry.get('thread', number)}",
        partOf=[{"reference": begun}] if begun else None,
        status="completed",
        category=[concept(MESSAGE_CATEGORY, "medical-advice")],
        subject=reference("Patient", person["key"]),
        topic={"text": entry["subject"]},
        sent=_at(seed, entry["at"]),
        received=_at(seed, entry["read"]) if "read" in entry else None,
        recipient=[recipient],
        sender=sender,
        payload=[{"contentString": entry["words"]}, *files],
    )


def _call(seed: Seed, person: Entry, number: int, entry: Entry) -> Resource:
    return resource(
        "Communication",
        f"{person['key']}-call-{number}",
        status="completed",
        medium=[concept(MODE, "PHONE", "Telephone")],
        subject=reference("Patient", person["key"]),
        topic={"text": entry["topic"]},
        sent=_at(seed, entry["at"]),
        received=_at(seed, entry["at"]),
        recipient=[reference("Patient", person["key"], full_name(person))],
        sender={"reference": "Organization/cascade", "display": entry["by"]},
        payload=[{"contentString": entry["note"]}],
    )


def _at(seed: Seed, text: str) -> str:
    return seed.calendar.at(text).isoformat(timespec="seconds")
