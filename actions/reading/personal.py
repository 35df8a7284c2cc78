"""Phone numbers and birth dates, typed or spoken digit by digit."""

from __future__ import annotations

import re
from datetime import date

import phonenumbers

from actions.reading.when import MONTHS
from actions.reading.words import ORDINALS, fold, with_digits

REPEATS = {"double": 2, "doble": 2, "triple": 3}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
YEAR = r"\d{4}|\d{1,2} \d{1,2}|\d{2}"


def read_phone(text: str) -> str | None:
    """The first US number in a text as E.164; None when there is none."""
    for match in phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.POSSIBLE):
        if _is_us(match.number):
            return _e164(match.number)
    digits = _spoken_digits(text)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return f"+1{digits}" if len(digits) == 10 and digits[0] in "23456789" else None


def _is_us(number: phonenumbers.PhoneNumber) -> bool:
    return number.country_code == 1 and len(str(number.national_number)) == 10


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _spoken_digits(text: str) -> str:
    """The digits of the longest run of numbers in a text, "double five" taken as two of them."""
    runs, run, times = [""], "", 1
    for word in with_digits(re.sub(r"(\d)[-.() ]+(?=\d)", r"\1 ", text)).split():
        if word in REPEATS:
            times = REPEATS[word]
        elif word in ("o", "oh"):
            run += "0" * times
            times = 1
        elif word.isdigit():
            run += word * times
            times = 1
        else:
            runs.append(run)
            run, times = "", 1
    return max([*runs, run], key=len)


def read_birth_date(text: str, today: date, language: str = "en") -> date | None:
    """A day in the past with its year; None when it is not one, or when it is not certain which.

    Numeric dates are month first in English and day first in Spanish, unless only one order is possible.
    """
    said = _ordinals_as_numbers(with_digits(_separated(text)))
    found = re.search(
        rf"\b(?P<m>{MONTH}) (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?(?: del?)? (?P<y>{YEAR})\b", said
    )
    found = found or re.search(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?(?: de)? (?P<m>{MONTH})(?: del?)? (?P<y>{YEAR})\b", said
    )
    if found:
        return _past(_year(found["y"], today), MONTHS[found["m"]], int(found["d"]), today)
    iso = re.search(r"\b(\d{4}) (\d{1,2}) (\d{1,2})\b", said)
    if iso:
        return _past(int(iso[1]), int(iso[2]), int(iso[3]), today)
    numbers = re.search(rf"\b(\d{{1,2}}) (\d{{1,2}}) ({YEAR})\b", said) or re.search(
        r"\b(\d{2})(\d{2})(\d{4}|\d{2})\b", said
    )
    if numbers is None:
        return None
    first, second, year = int(numbers[1]), int(numbers[2]), _year(numbers[3], today)
    orders = [(second, first), (first, second)] if language == "es" else [(first, second), (second, first)]
    return next((day for month, day_of in orders if (day := _past(year, month, day_of, today))), None)


def _separated(text: str) -> str:
    return re.sub(r"(?<=\d)[/.,-](?=\d)", " ", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", fold(text)))


def _ordinals_as_numbers(said: str) -> str:
    return " ".join(str(ORDINALS.get(word, word)) for word in said.split())


def _year(said: str, today: date) -> int:
    digits = said.replace(" ", "") if " " not in said or len(said) == 5 else _century(said)
    year = int(digits)
    if year >= 100:
        return year
    return 2000 + year if 2000 + year <= today.year else 1900 + year


def _century(said: str) -> str:
    """'19 8' is 1908 when it was heard as 'nineteen oh eight'."""
    first, second = said.split()
    return f"{first}{int(second):02d}"


def _past(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if date(today.year - 120, 1, 1) <= found <= today else None
