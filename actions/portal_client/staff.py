"""Who sees patients and where: PractitionerRole, Practitioner and Location of FHIR R4."""

from __future__ import annotations

from collections.abc import Iterable

from actions.portal_client.area import PatientCalls
from actions.portal_client.fhir import Json, codes, id_of, reading, reference_id, text_in, words
from actions.portal_client.models import Place, Provider
from actions.portal_client.server import Staff


class StaffCalls(PatientCalls):
    """Providers and places; the same for every patient, so kept for a while."""

    async def providers(self) -> list[Provider]:
        staff = await self._staff()
        return sorted(staff.providers.values(), key=lambda each: (each.family_name.casefold(), each.name))

    async def places(self) -> list[Place]:
        staff = await self._staff()
        return sorted(staff.places.values(), key=lambda each: each.name.casefold())

    async def _staff(self) -> Staff:
        return await self._server.staff.get(self._clock.now(), self._ask_staff)

    async def _ask_staff(self) -> Staff:
        asked = [("active", "true"), ("_include", "PractitionerRole:practitioner")]
        roles = await self._fhir.search("PractitionerRole", asked)
        places = await self._fhir.search("Location", [("status", "active")])
        with reading("PractitionerRole"):
            named = {rid for role in roles.matches if (rid := reference_id(role.get("practitioner"), "Practitioner"))}
            people = roles.of("Practitioner")
        people |= await self._by_id("Practitioner", named - people.keys())
        with reading("PractitionerRole"):
            return Staff(_providers(roles.matches, people), {id_of(each): to_place(each) for each in places.matches})


def to_place(location: Json) -> Place:
    """A Location."""
    return Place(id_of(location), text_in(location, "name"), _address(location.get("address")), _phone(location))


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


def _phone(location: Json) -> str:
    telecom = location.get("telecom", [])
    return next((text_in(each, "value") for each in telecom if each.get("system") == "phone"), "")
