"""Holds what DATA says stands in a sentence against the readers of `actions/reading` that need nothing but the sentence.

Readers that compare with a person's record (whose record, which bill) cannot be asked alone: what they read is counted as
not assessed, never as right. docs/evaluation.md lists names and forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from actions.reading.choices import matching_names
from actions.reading.money import read_amount
from actions.reading.past import read_past
from actions.reading.personal import read_birth_date, read_phone
from actions.reading.times import TimeRange
from actions.reading.visit_types import read_visit_type
from actions.reading.when import When, read_date, read_when
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
        if self.now is None:
            raise NotAssessed("no `now`")
        return self.now


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
            read, right = _named(name, expected, said, among[name])
        elif name in READERS:
            read_it, form = READERS[name]
            wanted = None if expected is None else form(expected)
            read = read_it(said)
            right = read is None if wanted is None else read is not None and _holds(wanted, read)
        else:
            raise NotAssessed("no reader for it stands alone")
    except NotAssessed as reason:
        return Reading(name, "not_assessed", said.text, expected, why=str(reason))
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        return Reading(name, "not_assessed", said.text, expected, why="its value is not in the form agreed")
    outcome = "right" if right else "missed" if read in (None, []) else "wrong"
    return Reading(name, outcome, said.text, expected, read)


def _named(name: str, expected: Any, said: Said, among: list[str]) -> tuple[list[str], bool]:
    if len(among) < FEWEST_NAMES:
        raise NotAssessed(f"DATA names fewer than {FEWEST_NAMES} to choose from")
    if expected is not None and not _listed(expected):
        raise ValueError("no name")
    read = [among[index] for index in matching_names(said.text, among)]
    wanted = {fold(_compared(name, each)) for each in _listed(expected)}
    return read, {fold(each) for each in read} == wanted


def _listed(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and each.strip()]


def _compared(name: str, said: str) -> str:
    # The actions compare a provider's family name.
    return said.split()[-1] if name == "provider" else said


def _holds(wanted: Any, read: Any) -> bool:
    """True when what was read is what is wanted; of a wish in parts, those parts that are named."""
    if isinstance(wanted, dict):
        return all(getattr(read, part) == value for part, value in wanted.items())
    return bool(wanted == read)


def _wish(value: Any) -> dict[str, Any]:
    """A day, a moment, a span "first/last", or the parts of a wish, as the fields of `When` that it fixes."""
    if isinstance(value, dict):
        return {part: PARTS[part](given) for part, given in value.items()}
    first, _, last = value.partition("/")
    if "T" not in first:
        return {"earliest": date.fromisoformat(first), "latest": date.fromisoformat(last or first)}
    moment = datetime.fromisoformat(first)
    at = moment.time().replace(tzinfo=None)
    return {"earliest": moment.date(), "latest": moment.date(), "times": ((at, time(at.hour, 59)),)}


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _times(value: Sequence[Sequence[str]]) -> tuple[TimeRange, ...]:
    return tuple((time.fromisoformat(first), time.fromisoformat(last)) for first, last in value)


PARTS: dict[str, Callable[[Any], Any]] = {
    "earliest": date.fromisoformat,
    "latest": date.fromisoformat,
    "weekdays": lambda value: tuple(int(day) for day in value),
    "times": _times,
    "any_day": _truth,
}


def _when(said: Said) -> When | None:
    return read_when(said.text, said.moment, said.language)


def _date(said: Said) -> date | None:
    return read_date(said.text, said.moment.date(), said.language)


def _past(said: Said) -> tuple[date, date] | None:
    return read_past(said.text, said.moment.date(), said.language)


def _birth_date(said: Said) -> date | None:
    # A birth date does not move with the day on which it is said.
    today = (said.now or SystemClock().now().astimezone(CLINIC_ZONE)).date()
    return read_birth_date(said.text, today, said.language, said.asked)


def _amount(said: Said) -> int | None:
    little, much = (read_amount(said.text, owed, said.asked) for owed in (0, MUCH_OWED))
    if little != much:
        raise NotAssessed("the amount depends on what is owed")
    return little


def _period(value: str) -> tuple[date, date]:
    first, _, last = value.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def _cents(value: Any) -> int:
    return int(Decimal(str(value)) * 100)


READERS: dict[str, tuple[Callable[[Said], Any], Callable[[Any], Any]]] = {
    "when": (_when, _wish),
    "date": (_date, date.fromisoformat),
    "period": (_past, _period),
    "birth_date": (_birth_date, date.fromisoformat),
    "phone": (lambda said: read_phone(said.text), str),
    "amount": (_amount, _cents),
    "visit_type": (lambda said: read_visit_type(said.text), str),
    "yes_no": (lambda said: read_yes_no(said.text), _truth),
}
"""For each name the reader, and what turns DATA's value into what it returns."""
