"""A gateway for tests: the real order of a turn over a real session store, with a dialogue made of a list."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from assistant.talk_store import Talk
from audit import SignIns, Trail
from channels.app import Gateway, create_app
from channels.dialogue import DialogueClient
from channels.emergency import Alarm
from channels.keeping import Answers, Keeping, Kept
from channels.language import LanguageModel
from channels.language_training import model_of, train
from channels.store import TurnStore
from channels.turn import World
from channels.turn_request import CHANNELS
from channels.turns import Patience
from clock import FixedClock
from identity import Identity, Keys, Limits, open_engine

SECRET = "a-secret-for-tests-that-is-long-enough"
NOON = datetime(2026, 3, 17, 19, 0, tzinfo=UTC)
CLINIC = "(541) 555-0100"
KEPT = Kept(timedelta(days=30), timedelta(days=30))

ENGLISH = """
i want to book a visit with the doctor|what are my test results|please refill my medicine|how much do i owe you
i need to see someone on tuesday morning|can you tell me when my appointment is|thank you that is all|my name is
show me the bill|i would like to cancel my visit|where is the clinic|yes please book it|the first one|what time is it
"""
SPANISH = """
quiero hacer una cita con el doctor|cuáles son mis resultados|por favor resurta mi medicina|cuánto les debo
necesito ver a alguien el martes por la mañana|me puede decir cuándo es mi cita|gracias eso es todo|mi nombre es
muéstreme la cuenta|quisiera cancelar mi cita|dónde está la clínica|sí por favor hágala|la primera|qué hora es
"""


@dataclass(frozen=True)
class Patient:
    """Somebody whom the portal has on file."""

    id: str = "patient-7"
    phone: str | None = "+15415550101"
    can_text: bool = True
    given_name: str = "Maria"
    language: str = "en"
    phone_since: datetime | None = None
    shares_phone_with_guardian: bool = False


@dataclass
class FakeDialogue:
    """Answers every message with the next of `replies`, or says what it heard; keeps what it was sent."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    replies: list[list[dict[str, Any]]] = field(default_factory=list)
    down: bool = False
    busy: asyncio.Event | None = None
    """Not None: no answer until it is set."""
    meanwhile: Callable[[], None] = lambda: None
    """What the actions do in another process before the answer comes."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a message waits for that."""

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        self.heard.append(json.loads(request.content))
        self.secrets.append(request.headers.get("x-careline-secret"))
        if self.busy is not None:
            self.reached.set()
            await self.busy.wait()
        self.meanwhile()
        said = self.replies.pop(0) if self.replies else [{"text": "All right.", "act": "utter_all_right"}]
        return httpx.Response(200, json={"replies": said})


class FakeScreen:
    """Hears "chest pain" and "infarto" as emergencies, "feel odd" as something to ask about."""

    def check(self, text: str, language: str) -> Alarm | None:
        lowered = text.lower()
        if "chest pain" in lowered:
            return Alarm("emergency", "heart", "en.heart.pain", "utter_report_emergency", "en")
        if "infarto" in lowered:
            return Alarm("emergency", "heart", "es.heart.pain", "utter_report_emergency", "es")
        if "feel odd" in lowered:
            return Alarm("ask", "heart", "en.heart.odd", "utter_report_emergency_ask", "en")
        return None

    def replies(self, alarm: Alarm, language: str) -> str:
        return self.text(alarm.act, alarm.language)

    def text(self, act: str, language: str) -> str:
        return f"911 {language} {act}"


@cache
def small_model() -> LanguageModel:
    """A language model that knows a dozen sentences of each language."""
    sides = (("en", ENGLISH), ("es", SPANISH))
    return model_of(
        train([(each, side) for side, said in sides for each in said.strip().replace("\n", "|").split("|")] * 4)
    )


@dataclass
class Kit:
    """One gateway and everything around it."""

    client: httpx.AsyncClient
    dialogue: FakeDialogue
    identity: Identity
    store: TurnStore
    clock: FixedClock
    engine: Any
    world: World

    async def post(self, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        return await self.client.post("/v1/turns", json={"channel": "web", **body}, headers=headers)

    async def say(self, text: str, **body: Any) -> dict[str, Any]:
        answer = await self.post(text=text, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sender(self, token: str) -> str:
        found = self.identity.conversation(token)
        assert found is not None
        return found.sender_id

    def send_code(self, token: str, purpose: str = "sign_in") -> str:
        """Begin a challenge in the conversation and give the code that went out."""
        started = self.identity.start_challenge(self.sender(token), Patient(), purpose, "maria 1984-03-12")
        assert started.delivery is not None
        return started.delivery.code


@asynccontextmanager
async def gateway(
    folder: Path, kept: Kept = KEPT, open_to: frozenset[str] = frozenset(CHANNELS), **changes: Any
) -> AsyncIterator[Kit]:
    """A gateway over databases in `folder`; `changes` are fields of `Gateway`."""
    clock, dialogue = FixedClock(NOON), FakeDialogue()
    engine = open_engine(f"sqlite:///{folder / 'gateway.db'}")
    identity = Identity(engine, clock, Keys(SECRET), Limits(conversations_kept=kept.conversations))
    store = TurnStore(engine, Keys(SECRET[::-1]), clock)
    to_dialogue = httpx.AsyncClient(base_url="http://dialogue", transport=httpx.MockTransport(dialogue.handle))
    screen: Any = FakeScreen()
    talk_engine = open_engine(f"sqlite:///{folder / 'talk.db'}")
    keeping = Keeping(identity, store, Answers(engine), Talk(talk_engine, clock), kept)
    dialogue_client = DialogueClient(to_dialogue, "private")
    trail = Trail(engine, clock, Keys(SECRET))
    world = World(
        identity,
        SignIns(identity, trail),
        store,
        screen,
        dialogue_client,
        small_model(),
        clock,
        CLINIC,
        keeping,
        open_to,
    )
    app = create_app(Gateway(world, frozenset({"key-1"}), **changes))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": "Bearer key-1"}
    try:
        async with (
            to_dialogue,
            httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=headers) as client,
        ):
            yield Kit(client, dialogue, identity, store, clock, engine, world)
    finally:
        engine.dispose()
        talk_engine.dispose()


IMPATIENT = Patience(turn=0.15, alarm=0.05)
