"""Reads the sentences to measure with: JSON lines, each with a text and the intent that a careful person gives it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.capabilities import Capabilities
from channels.cleaning import LONGEST, clean_cut, neutralise
from channels.redaction import redact
from clock import CLINIC_ZONE

ROOT = Path(__file__).parent.parent.parent
LANGUAGES = ("en", "es")
NO_STYLE = "(none)"
"""Style of a line that names none."""


class Malformed(Exception):
    """DATA cannot be measured with; the message is one sentence that names the line."""


@dataclass(frozen=True)
class Sentence:
    """One line of DATA."""

    text: str
    """As it was said."""
    heard: str
    """As the gateway hands it to the dialogue: cleaned and without secrets."""
    intent: str
    style: str = NO_STYLE
    entities: dict[str, Any] = field(default_factory=dict)
    language: str | None = None
    """None: the line does not say."""
    now: datetime | None = None
    """When it was said, in the clinic's zone; None: the line does not say."""


def read_sentences(path: Path) -> list[Sentence]:
    """The lines of DATA in their order; empty ones are passed over.

    Raises:
        Malformed: One of them is not as agreed, or there is none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise Malformed(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"{path} cannot be read as UTF-8 text ({type(error).__name__}).") from None
    found = list(_sentences(lines))
    if not found:
        raise Malformed(f"There is no line in {path}.")
    return found


@cache
def known_intents() -> frozenset[str]:
    """What a line may expect: every capability, and the helper intents of `domain.yml`."""
    shared = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return frozenset([*Capabilities.load().ids, *shared["intents"]])


def _sentences(lines: Iterable[str]) -> Iterable[Sentence]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _sentence(line)
            except ValueError as error:
                raise Malformed(f"Line {number} of DATA: {error}.") from None


def _sentence(line: str) -> Sentence:
    try:
        said = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(said, dict):
        raise ValueError("it is not a JSON object")
    text, intent = _text(said, "text"), _text(said, "intent")
    if intent not in known_intents():
        raise ValueError(f'"{intent}" is no intent of this assistant')
    entities = said.get("entities") or {}
    if not isinstance(entities, dict):
        raise ValueError('"entities" is not an object of names and values')
    language = said.get("language")
    if language not in (None, *LANGUAGES):
        raise ValueError('"language" is neither "en" nor "es"')
    return Sentence(
        text=text,
        heard=_heard(text),
        intent=intent,
        style=_text(said, "style") if said.get("style") is not None else NO_STYLE,
        entities=entities,
        language=language,
        now=moment(said["now"]) if said.get("now") is not None else None,
    )


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'it has no text under "{name}"')
    return value


def _heard(text: str) -> str:
    cleaned, is_cut = clean_cut(text)
    if is_cut or len(cleaned) > LONGEST:
        raise ValueError(f"its text is longer than the {LONGEST} characters that the gateway takes")
    if not cleaned:
        raise ValueError("nothing of its text is left after the gateway's cleaning")
    return neutralise(redact(cleaned).text)


def moment(written: Any) -> datetime:
    """A date and time in ISO 8601, taken as the clinic's own when it names no zone.

    Raises:
        ValueError: It is none.
    """
    try:
        said = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        raise ValueError('"now" is no date and time such as "2026-10-12T09:00"') from None
    return said.astimezone(CLINIC_ZONE) if said.tzinfo else said.replace(tzinfo=CLINIC_ZONE)
