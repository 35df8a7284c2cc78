"""What the steps of a turn share: the world outside, the conversation, how it is going, and the form of the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from audit import SignIns
from channels.dialogue import DialogueClient
from channels.emergency import EmergencyScreen
from channels.keeping import Keeping
from channels.language import LanguageModel
from channels.stages import Stages
from channels.store import TurnStore
from channels.turn_request import CHANNELS
from clock import Clock
from identity import Conversation, Identity


@dataclass(frozen=True)
class World:
    """What the steps need from outside; a test passes fakes."""

    identity: Identity
    sign_ins: SignIns
    """Takes codes to identity, and notes what came of them."""
    store: TurnStore
    screen: EmergencyScreen
    dialogue: DialogueClient
    model: LanguageModel
    clock: Clock
    phone: str
    """The clinic's number as people write it."""
    keeping: Keeping
    """How long what was said stays."""
    channels: frozenset[str] = frozenset(CHANNELS)
    """On which patients are heard; on the others only an emergency is."""


@dataclass
class Course:
    """How a turn went, for its log line, its count and the demo's trace; nothing in it says who or what."""

    channel: str
    language: str = "en"
    outcome: str = "answered"
    sender: str = ""
    stages: Stages = field(default_factory=Stages)
    sent: str = ""
    """Intent that the dialogue was given, or "words"."""
    understood: dict[str, Any] = field(default_factory=dict)
    """What the dialogue tells about how it came to its replies."""
    was_signed_in: bool = False
    signed_out: bool = False
    """Somebody was signed in when this turn began, and nobody is after it."""
    given_up: bool = False
    """The person has been told to try again; nothing new is to be begun."""


@dataclass(frozen=True)
class Place:
    """The conversation a message belongs to."""

    conversation: Conversation
    is_new_instead: bool = False
    """The client named another one, which does not exist or is not its own."""


@dataclass(frozen=True)
class ClaimedTurn:
    """The message's entry in the store; one without a message_id has none."""

    key: str | None = None
    code_check: dict[str, Any] | None = None

    def keep(self, store: TurnStore, check: dict[str, Any]) -> None:
        """Note what came of a code, so that sending the message again costs no second guess."""
        if self.key is not None:
            store.keep_code_check(self.key, check)


def answer_of(token: str, language: str, signed_in: bool, replies: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer as clients get it."""
    return {
        "conversation": token,
        "language": language,
        "signed_in": signed_in,
        "ended": any(_ends(reply) for reply in replies),
        "replies": replies,
    }


def _ends(reply: dict[str, Any]) -> bool:
    return reply["act"].startswith("utter_goodbye") or reply["values"].get("ended") is True
