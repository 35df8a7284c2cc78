"""Text in the one form that the readers compare: lower case, no accents, number words as digits, no fillers."""

from __future__ import annotations

import re
import unicodedata

UNITS = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "cero": 0, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17,
    "dieciocho": 18, "diecinueve": 19, "veintiuno": 21, "veintiun": 21, "veintidos": 22, "veintitres": 23,
    "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90,
}  # fmt: skip
HUNDREDS = {
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500,
    "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900,
}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
    "primero": 1, "primera": 1, "primer": 1, "segundo": 2, "segunda": 2, "tercero": 3, "tercera": 3, "tercer": 3,
    "cuarta": 4, "cuarto": 4, "quinta": 5, "quinto": 5,
}  # fmt: skip
FILLERS = frozenset(["um", "uh", "uhm", "er", "erm", "eh", "este", "pues", "like", "please", "porfavor"])
TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[a-z]+(?:'[a-z]+)?|[#$%]")


def fold(text: str) -> str:
    """Lower case without accents; the tilde of ñ goes too, as it does in most text messages."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def tokens(text: str) -> list[str]:
    """The words and numbers of a text, folded, without fillers."""
    return [token for token in TOKEN.findall(fold(text)) if token not in FILLERS]


def with_digits(text: str) -> str:
    """The folded text with number words as digits: 'twenty one' is '21', 'two thousand five' is '2005'.

    Digits said one by one stay apart, since '4 1 5' may be a phone number and '415' may not.
    """
    found = tokens(text)
    out: list[str] = []
    at = 0
    while at < len(found):
        value, used = _number_at(found, at)
        out.append(found[at] if used == 0 else str(value))
        at += max(used, 1)
    return " ".join(out)


def _number_at(found: list[str], at: int) -> tuple[int, int]:
    """The number whose words start here and how many words it takes; 0 words when there is none."""
    value, used = _below_thousand(found, at)
    if used == 0 and found[at] == "mil":
        value, used = 1, 0
    if at + used < len(found) and found[at + used] in ("thousand", "mil") and (used or found[at] == "mil"):
        rest, more = _below_thousand(found, _skip_and(found, at + used + 1))
        skipped = _skip_and(found, at + used + 1) - (at + used + 1) if more else 0
        return value * 1000 + rest, used + 1 + skipped + more
    return value, used


def _below_thousand(found: list[str], at: int) -> tuple[int, int]:
    if at >= len(found):
        return 0, 0
    word = found[at]
    if word == "a" and found[at + 1 : at + 2] in (["hundred"], ["thousand"]):
        value, used = _below_thousand(["one", *found[at + 1 :]], 0)
        return value, used
    if word in HUNDREDS:
        rest, more = _below_hundred(found, at + 1)
        return HUNDREDS[word] + rest, 1 + more
    value, used = _below_hundred(found, at)
    if used and value < 20 and at + used < len(found) and found[at + used] == "hundred":
        start = _skip_and(found, at + used + 1)
        rest, more = _below_hundred(found, start)
        return value * 100 + rest, (start - at + more) if more else used + 1
    return value, used


def _below_hundred(found: list[str], at: int) -> tuple[int, int]:
    if at >= len(found):
        return 0, 0
    word = found[at]
    if word in UNITS:
        return UNITS[word], 1
    if word not in TENS:
        return 0, 0
    start = at + 2 if at + 1 < len(found) and found[at + 1] == "y" else at + 1
    follower = found[start] if start < len(found) else ""
    if 1 <= UNITS.get(follower, 0) <= 9:
        return TENS[word] + UNITS[follower], start - at + 1
    if 1 <= ORDINALS.get(follower, 0) <= 9 and start == at + 1:
        return TENS[word] + ORDINALS[follower], 2
    return TENS[word], 1


def _skip_and(found: list[str], at: int) -> int:
    return at + 1 if at < len(found) and found[at] in ("and", "y") else at
