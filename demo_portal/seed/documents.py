"""Builds letters, directives and health care agents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from demo_portal.seed.papers import Letter, letter_pdf
from demo_portal.seed.paperwork import document, letterhead
from demo_portal.seed.patients import birth_date, full_name
from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.vocabulary import LOINC, ROLE_CODE, Resource, concept, reference

RANKS = {1: "First", 2: "Alternate"}
DIRECTIVE_WORDS = (
    "I name the persons below to decide about my care when I cannot decide myself.",
    "I have talked with them about what matters to me.",
)


def documents(seed: Seed) -> Iterator[Resource]:
    """Everybody's letters and directives."""
    for person in seed.people:
        for entry in person.get("letters", []):
            yield from _letter(seed, person, entry)
        for entry in person.get("directives", []):
            yield from _directive(seed, person, entry)
        for entry in person.get("agents", []):
            yield _agent(person["key"], entry)


def _letter(seed: Seed, person: Entry, entry: Entry) -> Iterator[Resource]:
    day, author = seed.calendar.day(entry["day"]), seed.practitioner(entry["by"])
    body = letter_pdf(_paper(seed, person, entry["title"], day, entry["words"], author["display"]))
    rid = f"{person['key']}-letter-{slug(entry['title'])}"
    yield from document(seed, person, rid, ("letter", entry["title"]), day, body, author=[author])


def _directive(seed: Seed, person: Entry, entry: Entry) -> Iterator[Resource]:
    day = seed.calendar.day(entry["day"])
    named = [f"{RANKS[agent['rank']]}: {agent['name']}" for agent in person.get("agents", [])]
    body = letter_pdf(_paper(seed, person, entry["title"], day, [*DIRECTIVE_WORDS, *named], full_name(person)))
    rid = f"{person['key']}-{slug(entry['title'])}"
    for made in document(seed, person, rid, ("directive", entry["title"]), day, body):
        if made["resourceType"] == "DocumentReference":
            made["type"] = concept(LOINC, "42348-3", entry["title"])
        yield made


def _paper(seed: Seed, person: Entry, title: str, day: date, words: Sequence[str], signed: str) -> Letter:
    born = birth_date(seed, person)
    return Letter(letterhead(seed), full_name(person), born, day, title, words, [signed])


def _agent(patient: str, entry: Entry) -> Resource:
    return resource(
        "RelatedPerson",
        f"{patient}-agent-{entry['rank']}",
        active=True,
        patient=reference("Patient", patient),
        relationship=[concept(ROLE_CODE, "HPOWATT", "Health care agent")],
        name=[{"text": entry["name"]}],
        telecom=[{"system": "phone", "value": entry["phone"], "use": "mobile", "rank": entry["rank"]}],
    )
