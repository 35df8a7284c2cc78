"""What people rule out ("not Monday", "mornings are no good", "menos el lunes"), taken out of a text before the rest is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from actions.reading.days import ANY_WEEKDAY, TO_COME, WEEKDAYS, monday_of
from actions.reading.times import PART

DAY_OR_PART = (
    rf"(?:(?:on|in|the|el|los|la|las|en|por|de|a|too|very|muy|tan|this|esta|este) )*"
    rf"(?:{ANY_WEEKDAY}|{PART}|today|tomorrow|hoy|manana|weekends?|fin de semana|fines de semana|(?:next|this) week|(?:esta|proximo|otra) semana|semana {TO_COME}|\d{{1,2}})"
)
ITEMS = rf"(?P<items>{DAY_OR_PART}(?: (?:or|and|nor|o|y|ni) {DAY_OR_PART})*)\b"
BEFORE = (
    r"(?:(?:any day|anything|any time|all|every day|cualquier (?:dia|hora)|todo) but|but not|except(?: for| on)?|other than|besides|excluding|"
    r"not(?: be| good| free| available| do)?|(?:can'?t|cannot|can not|couldn'?t) (?:do|make(?: it)?|come(?: in)?|be there)|can'?t|nothing|"
    r"(?:won'?t|doesn'?t|don'?t|does not|do not) (?:work|want)|hate|i work(?: on)?|(?:i'm|i am|am|i'll be|we're) (?:out(?: of town)?|away|gone|busy|working|booked|traveling)|out of town|busy|"
    r"menos|excepto|salvo|pero no|trabajo|estoy (?:ocupad[oa]|fuera)|(?:que )?no (?:sea|quiero|puedo|muy|tan|demasiado|me (?:queda|sirve|conviene))|nada)"
)
"""Words before what is ruled out; a plain "no" is not one of them, it answers the question."""
AFTER = (
    r"(?:(?:is|are|'s|am|'m) (?:not|no|out|bad|busy|taken)|isn'?t|aren'?t|(?:don'?t|doesn'?t|do not|does not|won'?t|can'?t) (?:really )?work|"
    r"i (?:can'?t|cannot|work|am busy|'m busy)|no (?:puedo|me|se puede|trabajo|estoy|voy a estar|voy a poder)|trabajo|estoy ocupad[oa]|no$|not$|no(?= (?:porque|pero|el|la|los|mejor)\b))(?: (?:good|great|for me|sirve|queda|conviene))*"
)
PATTERNS = (
    rf"\b{BEFORE} {ITEMS}",
    rf"\b{ITEMS} {AFTER}",
    rf"^no (?P<items>el (?:{ANY_WEEKDAY}))(?= (?:el|mejor|sino|pero) )",
    r"^no (?P<items>(?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|mornings|afternoons|evenings|weekends)(?: (?:or|and) \w+)*)\b",
    rf"^no (?P<items>{PART})\b",
)


@dataclass(frozen=True)
class Refused:
    """What does not suit; empty when nothing was ruled out."""

    weekdays: tuple[int, ...] = ()
    parts: str = ""
    """The words for parts of the day."""
    until: date | None = None
    """Not on or before this day."""

    def __bool__(self) -> bool:
        return bool(self.weekdays or self.parts or self.until)


def take_refused(said: str, today: date) -> tuple[Refused, str]:
    """What a prepared text rules out, and the text without it."""
    items: list[str] = []
    for pattern in PATTERNS:
        for found in re.finditer(pattern, said):
            items.append(found["items"])
        said = re.sub(pattern, ";", said)
    named = " ".join(items)
    weekdays = {WEEKDAYS[name] for name in re.findall(rf"\b(?:{ANY_WEEKDAY})\b", named)}
    if re.search(r"\b(?:weekends?|fin(?:es)? de semana)\b", named):
        weekdays |= {5, 6}
    return Refused(tuple(sorted(weekdays)), _parts(named), _until(named, today)), said


def _parts(named: str) -> str:
    # "Not tomorrow" is "mañana no": a day, not the morning.
    return " ".join(found[0] for found in re.finditer(rf"\b(?:{PART})\b", named))


def _until(named: str, today: date) -> date | None:
    if re.search(rf"\b(?:next week|(?:proximo|otra) semana|semana {TO_COME})\b", named):
        return monday_of(today) + timedelta(days=13)
    if re.search(r"\b(?:this week|esta semana)\b", named):
        return monday_of(today) + timedelta(days=6)
    if re.search(r"\b(?:tomorrow|(?<!la )(?<!las )manana)\b", named):
        return today + timedelta(days=1)
    return today if re.search(r"\b(?:today|hoy)\b", named) else None
