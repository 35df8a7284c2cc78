"""Number words of English and Spanish, and how people and recognisers string them into digits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

_UNITS = {
    **dict.fromkeys(("zero", "cero"), 0),
    **dict.fromkeys(("one", "uno", "un", "una"), 1),
    **dict.fromkeys(("two", "dos"), 2),
    **dict.fromkeys(("three", "tres"), 3),
    **dict.fromkeys(("four", "cuatro"), 4),
    **dict.fromkeys(("five", "cinco"), 5),
    **dict.fromkeys(("six", "seis"), 6),
    **dict.fromkeys(("seven", "siete"), 7),
    **dict.fromkeys(("eight", "ocho"), 8),
    **dict.fromkeys(("nine", "niner", "nueve"), 9),
}
_TEENS = {
    word: value
    for value, words in enumerate(
        (
            ("ten", "diez"),
            ("eleven", "once"),
            ("twelve", "doce"),
            ("thirteen", "trece"),
            ("fourteen", "catorce"),
            ("fifteen", "quince"),
            ("sixteen", "dieciseis"),
            ("seventeen", "diecisiete"),
            ("eighteen", "dieciocho"),
            ("nineteen", "diecinueve"),
        ),
        start=10,
    )
    for word in words
} | {
    word: value
    for value, word in enumerate(
        (
            "veintiuno",
            "veintidos",
            "veintitres",
            "veinticuatro",
            "veinticinco",
            "veintiseis",
            "veintisiete",
            "veintiocho",
            "veintinueve",
        ),
        start=21,
    )
}
_TENS = {
    word: value * 10
    for value, words in enumerate(
        (
            ("twenty", "veinte"),
            ("thirty", "treinta"),
            ("forty", "fourty", "cuarenta"),
            ("fifty", "cincuenta"),
            ("sixty", "sesenta"),
            ("seventy", "setenta"),
            ("eighty", "ochenta"),
            ("ninety", "noventa"),
        ),
        start=2,
    )
    for word in words
}
_HUNDREDS = {
    "cien": 100,
    "ciento": 100,
    "doscientos": 200,
    "doscientas": 200,
    "trescientos": 300,
    "trescientas": 300,
    "cuatrocientos": 400,
    "cuatrocientas": 400,
    "quinientos": 500,
    "quinientas": 500,
    "seiscientos": 600,
    "seiscientas": 600,
    "setecientos": 700,
    "setecientas": 700,
    "ochocientos": 800,
    "ochocientas": 800,
    "novecientos": 900,
    "novecientas": 900,
}
_REPEATS = {"double": 2, "doble": 2, "triple": 3, "treble": 3}

NUMBER_WORDS = frozenset({*_UNITS, *_TEENS, *_TENS, *_HUNDREDS, *_REPEATS, "hundred", "thousand", "mil"})
"""Words that stand for digits wherever they are."""
DIGIT_WORDS = frozenset(_UNITS)
"""Those of them that say one digit."""
ZERO_LETTERS = frozenset({"oh", "o"})
"""Zero, but only beside another number."""
JOINERS = frozenset({"and", "y"})
"""Part of a number, but only between two others."""

# Readings multiply with every "twenty three" (23 or 20 3); more than this are never needed for six digits.
_MOST_READINGS = 64


def digit_readings(tokens: Sequence[str]) -> list[str]:
    """Every way to write `tokens` as digits, the likeliest first; empty when one of them is no number.

    "one twenty three" is first 123, then 1203; numerals stand for themselves.
    """
    readings = [""]
    position = 0
    while position < len(tokens):
        taken = _next_number(tokens, position)
        if taken is None:
            return []
        alternatives, position = taken
        extended = (before + each for each in alternatives for before in readings)
        readings = list(islice(extended, _MOST_READINGS))
    return readings


def _next_number(tokens: Sequence[str], start: int) -> tuple[list[str], int] | None:
    word = tokens[start]
    if word in JOINERS:
        return [""], start + 1
    if word in ZERO_LETTERS:
        return ["0"], start + 1
    if word in _REPEATS:
        return _repeated(tokens, start)
    whole, end = _below_million(tokens, start)
    if end == start:
        return ([word], start + 1) if word.isdecimal() else None
    if end - start == 2 and word in _TENS:
        return [str(whole), f"{_TENS[word]}{_alone(tokens[start + 1])}"], end
    return [str(whole)], end


def _repeated(tokens: Sequence[str], start: int) -> tuple[list[str], int] | None:
    if start + 1 >= len(tokens):
        return None
    digit = _alone(tokens[start + 1])
    if len(digit) != 1:
        return None
    return [digit * _REPEATS[tokens[start]]], start + 2


def _alone(token: str) -> str:
    """The digit that one token says by itself; nothing when it says none."""
    if token in ZERO_LETTERS:
        return "0"
    return str(_UNITS[token]) if token in _UNITS else token if token.isdecimal() else ""


def _below_million(tokens: Sequence[str], start: int) -> tuple[int, int]:
    """The longest number that begins at `start`, and where it ends; ends at `start` when there is none."""
    thousands, end = _below_thousand(tokens, start)
    if _at(tokens, start) == "mil":
        thousands, end = 1, start
    elif end == start and _at(tokens, start).isdecimal() and _at(tokens, start + 1) in ("thousand", "mil"):
        thousands, end = int(tokens[start]), start + 1
    if not 0 < thousands < 1000 or _at(tokens, end) not in ("thousand", "mil"):
        return thousands, end
    rest, after = _below_thousand(tokens, end + 1)
    if after == end + 1 and _at(tokens, after).isdecimal() and len(tokens[after]) <= 3:
        rest, after = int(tokens[after]), after + 1
    return thousands * 1000 + rest, after


def _below_thousand(tokens: Sequence[str], start: int) -> tuple[int, int]:
    word = _at(tokens, start)
    if word in _HUNDREDS:
        hundreds, end = _HUNDREDS[word], start + 1
    elif _UNITS.get(word) and _at(tokens, start + 1) == "hundred":
        hundreds, end = _UNITS[word] * 100, start + 2
    else:
        return _below_hundred(tokens, start)
    rest_start = end + 1 if _at(tokens, end) == "and" else end
    rest, rest_end = _below_hundred(tokens, rest_start)
    # "four hundred zero" is two numbers.
    return (hundreds + rest, rest_end) if rest > 0 else (hundreds, end)


def _below_hundred(tokens: Sequence[str], start: int) -> tuple[int, int]:
    word = _at(tokens, start)
    if word in _UNITS:
        return _UNITS[word], start + 1
    if word in _TEENS:
        return _TEENS[word], start + 1
    if word not in _TENS:
        return 0, start
    unit_at = start + 2 if _at(tokens, start + 1) == "y" else start + 1
    unit = _UNITS.get(_at(tokens, unit_at), 0)
    return (_TENS[word] + unit, unit_at + 1) if unit else (_TENS[word], start + 1)


def _at(tokens: Sequence[str], index: int) -> str:
    return tokens[index] if index < len(tokens) else ""
