"""Weeks, weekends and months as people name them ("early next week", "a fines de abril"), in text that `when` has prepared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from actions.reading.days import (
    COUNT,
    MONTH,
    MONTHS,
    TO_COME,
    Mention,
    counted,
    first_of_next,
    monday_of,
    read_mentions,
)

NEXT = r"(?:next|coming|following|proximo|otra|otro|siguiente)"
THE_MONTH = rf"(?:(?:the|this|este|del?|el) )*(?:month|mes)\b|{MONTH}"
NTH_WEEK = {
    "first": 0, "1": 0, "primera": 0, "primer": 0, "second": 1, "2": 1, "segunda": 1, "third": 2, "3": 2, "tercera": 2,
    "tercer": 2, "fourth": 3, "4": 3, "cuarta": 3, "last": 4, "ultima": 4,
}  # fmt: skip
EARLY = re.compile(r"\b(?:early|beginning|start|first thing|first part)\b|\b(?:principios?|comienzos?|inicios?) del?\b")
MIDDLE = re.compile(r"\bmiddle\b|\b(?:mediados|mitad) del?\b")
LATE = re.compile(r"\b(?:late|later|end)\b|\b(?:fin|fines|final|finales) del?\b(?! semana)")

# Some names of months are other words as well ("may I", "mar"); those count only after such a word, or alone.
NAMED_MONTH = (
    rf"\b(?:in|en|during|for|para|de|of|early|late|middle|by|until|before|after|next) (?:the month of )?{MONTH}",
    rf"^{MONTH}$",
    rf"\b(?!may\b|mar\b|march\b|dec\b|sep\b|jan\b){MONTH}",
)


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, both included."""

    first: date
    last: date
    named: tuple[int, int]
    """Where in the text it begins and ends."""
    weekdays: tuple[int, ...] = ()

    @property
    def start(self) -> int:
        return self.named[0]

    def holds(self, mention: Mention) -> bool:
        """True when a single day is only a part of these words ("the week of April 6")."""
        first, last = self.named
        return first <= mention.start and mention.end <= last and mention.end - mention.start < last - first


def read_span(said: str, today: date, language: str) -> Span | None:
    """The week, weekend, month or number of days that a text names; None when it names none."""
    for reader in (_next_days, _week_of_month, _week_of_day, _weekend, _weekdays, _week, _months_away, _month):
        found = reader(said, today, language)
        if found is not None:
            return found
    return None


def _next_days(said: str, today: date, _language: str) -> Span | None:
    lead = r"(?:(?:in|within|over|during) (?:the )?(?:next|coming)|within|the next|en (?:los|las) proximos|(?:los|las) proximos|dentro de (?:los|las) proximos)"
    found = re.search(rf"\b{lead} (?:{COUNT} )?(?P<unit>days?|weeks?|dias?|semanas?)\b", said)
    if found is None or (found["count"] is None and not found["unit"].endswith("s")):
        return None
    many = counted(found["count"]) if found["count"] else 3
    days = many * (7 if found["unit"].startswith(("week", "semana")) else 1)
    return Span(today, today + timedelta(days=days), found.span())


def _week_of_month(said: str, today: date, _language: str) -> Span | None:
    found = re.search(
        rf"\b(?P<nth>{'|'.join(NTH_WEEK)}) (?:week|semana) (?:of|de|del|in) (?:(?P<next>{NEXT} (?:month|mes)|mes {TO_COME})|{THE_MONTH})",
        said,
    )
    if found is None:
        return None
    first = first_of_next(today) if found["next"] else _first_of(found["month"], today)
    last = first_of_next(first) - timedelta(days=1)
    if found["nth"] in ("last", "ultima"):
        return Span(last - timedelta(days=6), last, found.span())
    begin = first + timedelta(weeks=NTH_WEEK[found["nth"]])
    return Span(begin, min(begin + timedelta(days=6), last), found.span())


def _week_of_day(said: str, today: date, language: str) -> Span | None:
    found = re.search(r"\b(?:week of|semana del?) (?P<rest>.+)", said)
    days = read_mentions(found["rest"], today, language) if found else []
    return _whole_week(monday_of(days[0].day), found.span()) if found and days and days[0].weekday is None else None


def _weekend(said: str, today: date, _language: str) -> Span | None:
    if found := re.search(r"\b(?:weekends|fines de semana)\b", said):
        return Span(today, date.max, found.span(), (5, 6))
    found = re.search(
        rf"\b(?:(?P<next>{NEXT}) |(?:this|the|este|el|a|un) )*(?:weekend|fin de semana)(?P<then> {TO_COME})?\b", said
    )
    if found is None:
        return None
    saturday = monday_of(today) + timedelta(days=5)
    # "The coming weekend" is the one that comes; only the next one is a week later.
    if (found["next"] and found["next"] not in ("coming", "following")) or found["then"]:
        saturday += timedelta(days=7)
    return Span(saturday, saturday + timedelta(days=1), found.span())


def _weekdays(said: str, today: date, _language: str) -> Span | None:
    found = re.search(r"\b(?:week ?days?|during the week|entre(?: la)? semana|dias de semana)\b", said)
    return Span(today, date.max, found.span(), (0, 1, 2, 3, 4)) if found else None


def _week(said: str, today: date, _language: str) -> Span | None:
    monday = monday_of(today)
    for weeks, pattern in (
        (2, r"week after next|week after the next|(?:otra|siguiente) semana (?:de|a) la proximo"),
        (1, rf"{NEXT} (?:week|semana)|semana {TO_COME}"),
        (0, r"(?:this|the|esta) (?:week|semana)|la semana|lo que queda de la semana"),
    ):
        if found := re.search(rf"\b(?:{pattern})\b", said):
            return _part_of_week(monday + timedelta(weeks=weeks), said, found.span())
    if found := re.search(
        rf"\b(?:in|en|dentro de) {COUNT} (?:weeks?|semanas?)\b|\b{COUNT.replace('count', 'many')} weeks from (?:now|today)\b",
        said,
    ):
        return _whole_week(monday_of(today + timedelta(weeks=counted(found["count"] or found["many"]))), found.span())
    return None


def _part_of_week(monday: date, said: str, named: tuple[int, int]) -> Span:
    first, last = 0, 6
    if LATE.search(said):
        first, last = 3, 5
    elif EARLY.search(said):
        last = 1
    elif MIDDLE.search(said):
        first, last = 1, 3
    return Span(monday + timedelta(days=first), monday + timedelta(days=last), named)


def _whole_week(monday: date, named: tuple[int, int]) -> Span:
    return Span(monday, monday + timedelta(days=6), named)


def _months_away(said: str, today: date, _language: str) -> Span | None:
    found = re.search(
        rf"\b(?:in|en|dentro de) {COUNT} (?:months?|mes(?:es)?)\b|\b{COUNT.replace('count', 'many')} months? from (?:now|today)\b",
        said,
    )
    if found is None:
        return None
    first = today.replace(day=1)
    for _ in range(counted(found["count"] or found["many"])):
        first = first_of_next(first)
    last = first_of_next(first) - timedelta(days=1)
    return _whole_week(monday_of(first.replace(day=min(today.day, last.day))), found.span())


def _month(said: str, today: date, _language: str) -> Span | None:
    if found := re.search(rf"\b(?:{NEXT} (?:month|mes)|mes {TO_COME})\b", said):
        return _part_of_month(first_of_next(today), said, found.span())
    if found := re.search(r"\b(?:this|the|este|del?) (?:month|mes)\b", said):
        this = _part_of_month(today.replace(day=1), said, found.span())
        return this if this.last >= today else _part_of_month(first_of_next(today), said, found.span())
    found = next(filter(None, (re.search(pattern, said) for pattern in NAMED_MONTH)), None)
    return _part_of_month(_first_of(found["month"], today), said, found.span("month")) if found else None


def _part_of_month(first: date, said: str, named: tuple[int, int]) -> Span:
    last, before = first_of_next(first) - timedelta(days=1), said[max(0, named[0] - 24) : named[0] + 4]
    if EARLY.search(before):
        return Span(first, first + timedelta(days=9), named)
    if MIDDLE.search(before):
        return Span(first + timedelta(days=10), first + timedelta(days=19), named)
    return Span(first + timedelta(days=20), last, named) if LATE.search(before) else Span(first, last, named)


def _first_of(month: str | None, today: date) -> date:
    """The first day of a month that is to come, or of this one when no name was said."""
    if month is None:
        return today.replace(day=1)
    number = MONTHS[month]
    return date(today.year + (number < today.month), number, 1)
