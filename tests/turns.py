"""One conversation as an action server sees it: a real tracker and a real dispatcher, with invented portal and people."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.bootstrap import NotSignedIn, Services
from actions.portal_client import (
    AccountBalance,
    Medication,
    OpenSlot,
    PaymentMethod,
    Person,
    Pharmacy,
    Place,
    Portal,
    Provider,
    ResultValue,
    TestResult,
)
from actions.task import TaskForm
from actions.turn import CarelineAction, Event, Turn
from audit import Trail
from clock import CLINIC_ZONE, FixedClock
from identity import CodeNotSent, Delivery, Identity, Keys, Limits, Notice, open_engine
from settings import Settings
from tests.fakes import A_TUESDAY, FakeDirectory, FakePortal

KEYS = Keys("only these tests know this secret")
NOW = A_TUESDAY.astimezone(CLINIC_ZONE)
PHONE, BORN = "+15415550121", date(1984, 3, 12)
ADA = Person("patient-zq71", "Adalinde", "Adalinde Quillfeather", PHONE, can_text=True, language="en")
CHEN = Provider("prov-chen", "Amy Chen, MD", "Chen", "Family Medicine", "place-crescent")
PATEL = Provider("prov-patel", "Nisha Patel, MD", "Patel", "Cardiology", "place-crescent")
KIM = Provider("prov-kim", "Grace Kim, NP", "Kim", "Family Medicine", "place-southgate")
CRESCENT = Place("place-crescent", "Crescent Clinic", "1500 Crescent Way, Eugene", "+15415550190")
SOUTHGATE = Place("place-southgate", "Southgate Clinic", "88 Southgate Ave, Eugene", "")
WILLAMETTE = Pharmacy("pharm-willamette", "Willamette Pharmacy", preferred=True)
OAKWAY = Pharmacy("pharm-oakway", "Oakway Drugs", preferred=False)
CLINIC_BILL = AccountBalance("acct-clinic", "clinic", 18450, date(2026, 3, 29))
HOSPITAL_BILL = AccountBalance("acct-hospital", "hospital", 90000, None)
VISA = PaymentMethod("pay-visa", "visa", "4242")
BANK = PaymentMethod("pay-bank", "bank account", "6789")


def medication(name: str, **but: Any) -> Medication:
    """A medicine with refills left and nothing in the way."""
    plain = Medication(
        f"med-{name}", name, "10 mg", f"{name} 10 mg tablet", "", 2, "Amy Chen, MD", False, False, None, None, False
    )
    return replace(plain, **but)


LISINOPRIL, SERTRALINE = medication("lisinopril"), medication("sertraline", refills_left=0)


def open_slot(day: int, hour: int, minute: int = 0, provider: Provider = CHEN, place: Place = CRESCENT) -> OpenSlot:
    """A time of half an hour in March 2026."""
    start = datetime(2026, 3, day, hour, minute, tzinfo=CLINIC_ZONE)
    return OpenSlot(
        f"slot-{day}-{hour}{minute:02}-{provider.family_name}", start, start + timedelta(minutes=30), provider, place
    )


def result(name: str, day: int, *values: ResultValue, **but: Any) -> TestResult:
    """A final result of March 2026."""
    plain = TestResult(f"result-{name}-{day}", name, date(2026, 3, day), "final", values, None, restricted=False)
    return replace(plain, **but)


@dataclass
class Outbox:
    """Takes codes instead of a carrier; `broken` is raised instead."""

    deliveries: list[Delivery] = field(default_factory=list)
    broken: Exception | None = None

    notices: list[Notice] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        if self.broken is not None:
            raise self.broken
        self.deliveries.append(delivery)

    def send_notice(self, notice: Notice) -> None:
        if self.broken is not None:
            raise self.broken
        self.notices.append(notice)


@dataclass(frozen=True)
class FakeServices(Services):
    """Services whose portal is a list; who is signed in is decided by the real identity all the same."""

    portal: FakePortal = field(kw_only=True)
    others: dict[str, FakePortal] = field(default_factory=dict, kw_only=True)
    """The portals of other people's records, by patient id."""

    async def portal_for(self, sender_id: str, act: str, channel: str) -> Portal:
        own, record = await self.own_portal_for(sender_id, act, channel), await self.acting_for(sender_id)
        return own if record is None else self.others[record.patient_id]

    async def own_portal_for(self, sender_id: str, act: str, channel: str) -> Portal:
        if await self.signed_in(sender_id) is None:
            raise NotSignedIn
        return self.portal


class Talk:
    """What Rasa would keep of one conversation; slots, events and the active form follow what the actions return."""

    def __init__(
        self,
        folder: Path,
        *,
        language: str = "en",
        channel: str = "web",
        caller: str | None = None,
        signed_in: bool = True,
        act: str | None = None,
    ) -> None:
        self.clock = FixedClock(A_TUESDAY)
        self._url = f"sqlite:///{folder}/identity.db"
        self.identity = self._identity()
        self.trail = Trail(open_engine(self._url), self.clock, KEYS)
        self.portal = FakePortal(clock=self.clock, who=ADA)
        self.directory = FakeDirectory(people=[(ADA, BORN)])
        self.outbox = Outbox()
        self.services = _services(self)
        self.sender = self.identity.open_conversation(channel, language, caller).sender_id
        self.channel = channel
        medium = "heard" if channel in ("phone", "alexa") else "read"
        self.slots: dict[str, Any] = {"language": language, "medium": medium}
        self.events: list[Event] = []
        self.loop: str | None = None
        self.message: dict[str, Any] = {}
        self.said: list[dict[str, Any]] = []
        """What the last action said."""
        self.followup: str | None = None
        if signed_in and channel == "alexa":
            self.sign_in_by_voice()
        elif signed_in:
            self.sign_in(act)

    @property
    def acts(self) -> list[str]:
        return [str(message["response"] or message.get("act")) for message in self.said]

    @property
    def requested(self) -> str | None:
        return self.slots.get("requested_slot")

    def value(self, name: str) -> Any:
        """A value in what was just said."""
        return next(message[name] for message in self.said if name in message)

    def picks(self) -> list[str]:
        """What the buttons just shown stand for."""
        payloads = [button["payload"] for message in self.said for button in message["buttons"]]
        return [json.loads(payload.removeprefix("/inform"))["pick"] for payload in payloads]

    def sign_in(self, act: str | None = None, who: Person = ADA) -> None:
        """Sign in, for `act` when one asked for it."""
        assert self.identity.check_code(self.sender, self.code(act=act, who=who)).outcome == "accepted"

    def limit(self, **limits: Any) -> None:
        """Go on under other limits."""
        self.identity = self._identity(**limits)
        self.services = _services(self)

    def _identity(self, **limits: Any) -> Identity:
        keys = Keys("only these tests know this secret")
        kept = Limits(personal_on_assistants=True, passcode_work=2**10, **limits)
        return Identity(open_engine(self._url), self.clock, keys, kept)

    def sign_in_by_voice(self) -> None:
        """Come by a linked account and say the passcode, which was chosen on the web."""
        web, here = self.identity.open_conversation("web", "en").sender_id, self.sender
        self.sender = web
        self.sign_in("manage_quick_login")
        assert self.identity.set_passcode(web, "7391", BORN) == "set"
        self.identity.sign_out(web)
        self.sender = here
        self.identity.sign_in_linked(here, ADA)
        assert self.identity.check_passcode(here, "7391").outcome == "accepted"

    def code(self, purpose: str = "sign_in", act: str | None = None, who: Person = ADA) -> str:
        """Have a code sent and read it."""
        start = self.identity.start_challenge(self.sender, who, purpose, f"{PHONE}|{BORN}", act)
        assert start.delivery is not None
        return start.delivery.code

    def hears(
        self, text: str = "", intent: str = "inform", *, confidence: float = 0.95, pick: str | None = None, **more: Any
    ) -> Talk:
        """A message comes in; `more` are keys of Rasa's message, or of its metadata when they begin with `known_`."""
        known = {key.removeprefix("known_"): value for key, value in more.items() if key.startswith("known_")}
        self.message = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": [] if pick is None else [{"entity": "pick", "value": pick}],
            "metadata": {"channel": self.channel, **known},
            **{key: value for key, value in more.items() if not key.startswith("known_")},
        }
        self.events += [{"event": "action", "name": "action_listen"}, {"event": "user", **self.message}]
        return self

    async def does(self, action: type[CarelineAction], **made_with: Any) -> list[Event]:
        """Run an action as the action server does, and keep what it says and changes."""
        made = action(lambda: self.services, **made_with)
        return await self.runs(made)

    async def runs(self, action: CarelineAction) -> list[Event]:
        if not isinstance(action, TaskForm):
            self.events.append({"event": "action", "name": action.name()})
        dispatcher = CollectingDispatcher()
        events = await action.run(dispatcher, self.tracker(), cast(Any, {}))
        self.said, self.followup = dispatcher.messages, None
        self.events += [_bot(message) for message in self.said]
        for event in events:
            self._keep(event)
        return events

    async def fills(self, form: type[TaskForm]) -> list[Event]:
        """What Rasa does with a form that is active or is to be: it runs it, and then it would ask for `requested`."""
        made = form(lambda: self.services)
        self.events.append({"event": "action", "name": made.form})
        if self.loop != made.form:
            self.loop = made.form
            self.slots["requested_slot"] = None
            self.events.append({"event": "active_loop", "name": made.form})
        events = await self.runs(made)
        if self.loop == made.form and self.requested is None:
            # A form that has nothing to ask is over.
            self.loop = None
            self.events.append({"event": "active_loop", "name": None})
        return events

    def tracker(self) -> Tracker:
        state = {
            "sender_id": self.sender,
            "slots": dict(self.slots),
            "latest_message": self.message,
            "events": list(self.events),
            "active_loop": {"name": self.loop} if self.loop else {},
        }
        return Tracker.from_dict(cast(Any, state))

    def turn(self) -> Turn:
        """The present turn, to ask a question something directly."""
        return Turn(self.tracker(), CollectingDispatcher(), self.services)

    def _keep(self, event: Event) -> None:
        self.events.append(event)
        if event["event"] == "slot":
            self.slots[event["name"]] = event["value"]
        elif event["event"] == "active_loop":
            self.loop = event["name"]
        elif event["event"] == "followup":
            self.followup = event["name"]


def _bot(message: dict[str, Any]) -> Event:
    values = {key: value for key, value in message.items() if key not in ("response", "template", "text", "buttons")}
    text = message["text"] or f"({message['response']})"
    metadata = {"act": message["response"], "values": values}
    return {"event": "bot", "text": text, "data": {"buttons": message["buttons"]}, "metadata": metadata}


def _services(talk: Talk) -> FakeServices:
    return FakeServices(
        identity=talk.identity,
        directory=talk.directory,
        sender=talk.outbox,
        clock=talk.clock,
        settings=Settings.from_environment({"CARELINE_DEMO": "1"}),
        client=cast(Any, None),
        tokens=cast(Any, None),
        server=cast(Any, None),
        trail=talk.trail,
        portal=talk.portal,
    )


__all__ = ["CodeNotSent", "Talk"]
