"""What the tests of the demo portal share: a seeded portal, a clock that stands still, and people who are signed in."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from clock import FixedClock
from demo_portal.app import create_app
from demo_portal.settings import Settings
from demo_portal.vocabulary import REFUSAL, REQUEST_KEY, REQUEST_PARAMETER, VISIT_TYPE

# Monday 2 March 2026, 9:00 at the clinic; daylight saving begins the Sunday after.
MONDAY_NINE = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8010"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
SECRET = Settings().client_secret
CLIENT = {"client_id": "careline", "client_secret": SECRET}


@dataclass
class Session:
    """The portal as one token sees it."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    patient: str = ""

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(f"/fhir/{path}", params=params or None, headers=self.headers)

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(f"/fhir/{path}", json=body, headers={**self.headers, **FHIR, **extra})

    async def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.put(f"/fhir/{path}", json=body, headers={**self.headers, **FHIR, **extra})

    async def ids(self, path: str, **params: Any) -> list[str]:
        """Ids of the matches of a search, in order."""
        return [resource["id"] for resource in matches((await self.get(path, **params)).json())]

    async def offers(self, visit_type: str = "physical", **more: Any) -> list[dict[str, Any]]:
        """Proposed appointments of the next four weeks."""
        return matches((await self.find(visit_type, **more)).json())

    async def find(self, visit_type: str = "physical", **more: Any) -> httpx.Response:
        found = {"start": "2026-03-02T00:00:00-08:00", "end": "2026-03-30T00:00:00-07:00", **more}
        given = [{"name": name, "valueInstant": found.pop(name)} for name in ("start", "end")]
        given += [{"name": name, "valueReference": {"reference": value}} for name, value in found.items()]
        given.append({"name": "visit-type", "valueCode": visit_type})
        return await self.post("Appointment/$find", {"resourceType": "Parameters", "parameter": given})

    async def hold(self, slot: str, visit_type: str = "physical") -> httpx.Response:
        return await self.post("Appointment/$hold", booking(self.patient, slot, visit_type))

    async def book(self, slot: str, key: str = "", visit_type: str = "physical") -> httpx.Response:
        body = booking(self.patient, slot, visit_type)
        return await self.post("Appointment/$book", body, Idempotency_Key=key or str(uuid.uuid4()))

    async def book_held(self, appointment: str, key: str = "k") -> httpx.Response:
        given = [{"name": "appointment-reference", "valueReference": {"reference": f"Appointment/{appointment}"}}]
        body = {"resourceType": "Parameters", "parameter": given}
        return await self.post("Appointment/$book", body, Idempotency_Key=key)

    async def file(self, task: dict[str, Any]) -> httpx.Response:
        """Send a request Task the way the client does: with its key in both headers."""
        key = task["identifier"][0]["value"]
        headers = {"If_None_Exist": f"identifier={REQUEST_KEY}|{key}", "Idempotency_Key": key}
        return await self.post("Task", task, **headers)


@dataclass
class Demo:
    """One seeded portal."""

    app: Any
    clock: FixedClock
    http: httpx.AsyncClient
    settings: Settings = field(default_factory=Settings)

    async def exchange(self, subject_token: str, **changes: str) -> httpx.Response:
        form = {**CLIENT, "grant_type": EXCHANGE, "subject_token": subject_token, "subject_token_type": JWT_TYPE}
        return await self.http.post("/oauth/token", data={**form, **changes})

    async def sign_in(self, patient: str) -> Session:
        granted = (await self.exchange(self.subject_token(patient))).json()
        return Session(self.http, {"Authorization": f"Bearer {granted['access_token']}"}, patient)

    async def assistant(self) -> Session:
        form = {**CLIENT, "grant_type": "client_credentials", "scope": "system/Patient.match"}
        granted = (await self.http.post("/oauth/token", data=form)).json()
        return Session(self.http, {"Authorization": f"Bearer {granted['access_token']}"})

    def subject_token(self, patient: str, secret: str = SECRET, **changes: Any) -> str:
        now = self.clock.now()
        claims = {
            "iss": "careline",
            "aud": f"{ORIGIN}/oauth/token",
            "sub": patient,
            "acr": "sms+kba",
            "amr": ["sms", "kba"],
            "auth_time": int(now.timestamp()),
            "channel": "web",
            "jti": str(uuid.uuid4()),
            "exp": int((now + timedelta(minutes=2)).timestamp()),
        }
        kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(kept, secret, algorithm="HS256")


FHIR = {"Content-Type": "application/fhir+json"}


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded database to copy, since seeding takes longer than most tests."""
    # Each module that imports this fixture has one of its own; the file is for all of them.
    path = tmp_path_factory.getbasetemp() / "seeded-portal.db"
    if not path.exists():
        fill(f"sqlite:///{path}")
    return path


def fill(database_url: str) -> None:
    """Put the demo people into an empty store."""
    create_app(Settings(database_url=database_url), FixedClock(MONDAY_NINE)).state.portal.database.close()


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a store of its own; PORTAL_TEST_STORE=postgres runs the same tests on PostgreSQL."""
    if os.environ.get("PORTAL_TEST_STORE") == "postgres":
        with request.getfixturevalue("postgres").copy("portal", fill) as url:
            yield Settings(database_url=url)
    else:
        shutil.copy(request.getfixturevalue("seeded_file"), tmp_path / "portal.db")
        yield Settings(database_url=f"sqlite:///{tmp_path / 'portal.db'}")


@pytest.fixture
def demo(settings: Settings) -> Iterator[Demo]:
    """A seeded portal at Monday nine o'clock."""
    clock = FixedClock(MONDAY_NINE)
    app = create_app(settings, clock)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN)
    yield Demo(app, clock, http, settings)
    app.state.portal.database.close()


def matches(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources of a searchset that matched."""
    return [entry["resource"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == "match"]


def refusal(response: httpx.Response) -> str:
    """The code of ours in an OperationOutcome."""
    outcome = response.json()
    if response.is_success:
        return ""
    assert outcome["resourceType"] == "OperationOutcome"
    codings = outcome["issue"][0]["details"].get("coding", [])
    return next((coding["code"] for coding in codings if coding["system"] == REFUSAL), "")


def issue_code(response: httpx.Response) -> str:
    """The FHIR issue code of an OperationOutcome."""
    return response.json()["issue"][0]["code"]


def slot_of(appointment: dict[str, Any]) -> str:
    """The id of the slot of an appointment."""
    return appointment["slot"][0]["reference"].removeprefix("Slot/")


def booking(patient: str, slot: str, visit_type: str) -> dict[str, Any]:
    """Parameters of $hold and $book for a slot."""
    appointment = {
        "resourceType": "Appointment",
        "status": "proposed",
        "slot": [{"reference": f"Slot/{slot}"}],
        "serviceType": [{"coding": [{"system": VISIT_TYPE, "code": visit_type}]}],
    }
    given = [
        {"name": "appointment-resource", "resource": appointment},
        {"name": "patient-reference", "valueReference": {"reference": f"Patient/{patient}"}},
    ]
    return {"resourceType": "Parameters", "parameter": given}


def task(code: tuple[str, str], patient: str, focus: str, key: str, **inputs: Any) -> dict[str, Any]:
    """A request Task; inputs as amount={"valueMoney": ...}."""
    given = [
        {"type": {"coding": [{"system": REQUEST_PARAMETER, "code": name}]}, **value} for name, value in inputs.items()
    ]
    found = {
        "resourceType": "Task",
        "identifier": [{"system": REQUEST_KEY, "value": key}],
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": code[0], "code": code[1]}]},
        "focus": {"reference": focus},
        "for": {"reference": f"Patient/{patient}"},
        "input": given,
    }
    return {name: value for name, value in found.items() if value != []}
