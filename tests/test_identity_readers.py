"""A code is understood however it is typed or said, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from identity import looks_like_wrong_length, read_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("123456", "123456"),
        (" 123456. ", "123456"),
        ("123 456", "123456"),
        ("12 34 56", "123456"),
        ("1 2 3 4 5 6", "123456"),
        ("1-2-3-4-5-6", "123456"),
        ("123-456", "123456"),
        ("123–456", "123456"),
        ("12-34-56", "123456"),
        ("1, 2, 3, 4, 5, 6", "123456"),
        ("1. 2. 3. 4. 5. 6.", "123456"),
        ("#123456", "123456"),
        ("１２３４５６", "123456"),
        ("1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣", "123456"),
        ("\u200b123\u200b456", "123456"),
        ("012345", "012345"),
        ("my code is 123456", "123456"),
        ("ok it says 123456 thanks", "123456"),
        ("mi código es 123456", "123456"),
        ("this one 123456", "123456"),
        ("oh, 123456", "123456"),
        ("no wait, 123456 not 123465, sorry: 123457", "123457"),
        ("Cascade Medical Group: your code is 123456. It works for 5 minutes.", "123456"),
        ("123456. My visit is 12/03/2026.", "123456"),
    ],
)
def test_a_typed_code_is_read(text: str, code: str) -> None:
    assert read_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("one two three four five six", "123456"),
        ("One, two, three; four, five, six.", "123456"),
        ("one two three, uh, four five six", "123456"),
        ("one two three dash four five six", "123456"),
        ("double four one two three five", "441235"),
        ("double oh seven one two three", "007123"),
        ("triple nine one two three", "999123"),
        ("double 4 one two three 5", "441235"),
        ("oh one two three four five", "012345"),
        ("one two oh four five six", "120456"),
        ("zero zero zero zero zero one", "000001"),
        ("12 three 4 fifty six", "123456"),
        ("one two three for five six", "123456"),
        ("one to three four five six", "123456"),
        ("twelve thirty four fifty six", "123456"),
        ("twenty three forty-five sixty seven", "234567"),
        ("one twenty three four fifty six", "123456"),
        ("one hundred twenty three four hundred fifty six", "123456"),
        ("one hundred and twenty three, four hundred and fifty six", "123456"),
        ("one hundred twenty three thousand four hundred fifty six", "123456"),
        ("123 thousand 456", "123456"),
        ("my code is nineteen eighty four seventy six", "198476"),
        ("thirty forty fifty", "304050"),
    ],
)
def test_a_code_said_in_english_is_read(text: str, code: str) -> None:
    assert read_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("uno dos tres cuatro cinco seis", "123456"),
        ("un dos tres, cuatro cinco y seis", "123456"),
        ("doble cero uno dos tres cuatro", "001234"),
        ("triple siete cero uno dos", "777012"),
        ("doce treinta y cuatro cincuenta y seis", "123456"),
        ("veintitrés cuarenta y cinco sesenta y siete", "234567"),
        ("treinta tres cuarenta y cuatro cincuenta y cinco", "334455"),
        ("ciento veintitrés cuatrocientos cincuenta y seis", "123456"),
        ("ciento veintitrés mil cuatrocientos cincuenta y seis", "123456"),
        ("cien doscientos uno", "100201"),
        ("dieciséis diecisiete dieciocho", "161718"),
        ("mi clave es nueve ocho siete seis cinco cuatro", "987654"),
        ("quinientos doce novecientos tres", "512903"),
        ("mil doscientos treinta y cuatro cincuenta y seis", "123456"),
    ],
)
def test_a_code_said_in_spanish_is_read(text: str, code: str) -> None:
    assert read_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "12345",
        "1234567",
        "one two three four five",
        "one two three four five six seven",
        "541-555-0101",
        "+1 (541) 555-0101",
        "my number is 541 555 0101",
        "four one one one one one one one",
        "03/12/1984",
        "3/1/1984",
        "03-12-84",
        "1984-3-1",
        "March 12, 1984",
        "12 marzo 1984",
        "I was born 03 12 84",
        "nací el 12 03 84",
        "my date of birth is 031284",
        "$123,456",
        "$ 123456",
        "123,456 dollars",
        "123456 dólares",
        "I paid 1234.56",
        "123456.00",
        "ST123456",
        "call me at 10:30 or 11:45",
        "uno o dos",
        "2 for 3 people",
        "double trouble",
        "between 123 people and 456 others",
        "my first is 123456 seven",
    ],
)
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    assert read_code(text) is None


@pytest.mark.parametrize(
    "text",
    ["1234", "12345", "1234567", "12345678", "12 345", "it's 12345", "mi código es 1234567", "one two three four five"],
)
def test_a_bare_number_of_another_length_is_noticed(text: str) -> None:
    assert looks_like_wrong_length(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "123",
        "123456",
        "123456789",
        "541-555-0101",
        "03/12/1984",
        "03121984",
        "19840312",
        "$12345",
        "book 1234 now",
        "the 2 of us",
    ],
)
def test_other_things_are_not_called_a_code_of_the_wrong_length(text: str) -> None:
    assert not looks_like_wrong_length(text)


@pytest.mark.parametrize(
    "text", ["1 " * 5000, "twenty three " * 2000, "double " * 3000, "1-" * 4000, "é" * 9000, "9" * 9999]
)
def test_long_texts_are_read_quickly_and_hold_no_code(text: str) -> None:
    assert read_code(text) is None
    assert not looks_like_wrong_length(text)
