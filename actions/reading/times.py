"""Times of day and parts of the day, as ranges, in text that `words.with_digits` has prepared.

Every way to say an hour is first written as "14:30", then what stands around it says what is wanted of it. An hour
without its half of the day is 7 to 12 as it is and 1 to 6 in the afternoon; "03:00" with its zero is the night.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time

from actions.reading.days import MONTHS

TimeRange = tuple[time, time]
DAY_START, DAY_END = time(7), time(21)
NOON = time(12)
EARLY = (time(7), time(9, 30))
LATE = (time(15), time(18))

PARTS: tuple[tuple[str, TimeRange], ...] = (
    (
        r"first (?:thing|appointment|one)(?: (?:in|of) the (?:morning|day))|first thing|primera cita del dia|early (?:in the )?morning|(?:a )?primera hora(?: de la manana)?|temprano (?:por|en) la manana|(?:por|en) la manana temprano|temprano"
        r"|(?<!as )early(?! (?:next|this|in (?!the day)|week|january|february|march|april|may|june|july|august|september|october|november|december))",
        EARLY,
    ),
    (r"late morning|media manana|(?:mid|middle) morning", (time(10), NOON)),
    (
        r"late (?:in the )?(?:afternoons?|day)|last (?:appointment|one|thing) (?:of|in) the day|ultima cita del dia|(?:later in|late in|end of|al final de|ultima hora del?) (?:the day|el dia|la tarde|dia)|ultima hora"
        r"|tardecita|(?:after|off|out of) (?:work|school)|(?:despues|saliendo|salga|salgo) del? (?:el |la )?(?:trabajo|trabajar|escuela|chamba)",
        LATE,
    ),
    (r"before work|antes del trabajo|antes de (?:ir al trabajo|trabajar|entrar a trabajar)", (time(7), time(9))),
    (r"early afternoon", (NOON, time(14, 30))),
    (r"(?:after|despues de|despues del) (?:lunch|almuerzo|almorzar|comer|la comida)", (NOON, time(18))),
    (r"(?:before|antes de|antes del) (?:lunch|almuerzo|almorzar|comer|la comida)", (DAY_START, NOON)),
    (r"noon|midday|mediodia|lunch ?time|lunch|almuerzo|hora de (?:comer|la comida)", (time(11, 30), time(13, 30))),
    (r"mornings?|(?:(?:por|en|de) las?|una|las) mananas?|mananas|am|la manana", (DAY_START, NOON)),
    (r"afternoons?|tardes?|pm", (NOON, time(18))),
    (r"evenings?|tonight|noches?|nights?", (time(17), DAY_END)),
)  # fmt: skip
PART = "|".join(f"(?:{words})" for words, _ in PARTS)
MONTH_NAMES = "|".join(MONTHS)
COUNTED = r"days?|weeks?|months?|years?|hours?|minutes?|mins?|dias?|semanas?|mes(?:es)?|anos?|horas?|minutos?|times?|veces|of|dollars?|dolares"
CLOCK = rf"(?:las? )?(\d{{1,2}}(?::\d\d)?)(?![\d/.:])(?! (?:{COUNTED}|{MONTH_NAMES})\b)(?! de (?!la))"
AT = r"(?:at|around|about|como|tipo|hacia)"
NOT = r"(?:not|no|nothing|never|can'?t|cannot|nada|nunca|no sea|no puedo)(?: (?:do|come|make it|be there|anything|any time|nada|ser|ir|venir)){0,2}"
BEFORE = r"(?:before|earlier than|sooner than|antes de|antes del|mas temprano (?:que|de))"
AFTER = r"(?:after|later than|past|despues de|despues del|mas tarde (?:que|de)|pasad[ao]s)"
OFF = (
    r"(?:works? (?:till|until)|working (?:till|until)|trabaj\w+ hasta|(?:get|gets|am|i'm) (?:off|out|done)(?: of)?(?: work| school)?(?: at)?"
    r"|(?:salgo|saliendo|me desocupo)(?: del?(?: \w+)?)? a)"
)
"""Said of the hour at which the person is free."""
BOUNDS: tuple[tuple[str, bool], ...] = (
    (rf"{CLOCK} (?:or later|or after|onwards?|en adelante|o mas tarde|o despues)\b", True),
    (rf"{CLOCK} (?:or earlier|or before|at the latest|o antes|a mas tardar)\b", False),
    (rf"{NOT} {BEFORE} {CLOCK}", True),
    (rf"{NOT} {AFTER} {CLOCK}", False),
    (rf"{OFF} (?:about |around |como |(?:my|mi) \w+ (?:at |a )?)?{CLOCK}", True),
    (
        rf"(?:{AFTER}|from|starting(?: at)?|beginning at|a partir de|desde) (?:about |around |como |(?:my|mi) \w+ (?:at |a )?)?{CLOCK}",
        True,
    ),
    (
        rf"(?:{BEFORE}|by|until|till|hasta|a mas tardar(?: a)?) (?:about |around |como |(?:my|mi) \w+ (?:at |a )?)?{CLOCK}",
        False,
    ),
)
"""Ways to name one end; True means that it is the earlier one."""

Taken = tuple[tuple[TimeRange, ...], str]
"""What was read, and the text without it."""
Writer = str | Callable[[re.Match[str]], str]


def _clock(hour: int, minute: int) -> str:
    return f"{hour}:{minute:02d}"


def _before(hour: str, minutes: str) -> str:
    back = 15 if minutes in ("cuarto", "quarter") else int(minutes)
    return _clock((int(hour) - 2) % 12 + 1, 60 - back)


def _with_half(found: re.Match[str]) -> str:
    """An hour and its half of the day as one of 24 hours."""
    hour, _, minute = found["hour"].partition(":")
    if int(hour) > 12:
        return found["hour"]
    later = 0 if found["half"] in ("am", "manana", "morning") else 12
    return f"{int(hour) % 12 + later:02d}:{minute or '00'}"


def _with_half_unless_a_date(found: re.Match[str]) -> str:
    before = found["before"] or ""
    # "the 3rd in the morning" is a date and a part of the day.
    return found[0] if before in MONTHS or before in ("the", "el", "dia") else f"{before} {_with_half(found)}"


WRITTEN: tuple[tuple[str, Writer], ...] = (
    (r"\b0(\d:\d\d)", r"\1"),
    (r"\b([ap]) m\b", r"\1m"),
    (r"(?<=\d) p\b(?! )", " pm"),
    (r"(?<=:\d\d) a\b(?! )", " am"),
    (r"\bmedio dia\b", "mediodia"),
    (r"\b12 noon\b", "noon"),
    (r"\b(?:las 12 del (?:mediodia|dia)|12 del (?:mediodia|dia))\b", "las 12:00"),
    (r"\b(before|after|until|till|by|from|antes del?|despues del?|hasta|desde) (?:el )?(?:noon|midday|mediodia)\b", r"\1 12:00"),
    (r"\b(?:a )?las? una\b", "a las 1"),
    (r"\bhalf past (\d{1,2})\b", r"\1:30"),
    (r"\b(?:a )?quarter (?:past|after) (\d{1,2})\b", r"\1:15"),
    (r"\b(?:a )?(quarter) (?:to|till|of|before) (\d{1,2})\b", lambda found: _before(found[2], found[1])),
    (r"\b(5|20|25) (?:to|till) (\d{1,2})\b", lambda found: _before(found[2], found[1])),
    (r"\b(5|10|20|25) (?:past|after) (\d{1,2})\b", lambda found: _clock(int(found[2]), int(found[1]))),
    (r"\b(?:faltando )?(?:un )?(cuarto|\d{1,2}) para las? (\d{1,2})\b", lambda found: f"a las {_before(found[2], found[1])}"),
    (r"\b(\d{1,2}) menos (cuarto|\d{1,2})\b", lambda found: _before(found[1], found[2])),
    (r"\b(\d{1,2}) y media\b", r"\1:30"),
    (r"\b(\d{1,2}) y cuarto\b", r"\1:15"),
    (r"(?<!entre )\blas? (\d{1,2}) y (\d{1,2})\b", lambda found: f"las {_clock(int(found[1]), int(found[2]))}"),
    (r"\blas (1[3-9]|2[0-3])\b(?!:)", r"las \1:00"),
    (r"\b(1[3-9]|2[0-3]) (?:horas|hrs|h)\b", r"\1:00"),
    (r"\b(\d{1,2}) y pico\b", r"\1:00"),
    (r"(?<![\d/] )\b(0?[1-9]|1[0-2]) (00|15|30|45)\b(?! ?\d)(?! de (?!la))", r"\1:\2"),
    (r"\b(at|around|about|las?) (\d{1,2}) (?:0 (\d)|([0-5]\d))\b", lambda found: f"{found[1]} {_clock(int(found[2]), int(found[3] or found[4]))}"),
    (r"\b(at|around|about|las?|by|before|after|between|from|till|until) (0?[1-9]|1[0-2])\.?([0-5]\d)\b(?! \d)", r"\1 \2:\3"),
    (r"\b(0?[1-9]|1[0-2])\.?([0-5]\d) ?(am|pm)\b", r"\1:\2 \3"),
    (r"\b(\d{1,2}) (?:o'clock|ish|en punto|hrs|horas en punto)\b", r"\1:00"),
    (r"(?<=:\d\d) (?:o'clock|ish|en punto)\b", ""),
    (r"\b(?P<hour>\d{1,2}(?::\d\d)?) ?(?P<half>am|pm)\b", _with_half),
    (r"\b(?P<hour>\d{1,2}(?::\d\d)?) de la (?P<half>manana|tarde|noche)\b", _with_half),
    (r"(?<=las )(?P<hour>\d{1,2}(?::\d\d)?) (?:en|por) la (?P<half>manana|tarde|noche)\b", _with_half),
    (r"(?:\b(?P<before>\w+) )?\b(?P<hour>\d{1,2}(?::\d\d)?) (?:in the|at) (?P<half>morning|afternoon|evening|night)\b", _with_half_unless_a_date),
)  # fmt: skip
AFTERNOON = re.compile(r"\b(?:afternoons?|evenings?|tonight|tardes?|tardecita|noches?|nights?)\b")
MORNING = re.compile(r"\b(?:mornings?|la manana|las mananas)\b")


def read_times(said: str) -> tuple[TimeRange, ...]:
    """The parts of the day that a prepared text asks for; empty when it names none."""
    return take_times(said)[0]


def take_times(said: str) -> Taken:
    """The parts of the day that a prepared text asks for, and the text without its hours."""
    written = with_clocks(said)
    for reader in (_range, _bounds, _exact):
        found, rest = reader(written)
        if found:
            return found, rest
    return read_parts(written), written


def exact_time(said: str) -> time | None:
    """The one clock time in a prepared text ("10:30", "half past 3", "las 5 menos 10"); None without one."""
    found, _ = _exact(with_clocks(said))
    return found[0][0] if found else None


def read_parts(said: str) -> tuple[TimeRange, ...]:
    """The named parts of the day ("late morning", "por la tarde"), the longer names first."""
    found: list[TimeRange] = []
    for words, part in PARTS:
        if re.search(rf"\b(?:{words})\b", said):
            found.append(part)
            said = re.sub(rf"\b(?:{words})\b", " ", said)
    return tuple(found)


def outside(parts: tuple[TimeRange, ...]) -> tuple[TimeRange, ...]:
    """What is left of the day without `parts`."""
    left: list[TimeRange] = []
    at = DAY_START
    for first, last in sorted(parts):
        if at < first:
            left.append((at, first))
        at = max(at, last)
    return (*left, (at, DAY_END)) if at < DAY_END else tuple(left)


def with_clocks(said: str) -> str:
    """The text with every way to say an hour written as "9:15", or "09:15" and "21:15" when its half is known."""
    for pattern, written in WRITTEN:
        said = re.sub(pattern, written, said)
    return said


def _range(said: str) -> Taken:
    found = re.search(
        rf"\b(?P<lead>between|from|entre|de|desde) {CLOCK} (?:and|to|y|a|hasta|till|until|through) {CLOCK}", said
    )
    found = found or re.search(rf"(?:\b(?P<lead>\w+) )?\b{CLOCK} (?:to|a|till|until) {CLOCK}", said)
    if found is None or found["lead"] in MONTHS or found["lead"] in ("the", "el", "del"):
        return (), said
    last = _time(found[3], said)
    first = _time(found[2], said, before=last)
    return (((first, last),), _without(found, said)) if first and last and first < last else ((), said)


def _bounds(said: str) -> Taken:
    for pattern, is_earliest in BOUNDS:
        found = re.search(rf"\b{pattern}", said)
        at = _time(found[1], said) if found else None
        if found and at:
            return ((at, DAY_END) if is_earliest else (DAY_START, at),), _without(found, said)
    return (), said


def _exact(said: str) -> Taken:
    pattern = rf"\b(?:{AT} {CLOCK}|(?:las (?=\d)|la (?=1\b))(\d{{1,2}}(?::\d\d)?)|(\d{{1,2}}:\d\d))(?![\d/])"
    hours = [_time(found[1] or found[2] or found[3], said) for found in re.finditer(pattern, said)]
    exact = tuple((at, time(at.hour, 59)) for at in hours if at is not None)
    return exact, re.sub(pattern, ";", said) if exact else said


def _time(written: str, said: str, before: time | None = None) -> time | None:
    """The time that "3", "3:30" or "15:30" is; `before` is the end of the range that it opens."""
    hour, _, minute = written.partition(":")
    number = int(hour)
    if number > 23 or (minute == "" and number > 12) or number == 0 and minute == "":
        return None
    at = time(number, int(minute or 0))
    if hour.startswith("0") or number >= 12:
        return at
    later = at.replace(hour=number + 12)
    if before is not None:
        # "9 to 11 in the evening" begins at 21, "11 to 1" at 11.
        return later if later < before and (number < 7 or AFTERNOON.search(said)) else at
    if AFTERNOON.search(said) and not (number == 11 or MORNING.search(said)):
        return later
    return later if number <= 6 and not MORNING.search(said) else at


def _without(found: re.Match[str], said: str) -> str:
    return f"{said[: found.start()]} ; {said[found.end() :]}"
