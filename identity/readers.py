"""Finding a six-digit code in what somebody typed or said, in English or Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from identity.number_words import DIGIT_WORDS, JOINERS, NUMBER_WORDS, ZERO_LETTERS, digit_readings

_CODE_LENGTH = 6
_LONGEST_TEXT = 1000

_TOKEN = re.compile(r"[a-z0-9]+|[$%]")
# After two digits a stop ends the sentence; after one it may be somebody listing digits ("1. 2. 3.").
_SENTENCE_END = re.compile(r"(?<=\d\d)[.;!?]+\s+|\n+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
# What recognisers write for two, four, eight and one; they count only between spoken digits.
_HOMOPHONES = {"to": "two", "too": "two", "for": "four", "fore": "four", "ate": "eight", "won": "one"}
_FILLER_WORDS = "uh um eh er mmm este then luego dash hyphen guion space espacio comma coma punto"
_MONEY_WORDS = "$ % usd dollar dollars buck bucks cents dolar dolares pesos centavos percent"
_MONTH_NAMES = """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr ago dic
"""
_WORDS_AROUND = """
    the my a it is its s this that here code passcode pin number numbers says say said got yes no ok okay
    el la mi es son esta ese esa codigo clave numero numeros aqui dice si
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
_NOT_BESIDE_A_CODE = frozenset([*_MONEY_WORDS.split(), *_MONTH_NAMES.split()])
_AROUND_A_BARE_NUMBER = frozenset(_WORDS_AROUND.split())
_BIRTH = re.compile(r"\b(born|birth|birthday|birthdate|dob|naci|nacio|nacida|nacido|nacimiento|cumpleanos)\b")
_DATE = re.compile(r"(?<![\d/.-])(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?![\d/-]|\.\d)")
_DECIMAL = re.compile(r"(?<![\d.,])\d[\d,]*\.\d{2}(?![\d.-])")


@dataclass(frozen=True)
class _Run:
    """Numbers that follow one another without a word between, and the words on both sides."""

    tokens: list[str]
    before: str
    after: str


def read_code(text: str) -> str | None:
    """The six digits in `text`, typed or spoken; None when there are none.

    Dates, amounts of money and longer or shorter numbers are none. Of several codes the last counts, because people
    correct themselves.
    """
    codes = [_code_in(run) for sentence in _sentences(text) for run in _runs(_words(sentence))]
    return next((code for code in reversed(codes) if code), None)


def looks_like_wrong_length(text: str) -> bool:
    """Whether `text` is a bare number of 4 to 8 digits but not six: a code with a digit lost or doubled."""
    words = [word for sentence in _sentences(text) for word in _words(sentence)]
    runs = list(_runs(words))
    if len(runs) != 1 or read_code(text) is not None:
        return False
    if any(word not in _AROUND_A_BARE_NUMBER for word in words if word not in runs[0].tokens):
        return False
    digits = next(iter(digit_readings(runs[0].tokens)), "")
    return 4 <= len(digits) <= 8 and len(digits) != _CODE_LENGTH and not _is_date_without_signs(digits)


def _sentences(text: str) -> list[str]:
    """Plain lower-case sentences, without the dates and amounts that show by their signs; none about a birth."""
    decomposed = unicodedata.normalize("NFKD", text[:_LONGEST_TEXT]).lower()
    plain = "".join(_plain(character) for character in decomposed).translate(_DASHES)
    if _BIRTH.search(plain):
        return []
    plain = _DATE.sub(lambda match: " date " if _is_date(match[1], match[3], match[4]) else match[0], plain)
    return _SENTENCE_END.split(_DECIMAL.sub(" amount ", plain))


def _plain(character: str) -> str:
    # Accents, key-cap marks and characters without width.
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    return str(unicodedata.decimal(character, character))


def _words(sentence: str) -> list[str]:
    words = [word for word in _TOKEN.findall(sentence) if word not in _FILLERS]
    return [_as_digit_word(words, position) for position in range(len(words))]


def _as_digit_word(words: list[str], position: int) -> str:
    around = words[max(position - 1, 0) : position] + words[position + 1 : position + 2]
    spoken = len(around) == 2 and all(word in DIGIT_WORDS for word in around)
    return _HOMOPHONES.get(words[position], words[position]) if spoken else words[position]


def _runs(words: list[str]) -> Iterator[_Run]:
    end = 0
    for is_number, group in groupby(range(len(words)), lambda position: _is_number(words, position)):
        start, end = end, end + len(list(group))
        if is_number:
            yield _Run(words[start:end], "".join(words[start - 1 : start]), "".join(words[end : end + 1]))


def _is_number(words: list[str], position: int) -> bool:
    word = words[position]
    before = position > 0 and _is_sure_number(words[position - 1])
    after = position + 1 < len(words) and _is_sure_number(words[position + 1])
    if word in JOINERS:
        return before and after
    if word in ZERO_LETTERS:
        return before or after
    return _is_sure_number(word)


def _is_sure_number(word: str) -> bool:
    return word.isdecimal() or word in NUMBER_WORDS or word == "oh"


def _code_in(run: _Run) -> str | None:
    if not _NOT_BESIDE_A_CODE.isdisjoint((run.before, run.after)):
        return None
    readings = digit_readings(run.tokens)
    if readings and len(readings[0]) == _CODE_LENGTH:
        return readings[0]
    # Less likely readings count only when they leave no choice; likewise "this one: 123456".
    others = {reading for reading in readings if len(reading) == _CODE_LENGTH}
    last = run.tokens[-1]
    if last.isdecimal() and len(last) == _CODE_LENGTH and not any(token.isdecimal() for token in run.tokens[:-1]):
        others.add(last)
    return others.pop() if len(others) == 1 else None


def _is_date(first: str, second: str, third: str) -> bool:
    orders = ((first, second, third), (third, first, second), (third, second, first))
    return any(_is_day(year, month, day) for year, month, day in orders)


def _is_date_without_signs(digits: str) -> bool:
    return len(digits) == 8 and (
        _is_date(digits[:2], digits[2:4], digits[4:]) or _is_date(digits[:4], digits[4:6], digits[6:])
    )


def _is_day(year: str, month: str, day: str) -> bool:
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return False
    # 2000 stands for every two-digit year: it has a 29 February.
    whole_year = int(year) if len(year) == 4 else 2000
    try:
        return 1900 <= date(whole_year, int(month), int(day)).year <= 2100
    except ValueError:
        return False
