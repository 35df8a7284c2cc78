"""Days, weeks and months as people name them, in text that `when` has prepared: each a span of days, both ends included."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

HORIZON = timedelta(days=56)
"""How far ahead a wish without an end reaches: as far as the clinic opens its books."""

WEEKDAYS = {
    "monday": 0, "mondays": 0, "mon": 0, "lunes": 0, "tuesday": 1, "tuesdays": 1, "tues": 1, "tue": 1, "martes": 1,
    "wednesday": 2, "wednesdays": 2, "wed": 2, "weds": 2, "miercoles": 2, "thursday": 3, "thursdays": 3, "thurs": 3,
    "thur": 3, "thu": 3, "jueves": 3, "friday": 4, "fridays": 4, "fri": 4, "viernes": 4, "saturday": 5, "saturdays": 5,
    "sat": 5, "sabado": 5, "sabados": 5, "sunday": 6, "sundays": 6, "sun": 6, "domingo": 6, "domingos": 6,
}  # fmt: skip
MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo", "june jun junio",
         "july jul julio", "august aug agosto", "september sept sep septiembre setiembre", "october oct octubre",
         "november nov noviembre", "december dec diciembre"), start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAY = rf"\b(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\b"
MONTH = rf"\b(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b"
NEXT = r"(?:next|coming|following|proximo|otra|otro|siguiente)"
TO_COME = r"(?:que (?:viene|entra|sigue)|entrante|proximo|siguiente)"
NEXT_WEEK = rf"(?:{NEXT} (?:week|semana)|semana {TO_COME})"
THIS_WEEK = r"(?:(?:this|the|esta|la) (?:week|semana))"
NEXT_MONTH = rf"(?:{NEXT} (?:month|mes)|mes {TO_COME})"
COUNT = r"(?:like |about |around |unos |unas |como )?(?P<count>\d{1,2}|a couple(?: of)?|an?|a few|few|couple|un par de|una?|unos)"
PARTS_OF_MONTH = (
    (r"\b(?:early|beginning|start|first part)\b|\b(?:principios?|comienzos?|inicios?) del?\b", (1, 10)),
    (r"\bmiddle\b|\b(?:mediados|mitad) del?\b", (11, 20)),
    (r"\b(?:late|end)\b|\b(?:fin|fines|finales) del?\b", (21, 31)),
)


@dataclass(frozen=True)
class Days:
    """Days that were named: from `first` to `last`, and only on `weekdays` when there are any."""

    first: date
    last: date
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True)
class Mention:
    """One day in a text, and where it stands."""

    start: int
    end: int
    day: date
    weekday: int | None = None
    """Set when it was named by its weekday alone."""
    every: bool = False
    """True for "Mondays" and "any Monday"."""


type Reader = Callable[[re.Match[str], date, str], date | None]


def read_span(said: str, today: date) -> Days | None:
    """A week, a weekend or a month; None when the text names none."""
    for reader in (_coming_days, _week, _weekend, _months_from_now, _month):
        found = reader(said, today)
        if found is not None:
            return found
    return None


def read_mentions(said: str, today: date, language: str) -> list[Mention]:
    """The single days in a text, in order."""
    found: list[Mention] = []
    left = said
    for pattern, read in SINGLE:
        for match in re.finditer(pattern, left):
            day = read(match, today, language)
            if day is None:
                continue
            only = match.groupdict().get("bare")
            every = only is not None and _is_every(left, match)
            found.append(Mention(match.start(), match.end(), day, WEEKDAYS[only] if only else None, every))
            # Filled and not cut, so that what is found later still stands where it stood.
            left = left[: match.start()] + "#" * (match.end() - match.start()) + left[match.end() :]
    return sorted(found, key=lambda mention: mention.start)


def names_a_past_day(said: str, today: date, language: str) -> bool:
    """True for a day with a year that is over, as birth dates are; such a text is no wish."""
    if re.search(r"\b(?:19\d\d|19 \d\d)\b", said):
        return True
    year = r"(?:(?:of |de |del |the )*(?P<year>20\d\d|20 \d\d|0\d|[3-9]\d)|(?:of|de|del) (?P<short>\d\d))(?!:)\b(?! (?:am|pm))"
    for pattern in (rf"{MONTH} (?:the )?(?P<day>\d{{1,2}}) {year}", rf"\b(?P<day>\d{{1,2}}) (?:of |de |del )?{MONTH} {year}"):
        for found in re.finditer(pattern, said):
            day = _date(_year(found["year"] or found["short"], today), MONTHS[found["month"]], int(found["day"]))
            if day is not None and day < today:
                return True
    return any(
        (day := _numeric(found, today, language)) is not None and day < today for found in re.finditer(NUMERIC, said) if found["year"] or found["full"]
    )


def coming(weekday: int, today: date) -> date:
    """The next such day after today."""
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(said: str, today: date) -> int:
    year = int(said.replace(" ", ""))
    if year >= 100:
        return year
    return 2000 + year if 2000 + year <= today.year + 1 else 1900 + year


def _next_with(month: int, day: int, today: date) -> date | None:
    """The date in this year, or in the next when it is over."""
    this = _date(today.year, month, day)
    return this if this is None or this >= today else _date(today.year + 1, month, day)


def _dated(match: re.Match[str], today: date, _language: str) -> date | None:
    month, day = MONTHS[match["month"]], int(match["day"])
    if match["year"]:
        return _date(_year(match["year"], today), month, day)
    return _next_with(month, day, today)


def _numeric(match: re.Match[str], today: date, language: str) -> date | None:
    if match["full"]:
        year, month, day = (int(part) for part in match["full"].split("/"))
        return _date(year, month, day)
    first, second = int(match["first"]), int(match["second"])
    orders = [(second, first), (first, second)] if language == "es" else [(first, second), (second, first)]
    for month, day in orders:
        found = _date(_year(match["year"], today), month, day) if match["year"] else _next_with(month, day, today)
        if found is not None:
            return found
    return None


def _weeks_from(match: re.Match[str], today: date, language: str) -> date | None:
    if match["from"] in ("now", "today", "hoy"):
        start = today
    elif match["from"] in ("tomorrow", "manana"):
        start = today + timedelta(days=1)
    else:
        start = coming(WEEKDAYS[match["from"]], today)
    return start + timedelta(weeks=_count(match["weeks"]))


def _days_away(match: re.Match[str], today: date, _language: str) -> date | None:
    return today + timedelta(days=_count(match["count"]))


def _day_of_month(match: re.Match[str], today: date, _language: str) -> date | None:
    for first in (today.replace(day=1), _first_of_next(today), _first_of_next(_first_of_next(today))):
        found = _date(first.year, first.month, int(match["day"]))
        if found is not None and found >= today:
            return found
    return None


def _weekday_and_number(match: re.Match[str], today: date, language: str) -> date | None:
    """ "martes 24" is a date when that day is a Tuesday; otherwise the number means something else."""
    found = _day_of_month(match, today, language)
    return found if found is not None and found.weekday() == WEEKDAYS[match["weekday"]] else None


def _in_next_week(match: re.Match[str], today: date, _language: str) -> date | None:
    return monday_of(today) + timedelta(days=7 + WEEKDAYS[match["weekday"]])


def _in_this_week(match: re.Match[str], today: date, _language: str) -> date | None:
    found = monday_of(today) + timedelta(days=WEEKDAYS[match["weekday"]])
    return found if found >= today else None


def _coming_weekday(match: re.Match[str], today: date, _language: str) -> date | None:
    return coming(WEEKDAYS[match["bare"]], today)


DAY = r"(?P<day>\d{1,2})(?![:/\d])"
A_YEAR = r"(?: (?:of |de |del )?(?P<year>20\d\d|20 \d\d))?"
NUMERIC = r"\b(?:(?P<full>20\d\d/\d{1,2}/\d{1,2})|(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?)\b"
IN_THE_WEEK = r"(?: |(?: (?:of|on|de|el|la|the))+ )"
SINGLE: tuple[tuple[str, Reader], ...] = (
    (NUMERIC, _numeric),
    (rf"{MONTH} (?:the |el )?{DAY}{A_YEAR}\b", _dated),
    (rf"\b(?:the |el )?(?:dia )?{DAY} (?:of |de |del )?{MONTH}{A_YEAR}", _dated),
    (rf"\b(?P<weeks>an?|1|\d|a couple(?: of)?|couple) weeks? (?:from|after) (?:this |next )?(?P<from>now|today|tomorrow|{'|'.join(WEEKDAYS)})\b", _weeks_from),
    (rf"\b(?:del? |el |este )*(?P<from>hoy|manana|{'|'.join(WEEKDAYS)}) en (?P<weeks>8|15)(?: dias)?\b", _weeks_from),
    (r"\b(?:the )?day after tomorrow\b|\bpasado manana\b|\b(?<=tomorrow or )(?:the )?day after\b|(?<=manana o )(?:el )?pasado\b", lambda _m, today, _l: today + timedelta(days=2)),
    (r"\b(?:in|en|dentro de) (?:8 dias|a week|1 week|una semana|1 semana)\b|\b(?:8 dias|a week) from now\b", lambda _m, today, _l: today + timedelta(days=7)),
    (r"\b(?:a )?fortnight\b", lambda _m, today, _l: today + timedelta(days=14)),
    (rf"\b(?:in|en|dentro de) {COUNT} (?:days?|dias?)\b", _days_away),
    (rf"\b{COUNT} days? from now\b", _days_away),
    (r"\b(?:today|tonight|2day|hoy|this (?:morning|afternoon|evening)|esta (?:manana|tarde|noche|tardecita))\b", lambda _m, today, _l: today),
    (r"\b(?:to morrow|tomorrow|2 ?morrow)\b|(?<!la )(?<!las )(?<!una )\bmanana\b(?! por medio)", lambda _m, today, _l: today + timedelta(days=1)),
    (rf"{WEEKDAY} (?:the |el )?{DAY}(?! (?:am|pm)\b)", _weekday_and_number),
    (rf"{WEEKDAY}{IN_THE_WEEK}{NEXT_WEEK}\b|\b{NEXT_WEEK}{IN_THE_WEEK}(?:(?!{WEEKDAY}).)?{WEEKDAY.replace('weekday', 'weekday2')}", lambda m, today, _l: monday_of(today) + timedelta(days=7 + WEEKDAYS[m["weekday"] or m["weekday2"]])),
    (rf"{WEEKDAY}{IN_THE_WEEK}{THIS_WEEK}\b", _in_this_week),
    (rf"\b(?:next|proximo) {WEEKDAY}|{WEEKDAY} {TO_COME}\b", _in_next_week),
    (rf"(?:\b(?:this|coming|este) )*{WEEKDAY.replace('weekday', 'bare')}", _coming_weekday),
    (rf"\b(?:the|el|dia|on) {DAY}(?! (?:am|pm|o'clock|dollars|dolares|one|of them)\b)", _day_of_month),
)  # fmt: skip
