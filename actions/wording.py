"""Dates, times, money and names as each language says them; a listener hears words, a reader sees figures."""

from __future__ import annotations

import re
from datetime import date, datetime

MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
}
WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "es": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
}
DOCTOR_DEGREES = frozenset({"MD", "DO", "OD"})


def day_words(day: date, language: str) -> str:
    """'Tuesday, December 1' or 'martes 1 de diciembre'."""
    weekday, month = WEEKDAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    return f"{weekday} {day.day} de {month}" if language == "es" else f"{weekday}, {month} {day.day}"


def date_words(day: date, language: str) -> str:
    """A day that may be in another year: 'November 17, 2026' or '17 de noviembre de 2026'."""
    month = MONTHS[language][day.month - 1]
    return f"{day.day} de {month} de {day.year}" if language == "es" else f"{month} {day.day}, {day.year}"


def time_words(moment: datetime, language: str) -> str:
    """'10:30 AM' or '10:30 de la mañana'; `moment` is local."""
    hour = moment.hour % 12 or 12
    if language != "es":
        return f"{hour}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"
    part = "de la mañana" if moment.hour < 12 else "de la tarde" if moment.hour < 19 else "de la noche"
    return f"{hour}:{moment.minute:02d} {part}"


def when_words(moment: datetime, language: str) -> str:
    """'Tuesday, December 1 at 10:30 AM' or 'martes 1 de diciembre a las 10:30 de la mañana'."""
    at = "at" if language != "es" else "a la" if moment.hour % 12 == 1 else "a las"
    return f"{day_words(moment.date(), language)} {at} {time_words(moment, language)}"


def money_words(cents: int) -> str:
    """'$184.50' in both languages, as US clinics print it."""
    return f"${cents // 100:,}.{cents % 100:02d}"


def phone_words(number: str) -> str:
    """A US number (E.164) as people write it, '(541) 555-0100'; any other as it is."""
    digits = number.removeprefix("+1")
    if len(digits) != 10 or not digits.isdecimal():
        return number
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def doctor_words(name: str, language: str) -> str:
    """'Amy Chen, MD' as 'Dr. Amy Chen'; others keep their plain name."""
    plain, _, degree = name.partition(", ")
    return f"Dr. {plain}" if degree in DOCTOR_DEGREES and language in ("en", "es") else plain


def listed(items: list[str], language: str, joint: str = "and") -> str:
    """'a', 'a and b', 'a, b and c' with the language's own word; `joint` is "and" or "or"."""
    if len(items) < 2:
        return "".join(items)
    if language != "es":
        return f"{', '.join(items[:-1])} {joint} {items[-1]}"
    last = items[-1].casefold()
    if joint == "or":
        word = "u" if last.startswith(("o", "ho")) else "o"
    else:
        # Before a glide ("hierro", "iones") it stays "y".
        word = "e" if re.match(r"h?i(?![aeou])", last) else "y"
    return f"{', '.join(items[:-1])} {word} {items[-1]}"
