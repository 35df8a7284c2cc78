"""One turn as an action sees it, and the frame around every action: no exception leaves `run`.

An exception that reached the action server would be answered with the whole conversation in its body.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import bootstrap
from actions.bootstrap import NotSignedIn, Services
from actions.portal_client import NotRecorded, OutcomeUnknown, Portal, PortalError, PortalUnavailable, SessionExpired
from assistant.capabilities import Capabilities
from clock import CLINIC_ZONE
from identity import Conversation, SignedIn

logger = logging.getLogger(__name__)
Event = dict[str, Any]
OTHER_REQUEST_CONFIDENCE = 0.5
ANSWER_INTENTS = frozenset(
    {"inform", "affirm", "deny", "nlu_fallback", "greet", "thank", "out_of_scope", "code_checked"}
)


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
        """The portal of the person signed in.

        Raises:
            NotSignedIn: nobody is.
        """
        if self._portal is None:
            self._portal = await self.services.portal_for(self.sender_id, self.act, self.channel)
        return self._portal


class CarelineAction(Action, ABC):
    """An action that answers one turn; whatever goes wrong becomes a sentence."""

    def __init__(self, services: Callable[[], Services] = bootstrap.services) -> None:
        # Rasa builds actions with no argument; a test passes its own.
        self._services = services

    @abstractmethod
    async def act(self, turn: Turn) -> list[Event]:
        """Decide and say; the events for Rasa."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Event]:
        turn = Turn(tracker, dispatcher, self._services(), capability_of(self.name()))
        try:
            return await self.act(turn)
        except Exception as error:
            if isinstance(error, SessionExpired):
                await self._forget_token(turn)
            return self.failed(turn, self._reply_to(error))

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
                logger.error("%s: %s", self.name(), _where(error))
                return "utter_failed"

    async def _forget_token(self, turn: Turn) -> None:
        # The portal has forgotten a token that should still hold; who is signed in is decided here, not there.
        try:
            await turn.services.forget_token(turn.sender_id)
        except Exception as error:
            logger.error("%s: %s", self.name(), _where(error))

    def failed(self, turn: Turn, response: str) -> list[Event]:
        """Say what went wrong; what was said so far stays in its slots."""
        turn.utter(response)
        return []


def capability_of(action: str) -> str:
    """The capability to whose work an action or form belongs, by its name; empty when it is of none."""
    stem = action.removeprefix("validate_").removeprefix("action_").removeprefix("ask_")
    return max((row for row in Capabilities.load().ids if f"{stem}_".startswith(f"{row}_")), key=len, default="")


def _where(error: Exception) -> str:
    """The error's type and the line it came from, without its message, which may quote a patient's words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    line = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {line}"
