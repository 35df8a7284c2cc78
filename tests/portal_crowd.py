"""A crowd before two processes of the demo portal that share one store, over real connections."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from actions.portal_client import TokenClient, portal_http_client
from clock import SystemClock
from demo_portal.app import create_app
from demo_portal.portal import Portal
from demo_portal.settings import Settings
from demo_portal.store.resources import WHOLE
from demo_portal.store.tables import CHARGE, PAYMENT_METHOD, RESOURCE, SLOT_CLAIM
from demo_portal.tasks.payment import balance, with_balance
from demo_portal.vocabulary import PORTAL_REQUEST, REQUEST_KEY, TASK_CODE, Resource, money, reference
from tests.demo_portal_case import booking, slot_of, task

CROWD = 64
OWED = 10_000
"""Cents on each account."""
PATIENCE = 30.0
"""Seconds within which everybody has an answer, on a slow machine too; usual is one or two."""
HANG_UP = httpx.Timeout(PATIENCE, read=0.001)
FHIR = {"Content-Type": "application/fhir+json"}

Ask = Callable[[], httpx.Response]


@dataclass
class Portals:
    """Two processes of the portal, the store behind them, and the tokens of everybody who is signed in."""

    addresses: tuple[str, str]
    store: Any
    http: httpx.Client
    tokens: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def send(self, method: str, patient: str, path: str, body: Any = None, key: str = "", **more: Any) -> Ask:
        """A request that is sent when it is called, to the two processes in turn."""
        url = f"{self.addresses[next(self.numbers) % 2]}/fhir/{path}"
        headers = {**FHIR, "Authorization": f"Bearer {self.tokens[patient]}", **more.pop("headers", {})}
        headers |= {"Idempotency-Key": key} if key else {}
        return lambda: self.http.request(method, url, json=body, headers=headers, **more)

    def book(self, patient: str, slot: str, **more: Any) -> Ask:
        """A booking whose key is that of this person and time, whenever it is asked for."""
        body = booking(patient, slot, "physical")
        return self.send("POST", patient, "Appointment/$book", body, f"key-{slot}", **more)

    def hold(self, patient: str, slot: str) -> Ask:
        return self.send("POST", patient, "Appointment/$hold", booking(patient, slot, "physical"))

    def move(self, patient: str, appointment: str, slot: str) -> Ask:
        body = booking(patient, slot, "physical")
        old = {"name": "appointment-reference", "valueReference": {"reference": f"Appointment/{appointment}"}}
        body["parameter"].append(old)
        return self.send("POST", patient, "Appointment/$reschedule", body, "key-move")

    def pay(self, patient: str, cents: int, key: str, **more: Any) -> Ask:
        method, amount = {"valueString": f"pm-{patient}"}, {"valueMoney": money(cents)}
        body = task((PORTAL_REQUEST, "pay"), patient, f"Account/{patient}", key, amount=amount, method=method)
        return self.file(patient, body, key, **more)

    def refill(self, patient: str, key: str, **more: Any) -> Ask:
        body = task((TASK_CODE, "fulfill"), patient, f"MedicationRequest/{patient}", key)
        return self.file(patient, body, key, **more)

    def file(self, patient: str, body: Any, key: str, **more: Any) -> Ask:
        once = {"If-None-Exist": f"identifier={REQUEST_KEY}|{key}"}
        return self.send("POST", patient, "Task", body, key, headers=once, **more)

    def rows(self, query: Any) -> list[Any]:
        with self.store.connect() as conn:
            return conn.execute(query).all()

    def claims(self, *slots: str) -> list[Any]:
        return self.rows(sa.select(SLOT_CLAIM).where(SLOT_CLAIM.c.slot_id.in_(slots)))

    def visits(self, *slots: str) -> list[Any]:
        """Everything that is or was arranged for these slots and is not cancelled."""
        every = [body for (body,) in self.rows(sa.select(RESOURCE.c.body).where(RESOURCE.c.rtype == "Appointment"))]
        taking = [each for each in every if "slot" in each and slot_of(each) in slots]
        return [each for each in taking if each["status"] != "cancelled"]

    def status_of(self, slot: str) -> str:
        where = (RESOURCE.c.rtype == "Slot", RESOURCE.c.id == slot)
        return self.rows(sa.select(RESOURCE.c.body).where(*where))[0][0]["status"]

    def owed(self, account: str) -> int:
        where = (RESOURCE.c.rtype == "Account", RESOURCE.c.id == account)
        return balance(self.rows(sa.select(RESOURCE.c.body).where(*where))[0][0])

    def requests(self, patient: str) -> list[str]:
        """Ids of all the requests somebody has filed."""
        where = (RESOURCE.c.rtype == "Task", RESOURCE.c.patient_id == patient)
        return [rid for (rid,) in self.rows(sa.select(RESOURCE.c.id).where(*where))]

    def charges(self, account: str) -> list[int]:
        """In cents."""
        return [cents for (cents,) in self.rows(sa.select(CHARGE.c.cents).where(CHARGE.c.account_id == account))]


@pytest.fixture(scope="module", params=[pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)])
def portals(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portals]:
    folder = tmp_path_factory.mktemp("races")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'portal.db'}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.url(server.create())
    portal = create_app(Settings(database_url=url), SystemClock()).state.portal
    people = _crowd(portal)
    with (
        _process(url, folder) as one,
        _process(url, folder) as other,
        _client() as http,
    ):
        for address in (one, other):
            _wait_until_ready(http, address)
        found = Portals((one, other), portal.database.engine, http)
        found.tokens = asyncio.run(_sign_in(one, people))
        yield found
    portal.database.close()


def _client() -> httpx.Client:
    """One for all threads; it keeps no connection open, as one thread may close what another is about to use."""
    alone = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.Client(timeout=PATIENCE, trust_env=False, limits=alone)


def _crowd(portal: Portal) -> list[str]:
    """People besides those of the demo, each with an account, a way to pay and a medicine under their own id."""
    ids = [f"crowd-{number}" for number in range(CROWD)]
    with portal.database.writing() as conn:
        portal.resources(conn, WHOLE).load(each for rid in ids for each in _belongings(rid))
        methods = [{"token": f"pm-{rid}", "patient_id": rid} for rid in ids]
        card = {"position": 1, "kind": "visa", "display": "Visa", "ending": "4242"}
        conn.execute(sa.insert(PAYMENT_METHOD), [{**each, **card} for each in methods])
    return ids


def _belongings(rid: str) -> list[Resource]:
    whose = reference("Patient", rid)
    account = {"resourceType": "Account", "id": rid, "status": "active", "subject": [whose]}
    medicine = {"resourceType": "MedicationRequest", "id": rid, "status": "active", "intent": "order"}
    medicine |= {"subject": whose, "medicationCodeableConcept": {"text": "lisinopril 10 mg tablet"}}
    medicine["dispenseRequest"] = {"numberOfRepeatsAllowed": 2}
    return [{"resourceType": "Patient", "id": rid}, with_balance(account, OWED), medicine]


@contextmanager
def _process(store: str, folder: Path) -> Iterator[str]:
    """The address of one process of the portal, which may still be starting."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    told = {"PORTAL_PORT": port, "PORTAL_DATABASE_URL": store, "CLOCK_FILE": str(folder / "clock")}
    with (folder / f"{port}.log").open("w") as log:
        command = [sys.executable, "-m", "demo_portal"]
        process = subprocess.Popen(command, env={**os.environ, **told}, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_ready(http: httpx.Client, address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if http.get(f"{address}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the portal did not start", pytrace=False)


async def _sign_in(address: str, people: list[str]) -> dict[str, str]:
    settings, clock = Settings(), SystemClock()
    async with portal_http_client(address) as http:
        client = TokenClient(http, settings.client_id, settings.client_secret, clock)
        return {each: (await client.exchange(each, clock.now())).access_token for each in people}


@pytest.fixture(scope="module")
def free_slots(portals: Portals) -> Iterator[str]:
    """Free times of one doctor, no two at the same moment; each is given out once."""
    now = SystemClock().now()
    bounds = {"start": now + timedelta(days=1), "end": now + timedelta(days=40)}
    given: list[dict[str, Any]] = [{"name": name, "valueInstant": at.isoformat()} for name, at in bounds.items()]
    given += [{"name": "visit-type", "valueCode": "physical"}, {"name": "_count", "valueInteger": 100}]
    given.append({"name": "practitioner", "valueReference": {"reference": "Practitioner/chen"}})
    body = {"resourceType": "Parameters", "parameter": given}
    found = portals.send("POST", "crowd-0", "Appointment/$find", body)().json()
    return iter([slot_of(each["resource"]) for each in found["entry"] if each["search"]["mode"] == "match"])


def at_once(asks: list[Ask]) -> list[httpx.Response]:
    """The answers to requests that are all sent at the same moment; none may be a fault, and none may be late."""
    gate = Barrier(len(asks))

    def go(ask: Ask) -> httpx.Response:
        gate.wait()
        return ask()

    began = time.monotonic()
    with ThreadPoolExecutor(len(asks)) as pool:
        answers = list(pool.map(go, asks))
    assert time.monotonic() - began < PATIENCE
    assert [each.status_code for each in answers if each.status_code >= 500] == []
    return answers


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(each.status_code // 100 * 100 if each.is_success else each.status_code for each in answers)


def unheard(asks: list[Ask]) -> None:
    """Send requests made with HANG_UP all at once; nobody stays for the answers."""
    gate = Barrier(len(asks))

    def go(ask: Ask) -> None:
        gate.wait()
        with suppress(httpx.ReadTimeout):
            ask()

    with ThreadPoolExecutor(len(asks)) as pool:
        list(pool.map(go, asks))
