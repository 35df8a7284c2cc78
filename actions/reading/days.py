"""Single days as people name them ("the 24th", "a week from Thursday", "de mañana en ocho"), in text that `when` has prepared."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = {
    "monday": 0, "mondays": 0, "mon": 0, "lunes": 0, "tuesday": 1, "tuesdays": 1, "tues": 1, "tue": 1, "martes": 1,
    "wednesday": 2, "wednesdays": 2, "wed": 2, "weds": 2, "miercoles": 2, "thursday": 3, "thursdays": 3, "thurs": 3,
    "thur": 3, "thu": 3, "jueves": 3, "friday": 4, "fridays": 4, "fri": 4, "viernes": 4, "saturday": 5, "saturdays": 5,
    "sat": 5, "sabado": 5, "sabados": 5, "sunday": 6, "sundays": 6, "sun": 6, "domingo": 6, "domingos": 6,
}  # fmt: skip
MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril", "may mayo", "june jun junio",
         "july jul julio", "august aug agosto", "september sept sep septiembre setiembre", "october oct octubre",
         "november nov noviembre", "december dec diciembre dic"), start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAY = rf"\b(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\b"
MONTH = rf"\b(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b"
DAY = r"(?P<day>\d{1,2})(?![:/\d])"
TO_COME = r"(?:que (?:viene|entra|sigue)|entrante|proximo|siguiente)"
COUNT = r"(?:about |around |unos |unas |como )?(?P<count>\d{1,2}|(?:a )?couple(?: of)?|(?:a )?few|an?|un par de|una|un|unos|unas)"


@dataclass(frozen=True)
class Mention:
    """One day in a text, and where it stands."""

    start: int
    end: int
    day: date
    weekday: int | None = None
    """0 is Monday; set when the weekday is all that was said."""
    every: bool = False
    """True for "Mondays" and "any Monday"."""


def read_mentions(said: str, today: date, language: str) -> list[Mention]:
    """The single days in a text, in the order in which they are said."""
    found: list[Mention] = []
    for pattern, read in SINGLE:
        for match in re.finditer(pattern, said):
            day = read(match, today, language)
            if day is not None:
                found.append(_mention(match, day))
                # Filled and not cut, so that what is found later still stands where it stood.
                said = said[: match.start()] + "#" * len(match[0]) + said[match.end() :]
    found.sort(key=lambda mention: mention.start)
    return [mention for mention in found if not _names_its_date(mention, found, said)]


def names_a_past_day(said: str, today: date, language: str) -> bool:
    """True for a day with a year that is over, as in a birth date; such a text is no wish."""
    said = re.sub(r"\b0 (\d)\b", r"0\1", said)  # "oh one"
    if re.search(r"\b(?:19\d\d|19 \d\d)\b", said):
        return True
    days = [
        _date(_year(found["year"] or found["short"], today), MONTHS[found["month"]], int(found["day"]))
        for pattern in WITH_YEAR
        for found in re.finditer(pattern, said)
    ]
    days += [_numeric(found, today, language) for found in re.finditer(NUMERIC, said) if found["year"] or found["full"]]
    return any(day is not None and day < today for day in days)


def coming(weekday: int, today: date) -> date:
    """The next such day after today."""
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_of_next(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def counted(said: str) -> int:
    """How many "3", "a couple of" or "un par de" are."""
    if said.isdigit():
        return int(said)
    return 3 if "few" in said or said in ("unos", "unas") else 2 if "couple" in said or "par" in said else 1


def _names_its_date(weekday: Mention, mentions: list[Mention], said: str) -> bool:
    """True for the "Monday" of "Monday the 30th of March": the date says it all."""
    return weekday.weekday is not None and any(
        mention.weekday is None and not said[weekday.end : mention.start].strip(" ,")
        for mention in mentions
        if mention.start >= weekday.end
    )


def _mention(match: re.Match[str], day: date) -> Mention:
    bare = match.groupdict().get("bare")
    if bare is None:
        return Mention(match.start(), match.end(), day)
    every = bare.endswith(("days", "ados", "gos")) or re.search(
        r"\b(?:los|any|every|cualquier) $", match["before"] or ""
    )
    return Mention(match.start("bare"), match.end(), day, WEEKDAYS[bare], bool(every))


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
    found = _date(today.year, month, day)
    return found if found is None or found >= today else _date(today.year + 1, month, day)


def _dated(match: re.Match[str], today: date, _language: str) -> date | None:
    month, day = MONTHS[match["month"]], int(match["day"])
    return _date(_year(match["year"], today), month, day) if match["year"] else _next_with(month, day, today)


def _numeric(match: re.Match[str], today: date, language: str) -> date | None:
    if match["full"]:
        return _date(*(int(part) for part in match["full"].split("/")))
    first, second = int(match["first"]), int(match["second"])
    orders = [(second, first), (first, second)] if language == "es" else [(first, second), (second, first)]
    for month, day in orders:
        found = _date(_year(match["year"], today), month, day) if match["year"] else _next_with(month, day, today)
        if found is not None:
            return found
    return None


def _weeks_from(match: re.Match[str], today: date, _language: str) -> date | None:
    start = today if match["from"] in ("now", "today", "hoy", "aqui") else today + timedelta(days=1)
    if match["from"] in WEEKDAYS:
        weekday = WEEKDAYS[match["from"]]
        start = monday_of(today) + timedelta(days=7 + weekday) if match["next"] else coming(weekday, today)
    weeks = {"8": 1, "15": 2}.get(match["weeks"]) or counted(match["weeks"])
    return start + timedelta(weeks=weeks)


def _days_away(match: re.Match[str], today: date, _language: str) -> date | None:
    return today + timedelta(days=counted(match["count"]))


def _day_of_month(match: re.Match[str], today: date, _language: str) -> date | None:
    first = today.replace(day=1)
    for _ in range(3):
        found = _date(first.year, first.month, int(match["day"]))
        if found is not None and found >= today:
            return found
        first = first_of_next(first)
    return None


def _weekday_and_number(match: re.Match[str], today: date, language: str) -> date | None:
    # "martes 24" is a date when that day is a Tuesday; otherwise the number is something else.
    found = _day_of_month(match, today, language)
    return found if found is not None and found.weekday() == WEEKDAYS[match["weekday"]] else None


def _in_next_week(match: re.Match[str], today: date, _language: str) -> date | None:
    return monday_of(today) + timedelta(days=7 + WEEKDAYS[match["weekday"]])


def _coming_weekday(match: re.Match[str], today: date, _language: str) -> date | None:
    return coming(WEEKDAYS[match["bare"]], today)


def _after(days: int) -> Reader:
    return lambda _match, today, _language: today + timedelta(days=days)


Reader = Callable[[re.Match[str], date, str], date | None]
NUMERIC = r"\b(?:(?P<full>20\d\d/\d{1,2}/\d{1,2})|(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?)\b"
A_YEAR = r"(?: (?:of |de |del )?(?P<year>20\d\d|20 \d\d))?\b"
ANY_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
PAST_YEAR = r"(?: (?:of |de |del |the )*(?P<year>20\d\d|20 \d\d|0\d|[3-9]\d)| (?:of|de|del) (?P<short>\d\d))(?![:\d])\b(?! (?:am|pm))"
WITH_YEAR = (
    rf"{MONTH} (?:the |el )?(?P<day>\d{{1,2}}){PAST_YEAR}",
    rf"\b(?P<day>\d{{1,2}}) (?:of |de |del )?{MONTH}{PAST_YEAR}",
)
# The longer ways to name a day first: what they have taken is not read again.
SINGLE: tuple[tuple[str, Reader], ...] = (
    (NUMERIC, _numeric),
    (rf"{MONTH} (?:the |el )?{DAY}{A_YEAR}", _dated),
    (rf"\b(?:the |el |dia )*{DAY} (?:of |de |del )?{MONTH}{A_YEAR}", _dated),
    (
        rf"\b(?P<weeks>an?|\d|(?:a )?couple(?: of)?) weeks? (?:from|after) (?:this |(?P<next>next ))?(?P<from>now|today|tomorrow|{ANY_WEEKDAY})\b",
        _weeks_from,
    ),
    (
        rf"\b(?:del? |el )?(?P<next>proximo )?(?P<from>hoy|aqui|manana|{ANY_WEEKDAY}) en (?P<weeks>8|15)(?: dias)?\b",
        _weeks_from,
    ),
    (r"\b(?:the )?day after tomorrow\b|\bpasado manana\b", _after(2)),
    (r"(?<=tomorrow or )(?:the )?day after\b|(?<=manana o )(?:el )?pasado\b", _after(2)),
    (r"\b(?:en|dentro de) 8 dias\b|\b(?:in|en|dentro de) (?:a|1|una) (?:week|semana)\b", _after(7)),
    (r"\ba fortnight\b|\b(?:en|dentro de) 15 dias\b", _after(14)),
    (rf"\b(?:in|en|dentro de) {COUNT} (?:days?|dias?)\b", _days_away),
    (rf"\b{COUNT} days from now\b", _days_away),
    (
        r"\b(?:today|tonight|hoy(?: mismo)?|this (?:morning|afternoon|evening)|(?:esta|en esta) (?:manana|tarde|noche|tardecita))\b",
        _after(0),
    ),
    (r"\b(?:to morrow|tomorrow)\b|(?<!la )(?<!las )(?<!una )(?<!media )\bmanana\b", _after(1)),
    (rf"{WEEKDAY} (?:the |el )?{DAY}", _weekday_and_number),
    (rf"\b(?:next|proximo) {WEEKDAY}", _in_next_week),
    (rf"{WEEKDAY} {TO_COME}\b", _in_next_week),
    (
        rf"(?P<before>\b(?:this |coming |este |los |any |every |cualquier )*){WEEKDAY.replace('weekday', 'bare')}",
        _coming_weekday,
    ),
    (rf"\b(?:the|el|dia|on) {DAY}(?! (?:o'clock|dollars|dolares|one|of them)\b)", _day_of_month),
)
