"""Finds the numbers in a message, written or said, with what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from channels.language import unaccented
from identity.number_words import DIGIT_WORDS, JOINERS, NUMBER_WORDS, ZERO_LETTERS, digit_readings

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_GAP = 6
"""Most signs between two numbers that belong together."""
_BETWEEN = frozenset(
    [
        "and",
        "y",
        "e",
        "then",
        "luego",
        "next",
        "despues",
        "siguiente",
        "dash",
        "hyphen",
        "guion",
        "raya",
        "space",
        "espacio",
        "slash",
        "comma",
        "coma",
        "uh",
        "um",
        "eh",
        "este",
    ]
)
_LOOK_AROUND = 40

PHONE = re.compile(r"(?<![\d-])(?:\+?1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-]?)[2-9]\d\d[ .-]?\d{4}(?![\d-]|[ .]\d)")
DATE = re.compile(r"(?<!\d)(?:\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?!\d)")


@dataclass(frozen=True)
class Token:
    """One number word or group of digits, and where it stands."""

    text: str
    start: int
    end: int

    @property
    def is_written(self) -> bool:
        return self.text.isdecimal()


@dataclass(frozen=True)
class NumberRun:
    """Numbers that follow one another with nothing but signs and little words between them."""

    tokens: tuple[Token, ...]
    said: str
    """The whole message."""

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def before(self) -> str:
        """The words just before, plain and in lower case, of the same line."""
        return plain(self.said[max(0, self.start - _LOOK_AROUND) : self.start]).rpartition("\n")[2]

    @property
    def after(self) -> str:
        """The words just after, likewise."""
        return plain(self.said[self.end : self.end + _LOOK_AROUND]).partition("\n")[0]

    @property
    def is_written(self) -> bool:
        return all(token.is_written for token in self.tokens)

    @property
    def has_signs_of_one_kind(self) -> bool:
        """Whether the same signs stand between all groups."""
        gaps = zip(self.tokens, self.tokens[1:], strict=False)
        return len({self.said[one.end : other.start] for one, other in gaps}) <= 1

    @cached_property
    def digits(self) -> str:
        """The likeliest reading."""
        if self.is_written:
            return "".join(token.text for token in self.tokens)
        return next(iter(self.readings), "")

    @cached_property
    def readings(self) -> list[str]:
        """Every reading, the likeliest first; none when the numbers make no sense together."""
        return digit_readings([token.text for token in self.tokens])

    @property
    def is_ordinary(self) -> bool:
        """Whether it is a telephone number and a birth date in one row, or nothing but years."""
        groups = [token.text for token in self.tokens]
        if all(len(group) == 4 and 1900 <= int(group) < 2100 for group in groups if group.isdecimal()):
            return self.is_written
        first, last = groups[0], groups[-1]
        return self.is_written and (
            (_is_phone("".join(groups[:-1])) and is_date(last)) or (_is_phone("".join(groups[1:])) and is_date(first))
        )

    def part(self, first: int, last: int) -> NumberRun:
        """Tokens number `first` to `last` (not included)."""
        return NumberRun(self.tokens[first:last], self.said)


def number_runs(text: str) -> list[NumberRun]:
    """The numbers in `text`, in order."""
    return [NumberRun(tuple(tokens), text) for tokens in _runs(text)]


def words_around(text: str) -> list[str]:
    """The words of `text` that are not numbers, plain and in lower case."""
    return [word for word in (plain(each) for each in _TOKEN.findall(text)) if not _is_number(word)]


def ordinary_places(text: str) -> frozenset[int]:
    """The places of all characters that belong to telephone numbers and dates."""
    spans = (match.span() for pattern in (PHONE, DATE) for match in pattern.finditer(text))
    return frozenset(place for start, end in spans for place in range(start, end))


def is_date(digits: str) -> bool:
    """Whether eight digits, or six, are a day in any of the usual orders."""
    if len(digits) == 8:
        orders = ((0, 2, 4), (2, 0, 4), (4, 6, 0))
        return any(
            1900 <= int(digits[year : year + 4]) <= 2100 and _is_day(digits[month : month + 2], digits[day : day + 2])
            for month, day, year in orders
        )
    return len(digits) == 6 and (_is_day(digits[:2], digits[2:4]) or _is_day(digits[2:4], digits[:2]))


def plain(text: str) -> str:
    """In lower case and without accents."""
    return unaccented(text.lower())


def _is_phone(digits: str) -> bool:
    return re.fullmatch(r"1?[2-9]\d\d[2-9]\d{6}", digits) is not None


def _is_day(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_number(word: str) -> bool:
    return word.isdecimal() or word in NUMBER_WORDS or word in ZERO_LETTERS


def _runs(text: str) -> Iterator[list[Token]]:
    run: list[Token] = []
    held: list[Token] = []
    for found in _TOKEN.finditer(text):
        token = Token(plain(found.group()), *found.span())
        before = (held or run)[-1:]
        if before and token.start - before[0].end > _GAP:
            yield from _ended(run)
            run, held = [], []
        if _is_number(token.text):
            # "forty and one": what joins is part of the number; what only fills a pause is not.
            run += [*(each for each in held if each.text in JOINERS), token]
            held = []
        elif run and token.text in _BETWEEN and len(held) < 2:
            held.append(token)
        else:
            yield from _ended(run)
            run, held = [], []
    yield from _ended(run)


def _ended(run: list[Token]) -> Iterator[list[Token]]:
    """`run` without letters and words that say a number only beside others ("o", "double")."""
    while run and run[0].text in ZERO_LETTERS and (len(run) == 1 or run[1].text not in DIGIT_WORDS):
        run = run[1:]
    while run and run[-1].text in ZERO_LETTERS and (len(run) == 1 or run[-2].text not in DIGIT_WORDS):
        run = run[:-1]
    if run:
        yield run
