"""Holds what DATA says stands in a sentence against the readers of `actions/reading` that need nothing but the sentence.

Readers that compare with a person's record (whose record, which bill) cannot be asked alone: what they read is counted as
not assessed, never as right. docs/evaluation.md lists names and forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from actions.reading.choices import matching_names
from actions.reading.money import read_amount
from actions.reading.past import read_past
from actions.reading.personal import read_birth_date, read_phone
from actions.reading.times import TimeRange
from actions.reading.visit_types import read_visit_type
from actions.reading.when import read_date, read_when
from actions.reading.words import fold
from actions.reading.yes_no import read_yes_no
from clock import CLINIC_ZONE, SystemClock
from evaluation.nlu.sentences import Sentence

NAMES = ("medication", "provider", "pharmacy")
"""Read by comparing with names; those of the whole of DATA stand in for a person's record."""
FEWEST_NAMES = 5
"""With fewer to choose from, choosing right would say little."""
ANSWER = "inform"
"""Intent of a bare answer: what stands in it was asked for."""
MUCH_OWED = 10**9
APART = (timedelta(days=2), timedelta(days=40))
"""From a day named to two days on which it may have been said; whatever is counted from today comes out differently."""


class NotAssessed(Exception):
    """The reader cannot be asked fairly; the message says why."""


@dataclass(frozen=True)
class Said:
    """What a reader is told beside the words."""

    text: str
    language: str
    now: datetime | None
    asked: bool

    @property
    def moment(self) -> datetime:
        return self.now or SystemClock().now().astimezone(CLINIC_ZONE)

    @property
    def today(self) -> date:
        return self.moment.date()


@dataclass(frozen=True)
class Reading:
    """What came of one expected value."""

    name: str
    outcome: Literal["right", "wrong", "missed", "not_assessed"]
    text: str
    expected: Any
    read: Any = None
    why: str = ""
    """Why it was not assessed."""


@dataclass(frozen=True)
class Reader:
    """One of the readers of the actions, as it is asked here."""

    form: Callable[[Any], Any]
    """Turns DATA's value into what the reader returns, or into those fields of it that DATA fixes."""
    read: Callable[[Said], Any]
    counts_from: Literal["no day", "the days before", "the days after"] = "no day"
    """When what it reads was said, seen from the day it names."""


def readings(sentences: Sequence[Sentence], languages: Sequence[str], now: datetime | None = None) -> list[Reading]:
    """One reading for each value that the sentences expect; `now` stands in where a line does not say when it was said."""
    among = names_of(sentences)
    found = []
    for sentence, language in zip(sentences, languages, strict=True):
        said = Said(sentence.heard, language, sentence.now or now, sentence.intent == ANSWER)
        found += [_reading(name, expected, said, among) for name, expected in sentence.entities.items()]
    return found


def names_of(sentences: Sequence[Sentence]) -> dict[str, list[str]]:
    """For each kind of name, every different one that the sentences expect."""
    said: dict[str, dict[str, str]] = {name: {} for name in NAMES}
    for sentence in sentences:
        for name in NAMES:
            for each in _listed(sentence.entities.get(name)):
                said[name].setdefault(fold(_compared(name, each)), _compared(name, each))
    return {name: list(found.values()) for name, found in said.items()}


def _reading(name: str, expected: Any, said: Said, among: Mapping[str, list[str]]) -> Reading:
    try:
        if name in NAMES:
            read, right = _read_names(name, expected, said, among[name])
        else:
            read, right = _read_value(name, expected, said)
    except NotAssessed as reason:
        return Reading(name, "not_assessed", said.text, expected, why=str(reason))
    outcome = "right" if right else "missed" if read in (None, []) else "wrong"
    return Reading(name, outcome, said.text, expected, read)


def _read_value(name: str, expected: Any, said: Said) -> tuple[Any, bool]:
    reader = READERS.get(name)
    if reader is None:
        raise NotAssessed("no reader for it stands alone")
    wanted = None if expected is None else _formed(reader, expected)
    if reader.counts_from == "no day" or said.now is not None:
        read = reader.read(said)
    else:
        read = _read_whenever_said(reader, wanted, said)
    if wanted is None:
        return read, read is None
    return read, read is not None and _fixed(read, wanted) == wanted


def _formed(reader: Reader, expected: Any) -> Any:
    try:
        return reader.form(expected)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        raise NotAssessed("its value is not in the form agreed") from None


def _read_whenever_said(reader: Reader, wanted: Any, said: Said) -> Any:
    """What is read on any day; "October 20" names a day by itself, "tomorrow" does not."""
    if wanted is None:
        raise NotAssessed("no `now`")
    days = _days(wanted) or [said.today]
    at = said.moment
    if reader.counts_from == "the days before":
        moments = [datetime.combine(min(days) - apart, at.time(), at.tzinfo) for apart in APART]
    else:
        moments = [datetime.combine(max(days) + apart, at.time(), at.tzinfo) for apart in APART]
    once, again = (reader.read(replace(said, now=moment)) for moment in moments)
    if _fixed(once, wanted) != _fixed(again, wanted):
        raise NotAssessed("it depends on the day, and there is no `now`")
    return once


def _days(wanted: Any) -> list[date]:
    parts = wanted.values() if isinstance(wanted, dict) else wanted if isinstance(wanted, tuple) else [wanted]
    return [part for part in parts if isinstance(part, date)]


def _fixed(read: Any, wanted: Any) -> Any:
    """Of a wish in parts those parts that DATA fixes; else all that was read."""
    return {part: getattr(read, part) for part in wanted} if isinstance(wanted, dict) and read is not None else read


def _read_names(name: str, expected: Any, said: Said, among: list[str]) -> tuple[list[str], bool]:
    if expected is not None and not _listed(expected):
        raise NotAssessed("its value is not in the form agreed")
    if len(among) < FEWEST_NAMES:
        raise NotAssessed(f"DATA names fewer than {FEWEST_NAMES} to choose from")
    read = [among[index] for index in matching_names(said.text, among)]
    wanted = {fold(_compared(name, each)) for each in _listed(expected)}
    return read, {fold(each) for each in read} == wanted


def _listed(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and each.strip()]


def _compared(name: str, said: str) -> str:
    # The actions compare a provider's family name.
    return said.split()[-1] if name == "provider" else said


def _wish(value: Any) -> dict[str, Any]:
    """A day, a moment, a span "first/last", or the parts of a wish, as the fields of `When` that it fixes."""
    if isinstance(value, dict):
        return {part: PARTS[part](given) for part, given in value.items()}
    first, _, last = value.partition("/")
    if "T" not in first:
        return {"earliest": date.fromisoformat(first), "latest": date.fromisoformat(last or first)}
    moment = datetime.fromisoformat(first)
    at = moment.time()
    return {"earliest": moment.date(), "latest": moment.date(), "times": ((at, time(at.hour, 59)),)}


def _period(value: str) -> tuple[date, date]:
    first, _, last = value.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def _times(value: Sequence[Sequence[str]]) -> tuple[TimeRange, ...]:
    return tuple((time.fromisoformat(first), time.fromisoformat(last)) for first, last in value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _cents(value: Any) -> int:
    return int(Decimal(str(value)) * 100)


def _amount(said: Said) -> int | None:
    little, much = (read_amount(said.text, owed, said.asked) for owed in (0, MUCH_OWED))
    if little != much:
        raise NotAssessed("the amount depends on what is owed")
    return little


PARTS: dict[str, Callable[[Any], Any]] = {
    "earliest": date.fromisoformat,
    "latest": date.fromisoformat,
    "weekdays": lambda value: tuple(int(day) for day in value),
    "times": _times,
    "any_day": _truth,
}
READERS = {
    "when": Reader(_wish, lambda said: read_when(said.text, said.moment, said.language), "the days before"),
    "date": Reader(date.fromisoformat, lambda said: read_date(said.text, said.today, said.language), "the days before"),
    "period": Reader(_period, lambda said: read_past(said.text, said.today, said.language), "the days after"),
    # A birth date does not move with the day on which it is said.
    "birth_date": Reader(
        date.fromisoformat, lambda said: read_birth_date(said.text, said.today, said.language, said.asked)
    ),
    "phone": Reader(_word, lambda said: read_phone(said.text)),
    "amount": Reader(_cents, _amount),
    "visit_type": Reader(_word, lambda said: read_visit_type(said.text)),
    "yes_no": Reader(_truth, lambda said: read_yes_no(said.text)),
}
