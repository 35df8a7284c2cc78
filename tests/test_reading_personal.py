"""Phone numbers and birth dates as people type, say and dictate them; neither is ever taken for the other."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from actions.reading.personal import read_birth_date, read_phone
from actions.reading.when import read_when
from clock import CLINIC_ZONE

TODAY = date(2026, 3, 17)
NOW = datetime(2026, 3, 17, 10, 0, tzinfo=CLINIC_ZONE)
NUMBER = "+15415550101"
DIGITS = {
    "en": ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
}
PLAIN_NUMBERS = [
    f"{area}{str(line * 7919 + 2000000)[-7:]}" for line, area in enumerate((541, 503, 415, 919, 212, 203) * 8, 1)
]

PHONES_EN = [
    ("541 555 0101", NUMBER),
    ("(541) 555-0101", NUMBER),
    ("541.555.0101", NUMBER),
    ("5415550101", NUMBER),
    ("+1 541 555 0101", NUMBER),
    ("1-541-555-0101", NUMBER),
    ("541-5550101", NUMBER),
    ("my number is 541 555 0101 thank you", NUMBER),
    ("five four one five five five oh one oh one", NUMBER),
    ("five four one triple five zero one zero one", NUMBER),
    ("five four one, five double five, o one o one", NUMBER),
    ("five forty one five fifty five oh one oh one", NUMBER),
    ("fifty four fifteen fifty five oh one oh one", NUMBER),
    ("five hundred forty one five hundred fifty five zero one zero one", NUMBER),
    ("5 4 1 5 5 5 0 1 0 1", NUMBER),
    ("area code 541 and then 555 0101", NUMBER),
    ("541 uh 555 um 0101", NUMBER),
    ("five for one five five five oh one oh won", NUMBER),
    ("five four one dash five five five dash zero one zero one", NUMBER),
    ("one five four one five five five oh one oh one", NUMBER),
    ("its two five four oh no sorry five four one five five five oh one oh one", NUMBER),
    ("541 555 0191 no wait 541 555 0101", NUMBER),
    ("541 555 0191 sorry 0101", NUMBER),
    ("5415550101 and i was born 3/12/1984", NUMBER),
    ("my cell is 541 555 0101 and my home is 541 555 0106", NUMBER),
    ("it's the 541-555-0101 one", NUMBER),
    ("its two five four oh no sorry five four one", None),
    ("555 0101", None),
    ("541 555 010", None),
    ("march 12 1984", None),
    ("03/12/1984", None),
    ("three twelve nineteen eighty four", None),
    ("i don't know it", None),
    ("911", None),
    ("+52 55 1234 5678", None),
    ("tuesday at 10:30", None),
    ("184.50", None),
    ("541 555 01011", None),
    ("115 555 0101", None),
    ("i have 2 kids and 3 medicines", None),
]
PHONES_ES = [
    ("541 555 0101", NUMBER),
    ("mi numero es el 541-555-0101", NUMBER),
    ("es el (541) 555 0101", NUMBER),
    ("cinco cuatro uno cinco cinco cinco cero uno cero uno", NUMBER),
    ("cinco cuatro uno triple cinco cero uno cero uno", NUMBER),
    ("cinco cuarenta y uno cinco cincuenta y cinco cero uno cero uno", NUMBER),
    ("quinientos cuarenta y uno quinientos cincuenta y cinco cero uno cero uno", NUMBER),
    ("cincuenta y cuatro quince cincuenta y cinco cero uno cero uno", NUMBER),
    ("cincuenta y cuatro, quince, cincuenta y cinco, cero uno, cero uno", NUMBER),
    ("es el cinco cuatro uno, triple cinco, cero uno, cero uno", NUMBER),
    ("cinco cuatro uno guion cinco cinco cinco guion cero uno cero uno", NUMBER),
    ("541 y luego 555 0101", NUMBER),
    ("el 541 este 555 pues 0101", NUMBER),
    ("cinco cuatro uno cinco doble cinco cero uno cero uno", NUMBER),
    ("mi cel es 5415550101", NUMBER),
    (NUMBER, NUMBER),
    ("uno cinco cuatro uno cinco cinco cinco cero uno cero uno", NUMBER),
    ("541 555 0191 no perdon 541 555 0101", NUMBER),
    ("541 555 0191 perdon 0101", NUMBER),
    ("dos cinco cuatro no perdon cinco cuatro uno cinco cinco cinco cero uno cero uno", NUMBER),
    ("apunte 541 555 01 01", NUMBER),
    ("541 5 55 01 01", NUMBER),
    ("codigo de area 541 y el numero es 555 0101", NUMBER),
    ("no me acuerdo", None),
    ("cinco cuatro uno", None),
    ("555 0101", None),
    ("20 de julio de 1951", None),
    ("20/07/1951", None),
    ("veinte del siete del cincuenta y uno", None),
    ("el martes a las 10", None),
    ("mil novecientos ochenta y cuatro", None),
    ("ciento ochenta y cuatro con cincuenta", None),
    ("tengo 84 años", None),
]
BIRTHS_EN = [
    ("march 12 1984", "1984-03-12"),
    ("March 12, 1984", "1984-03-12"),
    ("3/12/1984", "1984-03-12"),
    ("03/12/84", "1984-03-12"),
    ("3-12-84", "1984-03-12"),
    ("03.12.1984", "1984-03-12"),
    ("3 12 1984", "1984-03-12"),
    ("03121984", "1984-03-12"),
    ("031284", "1984-03-12"),
    ("1984-03-12", "1984-03-12"),
    ("12 march 1984", "1984-03-12"),
    ("12-mar-1984", "1984-03-12"),
    ("mar 12 '84", "1984-03-12"),
    ("march 12th 84", "1984-03-12"),
    ("the 12th of march 1984", "1984-03-12"),
    ("my birthday is the 12th of march of 84", "1984-03-12"),
    ("march twelfth nineteen eighty four", "1984-03-12"),
    ("march the twelfth eighty four", "1984-03-12"),
    ("the twelfth of march nineteen eighty four", "1984-03-12"),
    ("march twelve nineteen eighty-four", "1984-03-12"),
    ("three twelve eighty four", "1984-03-12"),
    ("three twelve nineteen eighty four", "1984-03-12"),
    ("oh three twelve eighty four", "1984-03-12"),
    ("march 12 nineteen hundred and eighty four", "1984-03-12"),
    ("i was born march 12 of 1984", "1984-03-12"),
    ("marhc 12 1984", "1984-03-12"),
    ("1984 march 12", "1984-03-12"),
    ("it's 3 slash 12 slash 84", "1984-03-12"),
    ("three dash twelve dash eighty four", "1984-03-12"),
    ("september ninth nineteen thirty nine", "1939-09-09"),
    ("sept 9 39", "1939-09-09"),
    ("spetember 9 1939", "1939-09-09"),
    ("july twentieth nineteen fifty one", "1951-07-20"),
    ("may fifth two thousand one", "2001-05-05"),
    ("february 28 2001", "2001-02-28"),
    ("feb twenty eight oh one", "2001-02-28"),
    ("february twenty eighth two thousand and one", "2001-02-28"),
    ("june seventeenth ninety three", "1993-06-17"),
    ("november second fifty eight", "1958-11-02"),
    ("november the second 1958", "1958-11-02"),
    ("11/2/58", "1958-11-02"),
    ("first of january 1950", "1950-01-01"),
    ("january first nineteen fifty", "1950-01-01"),
    ("jan 1st, 1950", "1950-01-01"),
    ("may thirtieth nineteen oh eight", "1908-05-30"),
    ("31/12/1970", "1970-12-31"),
    ("december twenty-fourth 1970", "1970-12-24"),
    ("february 29 1984", "1984-02-29"),
    ("7/20/26", "1926-07-20"),
    ("twelve twenty four seventy", "1970-12-24"),
    ("born in 1984 on march 12", "1984-03-12"),
    ("541 555 0101 and march 12 1984", "1984-03-12"),
    ("541 555 0101, 3/12/84", "1984-03-12"),
    ("3/12/84 5415550101", "1984-03-12"),
    ("april fifth twenty ten", "2010-04-05"),
    ("august tenth two thousand twelve", "2012-08-10"),
    ("february 29 1983", None),
    ("march 12", None),
    ("1984", None),
    ("tomorrow", None),
    ("541 555 0101", None),
    ("five four one five five five oh one oh one", None),
    ("march 12 2040", None),
    ("i'm 42", None),
    ("tuesday march 24 10 am", None),
    ("13/13/1984", None),
    ("3/12/1884", None),
    ("march 24 at 10 30", None),
    ("500 dollars", None),
]
BIRTHS_ES = [
    ("12 de marzo de 1984", "1984-03-12"),
    ("12/3/1984", "1984-03-12"),
    ("12-03-84", "1984-03-12"),
    ("12.3.84", "1984-03-12"),
    ("el 12 de marzo del 84", "1984-03-12"),
    ("doce de marzo del ochenta y cuatro", "1984-03-12"),
    ("doce de marzo de mil novecientos ochenta y cuatro", "1984-03-12"),
    ("marzo 12 1984", "1984-03-12"),
    ("12 marzo 84", "1984-03-12"),
    ("12 d marzo d 1984", "1984-03-12"),
    ("12 de marso de 1984", "1984-03-12"),
    ("nací el doce de marzo del 84", "1984-03-12"),
    ("doce del tres del ochenta y cuatro", "1984-03-12"),
    ("12 del 3 del 84", "1984-03-12"),
    ("12 3 84", "1984-03-12"),
    ("el día 12 de marzo, año 1984", "1984-03-12"),
    ("12 mar 1984", "1984-03-12"),
    ("1984-03-12", "1984-03-12"),
    ("12031984", "1984-03-12"),
    ("20 de julio de 1951", "1951-07-20"),
    ("veinte de julio de mil novecientos cincuenta y uno", "1951-07-20"),
    ("20 de julio del 51", "1951-07-20"),
    ("veinte del siete del cincuenta y uno", "1951-07-20"),
    ("20 7 51", "1951-07-20"),
    ("20-jul-1951", "1951-07-20"),
    ("julio 20 de 1951", "1951-07-20"),
    ("7/20/1951", "1951-07-20"),
    ("primero de enero de mil novecientos cincuenta", "1950-01-01"),
    ("uno de enero del cincuenta", "1950-01-01"),
    ("el 1 de ene de 1950", "1950-01-01"),
    ("1ro de enero de 1950", "1950-01-01"),
    ("nueve de septiembre de mil novecientos treinta y nueve", "1939-09-09"),
    ("9 de setiembre de 1939", "1939-09-09"),
    ("5 de mayo del 2001", "2001-05-05"),
    ("cinco de mayo de dos mil uno", "2001-05-05"),
    ("cinco de mayo del dos mil uno", "2001-05-05"),
    ("veintiocho de febrero del 2001", "2001-02-28"),
    ("28 feb 2001", "2001-02-28"),
    ("treinta y uno de diciembre de mil novecientos setenta", "1970-12-31"),
    ("diecisiete de junio de 1993", "1993-06-17"),
    ("4 de ago de 1966", "1966-08-04"),
    ("4 de agosto del sesenta y seis", "1966-08-04"),
    ("24 dic 1970", "1970-12-24"),
    ("3/12/1984", "1984-12-03"),
    ("mi fecha de nacimiento es 20/07/1951", "1951-07-20"),
    ("30 de mayo de mil novecientos ocho", "1908-05-30"),
    ("30 de febrero de 1984", None),
    ("12 de marzo", None),
    ("1984", None),
    ("mañana", None),
    ("cinco cuatro uno cinco cinco cinco cero uno cero uno", None),
    ("tengo 74 años", None),
    ("martes 24 a las 10", None),
]


def iso(found: date | None) -> str | None:
    return found.isoformat() if found else None


def ways_to_give(number: str) -> list[str]:
    spoken = [" ".join(names[int(digit)] for digit in number) for names in DIGITS.values()]
    area, middle, line = number[:3], number[3:6], number[6:]
    return [number, f"({area}) {middle}-{line}", f"{area} {middle} {line[:2]} {line[2:]}", " ".join(number), *spoken]


@pytest.mark.parametrize(("said", "number"), PHONES_EN)
def test_an_english_phone_number_is_read(said: str, number: str | None) -> None:
    assert read_phone(said) == number


@pytest.mark.parametrize(("said", "number"), PHONES_ES)
def test_a_spanish_phone_number_is_read(said: str, number: str | None) -> None:
    assert read_phone(said) == number


@pytest.mark.parametrize(("said", "born"), BIRTHS_EN)
def test_an_english_birth_date_is_read(said: str, born: str | None) -> None:
    assert iso(read_birth_date(said, TODAY, "en")) == born


@pytest.mark.parametrize(("said", "born"), BIRTHS_ES)
def test_a_spanish_birth_date_is_read(said: str, born: str | None) -> None:
    assert iso(read_birth_date(said, TODAY, "es")) == born


@pytest.mark.parametrize("number", PLAIN_NUMBERS)
def test_a_phone_number_is_no_birth_date_and_no_wish(number: str) -> None:
    for said in ways_to_give(number):
        assert read_phone(said) == f"+1{number}", said
        assert [read_birth_date(said, TODAY, language) for language in DIGITS] == [None, None], said
        assert [read_when(said, NOW, language) for language in DIGITS] == [None, None], said


@pytest.mark.parametrize(
    ("said", "language"),
    [
        *((said, "en") for said, born in BIRTHS_EN if born and said != "7/20/26"),
        *((said, "es") for said, born in BIRTHS_ES if born),
    ],
)
def test_a_birth_date_is_no_wish_for_a_visit(said: str, language: str) -> None:
    assert read_when(said, NOW, language) is None


def test_nobody_is_born_tomorrow_or_more_than_120_years_ago() -> None:
    said = ("march 17 2026", "march 18 2026", "january 1 1906", "december 31 1905")
    assert [iso(read_birth_date(each, TODAY)) for each in said] == ["2026-03-17", None, "1906-01-01", None]


def test_a_year_of_two_digits_is_the_last_one_that_is_over() -> None:
    assert [iso(read_birth_date(each, TODAY)) for each in ("5/5/25", "5/5/26", "5/5/27")] == [
        "2025-05-05",
        "1926-05-05",
        "1927-05-05",
    ]
