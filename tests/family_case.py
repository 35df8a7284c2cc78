"""Conversations over the real demo portal, with every request to it recorded and a clock that can be moved."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest_asyncio

import actions
from actions.bootstrap import Services
from actions.portal_client import FhirDirectory, Person, Server, TokenClient, portal_http_client
from actions.task import TaskForm, all_forms
from actions.turn import CarelineAction
from audit import Trail
from clock import CLINIC_ZONE
from demo_portal.store.moments import years_after
from demo_portal.store.resources import WHOLE
from identity import Identity, Keys, open_engine
from settings import Settings
from tests.demo_portal_case import ORIGIN, Demo
from tests.portal_client_fakes import Notes
from tests.turns import Outbox, Talk

# As the executor does: forms and actions are found among all there are.
for _module in pkgutil.walk_packages(actions.__path__, "actions."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)


@dataclass(frozen=True)
class Asked:
    """One request that left the client, and how it was answered."""

    method: str
    path: str
    """Below /fhir/, or `oauth/token`."""
    params: list[tuple[str, str]]
    body: Any
    token: str
    status: int
    answer: Any

    @property
    def interaction(self) -> str:
        """As the CapabilityStatement calls it: `Account.search-type`, `Patient.$acts-for`."""
        parts = self.path.split("/")
        rtype, rest = parts[0], [part for part in parts[1:] if part]
        operation = next((part for part in rest if part.startswith("$")), None)
        if operation is not None:
            return f"{rtype}.{operation}"
        if self.method == "PUT":
            return f"{rtype}.update"
        if self.method == "POST" and rest != ["_search"]:
            return f"{rtype}.create"
        return f"{rtype}.read" if rest and rest != ["_search"] else f"{rtype}.search-type"


class Recorder(httpx.AsyncBaseTransport):
    """Passes requests on and notes them, with whose record each token opens."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.asked: list[Asked] = []
        self.opened: dict[str, str | None] = {}
        """Token -> the patient it is for; None for the assistant's own."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        await response.aread()
        form = "form-urlencoded" in request.headers.get("content-type", "")
        query = parse_qsl(request.url.query.decode())
        params = [*query, *(parse_qsl(request.content.decode()) if form else [])]
        body = json.loads(request.content) if request.content and not form else None
        path = request.url.path.removeprefix("/").removeprefix("fhir/")
        answer: Any = json.loads(response.content) if response.content else None
        if path == "oauth/token" and response.is_success:
            self.opened[answer["access_token"]] = answer.get("patient")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.asked.append(Asked(request.method, path, params, body, token, response.status_code, answer))
        return response

    @property
    def of_records(self) -> list[Asked]:
        """Requests with a patient's token."""
        return [each for each in self.asked if self.opened.get(each.token)]


class Family(Talk):
    """One person of the demo portal in conversation; `says` runs forms, questions and actions as Rasa would."""

    def __init__(self, folder: Path, demo: Demo, person: str, **how: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, signed_in=False, **how)
        self.demo, self.person, self.clock = demo, person, demo.clock
        url = f"sqlite:///{folder}/family.db"
        keys = Keys("only these tests know this secret")
        self.identity = Identity(open_engine(url), demo.clock, keys)
        self.trail = Trail(open_engine(url), demo.clock, keys)
        self.sender = self.identity.open_conversation(self.channel, self.slots["language"]).sender_id
        self.wire = Recorder(httpx.ASGITransport(demo.app))
        client = portal_http_client(ORIGIN, self.wire)
        tokens = TokenClient(client, demo.settings.client_id, demo.settings.client_secret, demo.clock)
        self.real = Services(
            identity=self.identity,
            directory=FhirDirectory(client, tokens, server=Server(), trail=Notes()),
            sender=Outbox(),
            clock=demo.clock,
            settings=Settings.from_environment({"CARELINE_DEMO": "1"}),
            client=client,
            tokens=tokens,
            server=Server(),
            trail=self.trail,
        )
        self.services = self.real  # type: ignore[assignment]

    def sign_in(self, act: str | None = "pay_bill", who: Person | None = None) -> None:
        """Sign in with a code that was asked for by `act`, so that this act needs no second one for five minutes."""
        known = who or Person(self.person, self.person.title(), self.person.title(), "+15415550101", True, "en")
        start = self.identity.start_challenge(self.sender, known, act=act)
        assert start.delivery is not None
        assert self.identity.check_code(self.sender, start.delivery.code).outcome == "accepted"

    async def says(self, text: str, intent: str = "inform", *, pick: str | None = None, **more: Any) -> list[str]:
        """Say something; give the replies by name. `words` holds what was said with its values."""
        self.hears(text, intent, pick=pick, **more)
        self.words: list[dict[str, Any]] = []
        active = next((form for form in all_forms() if form.form == self.loop), None)
        asked, wanted = self.requested, self._form_of(intent)
        if active is not None:
            events = await self.fills(type(active))
            self.words += self.said
            answered = any(e["event"] == "slot" and e["name"] != "requested_slot" for e in events)
            if asked is not None and not answered and self.loop:
                # Rasa keeps a form that finds nothing as rejected, not as an action that was done.
                done = {"event": "action", "name": active.form}
                del self.events[max(at for at, event in enumerate(self.events) if event == done)]
                if wanted is not None and type(wanted) is not type(active):
                    await self._form(wanted)
                else:
                    self.events.append({"event": "action", "name": "action_not_understood"})
                    await self._form(active)
            else:
                await self._after_form()
        elif wanted is not None:
            await self._form(wanted)
        elif intent == "affirm":
            self.followup = "action_affirm"
            await self._after_form()
        return [str(message["response"]) for message in self.words]

    def said_of(self, act: str) -> dict[str, Any]:
        """The values of a reply just said."""
        return next(message for message in self.words if message["response"] == act)

    @property
    def record(self) -> str | None:
        """Patient id of the other record that is acted on."""
        acting = self.identity.acting_for(self.sender)
        return acting.patient_id if acting else None

    def go_to(self, moment: datetime) -> None:
        """Move the clock, and keep the person's session alive on the way."""
        self.clock.advance(moment - self.clock.now())

    def _form_of(self, intent: str) -> TaskForm | None:
        return next((form for form in all_forms() if form.capability == intent), None)

    async def _form(self, form: TaskForm) -> None:
        await self.fills(type(form))
        self.words += self.said
        await self._after_form()

    async def _after_form(self) -> None:
        for _ in range(6):
            follow = self.followup
            if self.loop is not None and self.requested is not None and not follow:
                asking = self._action(f"action_ask_{self.requested}")
                if asking is None:
                    self.words.append({"response": f"utter_ask_{self.requested}"})
                    return
                await self.runs(asking)
                self.words += self.said
                return
            if not follow or follow == "action_listen":
                return
            if follow.endswith("_form"):
                form = self._form_of(follow.removesuffix("_form"))
                assert form is not None
                await self.fills(type(form))
            else:
                action = self._action(follow)
                assert action is not None, follow
                await self.runs(action)
            self.words += self.said

    def _action(self, name: str) -> CarelineAction | None:
        made = [kind(lambda: self.services) for kind in _kinds(CarelineAction) if not kind.__abstractmethods__]
        return next((action for action in made if action.name() == name), None)


def _kinds(base: type[CarelineAction]) -> Iterator[Any]:
    for each in base.__subclasses__():
        if each.__module__.startswith("actions."):
            yield each
        yield from _kinds(each)


def midnight(day: date) -> datetime:
    """The first moment of a day of the clinic."""
    return datetime(day.year, day.month, day.day, tzinfo=CLINIC_ZONE).astimezone(UTC)


async def birthday(demo: Demo, patient: str, age: int) -> datetime:
    """When somebody becomes that old."""
    found = await (await demo.sign_in(patient)).get(f"Patient/{patient}")
    return midnight(years_after(date.fromisoformat(found.json()["birthDate"]), age))


def revoke(demo: Demo, related: str) -> None:
    """End a relationship, as the clinic does."""
    with demo.app.state.portal.database.writing() as conn:
        whole = demo.app.state.portal.resources(conn, WHOLE)
        whole.amend({**whole.read("RelatedPerson", related), "active": False})


@asynccontextmanager
async def signed_in(demo: Demo, folder: Path, person: str) -> AsyncIterator[Family]:
    """Somebody signed in on the web, until the test ends."""
    talk = Family(folder / person, demo, person)
    talk.sign_in()
    yield talk
    await talk.real.client.aclose()


@pytest_asyncio.fixture
async def maria(demo: Demo, tmp_path: Path) -> AsyncIterator[Family]:
    """A mother of three whom she may act for, signed in on the web."""
    async with signed_in(demo, tmp_path, "maria") as talk:
        yield talk


__all__ = ["Asked", "Family", "Recorder", "birthday", "maria", "midnight", "revoke", "signed_in"]
