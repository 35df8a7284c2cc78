"""Turns what somebody wrote or said into the words that count when its intent is recognised.

What the assistant reads out of a message (a date, an amount, a name) it reads from the message itself, never from here.
"""

from __future__ import annotations

import re
import unicodedata

NUMBER = "0"

_APOSTROPHES = str.maketrans("", "", "'`´\u2018\u2019\u02bc")
_DIGITS = re.compile(r"(?<![^\W\d_])\d+(?:[.,:/-]\d+)*(?:st|nd|rd|th)?")
_WORD = re.compile(r"[^\W_]+|[\u2600-\u27bf\U0001f300-\U0001f3fa\U0001f400-\U0001faff]")

# "once" (eleven in Spanish) and "un", "una" are left out: they are far more often something else.
_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince dieciseis diecisiete dieciocho "
    "diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho "
    "veintinueve treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos trescientos "
    "cuatrocientos quinientos seiscientos setecientos ochocientos novecientos mil"
)
_CARDINALS = frozenset(_NUMBER_WORDS.split())
_NUMBER_RUN = re.compile(rf"\b{NUMBER}(?: (?:(?:and|y) )?{NUMBER})+\b")

# Not "er": it is the emergency room.
_FILLERS = re.compile(r"\b(?:u+h*m+|u+h+|h+m+|mm+|e+h+|a+h+|este|pues|o sea|you know|i mean)\b")


def words_of(text: str) -> list[str]:
    """The words of a message: lower case, no accents, any number as one `0`, fillers dropped.

    Empty when the message has no letter, digit or pictograph.
    """
    plain = " ".join(_fold_number(word) for word in _WORD.findall(_DIGITS.sub(f" {NUMBER} ", plain_letters(text))))
    folded = _NUMBER_RUN.sub(NUMBER, plain)
    # A message that is nothing but a filler keeps it: "pues" has to stay an answer.
    return _FILLERS.sub(" ", folded).split() or folded.split()


def plain_letters(text: str) -> str:
    """The text in lower case without accents and apostrophes, so that "Sí", "SI" and "si" are one word."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _fold_number(word: str) -> str:
    return NUMBER if word in _CARDINALS else word
