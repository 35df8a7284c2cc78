"""Who sees patients and where: PractitionerRole, Practitioner and Location of FHIR R4."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from actions.portal_client.area import PatientCalls, by_id
from actions.portal_client.fhir import Json, codes, extension, id_of, reading, reference_id, text_in, words
from actions.portal_client.models import Place, Provider
from actions.portal_client.models.clinic import OpenHours
from actions.portal_client.server import Staff
from actions.portal_client.transport import FhirTransport
from actions.portal_client.vocabulary import PARKING, TRANSLATION, WAITING_AREA

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class StaffCalls(PatientCalls):
    """Providers and places; the same for every patient, so kept for a while."""

    async def providers(self) -> list[Provider]:
        return by_family_name(await self._staff())

    async def places(self) -> list[Place]:
        return by_place_name(await self._staff())

    async def _staff(self) -> Staff:
        return await self._server.staff.get(self._clock.now(), lambda: ask_staff(self._fhir))


def by_family_name(staff: Staff) -> list[Provider]:
    """Everybody who sees patients, by family name."""
    return sorted(staff.providers.values(), key=lambda each: (each.family_name.casefold(), each.name))


def by_place_name(staff: Staff) -> list[Place]:
    """All places, by name."""
    return sorted(staff.places.values(), key=lambda each: each.name.casefold())


async def ask_staff(fhir: FhirTransport) -> Staff:
    """Everybody who sees patients, and all places."""
    asked = [("active", "true"), ("_include", "PractitionerRole:practitioner")]
    roles = await fhir.search("PractitionerRole", asked)
    places = await fhir.search("Location", [("status", "active")])
    with reading("PractitionerRole"):
        named = {rid for role in roles.matches if (rid := reference_id(role.get("practitioner"), "Practitioner"))}
        people = roles.of("Practitioner")
    people |= await by_id(fhir, "Practitioner", named - people.keys())
    with reading("PractitionerRole"):
        return Staff(_providers(roles.matches, people), {id_of(each): to_place(each) for each in places.matches})


def to_place(location: Json) -> Place:
    """A Location."""
    return Place(
        id_of(location),
        text_in(location, "name"),
        _address(location.get("address")),
        _phone(location),
        tuple(_hours(each) for each in location.get("hoursOfOperation", [])),
        _position(location.get("position")),
        _told(location, PARKING),
        _told(location, WAITING_AREA),
    )


def to_provider(practitioner: Json, role: Json | None = None) -> Provider:
    """A Practitioner, with specialty and place when their PractitionerRole is known."""
    name = next((each for each in practitioner.get("name", []) if each.get("use") != "old"), {})
    role = role or {}
    return Provider(
        id=id_of(practitioner),
        name=_written(name),
        family_name=text_in(name, "family"),
        specialty=next((words(each) for each in role.get("specialty", [])), ""),
        place_id=next((rid for each in role.get("location", []) if (rid := reference_id(each, "Location"))), None),
        languages=tuple(_languages(practitioner)),
    )


def _providers(roles: list[Json], people: dict[str, Json]) -> dict[str, Provider]:
    found: dict[str, Provider] = {}
    for role in roles:
        rid = reference_id(role.get("practitioner"), "Practitioner")
        # Of somebody with several roles, the first counts.
        if rid in people and rid not in found:
            found[rid] = to_provider(people[rid], role)
    return found


def _written(name: Json) -> str:
    plain = " ".join([*name.get("prefix", []), *name.get("given", []), text_in(name, "family")]).strip()
    return text_in(name, "text") or ", ".join([plain, *name.get("suffix", [])])


def _languages(practitioner: Json) -> Iterable[str]:
    spoken = [tag for each in practitioner.get("communication", []) for tag in codes(each)]
    return dict.fromkeys(tag.split("-")[0].lower() for tag in spoken)


def _address(address: Json | None) -> str:
    if not address:
        return ""
    town = " ".join(part for part in (address.get("state"), address.get("postalCode")) if part)
    lines = [*address.get("line", []), address.get("city"), town]
    return text_in(address, "text") or ", ".join(part for part in lines if part)


def _hours(hours: Json) -> OpenHours:
    days = tuple(sorted(_WEEKDAYS.index(day) for day in hours.get("daysOfWeek", _WEEKDAYS)))
    if hours.get("allDay") or "openingTime" not in hours:
        return OpenHours(days, None, None)
    return OpenHours(days, time.fromisoformat(hours["openingTime"]), time.fromisoformat(hours["closingTime"]))


def _position(position: Json | None) -> tuple[float, float] | None:
    return (float(position["latitude"]), float(position["longitude"])) if position else None


def _told(location: Json, url: str) -> dict[str, str] | None:
    """What a place says about itself, in each language it is written in."""
    found = extension(location, url)
    return in_languages(found, "valueString") if found else None


def in_languages(element: Json, name: str) -> dict[str, str]:
    """A text and its translations, by language; the text itself is English."""
    found = {"en": text_in(element, name)}
    for each in element.get(f"_{name}", {}).get("extension", []):
        if each.get("url") == TRANSLATION:
            parts = {part["url"]: part for part in each.get("extension", [])}
            found[text_in(parts["lang"], "valueCode")] = text_in(parts["content"], "valueString")
    return found


def _phone(location: Json) -> str:
    telecom = location.get("telecom", [])
    return next((text_in(each, "value") for each in telecom if each.get("system") == "phone"), "")
