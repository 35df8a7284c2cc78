"""Takes card numbers, social security numbers and other long numbers out of a message before anything keeps it.

Telephone numbers, dates and the ids that patients are asked for (member and statement numbers) stay.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.language import unaccented
from identity.number_words import NUMBER_WORDS, ZERO_LETTERS, digit_readings

CARD = "[card]"
SSN = "[ssn]"
NUMBER = "[number]"
CARD_LENGTHS = range(13, 20)
_SPOKEN_LENGTHS = range(14, 17)

# Digits with at most three signs between them, as people group them; letters end a number.
_RUN = re.compile(r"\d(?:[ ()._,/*+-]{0,3}\d)*")
_GROUP = re.compile(r"\d+")
_PHONE = re.compile(r"(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}(?![\d-]|[ .]\d)")
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?!\d)")
_SSN = re.compile(r"(?<![\w-])(?!000|666)\d{3}([ -.])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])")
_SSN_NAMED = re.compile(
    r"((?:\bssn|\bsocial security|\bsocial\b|\bseguro social|\bseguridad social)\D{0,25})(?<!\d)\d{9}(?!\d)",
    re.IGNORECASE,
)
_CARD_DETAILS = re.compile(
    r"(\b(?:cvv2?|cvc2?|cid|security code|c[oó]digo de seguridad|exp(?:ires|iration|iry)?|vence|vencimiento)\b\D{0,12})"
    r"\d{1,4}(?:\s?[/-]\s?\d{2,4})?",
    re.IGNORECASE,
)
_LONG = 13
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Redacted:
    """What is left of a message, and whether there was a card number in it."""

    text: str
    card: bool


def redact(text: str) -> Redacted:
    """The message with its secret numbers replaced by what they were."""
    ssn_free = _SSN_NAMED.sub(rf"\g<1>{SSN}", _SSN.sub(SSN, text))
    written = _without(ssn_free, list(_cards_written(ssn_free)), CARD)
    spoken = _without(written, list(_cards_spoken(written)), CARD)
    card = CARD in spoken and CARD not in text
    if card:
        spoken = _CARD_DETAILS.sub(rf"\g<1>{NUMBER}", spoken)
    return Redacted(_without(spoken, list(_long_numbers(spoken)), NUMBER), card)


def is_card_number(digits: str) -> bool:
    """Whether `digits` could be the number of a payment card: length, first digit (ISO/IEC 7812), Luhn's sum."""
    if len(digits) not in CARD_LENGTHS or digits[0] not in "23456":
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(each - 9 if each > 9 else each for each in doubled)) % 10 == 0


class SplitCards:
    """Notices a card number that comes in pieces, each a message of digits alone; keeps pieces in memory only."""

    def __init__(self, pieces: int = 3, within: timedelta = timedelta(minutes=5), conversations: int = 10_000) -> None:
        self._pieces = pieces
        self._within = within
        self._most = conversations
        self._seen: OrderedDict[str, list[tuple[datetime, str]]] = OrderedDict()

    def completes(self, sender_id: str, text: str, now: datetime) -> bool:
        """Whether `text` and the messages of digits just before it make up a card number."""
        digits = _digits_alone(text)
        if digits is None:
            self._seen.pop(sender_id, None)
            return False
        before = [(at, piece) for at, piece in self._seen.pop(sender_id, []) if at > now - self._within]
        pieces = [*before, (now, digits)][-self._pieces :]
        whole = (is_card_number("".join(piece for _, piece in pieces[start:])) for start in range(len(pieces) - 1))
        if any(whole):
            return True
        self._seen[sender_id] = pieces
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return False


def _digits_alone(text: str) -> str | None:
    """The digits of a message that is nothing else; None for telephone numbers and dates, which people are asked for."""
    if not _RUN.fullmatch(text.strip()) or _PHONE.fullmatch(text.strip()) or _DATE.fullmatch(text.strip()):
        return None
    digits = "".join(_GROUP.findall(text))
    return None if len(digits) == 8 and _is_date(digits) else digits


def _is_date(digits: str) -> bool:
    return any(
        1 <= int(month) <= 12 and 1 <= int(day) <= 31 and 1900 <= int(year) <= 2100
        for month, day, year in (
            (digits[:2], digits[2:4], digits[4:]),
            (digits[2:4], digits[:2], digits[4:]),
            (digits[4:6], digits[6:], digits[:4]),
        )
    )


def _cards_written(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers of cards begin and end; whatever digits follow in the same run go with them (date, code)."""
    ordinary = [match.span() for pattern in (_PHONE, _DATE) for match in pattern.finditer(text)]
    for run in _RUN.finditer(text):
        groups = [(run.start() + match.start(), match.group()) for match in _GROUP.finditer(run.group())]
        free = [(at, digits) for at, digits in groups if not any(start <= at < end for start, end in ordinary)]
        first = _first_card(free)
        if first is not None:
            yield first, run.end()


def _first_card(groups: list[tuple[int, str]]) -> int | None:
    for first in range(len(groups)):
        for last in range(first + 1, len(groups) + 1):
            sizes = [len(digits) for _, digits in groups[first:last]]
            if _grouped_like_a_card(sizes) and is_card_number("".join(digits for _, digits in groups[first:last])):
                return groups[first][0]
            if sum(sizes) > CARD_LENGTHS.stop:
                break
    return None


def _grouped_like_a_card(sizes: list[int]) -> bool:
    """Groups of four or more with a shorter rest, or digits one by one or in pairs; blood pressures come otherwise."""
    return min(sizes[:-1], default=4) >= 4 or (max(sizes) <= 2 and len(set(sizes[:-1])) == 1)


def _cards_spoken(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers of cards in words begin and end ("four one one one ...")."""
    run: list[re.Match[str]] = []
    for word in [*_WORD.finditer(text), None]:
        if word is not None and _is_number(unaccented(word.group().lower())):
            run.append(word)
            continue
        if _is_spoken_card([unaccented(each.group().lower()) for each in run]):
            yield run[0].start(), run[-1].end()
        run = []


def _is_number(word: str) -> bool:
    return word.isdecimal() or word in NUMBER_WORDS or word in ZERO_LETTERS


def _is_spoken_card(words: list[str]) -> bool:
    # Fewer words than this say at most twelve digits.
    if len(words) < 5 or all(word.isdecimal() for word in words):
        return False
    readings = digit_readings(words)
    return any(len(each) in _SPOKEN_LENGTHS and is_card_number(each) for each in readings)


def _long_numbers(text: str) -> Iterator[tuple[int, int]]:
    ordinary = [match.span() for pattern in (_PHONE, _DATE) for match in pattern.finditer(text)]
    for run in _RUN.finditer(text):
        groups = [(run.start() + match.start(), match.group()) for match in _GROUP.finditer(run.group())]
        if any(start <= at < end for at, _ in groups for start, end in ordinary):
            continue
        sizes = [len(digits) for _, digits in groups]
        if sum(sizes) >= _LONG and min(sizes[:-1], default=_LONG) >= 4:
            yield run.span()


def _without(text: str, spans: list[tuple[int, int]], instead: str) -> str:
    for start, end in reversed(spans):
        text = text[:start] + instead + text[end:]
    return text
