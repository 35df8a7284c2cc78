"""Dates, times, money, telephone numbers and names in the words of each language."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from actions.wording import (
    date_words,
    day_words,
    doctor_words,
    listed,
    money_words,
    phone_words,
    time_words,
    when_words,
)
from clock import CLINIC_ZONE


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 1, hour, minute, tzinfo=CLINIC_ZONE)


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        (date(2026, 12, 1), "Tuesday, December 1", "martes 1 de diciembre"),
        (date(2028, 2, 29), "Tuesday, February 29", "martes 29 de febrero"),
        (date(2026, 9, 12), "Saturday, September 12", "sábado 12 de septiembre"),
        (date(2026, 5, 6), "Wednesday, May 6", "miércoles 6 de mayo"),
    ],
)
def test_a_day_is_said_with_its_weekday(day: date, english: str, spanish: str) -> None:
    assert (day_words(day, "en"), day_words(day, "es")) == (english, spanish)


def test_a_day_of_any_year_is_said_with_its_year() -> None:
    day = date(1984, 3, 12)
    assert (date_words(day, "en"), date_words(day, "es")) == ("March 12, 1984", "12 de marzo de 1984")


@pytest.mark.parametrize(
    ("moment", "english", "spanish"),
    [
        (at(0, 5), "12:05 AM", "12:05 de la mañana"),
        (at(9), "9:00 AM", "9:00 de la mañana"),
        (at(11, 59), "11:59 AM", "11:59 de la mañana"),
        (at(12), "12:00 PM", "12:00 de la tarde"),
        (at(13, 30), "1:30 PM", "1:30 de la tarde"),
        (at(18, 59), "6:59 PM", "6:59 de la tarde"),
        (at(19), "7:00 PM", "7:00 de la noche"),
    ],
)
def test_an_hour_is_said_with_its_part_of_the_day(moment: datetime, english: str, spanish: str) -> None:
    assert (time_words(moment, "en"), time_words(moment, "es")) == (english, spanish)


@pytest.mark.parametrize(
    ("moment", "english", "spanish"),
    [
        (at(10, 30), "Tuesday, December 1 at 10:30 AM", "martes 1 de diciembre a las 10:30 de la mañana"),
        (at(13), "Tuesday, December 1 at 1:00 PM", "martes 1 de diciembre a la 1:00 de la tarde"),
        (at(1), "Tuesday, December 1 at 1:00 AM", "martes 1 de diciembre a la 1:00 de la mañana"),
        (at(12), "Tuesday, December 1 at 12:00 PM", "martes 1 de diciembre a las 12:00 de la tarde"),
    ],
)
def test_one_oclock_is_a_la_una(moment: datetime, english: str, spanish: str) -> None:
    assert (when_words(moment, "en"), when_words(moment, "es")) == (english, spanish)


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "$0.00"),
        (5, "$0.05"),
        (99, "$0.99"),
        (100, "$1.00"),
        (18450, "$184.50"),
        (123456, "$1,234.56"),
        (100000000, "$1,000,000.00"),
    ],
)
def test_money_is_printed_to_the_cent(cents: int, words: str) -> None:
    assert money_words(cents) == words


def test_a_telephone_number_is_said_as_people_write_it() -> None:
    assert phone_words("+15415550100") == "(541) 555-0100"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Amy Chen, MD", "Dr. Amy Chen"),
        ("Luis Rivera, DO", "Dr. Luis Rivera"),
        ("Elena Novak, OD", "Dr. Elena Novak"),
        ("Grace Kim, NP", "Grace Kim"),
        ("Grace Kim", "Grace Kim"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_only_doctors_are_called_doctor(name: str, words: str, language: str) -> None:
    assert doctor_words(name, language) == words


@pytest.mark.parametrize(
    ("items", "language", "joint", "words"),
    [
        ([], "en", "and", ""),
        (["a"], "es", "or", "a"),
        (["a", "b"], "en", "and", "a and b"),
        (["a", "b", "c"], "en", "or", "a, b or c"),
        (["a", "b", "c"], "es", "and", "a, b y c"),
        (["a", "insulina"], "es", "and", "a e insulina"),
        (["a", "hidroxicina"], "es", "and", "a e hidroxicina"),
        (["a", "Ibuprofeno"], "es", "and", "a e Ibuprofeno"),
        (["a", "hierro"], "es", "and", "a y hierro"),
        (["a", "b"], "es", "or", "a o b"),
        (["a", "Oakway"], "es", "or", "a u Oakway"),
        (["a", "hospital"], "es", "or", "a u hospital"),
    ],
)
def test_things_are_listed_with_the_languages_own_word(items: list[str], language: str, joint: str, words: str) -> None:
    assert listed(items, language, joint) == words
