"""Amounts of money as people name them: exact, all of it, half of it, the smallest that is due."""

from __future__ import annotations

import re

from actions.reading.choices import wants_all
from actions.reading.words import fold, with_digits

HALF = re.compile(r"\b(?:half|la mitad|mitad)\b")
WHOLE = re.compile(
    r"\b(?:full(?: amount| balance)?|entire|pay (?:it|that) off|total(?:idad)?|completo|completa|whole|what i owe|lo que debo|lo que debe|the balance|"
    r"el saldo)\b"
)
IT = re.compile(r"\b(?:pay (?:it|that|my bill)|pagarl[oa]|paguel[oa])\b")
AMOUNT = re.compile(
    r"(?:\$ ?(?P<a>\d[\d,]*(?:\.\d{1,2})?))|(?P<b>\d[\d,]*(?:\.\d{1,2})?) ?(?:dollars?|bucks|dolares?|usd|pesos)(?: (?:and |y |con )?(?P<c>\d{1,2})(?: ?(?:cents?|centavos))?)?"
)
BARE = re.compile(r"(?<![\d/:.])(\d[\d,]*(?:\.\d{1,2})?)(?![\d/:])")


def read_amount(text: str, owed: int, asked: bool = False) -> int | None:
    """The amount in cents that a text names, given what is owed; None when it names none.

    A number without a currency counts only when the amount was asked for.
    """
    folded = fold(text)
    prepared = _with_number_words(text)
    found = AMOUNT.search(folded) or AMOUNT.search(prepared)
    if found:
        return _cents(found["a"] or found["b"]) + int(found["c"] or 0)
    if HALF.search(folded):
        return (owed + 1) // 2
    bare = BARE.search(folded) or BARE.search(prepared) if asked else None
    if bare:
        return _cents(bare[1])
    if WHOLE.search(folded) or (asked and (wants_all(text) or IT.search(folded))):
        return owed
    return None


def _with_number_words(text: str) -> str:
    said = with_digits(text)
    # "one eighty four fifty" is how people say 184.50; "184 50" is what the number words leave of it.
    said = re.sub(r"\b(\d) (\d{2}) (\d{2})\b", r"\1\2.\3", said)
    said = re.sub(r"\b(\d{1,4}) (\d{2})\b(?! ?(?:dollars|dolares))", r"\1.\2", said)
    return re.sub(
        r"\b(\d+) (?:dollars?|dolares?) (?:and |y |con )?(\d{1,2})(?: (?:cents?|centavos))?\b", r"\1.\2 dollars", said
    )


def _cents(said: str) -> int:
    whole, _, part = said.replace(",", "").partition(".")
    return int(whole) * 100 + int((part + "00")[:2])
