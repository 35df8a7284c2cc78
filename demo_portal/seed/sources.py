"""Reads the seed files and hands each builder what it needs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from demo_portal.seed.calendar import Calendar
from demo_portal.vocabulary import ACT_REASON_TAG, Resource, reference

Entry = dict[str, Any]
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Seed:
    """The seed files and the day they are loaded for."""

    clinic: Entry
    people: list[Entry]
    calendar: Calendar

    def provider(self, key: str) -> Entry:
        """The clinic's entry of a provider."""
        return next(entry for entry in self.clinic["providers"] if entry["key"] == key)

    def practitioner(self, key: str) -> Resource:
        """A reference to a provider, with the name people say."""
        entry = self.provider(key)
        return reference("Practitioner", key, f"{entry['given']} {entry['family']}, {entry['degree']}")

    def place(self, key: str) -> Resource:
        """A reference to a place, with its name."""
        name = next(entry["name"] for entry in self.clinic["places"] if entry["key"] == key)
        return reference("Location", key, name)

    def organization(self, key: str) -> Resource:
        """A reference to an organization outside the clinic, with its name."""
        name = next(entry["name"] for entry in self.clinic["others"] if entry["key"] == key)
        return reference("Organization", key, name)

    def pharmacy(self, key: str) -> Resource:
        """A reference to a pharmacy, with its name."""
        name = next(entry["name"] for entry in self.clinic["pharmacies"] if entry["key"] == key)
        return reference("Organization", key, name)


def read(calendar: Calendar) -> Seed:
    """The seed as of that calendar."""
    return Seed(_file("clinic.yml"), _people(), calendar)


def resource(rtype: str, rid: str, **elements: Any) -> Resource:
    """A resource of the seed, marked as made up; elements that are None are left out."""
    tag = [{"system": ACT_REASON_TAG, "code": "HTEST"}]
    kept = {name: value for name, value in elements.items() if value is not None}
    meta = {**kept.pop("meta", {}), "tag": tag}
    return {"resourceType": rtype, "id": rid, "meta": meta, **kept}


def slug(text: str) -> str:
    """A name as part of an id, without the marks that an id cannot have."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "".join(c if c.isalnum() else "-" for c in plain).strip("-").replace("--", "-")


def _people() -> list[Entry]:
    """Everybody, with the facts that each area's file adds under their key."""
    people = [dict(person) for person in _file("people.yml")]
    by_key = {person["key"]: person for person in people}
    for path in sorted((FOLDER / "facts").glob("*.yml")):
        for key, facts in (_file(f"facts/{path.name}") or {}).items():
            twice = facts.keys() & by_key[key].keys()
            if twice:
                raise ValueError(f"{path.name} tells again about {key}: {', '.join(sorted(twice))}")
            by_key[key].update(facts)
    return people


@cache
def _file(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=_Loader)


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
