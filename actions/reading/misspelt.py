"""Words of time set right when they are misspelt or shortened: days, months, parts of the day."""

from __future__ import annotations

from rapidfuzz.distance import OSA

SHORT = {
    "nxt": "next", "wk": "week", "wks": "weeks", "wknd": "weekend", "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow",
    "2moro": "tomorrow", "mornin": "morning", "morn": "morning", "aft": "afternoon", "arvo": "afternoon", "eve": "evening",
    "til": "till", "thru": "through", "btw": "between", "b4": "before", "oclock": "o'clock", "mid": "middle",
    "sig": "siguiente", "sgte": "siguiente", "prox": "proximo", "x": "por", "pa": "para", "despues": "despues", "dsp": "despues",
    "mnn": "manana", "fds": "fin de semana", "finde": "fin de semana", "findes": "fines de semana", "oy": "hoy", "ma": "manana",
    "tardecita": "tardecita", "tempranito": "temprano", "mananita": "manana", "ahorita": "hoy", "nochecita": "noche",
    "lun": "lunes", "mie": "miercoles", "jue": "jueves", "vie": "viernes", "proxima": "proximo", "proximas": "proximos",
}  # fmt: skip
KNOWN = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mondays", "tuesdays", "wednesdays",
    "thursdays", "fridays", "saturdays", "sundays", "tomorrow", "morning", "mornings", "afternoon", "afternoons", "evening",
    "evenings", "weekend", "weekends", "weekday", "weekdays", "january", "february", "september", "october", "november",
    "december", "martes", "miercoles", "jueves", "viernes", "sabado", "sabados", "domingo", "domingos", "manana", "mananas",
    "semana", "semanas", "despues", "proximo", "siguiente", "temprano", "mediodia", "febrero", "septiembre", "setiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
REAL = frozenset({"manzana", "manzanas", "semanal", "vienes", "salado", "jueces", "sundae", "moaning", "marte", "nueves"})
"""Words that are right as they are, one letter from a word of time."""
SHORTEST, TWO_LETTERS_FROM = 5, 9
SOUNDS_ALIKE = str.maketrans({"v": "b", "z": "s", "c": "s", "h": "j", "w": "u"})


def mended(word: str) -> str:
    """The word of time that a folded word stands for; any other word as it is."""
    if word in SHORT:
        return SHORT[word]
    if len(word) < SHORTEST or word in KNOWN or word in REAL:
        return word
    near = [known for known in KNOWN if _begins_alike(word, known) and OSA.distance(word, known) <= _allowed(known)]
    # Two words equally near, as "sonday" between Sunday and Monday, leave it as it is.
    return near[0] if len({known.rstrip("s") for known in near}) == 1 else word


def _begins_alike(word: str, known: str) -> bool:
    return word[0].translate(SOUNDS_ALIKE) == known[0].translate(SOUNDS_ALIKE)


def _allowed(known: str) -> int:
    return 2 if len(known) >= TWO_LETTERS_FROM else 1
