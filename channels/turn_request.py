"""Reads the body of POST /v1/turns, refusing in words whatever does not have the agreed form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from channels.cleaning import LONGEST, clean_cut
from channels.problems import LANGUAGES, Problem
from channels.redaction import redact

CHANNELS = ("web", "sms", "phone", "alexa")
BIGGEST_BODY = 64 * 1024
_FIELDS = ("channel", "choice", "conversation", "from", "language", "message_id")
_LONGEST_ID = 200
_OURS = re.compile(r"[\w-]{1,64}", re.ASCII)
_NOBODYS = "-"
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True)
class TurnRequest:
    """One message as a client sent it, its text cleaned."""

    channel: str
    conversation: str | None = field(default=None, repr=False)
    text: str | None = field(default=None, repr=False)
    """None when a choice was picked."""
    choice: str | None = None
    language: str | None = None
    caller: str | None = field(default=None, repr=False)
    """The number the carrier reports, E.164."""
    message_id: str | None = None
    client: str | None = field(default=None, repr=False)
    """The address it came from; None when that says nothing about who sent it."""
    body: str = field(default="", repr=False)
    """All but the text, in one fixed form."""
    is_cut: bool = False
    """The middle of the text was left out, because nobody could answer all of it."""

    @property
    def too_long(self) -> bool:
        return self.is_cut or len(self.text or "") > LONGEST

    def without_secrets(self) -> str:
        """The request in one form that may be kept, to tell a message sent twice from another with the same id."""
        if self.text is None:
            return self.body
        text = f"{len(self.text)} characters" if self.too_long else redact(self.text).text
        return json.dumps([self.body, text])


def read_turn_request(raw: bytes) -> TurnRequest:
    """The request in `raw`; a text that is too long is left to the caller, who listens for danger first.

    Raises:
        Problem: It is malformed.
    """
    body = read_object(raw)
    language = _language(body)
    channel = body.get("channel")
    if not isinstance(channel, str) or channel not in CHANNELS:
        raise Problem("malformed", language, what="channel")
    (text, is_cut), choice = _text(body, language), _issued(body, "choice", language)
    if text is None and choice is None:
        raise Problem("malformed", language, what="text_or_choice")
    if text is not None and choice is not None:
        raise Problem("malformed", language, what="both")
    if text == "":
        raise Problem("empty", language)
    return TurnRequest(
        channel=channel,
        # A client that has no conversation yet may say so with an empty text.
        conversation=_issued(body, "conversation", language) if body.get("conversation") != "" else None,
        text=text,
        choice=choice,
        language=language,
        caller=_caller(body, language),
        message_id=_message_id(body, language),
        body=json.dumps({name: body[name] for name in _FIELDS if name in body}, sort_keys=True),
        is_cut=is_cut,
    )


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`.

    Raises:
        Problem: There is none.
    """
    try:
        body = json.loads(raw, object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        # Brackets in brackets, thousands of times, exhaust the parser.
        raise Problem("malformed", what="not_an_object") from None
    if not isinstance(body, dict):
        raise Problem("malformed", what="not_an_object")
    return body


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no field is said twice: two readers could take it for two different messages."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _language(body: dict[str, Any]) -> str | None:
    language = body.get("language")
    if language is not None and (not isinstance(language, str) or language not in LANGUAGES):
        raise Problem("malformed", what="language")
    return language


def _string(body: dict[str, Any], name: str, language: str | None) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Problem("malformed", language, what="not_text", values={"field": name})
    return value


def _text(body: dict[str, Any], language: str | None) -> tuple[str | None, bool]:
    text = _string(body, "text", language)
    return (None, False) if text is None else clean_cut(text)


def _issued(body: dict[str, Any], name: str, language: str | None) -> str | None:
    """An id that we gave out; one that we cannot have given is as good as an unknown one."""
    value = _string(body, name, language)
    if value is None or _OURS.fullmatch(value):
        return value
    return _NOBODYS


def _message_id(body: dict[str, Any], language: str | None) -> str | None:
    value = _string(body, "message_id", language)
    if value is not None and not (0 < len(value) <= _LONGEST_ID and value.isprintable()):
        raise Problem("malformed", language, what="message_id")
    return value


def _caller(body: dict[str, Any], language: str | None) -> str | None:
    caller = _string(body, "from", language)
    if caller is not None and not _PHONE.fullmatch(caller):
        raise Problem("malformed", language, what="phone_number")
    return caller
