"""Days gone by as people name them ("last week", "since January", "ayer", "en marzo"); the nearest in the past is meant.

Beside `when`, which reads wishes for days to come and leaves the past out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from actions.reading.days import MONTHS, WEEKDAYS, counted
from actions.reading.words import fold, tokens, with_digits

Period = tuple[date, date]
"""First and last day, both included."""

A_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
A_WEEKDAY = rf"(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})"
# Whole names, and short ones that are no other word ("may I", "mar").
SURE_MONTH = rf"(?!may\b|mar\b|march\b|dec\b|sep\b|ene\b){A_MONTH}"
SINCE = re.compile(r"\b(?:since|from|after|desde|a partir del?)(?: (?:the|el|la))? ?$")
UNITS = r"(?P<unit>days?|dias?|weeks?|semanas?|months?|mes(?:es)?|years?|anos?)"
COUNT = r"(?P<count>\d{1,3}|couple(?: of)?|few|an?|un par de|una?|unos|unas)"


def read_past(text: str, today: date, language: str = "en") -> Period | None:
    """The days that a text names; None when it names none. What it calls "since" reaches to today."""
    # "este" alone is a filler and would be dropped.
    said = re.sub(r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b", r"\1/\2/\3", fold(text))
    said = re.sub(r"\beste (?=mes\b|ano\b)", "esta ", said)
    said = with_digits(" ".join(tokens(said)))
    for pattern, read in READERS:
        found = re.search(pattern, said)
        if found is None:
            continue
        period = read(found, today, language)
        if period is None:
            return None
        is_start = SINCE.search(said[: found.start()]) or found[0].startswith(("since ", "from ", "desde "))
        return (period[0], today) if is_start else (period[0], min(period[1], today))
    return None


def _spoken_date(found: re.Match[str], today: date, _language: str) -> Period | None:
    return _day(found["year"], MONTHS[found["month"]], int(found["day"]), today)


def _numeric_date(found: re.Match[str], today: date, language: str) -> Period | None:
    first, second = int(found["first"]), int(found["second"])
    month, day = (second, first) if language == "es" and second <= 12 else (first, second)
    return _day(found["year"], month, day, today)


def _iso_date(found: re.Match[str], today: date, _language: str) -> Period | None:
    return _day(found["year"], int(found["first"]), int(found["second"]), today)


def _day(year: str | None, month: int, day: int, today: date) -> Period | None:
    try:
        named = date(int(year or today.year), month, day)
        if year is None and named > today:
            named = date(today.year - 1, month, day)
    except ValueError:
        return None
    return (named, named) if named <= today else None


def _counted(found: re.Match[str], today: date, _language: str) -> Period | None:
    many = 3 if found["count"] in (None, "few", "unos", "unas") else counted(found["count"])
    days = {"d": 1, "w": 7, "s": 7, "m": 30, "y": 365, "a": 365}[found["unit"][0]] * many
    return today - timedelta(days=days), today


def _ago(found: re.Match[str], today: date, language: str) -> Period | None:
    first, _ = _counted(found, today, language) or (today, today)
    wide = {"d": 0, "w": 3, "s": 3, "m": 15, "y": 30, "a": 30}[found["unit"][0]]
    return first - timedelta(days=wide), first + timedelta(days=wide)


def _days_back(days: int) -> Callable[[re.Match[str], date, str], Period]:
    return lambda _found, today, _language: (today - timedelta(days=days), today - timedelta(days=days))


def _weekend(_found: re.Match[str], today: date, _language: str) -> Period:
    saturday = today - timedelta(days=(today.weekday() - 5) % 7)
    return saturday, saturday + timedelta(days=1)


def _week(weeks_back: int) -> Callable[[re.Match[str], date, str], Period]:
    def read(_found: re.Match[str], today: date, _language: str) -> Period:
        monday = today - timedelta(days=today.weekday() + 7 * weeks_back)
        return monday, monday + timedelta(days=6)

    return read


def _this_month(_found: re.Match[str], today: date, _language: str) -> Period:
    return today.replace(day=1), today


def _last_month(_found: re.Match[str], today: date, _language: str) -> Period:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _year(back: int) -> Callable[[re.Match[str], date, str], Period]:
    return lambda _found, today, _language: (date(today.year - back, 1, 1), date(today.year - back, 12, 31))


def _named_month(found: re.Match[str], today: date, _language: str) -> Period:
    month = MONTHS[found["month"]]
    first = date(today.year - (month > today.month), month, 1)
    following = date(first.year + month // 12, month % 12 + 1, 1)
    return first, following - timedelta(days=1)


def _weekday(found: re.Match[str], today: date, _language: str) -> Period:
    day = today - timedelta(days=(today.weekday() - WEEKDAYS[found["weekday"]]) % 7 or 7)
    return day, day


READERS: tuple[tuple[str, Callable[[re.Match[str], date, str], Period | None]], ...] = (
    (rf"\b{A_MONTH} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:(?: of| del?)? (?P<year>20\d\d))?", _spoken_date),
    (rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of |de )?{A_MONTH}\b(?: (?:of |del? )?(?P<year>20\d\d))?", _spoken_date),
    (r"\b(?P<year>20\d\d)/(?P<first>\d{1,2})/(?P<second>\d{1,2})\b", _iso_date),
    (r"\b(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>20\d\d))?\b", _numeric_date),
    (rf"\b(?:the |las? |los )?(?:last|past|ultim[oa]s?) (?:{COUNT} )?(?P<unit>days|dias|weeks|semanas|months|meses|years|anos)\b", _counted),
    (rf"\b(?:in|en) (?:the |las? |los )?(?:last|past|ultim[oa]s?) (?:{COUNT} )?{UNITS}\b", _counted),
    (rf"\b{COUNT} {UNITS} ago\b", _ago),
    (rf"\bhace (?:como )?{COUNT} {UNITS}\b", _ago),
    (r"\b(?:day before yesterday|antier|anteayer)\b", _days_back(2)),
    (r"\b(?:yesterday|last night|ayer|anoche)\b", _days_back(1)),
    (r"\b(?:today|tonight|this (?:morning|afternoon|evening)|hoy|esta (?:manana|tarde|noche))\b", _days_back(0)),
    (r"\b(?:weekend|fin de semana|finde)\b", _weekend),
    (r"\b(?:last week|past week|semana pasada|pasada semana)\b", _week(1)),
    (r"\b(?:this week|esta semana)\b", _week(0)),
    (r"\b(?:last month|past month|mes pasado|pasado mes)\b", _last_month),
    (r"\b(?:this month|esta mes|en el mes)\b", _this_month),
    (r"\b(?:last year|past year|ano pasado|pasado ano)\b", _year(1)),
    (r"\b(?:this year|esta ano|en el ano)\b", _year(0)),
    (rf"\b(?:in|during|since|from|of|en|durante|desde|de) (?:the month of |el mes de )?{A_MONTH}\b", _named_month),
    (rf"\b{SURE_MONTH}\b", _named_month),
    (rf"\b{A_WEEKDAY}\b", _weekday),
)  # fmt: skip
