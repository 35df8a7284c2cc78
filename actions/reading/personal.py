"""Phone numbers and birth dates, typed or spoken digit by digit."""

from __future__ import annotations

import re
from datetime import date

import phonenumbers

from actions.reading.days import MONTHS
from actions.reading.misspelt import mended
from actions.reading.words import ORDINALS, fold, tokens, with_digits

REPEATS = {"double": 2, "doble": 2, "triple": 3}
HOMOPHONES = {"for": "4", "fore": "4", "to": "2", "too": "2", "ate": "8", "won": "1"}
BETWEEN_DIGITS = frozenset(
    ["and", "then", "dash", "hyphen", "dot", "point", "space", "y", "luego", "despues", "guion", "punto", "espacio", "it's", "it", "is", "the", "number", "el", "numero", "es"]
)  # fmt: skip
CORRECTED = re.compile(r"\b(?:no|sorry|wait|i mean|actually|scratch that|perdon|digo|mejor dicho|espere?|correccion)\b")
BIRTH = re.compile(r"\b(?:born|birth ?(?:day|date)|date of birth|dob|naci|nacio|nacid[oa]|nacimiento|cumpleanos)\b")
WHOLE_YEAR = re.compile(r"\b(?:19|20) ?\d\d\b")
LONG_MONTHS = tuple(name for name in MONTHS if len(name) >= 5)
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
LINK = r"(?: (?:of|de|del|the|in|on|year|ano))*"
DAY = r"(?P<d>\d{1,2})"
# A two-digit year is none when it is the hour that follows a day ("March 24 10 am").
YEAR = r"(?P<y>\d{4}|\d{1,2} \d{1,2}|\d{2})\b(?!:)(?! ?(?:am|pm|a m|p m|o'clock|in the|de la)\b)"
WRITTEN_OUT = (
    rf"\b{DAY}{LINK} (?P<m>{MONTH}){LINK} {YEAR}",
    rf"\b(?P<m>{MONTH})(?: the| el)? {DAY}{LINK} {YEAR}",
    rf"\b(?P<y>(?:19|20) ?\d\d){LINK} (?P<m>{MONTH})(?: the)? {DAY}\b",
)


def read_phone(text: str) -> str | None:
    """The US number in a text as E.164, the last one when somebody corrects themselves; None when there is none."""
    number: str | None = None
    for piece in CORRECTED.split(fold(text)):
        found = _first_number(piece)
        digits = "" if found else _spoken_digits(piece)
        if number and len(digits) == 4:
            found = number[:-4] + digits  # "... 0191, sorry, 0101"
        number = found or number
    return number


def _first_number(text: str) -> str | None:
    for match in phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.POSSIBLE):
        digits = str(match.number.national_number)
        if match.number.country_code == 1 and len(digits) == 10 and digits[0] in "23456789":
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    digits = _spoken_digits(text)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return f"+1{digits}" if len(digits) == 10 and digits[0] in "23456789" else None


def _spoken_digits(text: str) -> str:
    """The digits of the longest run of numbers in a text, "double five" taken as two of them."""
    runs, run, times = [""], "", 1
    words = with_digits(re.sub(r"(\d)[-.() ]+(?=\d)", r"\1 ", text)).split()
    for at, word in enumerate(words):
        if word in REPEATS:
            times = REPEATS[word]
        elif digits := _as_digits(words, at, run):
            run += digits * times
            times = 1
        elif word not in BETWEEN_DIGITS:
            runs.append(run)
            run, times = "", 1
    return max([*runs, run], key=len)


def _as_digits(words: list[str], at: int, run: str) -> str:
    """The digits that a word stands for; empty when it stands for none."""
    word = words[at]
    if word.isdigit():
        return word
    if word in ("o", "oh"):
        return "0"
    # A recogniser writes "for" for a four; between digits, and as the tenth, it is one.
    followed = at + 1 < len(words) and (words[at + 1].isdigit() or words[at + 1] in ("o", "oh"))
    return HOMOPHONES.get(word, "") if run and (followed or len(run) == 9) else ""


def read_birth_date(text: str, today: date, language: str = "en", asked: bool = True) -> date | None:
    """A day in the past with its year; None when it is not one, or when it is not certain which.

    A year of two digits counts only when the date was asked for, or when the words speak of a birth; otherwise
    "3/24/26" may be a day to come. Numeric dates are month first in English and day first in Spanish, unless only one order is possible.
    """
    said = _prepared(text, language)
    if not asked and not BIRTH.search(said) and not WHOLE_YEAR.search(said):
        return None
    for pattern in WRITTEN_OUT:
        if found := re.search(pattern, said):
            return _past(_years(found["y"]), MONTHS[found["m"]], int(found["d"]), today)
    if found := re.search(r"\b((?:19|20)\d\d) (\d{1,2}) (\d{1,2})\b", said):
        return _past([int(found[1])], int(found[2]), int(found[3]), today)
    found = re.search(rf"\b(\d{{1,2}}) (\d{{1,2}}) {YEAR}", said) or re.search(
        r"\b(\d{2})(\d{2})(?P<y>\d{4}|\d{2})\b", said
    )
    if found is None:
        return None
    first, second, years = int(found[1]), int(found[2]), _years(found["y"])
    orders = [(second, first), (first, second)] if language == "es" else [(first, second), (second, first)]
    return next((day for month, day_of in orders if (day := _past(years, month, day_of, today))), None)


def _prepared(text: str, language: str) -> str:
    """The text in digits, without signs and ordinal endings, its months spelt right."""
    said = re.sub(r"(?<=\d)(?:st|nd|rd|th|ro|er|do|o)\b", "", fold(text))
    said = re.sub(r"(?<=\w)[/.,-]+(?=\w)", " ", re.sub(r"\b(?:slash|dash|guion|diagonal|barra)\b", " ", said))
    if language == "es":
        said = re.sub(r"\bago\b", "agosto", re.sub(r"\bd\b", "de", said))
    said = re.sub(r"\bhundred and (?=\w+ty|nineteen)", "hundred ", said)
    said = with_digits(" ".join(mended(word, LONG_MONTHS) for word in tokens(said)))
    said = " ".join(str(ORDINALS.get(word, word)) for word in said.split())
    said = re.sub(r"\b0 (\d)\b", r"0\1", said)
    return re.sub(r"(?<=\d) (?:de|del) (?=\d)", " ", said)


def _years(said: str) -> list[int]:
    """The years that may be meant, the likelier first: "84" is 1984, "26" is 2026 or a hundred years before."""
    first, _, second = said.partition(" ")
    year = int(first + second.zfill(2)) if second else int(first)
    return [year] if year >= 100 else [year + 2000, year + 1900]


def _past(years: list[int], month: int, day: int, today: date) -> date | None:
    for year in years:
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if date(today.year - 120, 1, 1) <= found <= today:
            return found
    return None
