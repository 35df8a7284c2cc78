"""Amounts of money as people name them: exact, all of it, half of it, the smallest that is due."""

from __future__ import annotations

import re

from actions.reading.choices import wants_all
from actions.reading.days import MONTHS
from actions.reading.words import fold, with_digits

HALF = re.compile(r"\b(?:half|la mitad|mitad)\b")
WHOLE = re.compile(
    r"\b(?:full(?: amount| balance)?|entire|pay (?:it|that) off|total(?:idad)?|completo|completa|whole|what i owe|lo que debo|lo que debe|the balance|"
    r"el saldo|liquid\w+|sald(?:ar|arl[oa]))\b"
)
IT = re.compile(r"\b(?:pay (?:it|that|my bill)|pagarl[oa]|paguel[oa])\b")
CURRENCY = r"(?:dollars?|bucks|dolar(?:es)?|usd|pesos)\b"
CENTS = r"(?:cents?|centavos?)"
AMOUNT = re.compile(
    rf"\$ ?(?P<sign>\d[\d,]*(?:\.\d{{1,2}})?)|(?P<named>\d[\d,]*(?:\.\d{{1,2}})?) ?{CURRENCY}(?: (?:and |y |con )?(?P<cents>\d{{1,2}})(?: {CENTS})?)?"
    rf"|(?P<only>\d{{1,2}}) {CENTS}"
)
BARE = re.compile(r"(?<![\d/:.])(\d[\d,]*(?:\.\d{1,2})?)(?![\d/:])")
# Numbers that are no money: the end of a card's number, a day, an hour, how many.
OTHER_NUMBERS = re.compile(
    rf"\b(?:(?:ending|ends|end|termina\w*|acaba\w*)(?: (?:in|en|con|with))?|card|account|visa|mastercard|amex|discover|tarjeta|cuenta)(?: number| numero)? \d{{4}}\b"
    rf"|\b(?:{'|'.join(MONTHS)}) \d+|\b\d+ (?:of |de )?(?:{'|'.join(MONTHS)})\b|\bel \d{{1,2}}\b|\b\d+ ?(?:st|nd|rd|th)\b|\b(?:at|a las) \d+(?::\d+)?|\d+:\d+"
    r"|\b\d+ (?:am|pm|days?|weeks?|months?|payments?|installments?|percent|times?|dias?|semanas?|mes(?:es)?|pagos?|plazos?|veces|por ciento|%)"
)


LEAST_IN_WORDS = 13
"""Dollars; up to twelve, a number word alone is as likely a pronoun, a pick or an hour."""


def read_amount(text: str, owed: int, asked: bool = False) -> int | None:
    """The amount in cents that a text names, given what is owed; None when it names none.

    A number without a currency counts only when the amount was asked for.
    """
    folded = fold(text)
    said = OTHER_NUMBERS.sub(" ", _in_figures(text, owed))
    found = AMOUNT.search(said)
    if found and found["only"]:
        return int(found["only"])
    if found:
        return _cents(found["sign"] or found["named"]) + int(found["cents"] or 0)
    if HALF.search(folded):
        return (owed + 1) // 2
    bare = BARE.search(said) if asked else None
    # "The bank one", "the first two": a small number in words points at something, it is no amount.
    if bare and not (bare[1].isdecimal() and int(bare[1]) < LEAST_IN_WORDS and bare[1] not in folded):
        return _cents(bare[1])
    if WHOLE.search(folded) or (asked and (wants_all(text) or IT.search(folded))):
        return owed
    return None


def _in_figures(text: str, owed: int) -> str:
    """The text with its amounts as "184.50", as they are spoken or typed with a comma."""
    said = re.sub(r"(?<=\d),(?=\d{2}\b(?!,))", ".", with_digits(text))
    # "one eighty four fifty" is how people say 184.50; "1 84 50" is what the number words leave of it.
    said = re.sub(r"\b(\d) (\d{2}) (\d{2})\b", r"\1\2.\3", said)
    said = re.sub(r"\b(\d) (\d{2})\b", lambda found: _hundreds(found, owed), said)
    said = re.sub(r"\b(\d{2,4}) con (\d{2})\b", r"\1.\2", said)
    return re.sub(r"\b(\d{2,4}) (\d{2})\b(?! ?(?:dollars|dolares|cents))", r"\1.\2", said)


def _hundreds(found: re.Match[str], owed: int) -> str:
    # "One fifty" is 150 where that much is owed, 1.50 where it is not.
    hundreds = int(found[1] + found[2])
    return str(hundreds) if hundreds * 100 <= owed else f"{found[1]}.{found[2]}"


def _cents(said: str) -> int:
    whole, _, part = said.replace(",", "").partition(".")
    return int(whole) * 100 + int((part + "00")[:2])
