"""The servers that the contract is asked of, each with a fresh state for every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions.portal_client import (
    FhirDirectory,
    FhirPortal,
    FhirPublicPortal,
    Server,
    TokenClient,
    portal_http_client,
)
from actions.portal_client.server import Capabilities
from actions.portal_client.transport import FhirTransport
from clock import CLINIC_ZONE, FixedClock
from demo_portal.app import create_app
from demo_portal.seed import loading, sources, visits
from demo_portal.seed.calendar import Calendar
from demo_portal.settings import Settings
from tests.contract.wire import Wire
from tests.fakes import A_TUESDAY
from tests.portal_client_fakes import Notes
from tests.postgres import PostgresServer

Json = dict[str, Any]
Opened = AbstractAsyncContextManager["Target"]

GIVEN_SERVER = os.environ.get("FHIR_BASE_URL", "").rstrip("/")
GIVEN_TOKEN = os.environ.get("FHIR_TOKEN", "")
# Enough to find, book and change a time; a server of others is filled over HTTP, one resource after the other.
FOREIGN_SLOTS = timedelta(days=14)
AT_ONCE = 8

if_capable = pytest.mark.if_capable
demo_only = pytest.mark.demo_only


@dataclass
class Target:
    """One server as the client meets it; conftest.py says what each part is for."""

    name: str
    clock: FixedClock
    client: httpx.AsyncClient
    wire: Wire
    tokens: TokenClient
    server: Server
    sign_in: Callable[[str], Awaitable[str]]
    capabilities: Capabilities = field(default_factory=Capabilities)
    trail: Notes = field(default_factory=Notes)
    """What the client says of each request about a patient who is signed in."""
    strangers_trail: Notes = field(default_factory=Notes)
    """The same while nobody is, of which the demo portal makes no event."""
    app: Any = None
    """The demo portal itself; None when the server is somebody else's."""

    @property
    def directory(self) -> FhirDirectory:
        return FhirDirectory(self.client, self.tokens, self.server, trail=self.strangers_trail)

    @property
    def public(self) -> FhirPublicPortal:
        return FhirPublicPortal(self.client, self.tokens, self.server, trail=self.strangers_trail)

    def portal(self, patient: str) -> FhirPortal:
        """The portal as that patient sees it; signs in once, when it is first asked something."""
        kept: list[str] = []

        async def token() -> str:
            if not kept:
                kept.append(await self.sign_in(patient))
            return kept[0]

        return FhirPortal(self.client, patient, token, self.clock, CLINIC_ZONE, server=self.server, trail=self.trail)

    async def learn(self) -> None:
        """Read what the server states."""
        fhir = FhirTransport(
            self.client, None, self.tokens.own_token, self.clock, self.server, trail=self.strangers_trail
        )
        self.capabilities = await fhir.capabilities()
        self.wire.sent.clear()


class GivenToken(TokenClient):
    """For servers that hand out no tokens to us: always the same one, or none."""

    def __init__(self, client: httpx.AsyncClient, clock: FixedClock, token: str) -> None:
        super().__init__(client, "", "", clock)
        self.token = token

    async def own_token(self) -> str:
        return self.token


@dataclass
class ForeignServer:
    """A server that is filled over FHIR itself and put back after each test."""

    name: str
    address: str
    """FHIR base, without a slash at the end."""
    token: str
    resources: dict[str, Json] = field(default_factory=dict)
    """The seed by "Type/id"."""

    def seeded(self) -> ForeignServer:
        """This server with the demo people in it.

        Raises:
            AssertionError: it does not take one of the resources.
        """
        self.resources = {f"{each['resourceType']}/{each['id']}": each for each in foreign_seed(A_TUESDAY)}
        with self._client() as client, ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(lambda address: self._put(client, address), self.resources):
                pass
        return self

    def put_back(self, changed: set[str]) -> None:
        """Undo what a test has changed: its new resources are deleted, those of the seed are as they were."""
        with self._client() as client:
            for address in sorted(changed):
                if address in self.resources:
                    self._put(client, address)
                else:
                    gone = client.delete(address)
                    assert gone.is_success or gone.status_code in (404, 410), f"DELETE: {gone.status_code}"

    def _put(self, client: httpx.Client, address: str) -> None:
        answer = client.put(address, json=self.resources[address])
        assert answer.is_success, f"PUT {address}: {answer.status_code} {answer.text[:500]}"

    def _client(self) -> httpx.Client:
        headers = {"Content-Type": "application/fhir+json"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return httpx.Client(base_url=f"{self.address}/", headers=headers, timeout=60.0, trust_env=False)


def whole_seed(now: datetime) -> list[Json]:
    """The demo clinic and its people as of that moment."""
    plan = sources.read(Calendar(now.astimezone(CLINIC_ZONE).date(), CLINIC_ZONE))
    return list(loading.resources(plan, visits.visits(plan)))


def foreign_seed(now: datetime) -> list[Json]:
    """The seed, with the slots of the first weeks only and those that visits are in."""
    until = (now.astimezone(CLINIC_ZONE).date() + FOREIGN_SLOTS).isoformat()
    everything = whole_seed(now)
    used = {each["reference"] for one in everything for each in one.get("slot", []) if isinstance(each, dict)}
    return [
        each
        for each in everything
        if each["resourceType"] != "Slot" or each["start"] < until or f"Slot/{each['id']}" in used
    ]


def fill(database_url: str) -> None:
    """Put the demo people into an empty database."""
    create_app(Settings(database_url=database_url), FixedClock(A_TUESDAY)).state.portal.database.close()


@asynccontextmanager
async def on_sqlite(seeded: Path, folder: Path) -> AsyncIterator[Target]:
    """The demo portal on a copy of a seeded file."""
    for part in seeded.parent.glob(f"{seeded.name}*"):
        shutil.copy(part, folder)
    async with _demo("demo", f"sqlite:///{folder / seeded.name}") as target:
        yield target


@asynccontextmanager
async def on_postgres(server: PostgresServer) -> AsyncIterator[Target]:
    """The demo portal on a copy of a seeded database."""
    with server.copy("contract", fill) as url:
        async with _demo("postgres", url) as target:
            yield target


@asynccontextmanager
async def on_foreign(server: ForeignServer) -> AsyncIterator[Target]:
    """Somebody else's server, put back afterwards."""
    clock = FixedClock(A_TUESDAY)
    wire = Wire(httpx.AsyncHTTPTransport())
    origin, _, path = server.address.rpartition("/")
    client = portal_http_client(origin, wire)
    tokens = GivenToken(client, clock, server.token)

    async def sign_in(_patient: str) -> str:
        return server.token

    target = Target(server.name, clock, client, wire, tokens, Server(path), sign_in)
    try:
        await target.learn()
        yield target
    finally:
        await client.aclose()
        server.put_back(wire.changed)


@asynccontextmanager
async def _demo(name: str, database_url: str) -> AsyncIterator[Target]:
    clock, settings = FixedClock(A_TUESDAY), Settings(database_url=database_url)
    app = create_app(settings, clock)
    wire = Wire(httpx.ASGITransport(app))
    client = portal_http_client("http://portal.test", wire)
    tokens = TokenClient(client, settings.client_id, settings.client_secret, clock)

    async def sign_in(patient: str) -> str:
        return (await tokens.exchange(patient, clock.now())).access_token

    target = Target(name, clock, client, wire, tokens, Server(), sign_in, app=app)
    try:
        await target.learn()
        yield target
    finally:
        await client.aclose()
        app.state.portal.database.close()
