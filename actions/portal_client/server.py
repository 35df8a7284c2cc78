"""What a process has learned about one FHIR server, true for every patient: what it can do and who works there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from actions.portal_client.fhir import Json, reading
from actions.portal_client.models import Place, Provider


@dataclass(frozen=True)
class Capabilities:
    """The parts of a CapabilityStatement that decide how something is done."""

    operations: frozenset[str] = frozenset()
    """Names without the dollar sign, for example `book`."""
    searchable: frozenset[str] = frozenset()
    """Types that state `search-type`; FHIR R4 then asks for POST _search as well."""
    includes: frozenset[str] = frozenset()
    """Values of `_include` that are stated, for example `DiagnosticReport:result`."""
    interactions: frozenset[str] = frozenset()
    """Stated interactions and operations, for example `Patient.update`, `Appointment.$book`."""
    silent: bool = True
    """No `_include` is stated anywhere, which says nothing about what works."""

    def offers(self, interaction: str) -> bool:
        """Whether the server states it; one that states no interactions at all is taken to have FHIR's basic ones."""
        if interaction in self.interactions:
            return True
        return not self.interactions and "$" not in interaction

    def may_include(self, value: str) -> bool:
        """Whether asking is worth it; a strict server refuses a search for an include it does not know."""
        return self.silent or not self.includes.isdisjoint({value, f"{value.split(':')[0]}:*", "*"})


def read_capabilities(statement: Json) -> Capabilities:
    """A CapabilityStatement, as far as we look at it."""
    with reading("CapabilityStatement"):
        rests = [rest for rest in statement.get("rest", []) if rest.get("mode") == "server"]
        resources = [each for rest in rests for each in rest.get("resource", [])]
        operations = [each["name"] for part in (*rests, *resources) for each in part.get("operation", [])]
        searchable = [each["type"] for each in resources if _states_search(each)]
        includes = [value for each in resources for value in each.get("searchInclude", [])]
        names = frozenset(name.removeprefix("$").removeprefix("appointment-") for name in operations)
        stated = frozenset(name for each in resources for name in _stated(each))
        return Capabilities(names, frozenset(searchable), frozenset(includes), stated, silent=not includes)


def _stated(resource: Json) -> Iterator[str]:
    rtype = resource["type"]
    yield from (f"{rtype}.{each['code']}" for each in resource.get("interaction", []))
    named = (each["name"].removeprefix("$").removeprefix("appointment-") for each in resource.get("operation", []))
    yield from (f"{rtype}.${name}" for name in named)


def _states_search(resource: Json) -> bool:
    return any(each.get("code") == "search-type" for each in resource.get("interaction", []))


class Kept[T]:
    """Something fetched once and kept for a while."""

    def __init__(self, lasts: timedelta) -> None:
        self._lasts = lasts
        self._lock = asyncio.Lock()
        self._found: tuple[datetime, T] | None = None

    async def get(self, now: datetime, fetch: Callable[[], Awaitable[T]]) -> T:
        """What is kept, or what `fetch` brings when it is too old; a failed fetch keeps nothing."""
        async with self._lock:
            # A demo's clock may also be moved back, hence two bounds.
            if self._found is None or not self._found[0] <= now < self._found[0] + self._lasts:
                self._found = (now, await fetch())
            return self._found[1]


@dataclass(frozen=True)
class Staff:
    """Who sees patients, and where."""

    providers: dict[str, Provider] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


class Server:
    """One FHIR server; hold one per process, so that not every turn asks again what does not change."""

    def __init__(self, fhir_path: str = "fhir") -> None:
        self.fhir_path = f"{fhir_path.strip('/')}/".removeprefix("/")
        """Where FHIR begins below the base address of the HTTP client, with a slash at the end."""
        self.capabilities: Kept[Capabilities] = Kept(timedelta(hours=1))
        self.staff: Kept[Staff] = Kept(timedelta(minutes=10))
