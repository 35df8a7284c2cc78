"""One turn as an action sees it, and the frame around every action: no exception leaves `run`.

An exception that reached the action server would be answered with the whole conversation in its body.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import bootstrap, gate
from actions.bootstrap import NotSignedIn, Services
from actions.portal_client import (
    Dependent,
    NoAccess,
    NotRecorded,
    OutcomeUnknown,
    Portal,
    PortalError,
    PortalUnavailable,
    Refused,
    SessionExpired,
)
from assistant.capabilities import Capabilities
from clock import CLINIC_ZONE
from identity import ActingFor, Conversation, SignedIn
from logs import place_of

logger = logging.getLogger(__name__)
Event = dict[str, Any]
OTHER_REQUEST_CONFIDENCE = 0.5
ANSWER_INTENTS = frozenset(
    {"inform", "affirm", "deny", "nlu_fallback", "greet", "thank", "out_of_scope", "code_checked", "switch_person"}
)
"""What may be said inside a task and still be about it; `switch_person` is then whose record it is for."""
# They name the person themselves, or are about whoever signed in.
NOT_LABELLED = ("switch_person", "not_for_this_person", "sign_in", "task_taken_up")


class Turn:
    """The message being answered, the slots so far, and the ways to answer."""

    def __init__(self, tracker: Tracker, say: CollectingDispatcher, services: Services, act: str = "") -> None:
        self.tracker = tracker
        self.services = services
        self.act = act
        """The capability at work, as the audit trail calls what is done; empty when it is none."""
        self._say = say
        self._read_now: dict[str, Any] = {}
        self._portal: Portal | None = None
        self._people: list[Dependent] | None = None
        self.acts_on: ActingFor | None = None
        """Somebody else's record, once the gate has opened it for this action; None: one's own."""
        self.record_changed = False
        """True once this message has led to another record."""
        self._said_before: str | None = None

    def as_if_now_said(self, text: str) -> Turn:
        """The same turn with other words in it: those said before the person had signed in."""
        again = copy(self)
        again._said_before = text
        return again

    @property
    def sender_id(self) -> str:
        return str(self.tracker.sender_id)

    @property
    def text(self) -> str:
        return (
            self._said_before if self._said_before is not None else str(self.tracker.latest_message.get("text") or "")
        )

    @property
    def language(self) -> str:
        return str(self.tracker.get_slot("language") or "en")

    @property
    def heard(self) -> bool:
        """True when the reply is listened to, not read."""
        return self.tracker.get_slot("medium") == "heard"

    @property
    def channel(self) -> str:
        return str(self.known.get("channel") or "web")

    @property
    def known(self) -> Mapping[str, Any]:
        """What the gateway said about the message: channel, language, medium, code_check."""
        return self.tracker.latest_message.get("metadata") or {}

    @property
    def intent(self) -> str:
        return str((self.tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        return float((self.tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def picked(self) -> str | None:
        """The value of the choice that was picked; None when words were said instead."""
        entities = [] if self._said_before is not None else self.tracker.latest_message.get("entities") or []
        return next((str(entity["value"]) for entity in entities if entity["entity"] == "pick"), None)

    @property
    def now(self) -> datetime:
        """The present, in the clinic's zone."""
        return self.services.clock.now().astimezone(CLINIC_ZONE)

    def asks_for_something_else(self, capability_id: str) -> bool:
        """True when the message is clearly about another thing than the task at hand."""
        if self.intent in ANSWER_INTENTS or self.intent == capability_id or self.intent not in Capabilities.load():
            return False
        return self.confidence >= OTHER_REQUEST_CONFIDENCE

    def slot(self, name: str) -> Any:
        """A slot's value, with what was read from this message already in it."""
        return self._read_now[name] if name in self._read_now else self.tracker.get_slot(name)

    def remember(self, name: str, value: Any) -> None:
        self._read_now[name] = value

    @property
    def read_now(self) -> Mapping[str, Any]:
        """What was read from this message so far."""
        return self._read_now

    def utter(
        self,
        response: str,
        buttons: Any = None,
        parts: Any = None,
        **values: Any,
    ) -> None:
        """Say a reply of the catalogue with its values.

        `buttons` are those of `offers.button`; `parts` is a list of objects for what is more than words (a receipt, a table).
        """
        stem = response.removeprefix("utter_").removeprefix("ask_")
        if self.acts_on is not None and not stem.startswith(NOT_LABELLED):
            # The generator puts it into words: on another's record every reply says whose it is.
            values = {"record": self.acts_on.given_name, **values}
        self._say.utter_message(response=response, buttons=buttons, parts=parts or [], **values)

    def say_again(self, message: Mapping[str, Any]) -> None:
        """Say a message that was said before, as it was."""
        kept = {key: message[key] for key in ("act", "values", "parts") if message.get(key)}
        self._say.utter_message(text=message["text"], buttons=message.get("buttons") or [], **kept)

    async def signed_in(self) -> SignedIn | None:
        return await self.services.signed_in(self.sender_id)

    async def conversation(self) -> Conversation | None:
        return await asyncio.to_thread(self.services.identity.by_sender, self.sender_id)

    async def portal(self) -> Portal:
        """The portal for the record this action may work on: one's own, unless the gate has opened another's.

        Raises:
            NotSignedIn: nobody is.
        """
        if self._portal is None:
            services, other = self.services, self.acts_on
            opened = services.own_portal_for if other is None else services.portal_for
            self._portal = await opened(self.sender_id, self.act, self.channel)
        return self._portal

    @property
    def record_name(self) -> str:
        """Given name of whose record it is; empty for one's own."""
        return self.acts_on.given_name if self.acts_on is not None else ""

    async def people(self) -> list[Dependent]:
        """Whose records may be opened at this moment, as the portal says; asked once for each action."""
        if self._people is None:
            self._people = await (
                await self.services.own_portal_for(self.sender_id, self.act, self.channel)
            ).dependents()
        return self._people

    def on_record(self, other: ActingFor | None) -> None:
        """Work on that record from here on."""
        self.acts_on, self._portal = other, None


@dataclass
class Prepared:
    """What came of looking at whose record an action is for."""

    events: list[Event] = field(default_factory=list)
    done: bool = False
    """True when the events are all there is to this turn."""


class CarelineAction(Action, ABC):
    """An action that answers one turn; whatever goes wrong becomes a sentence."""

    def __init__(self, services: Callable[[], Services] = bootstrap.services) -> None:
        # Rasa builds actions with no argument; a test passes its own.
        self._services = services

    @abstractmethod
    async def act(self, turn: Turn) -> list[Event]:
        """Decide and say; the events for Rasa."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Event]:
        row = gate.capability_of(self.name())
        turn = Turn(tracker, dispatcher, self._services(), row.id if row is not None else "")
        try:
            return await self._within_the_gate(turn)
        except Exception as error:
            if isinstance(error, SessionExpired):
                await self._forget_token(turn)
            if turn.acts_on is not None and isinstance(error, Refused) and error.code == "forbidden":
                return await self._closed_by_the_portal(turn, error)
            return self.failed(turn, self._reply_to(error))

    async def _within_the_gate(self, turn: Turn) -> list[Event]:
        row = gate.capability_of(self.name())
        if row is None or row.access == "public":
            return await self.act(turn)
        prepared = await self.prepare(turn)
        if prepared.done:
            return prepared.events
        # While nobody is signed in no record is open, and each action asks for that itself.
        if gate.concerns_a_record(row) and await turn.signed_in() is not None:
            verdict = await gate.verdict(turn, row)
            if verdict != "open":
                gate.say_closed(turn, ended=verdict == "ended")
                return [*prepared.events, *self.refused(turn)]
        return [*prepared.events, *await self.act(turn)]

    async def _closed_by_the_portal(self, turn: Turn, error: Refused) -> list[Event]:
        """The portal gives less than the catalogue allows: said as if the gate had been closed."""
        ended = isinstance(error, NoAccess)
        try:
            if ended:
                await gate.go_back(turn)
        except Exception as failure:
            logger.error("%s: %s", self.name(), place_of(failure))
            return self.failed(turn, "utter_failed")
        gate.say_closed(turn, ended=ended)
        return self.refused(turn)

    async def prepare(self, turn: Turn) -> Prepared:
        """Find out on whose record it is to be done, before it is looked at whether that may be."""
        return Prepared()

    def refused(self, turn: Turn) -> list[Event]:
        """Leave the task that may not be done on this record; what it knew is forgotten."""
        row = gate.capability_of(self.name())
        stem = f"{row.id}_" if row else " "
        slots = [name for name in turn.tracker.slots if name.startswith(stem)]
        left: list[Event] = [ActiveLoop(None), SlotSet("requested_slot", None)]
        return [*left, *(SlotSet(name, None) for name in slots), FollowupAction("action_listen")]

    def _reply_to(self, error: Exception) -> str:
        match error:
            case NotSignedIn():
                return "utter_sign_in_again"
            case OutcomeUnknown():
                logger.error("%s: outcome unknown (%s)", self.name(), type(error).__name__)
                return "utter_outcome_unknown"
            case NotRecorded():
                logger.error("%s: %s", self.name(), type(error).__name__)
                return "utter_access_not_recorded"
            case PortalUnavailable() | SessionExpired():
                logger.warning("%s: %s", self.name(), type(error).__name__)
                return "utter_portal_unavailable"
            case PortalError():
                logger.warning("%s: %s", self.name(), type(error).__name__)
                return "utter_portal_refused"
            case _:
                logger.error("%s: %s", self.name(), place_of(error))
                return "utter_failed"

    async def _forget_token(self, turn: Turn) -> None:
        # The portal has forgotten a token that should still hold; who is signed in is decided here, not there.
        try:
            await turn.services.forget_token(turn.sender_id)
        except Exception as error:
            logger.error("%s: %s", self.name(), place_of(error))

    def failed(self, turn: Turn, response: str) -> list[Event]:
        """Say what went wrong; what was said so far stays in its slots."""
        turn.utter(response)
        return []
