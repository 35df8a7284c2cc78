"""Days and times as people ask for them ("the 14th after three", "mañana por la tarde", "de hoy en ocho").

Own code, because the libraries of the field return one instant where a wish is a range, and wrong days where it matters
(docs/decisions/0006-own-date-reader.md lists what each gets wrong).

Conventions: bare hours 1 to 6 are afternoon, 7 to 11 morning; morning 7-12, afternoon 12-18, evening 17-21; "next
Tuesday" is Tuesday of the coming calendar week; numeric dates are month first in English, day first in Spanish.
Whatever is read is read back in words before anything is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions.reading.times import TimeRange, read_times
from actions.reading.words import ORDINALS, with_digits

HORIZON = timedelta(days=56)
"""How far ahead a wish without an end reaches: as far as the clinic opens its books."""

WEEKDAYS = {
    "monday": 0, "mondays": 0, "mon": 0, "lunes": 0, "tuesday": 1, "tuesdays": 1, "tues": 1, "tue": 1, "teusday": 1, "martes": 1,
    "wednesday": 2, "wednesdays": 2, "wed": 2, "weds": 2, "wensday": 2, "wednsday": 2, "miercoles": 2, "thursday": 3,
    "thursdays": 3, "thurs": 3, "thur": 3, "thu": 3, "thrusday": 3, "jueves": 3, "friday": 4, "fridays": 4, "fri": 4,
    "viernes": 4, "saturday": 5, "saturdays": 5, "sat": 5, "sabado": 5, "sabados": 5, "sunday": 6, "sundays": 6, "domingo": 6,
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
DAY = r"(?:the |el |dia |el dia )?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
WEEKDAY = rf"\b({'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\b"


@dataclass(frozen=True)
class When:
    """A wish for a time: days from `earliest` to `latest`, both included, in the clinic's zone."""

    earliest: date
    latest: date
    weekdays: tuple[int, ...] = ()
    """0 is Monday; empty means any."""
    times: tuple[TimeRange, ...] = ()
    """Parts of the day, local; empty means any."""
    any_day: bool = False
    """True when only a time of day was said, or explicitly any day."""


def read_when(text: str, now: datetime, language: str = "en") -> When | None:
    """The wish in a text; None when no day and no time of day is in it. `now` is local to the clinic."""
    said = _said(text)
    if re.search(r"\b(?:19\d\d|19 \d\d)\b", said):
        return None  # a birth date, not a wish
    times = read_times(said)
    days = _read_days(said, now.date(), language)
    if days is None and not times:
        return None
    if days is None:
        return When(now.date(), now.date() + HORIZON, (), times, any_day=True)
    return When(days.earliest, days.latest, days.weekdays, times, days.any_day)


def read_date(text: str, today: date, language: str = "en") -> date | None:
    """A single day named in a text; None when there is none or it is a range."""
    days = _read_days(_said(text), today, language)
    return days.earliest if days is not None and days.earliest == days.latest else None


def _said(text: str) -> str:
    said = with_digits(text)
    for word, number in ORDINALS.items():
        said = re.sub(rf"\b(the|on|el|dia|{'|'.join(MONTHS)}) {word}\b(?! (?:one|1|available))", rf"\1 {number}", said)
    return re.sub(r"\b(\d{1,2}) (?:st|nd|rd|th)\b", r"\1", said)


def _read_days(said: str, today: date, language: str) -> When | None:
    for reader in (_between, _bounded, _explicit, _relative, _week_or_month, _day_of_month, _weekdays, _any):
        found = reader(said, today, language)
        if found is not None:
            return found
    return None


def _one(day: date) -> When:
    return When(day, day)


def _span(first: date, last: date, today: date) -> When:
    return When(max(first, today), max(last, today))


def _between(said: str, today: date, language: str) -> When | None:
    found = re.search(r"\b(?:between|from|entre|del?|desde) (.+?) (?:and|to|y|al?|hasta|through) (.+)", said)
    if found is None:
        return None
    first, last = (_single(part, today, language) for part in found.groups())
    return _span(first, last, today) if first and last and first < last else None


def _bounded(said: str, today: date, language: str) -> When | None:
    """A bound ("after the 14th", "antes del viernes") that is a day, not an hour."""
    found = re.search(
        r"\b(after|from|starting|despues del?|a partir del?|desde|before|by|until|antes del?|hasta) (?!las? |los )(.+)",
        said,
    )
    if found is None:
        return None
    day = _single(found[2], today, language)
    if day is None:
        return None
    if found[1].startswith(("before", "antes")):
        return _span(today, day - timedelta(days=1), today)
    if found[1] in ("by", "until", "hasta"):
        return _span(today, day, today)
    first = day + timedelta(days=1) if found[1].startswith(("after", "despues")) else day
    return When(first, today + HORIZON if first < today + HORIZON else first)


def _single(said: str, today: date, language: str) -> date | None:
    for reader in (_explicit, _relative, _day_of_month, _weekdays):
        found = reader(said, today, language)
        if found is not None:
            return found.earliest if found.earliest == found.latest else None
    return None


def _explicit(said: str, today: date, language: str) -> When | None:
    for pattern in (rf"\b{MONTH} {DAY}\b", rf"\b{DAY} (?:of |de |del )?{MONTH}\b"):
        found = re.search(pattern, said)
        if found:
            return _month_day(MONTHS[found["month"]], int(found["day"]), today)
    found = re.search(r"\b(\d{1,2})[/.-](\d{1,2})(?:[/.-]\d{2,4})?\b", said)
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    month, day = (second, first) if language == "es" else (first, second)
    return _month_day(month, day, today) or _month_day(day, month, today)


def _month_day(month: int, day: int, today: date) -> When | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            return None
        if found >= today:
            return _one(found)
    return None


def _relative(said: str, today: date, _language: str) -> When | None:
    if re.search(r"\b(?:day after tomorrow|pasado manana)\b", said):
        return _one(today + timedelta(days=2))
    if re.search(
        r"\b(?:de hoy en 8|a week from (?:today|now)|en 8 dias|in a week|in 1 week|dentro de una semana|en una semana)\b",
        said,
    ):
        return _one(today + timedelta(days=7))
    if re.search(r"\b(?:de hoy en 15|en 15 dias|(?:2|a couple(?: of)?) weeks from (?:today|now)|a fortnight)\b", said):
        return _one(today + timedelta(days=14))
    found = re.search(rf"\b(?:a week from|de|del) (?:(?:el|this|este) )?{WEEKDAY}(?: en 8)?\b", said)
    if found and ("en 8" in found[0] or "week from" in found[0]):
        return _one(_coming(WEEKDAYS[found[1]], today) + timedelta(days=7))
    found = re.search(
        r"\b(?:in|en|dentro de) (?:like |about |unos |unas )?(\d{1,2}|a couple(?: of)?|a few) (days?|dias?)\b", said
    )
    if found:
        return _one(today + timedelta(days=_count(found[1])))
    found = re.search(
        r"\b(?:in|en|dentro de) (?:like |about |unas )?(\d{1,2}|a couple(?: of)?|a few) (weeks?|semanas?)\b", said
    )
    if found:
        return _week_of(today + timedelta(weeks=_count(found[1])), today)
    if re.search(r"\b(?:today|tonight|hoy|2day)\b", said):
        return _one(today)
    if re.search(r"\b(?:tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr|tomor+ow)\b", said) or _manana_is_a_day(said):
        return _one(today + timedelta(days=1))
    return None


def _manana_is_a_day(said: str) -> bool:
    """True when "mañana" is tomorrow in it; "por la mañana" is the morning."""
    return re.search(r"(?<!la )(?<!las )\bmanana\b", said) is not None


def _count(said: str) -> int:
    return int(said) if said.isdigit() else 3 if "few" in said else 2


def _week_or_month(said: str, today: date, language: str) -> When | None:
    monday = today - timedelta(days=today.weekday())
    weekdays = tuple(WEEKDAYS[name] for name in re.findall(WEEKDAY, said))
    week = None
    if re.search(r"\bweek after next\b|\bdentro de 2 semanas\b", said):
        week = monday + timedelta(weeks=2)
    elif re.search(
        r"\b(?:next|coming|following) (?:week|wk)\b|\b(?:proxima|otra|siguiente) semana\b|\bsemana (?:que viene|que entra|proxima|siguiente)\b",
        said,
    ):
        week = monday + timedelta(weeks=1)
    elif re.search(r"\b(?:this|the) (?:week|wk)\b|\besta semana\b|\bla semana\b", said):
        found = re.search(r"\b(?:week of|semana del?) (.+)", said)
        day = _single(found[1], today, language) if found else None
        week = day - timedelta(days=day.weekday()) if day else monday
    if week is not None:
        return _narrowed(week, said, weekdays, today)
    if re.search(r"\b(?:this|the|next) weekends?\b|\b(?:este|el|proximo) fin(?:es)? de semana\b", said):
        saturday = monday + timedelta(days=12 if re.search(r"next|proximo", said) else 5)
        return _span(saturday, saturday + timedelta(days=1), today)
    return _month(said, today, weekdays)


def _narrowed(week: date, said: str, weekdays: tuple[int, ...], today: date) -> When:
    if (
        re.search(r"\b(?:end|late|later) (?:of |in )?(?:the |next |this )?(?:week)?|\b(?:fin|finales) de\b", said)
        and not weekdays
    ):
        return _span(week + timedelta(days=3), week + timedelta(days=5), today)
    if (
        re.search(
            r"\b(?:early|beginning|start|first thing)\b(?! morning)|\b(?:principios|comienzos?|inicios?) de\b", said
        )
        and not weekdays
    ):
        return _span(week, week + timedelta(days=1), today)
    if re.search(r"\b(?:middle|mid)\b|\b(?:mediados|mitad) de\b", said) and not weekdays:
        return _span(week + timedelta(days=1), week + timedelta(days=3), today)
    whole = _span(week, week + timedelta(days=6), today)
    return When(whole.earliest, whole.latest, weekdays)


def _month(said: str, today: date, weekdays: tuple[int, ...]) -> When | None:
    first = None
    if re.search(r"\bnext month\b|\b(?:proximo|otro|siguiente) mes\b|\bmes (?:que viene|que entra|proximo)\b", said):
        first = _first_of_next(today)
    elif re.search(r"\bthis month\b|\beste mes\b", said):
        first = today.replace(day=1)
    else:
        found = re.search(rf"\b(?:in|en|during|for|de|of|early|late|mid) {MONTH}\b", said)
        if found:
            month = MONTHS[found["month"]]
            first = date(today.year + (month < today.month), month, 1)
    if first is None:
        return None
    last = _first_of_next(first) - timedelta(days=1)
    if re.search(r"\b(?:early|beginning|start)\b|\b(?:principios|comienzos?|inicios?) de\b", said):
        last = first + timedelta(days=9)
    elif re.search(r"\b(?:mid|middle)\b|\b(?:mediados|mitad) de\b", said):
        first, last = first + timedelta(days=10), first + timedelta(days=19)
    elif re.search(r"\b(?:late|end)\b|\b(?:fin|fines|finales) de\b", said):
        first = first + timedelta(days=20)
    whole = _span(first, last, today)
    return When(whole.earliest, whole.latest, weekdays)


def _weekdays(said: str, today: date, _language: str) -> When | None:
    if re.search(r"\b(?:weekdays?|during the week|entre semana)\b", said):
        return When(today, today + HORIZON, (0, 1, 2, 3, 4))
    if re.search(r"\b(?:weekends|fines de semana)\b", said):
        return When(today, today + HORIZON, (5, 6))
    found = [(WEEKDAYS[match[1]], match) for match in re.finditer(WEEKDAY, said)]
    if not found:
        return None
    if len({day for day, _ in found}) > 1 or re.search(
        r"\b(?:\w+days|any (?:\w+day)|los \w+|cualquier)\b", said.replace("todays", "")
    ):
        return When(today, today + HORIZON, tuple(sorted({day for day, _ in found})))
    weekday, match = found[-1]
    near = said[max(0, match.start() - 12) : match.end() + 16]
    if re.search(r"\bnext\b|\bproximo\b|que viene|que entra|siguiente", near):
        monday = today - timedelta(days=today.weekday())
        return _one(monday + timedelta(days=7 + weekday))
    return _one(_coming(weekday, today))


def _coming(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)


def _day_of_month(said: str, today: date, _language: str) -> When | None:
    found = re.search(
        r"\b(?:the|el|dia|on) (\d{1,2})(?:st|nd|rd|th)?\b(?!:)(?! ?(?:am|pm|a m|p m|o'clock|oclock|de la|dollars|dolares))",
        said,
    )
    found = found or re.search(r"\b(\d{1,2})(?:st|nd|rd|th)\b", said)
    if found is None:
        return None
    for first in (today.replace(day=1), _first_of_next(today)):
        try:
            day = first.replace(day=int(found[1]))
        except ValueError:
            return None
        if day >= today:
            return _one(day)
    return None


def _any(said: str, today: date, _language: str) -> When | None:
    words = (
        r"\b(?:any ?(?:time|day)|whenever|as soon as possible|asap|soonest|earliest|first available|next available|no preference|"
        r"doesn'?t matter|anything|either|cualquier (?:dia|hora|momento)|cuando sea|lo antes posible|lo mas pronto|cuanto antes|"
        r"primer[ao]? (?:cita|hora)? ?disponible|me da igual|no importa|el que sea|la que sea|cuando (?:haya|pueda|puedan)|right away|soon|pronto)\b"
    )
    return When(today, today + HORIZON, any_day=True) if re.search(words, said) else None


def _week_of(day: date, today: date) -> When:
    monday = day - timedelta(days=day.weekday())
    return _span(monday, monday + timedelta(days=6), today)


def _first_of_next(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
