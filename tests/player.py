"""Plays a conversation from `tests/conversations/` through POST /v1/turns of the real processes."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.canaries import note_code

WRONG = "000000"
CODE_WITHIN = 15.0
"""Seconds in which a texted code has to arrive on a busy machine."""


@dataclass
class Client:
    """One person's side of one conversation."""

    http: httpx.Client
    channel: str = "web"
    language: str | None = None
    caller: str | None = None
    conversation: str | None = None
    signed_in: bool = False
    replies: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str) -> list[dict[str, Any]]:
        return self._send({"text": text})

    def pick(self, number: int) -> list[dict[str, Any]]:
        """Pick one of the choices shown last, counted from 1."""
        choices = [choice for reply in self.replies for choice in reply["choices"]]
        return self._send({"choice": choices[number - 1]["id"]})

    def code(self, phone: str) -> list[dict[str, Any]]:
        """Type the code of the newest text or call to that number."""
        return self.say(newest_code(self.http, phone))

    def _send(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        body = {"channel": self.channel, "message_id": str(uuid.uuid4()), **message}
        known = {"conversation": self.conversation, "language": self.language, "from": self.caller}
        body.update({key: value for key, value in known.items() if value is not None})
        answer = self.http.post("/v1/turns", json=body)
        assert answer.status_code == 200, answer.text
        turn = answer.json()
        self.conversation, self.signed_in, self.replies = turn["conversation"], turn["signed_in"], turn["replies"]
        # The language is asked for once; after that the conversation keeps its own.
        self.language = None
        return self.replies


def signed_in(client: Client, phone: str, born: str, opening: str = "sign me in") -> Client:
    """Say what begins it, the number (E.164), the birth date, and the code that comes to the number."""
    for said in (opening, f"{phone[2:5]} {phone[5:8]} {phone[8:]}", born):
        client.say(said)
    client.code(phone)
    assert client.signed_in
    return client


def newest_code(http: httpx.Client, phone: str) -> str:
    """The code in the newest text or spoken call to a number; waits for it, since it is sent in the background."""
    end = time.monotonic() + CODE_WITHIN
    while time.monotonic() < end:
        texts = http.get("/simulator/sms", params={"to": phone}).json()
        calls = http.get("/simulator/calls", params={"to": phone}).json()
        said = [text["body"] for text in texts] or [call["said"] for call in calls]
        if said:
            digits = re.sub(r"(?<=\d)[ ,.]+(?=\d)", "", said[-1])
            found = re.search(r"\d{6}", digits)
            assert found is not None
            note_code(found[0])
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no code was sent to {phone}")


def play(client: Client, turns: list[dict[str, Any]], person: dict[str, Any] | None) -> None:
    """Say every line and hold the replies against what the file expects."""
    for number, turn in enumerate(turns, start=1):
        replies = _do(client, turn, person)
        acts = [reply["act"] for reply in replies]
        words = "\n".join(reply["text"] for reply in replies)
        where = f"turn {number} ({turn}): {acts} {words!r}"
        expected = turn.get("act")
        assert expected is None or acts == ([expected] if isinstance(expected, str) else expected), where
        for piece in _listed(turn.get("has")):
            assert piece in words, where
        for piece in _listed(turn.get("hasnt")):
            assert piece not in words, where
        assert "{" not in words, f"a value is missing in {where}"
        assert all(reply["text"].strip() for reply in replies), where


def _do(client: Client, turn: dict[str, Any], person: dict[str, Any] | None) -> list[dict[str, Any]]:
    if "pick" in turn:
        return client.pick(turn["pick"])
    if turn.get("code") == "wrong":
        return client.say(WRONG)
    if turn.get("code"):
        assert person is not None
        return client.code(person["phone"])
    return client.say(turn["say"])


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])
