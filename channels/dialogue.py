"""The gateway's side of the private wire to the dialogue process (assistant/input_channel.py holds the other)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

SECRET_HEADER = "X-Careline-Secret"
LONGEST_TURN = 30.0
"""Seconds after which a turn is given up; the person is answered sooner (turns.PATIENCE)."""

HEARD = ("phone", "alexa")
"""Channels on which an answer is spoken."""


class DialogueError(Exception):
    """The dialogue gave no replies; the message may be sent again."""


class DialogueUnreachable(DialogueError):
    """It was not reached, or did not answer in time."""


class DialogueBroken(DialogueError):
    """It answered with something that is not replies."""


@dataclass(frozen=True)
class Message:
    """One message on its way to the dialogue, cleaned and without secrets: words, or an intent that is certain."""

    sender: str
    channel: str
    language: str
    text: str
    message_id: str | None = None
    intent: str | None = None
    """None means: understand the words."""
    entities: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    """What the gateway alone knows about the message, such as what came of a code."""


@dataclass(frozen=True)
class Reply:
    """One thing said."""

    text: str
    act: str
    values: dict[str, Any] = field(default_factory=dict)
    parts: list[dict[str, Any]] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    """Each with title, intent and entities."""


class DialogueClient:
    """Hands one message over and gets the replies to it."""

    def __init__(self, client: httpx.AsyncClient, secret: str) -> None:
        self._client = client
        self._secret = secret

    async def say(self, message: Message) -> tuple[list[Reply], dict[str, Any]]:
        """The replies in the order they were said, and what the dialogue tells about how it came to them.

        Raises:
            DialogueError: There are no replies.
        """
        body = _body(message)
        try:
            answer = await self._client.post(
                "/webhooks/careline/turn", json=body, headers={SECRET_HEADER: self._secret}, timeout=LONGEST_TURN
            )
        except httpx.HTTPError as error:
            raise DialogueUnreachable(type(error).__name__) from None
        if answer.status_code != httpx.codes.OK:
            raise DialogueBroken(f"status {answer.status_code}")
        return _replies(answer)


def medium_of(channel: str) -> str:
    """Whether what is answered on this channel is "heard" or "read"."""
    return "heard" if channel in HEARD else "read"


def _body(message: Message) -> dict[str, Any]:
    body = {
        "sender": message.sender,
        "channel": message.channel,
        "language": message.language,
        "medium": medium_of(message.channel),
        "message_id": message.message_id,
        "text": message.text,
        "known": message.known,
    }
    if message.intent is None:
        return body
    return body | {"intent": message.intent, "entities": message.entities}


def _replies(answer: httpx.Response) -> tuple[list[Reply], dict[str, Any]]:
    try:
        found = answer.json()
        replies = [
            Reply(
                str(each.get("text") or ""),
                str(each.get("act") or ""),
                dict(each.get("values") or {}),
                list(each.get("parts") or []),
                [_choice(choice) for choice in each.get("choices") or []],
            )
            for each in found["replies"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DialogueBroken("not replies") from None
    trace = found.get("trace")
    return replies, trace if isinstance(trace, dict) else {}


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": str(choice["title"]),
        "intent": str(choice["intent"]),
        "entities": dict(choice.get("entities") or {}),
    }
