"""Words of time set right when they are misspelt or shortened: days, months, parts of the day."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

SHORT = {
    "nxt": "next", "wk": "week", "wks": "weeks", "wknd": "weekend", "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow",
   "mornin": "morning", "morn": "morning", "aft": "afternoon", "arvo": "afternoon", "eve": "evening",
    "til": "till", "thru": "through", "btw": "between", "b4": "before", "oclock": "o'clock", "noonish": "noon", "mid": "middle",
    "sig": "siguiente", "sgte": "siguiente", "prox": "proximo", "x": "por", "pa": "para", "dsp": "despues",
    "mnn": "manana", "fds": "fin de semana", "finde": "fin de semana", "findes": "fines de semana", "oy": "hoy",
    "tempranito": "temprano", "mananita": "manana", "nochecita": "noche",
    "lun": "lunes", "mie": "miercoles", "jue": "jueves", "vie": "viernes", "proxima": "proximo", "proximas": "proximos",
}  # fmt: skip
KNOWN = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mondays", "tuesdays", "wednesdays",
    "thursdays", "fridays", "saturdays", "sundays", "tomorrow", "morning", "mornings", "afternoon", "afternoons", "evening",
    "evenings", "weekend", "weekends", "weekday", "weekdays", "january", "february", "september", "october", "november",
    "december", "martes", "miercoles", "jueves", "viernes", "sabado", "sabados", "domingo", "domingos", "manana", "mananas",
    "semana", "semanas", "despues", "proximo", "proximos", "siguiente", "temprano", "mediodia", "febrero", "septiembre", "setiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
REAL = frozenset(
    {"manzana", "manzanas", "semanal", "vienes", "salado", "jueces", "sundae", "moaning", "marte", "nueves"}
)
"""Words that are right as they are, one letter from a word of time."""
SHORTEST, TWO_LETTERS_FROM = 5, 8
SOUNDS_ALIKE = str.maketrans({"v": "b", "z": "s", "c": "s", "h": "j", "w": "u"})


def mended(word: str, among: Sequence[str] = KNOWN) -> str:
    """The word of `among` that a folded word stands for; any other word as it is."""
    if word in SHORT and among is KNOWN:
        return SHORT[word]
    if len(word) < SHORTEST or word in among or word in REAL:
        return word
    near = [(OSA.distance(word, known), known) for known in among if _begins_alike(word, known)]
    near = [(distance, known) for distance, known in near if distance <= _allowed(known)]
    nearest = {known.rstrip("s") for distance, known in near if distance == min(near)[0]}
    # Two words equally near, as "sonday" between Sunday and Monday, leave it as it is.
    return min(near)[1] if len(nearest) == 1 else word


def _begins_alike(word: str, known: str) -> bool:
    return word[0].translate(SOUNDS_ALIKE) == known[0].translate(SOUNDS_ALIKE)


def _allowed(known: str) -> int:
    return 2 if len(known) >= TWO_LETTERS_FROM else 1
