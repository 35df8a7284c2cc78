"""Times of day and parts of the day, as ranges, in text that `words.with_digits` has prepared."""

from __future__ import annotations

import re
from datetime import time

TimeRange = tuple[time, time]
DAY_START, DAY_END = time(7), time(21)

PARTS: tuple[tuple[str, TimeRange], ...] = (
    (
        r"\bfirst thing\b|\bearly (?:in the )?morning\b|\ba primera hora\b|\btemprano\b|\bearly\b(?! (?:next|this|in|january|february|march|april|may|june|july|august|september|october|november|december))",
        (time(7), time(9, 30)),
    ),
    (r"\blate morning\b|\bmedia manana\b|\bmid morning\b", (time(10), time(12))),
    (
        r"\blate (?:in the )?afternoon\b|\ben la tardecita\b|\bafter work\b|\bafter school\b|\bdespues del trabajo\b|\bdespues de la escuela\b",
        (time(15), time(18)),
    ),
    (r"\bearly afternoon\b", (time(12), time(14, 30))),
    (r"\bnoon\b|\bmidday\b|\bmediodia\b|\bmedio dia\b|\blunch(?: ?time)?\b|\balmuerzo\b", (time(11, 30), time(13, 30))),
    (
        r"\bmornings?\b|\b(?:por|en|de|x) las? mananas?\b|\bmorn\b|\ba m\b|\ben la manana\b|\bla manana\b",
        (time(7), time(12)),
    ),
    (r"\bafternoons?\b|\btardes?\b", (time(12), time(18))),
    (r"\bevenings?\b|\btonight\b|\bnoches?\b|\bnights?\b", (time(17), time(21))),
)
HOUR = r"(?:las? )?(\d{1,2})(?::(\d{2})| (\d{2}))?(?: y (media|cuarto|\d{1,2})| menos (cuarto|\d{1,2}))?(?: ?o'?clock)?"
HALF = r" ?(am|pm|a m|p m|in the morning|in the afternoon|in the evening|de la manana|de la tarde|de la noche|del mediodia|ish)?"
CLOCK = HOUR + HALF
EXACT = re.compile(
    rf"\b(?:at|around|about|like|a|como a|sobre|tipo|para|hacia) {CLOCK}\b|\b(\d{{1,2}})(?::(\d{{2}}))? ?(am|pm|a m|p m|de la manana|de la tarde|de la noche)\b"
    rf"|\b(\d{{1,2}}):(\d{{2}})\b|\b\d{{1,2}} (?:00|15|30|45)\b|\blas? (\d{{1,2}})(?: y (media|cuarto))?\b|\b(\d{{1,2}}) ?(?:o'?clock|ish)\b"
)


def read_times(said: str) -> tuple[TimeRange, ...]:
    """The parts of the day that a prepared text asks for; empty when it names none."""
    clock = _clock_range(said)
    if clock is not None:
        return (clock,)
    exact = exact_time(said)
    if exact is not None:
        return ((exact, time(exact.hour, 59)),)
    found: list[TimeRange] = []
    rest = said
    for pattern, part in PARTS:
        if re.search(pattern, rest):
            found.append(part)
            rest = re.sub(pattern, " ", rest)
    return tuple(found)


def exact_time(said: str) -> time | None:
    """The one clock time in a prepared text ("10:30", "half past 3", "las 5 menos 10"); None without one."""
    found = re.search(r"\bhalf past (\d{1,2})\b", said)
    if found:
        return _time(int(found[1]), 30, said)
    found = re.search(r"\b(?:a )?quarter (past|after|to|till|of) (\d{1,2})\b", said)
    if found:
        hour = int(found[2])
        return _time(hour, 15, said) if found[1] in ("past", "after") else _time(hour - 1 or 12, 45, said)
    found = re.search(r"\blas (\d{1,2}) menos (cuarto|\d{1,2})\b", said)
    if found:
        back = 15 if found[2] == "cuarto" else int(found[2])
        return _time(int(found[1]) - 1 or 12, 60 - back, said)
    match = EXACT.search(said)
    if match is None:
        return None
    return _read_clock(match[0], said)


def _read_clock(part: str, said: str) -> time | None:
    found = re.search(CLOCK, part)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if found[4]:
        minute = {"media": 30, "cuarto": 15}.get(found[4]) or int(found[4])
    return _time(hour, minute, f"{part} {_half_of(said)}")


def _half_of(said: str) -> str:
    found = re.search(
        r"\b(am|pm|a m|p m|in the (?:morning|afternoon|evening)|(?:de|por|en) la (?:manana|tarde|noche)|morning|afternoon|evening)\b",
        said,
    )
    return found[1] if found else ""


def _time(hour: int, minute: int, said: str) -> time | None:
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        return None
    afternoon = re.search(r"\bpm\b|\bp m\b|\bafternoon\b|\bevening\b|\btarde\b|\bnoche\b|\d ?pm\b", said)
    morning = re.search(r"\d ?am\b|\bam\b|\ba m\b|\bmorning\b|\bmanana\b", said)
    if hour < 12 and (afternoon or (not morning and 1 <= hour <= 6)):
        hour += 12
    return time(hour, minute)


def _clock_range(said: str) -> TimeRange | None:
    found = re.search(
        rf"\b(?:between|from|entre|de|desde) (?:las? )?({HOUR}{HALF}) (?:and|to|y|a|hasta|till|until) (?:las? )?({HOUR}{HALF})\b",
        said,
    )
    if found:
        parts = re.split(r" (?:and|to|y|a|hasta|till|until) (?=(?:las? )?\d)", found[0])
        first, last = _read_clock(parts[0], found[0]), _read_clock(parts[-1], found[0])
        if first and last and first < last and not re.search(r"\b\d{3,}", found[0]):
            return (first, last)
    found = re.search(
        rf"\b(after|(?<!half )(?<!quarter )past|from|starting at|despues de|a partir de|desde|before|by|until|antes de|hasta) (?:las? |like )?({HOUR}{HALF})(?! ?(?:de (?!la)|/))\b",
        said,
    )
    if found and not re.search(rf"{found[1]} (?:the|el|del)\b", said):
        at = _read_clock(found[2], said[found.start() :])
        if at is not None:
            return (DAY_START, at) if found[1] in ("before", "by", "until", "antes de", "hasta") else (at, DAY_END)
    found = re.search(rf"\b({HOUR}{HALF}) (?:or later|or after|en adelante|o mas tarde|o despues)\b", said)
    if found:
        at = _read_clock(found[1], said)
        return (at, DAY_END) if at else None
    return _named_bound(said)


def _named_bound(said: str) -> TimeRange | None:
    if re.search(r"\b(?:before|antes del?) (?:noon|midday|lunch|mediodia|medio dia|almuerzo)\b", said):
        return (DAY_START, time(12))
    if re.search(r"\b(?:after|despues del?) (?:noon|midday|lunch|mediodia|medio dia|almuerzo|almorzar|comer)\b", said):
        return (time(12), time(18))
    return None
