"""Card numbers and other secrets are taken out of messages; telephone numbers, dates and the clinic's own ids stay."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.card_numbers import SplitCards, is_card_number
from channels.redaction import Redactor, redact
from tests.gateway_fakes import Kit, gateway

# Numbers that card companies publish for tests.
CARDS = {
    "visa": "4111111111111111",
    "visa of 13 digits": "4222222222222",
    "visa debit": "4012888888881881",
    "mastercard": "5555555555554444",
    "mastercard 2": "2223003122003222",
    "american express": "378282246310005",
    "american express 2": "371449635398431",
    "discover": "6011111111111117",
    "discover 2": "6011000990139424",
    "diners": "30569309025904",
    "diners 2": "38520000023237",
    "jcb": "3530111333300000",
    "maestro": "6759649826438453",
    "unionpay": "6200000000000005",
    "visa electron": "4026418730291560",
    "mir": "2200381749205736",
    "elo": "6363682019473852",
    "hipercard": "6062827153902844",
    "dankort": "5019714839205717",
    "rupay": "8201347592018464",
    "troy": "9792039182746504",
}
SEPARATORS = (
    "",
    " ",
    "-",
    ".",
    " - ",
    "/",
    ", ",
    "\u2013",
    "\u2011",
    "_",
    " \u00b7 ",
    "|",
    ":",
    "\n",
    "...",
    "\u20e3 ",
)
SMALL = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis "
    "veintisiete veintiocho veintinueve",
}
TENS = {
    "en": "- - twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "- - veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}
REPEATS = {"en": {2: "double", 3: "triple"}, "es": {2: "doble", 3: "triple"}}
DIGITS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
}
NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)


def grouped(number: str, separator: str) -> str:
    return separator.join(number[start : start + 4] for start in range(0, len(number), 4))


@pytest.mark.parametrize("number", CARDS.values(), ids=CARDS.keys())
@pytest.mark.parametrize("separator", SEPARATORS)
def test_a5_a_card_number_is_taken_out_however_it_is_written(number: str, separator: str) -> None:
    redacted = redact(f"charge it to {grouped(number, separator)} please")
    assert redacted.card
    assert redacted.text == "charge it to [card] please"


@pytest.mark.parametrize("number", [each for each in CARDS.values() if len(each) >= 14])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a5_a_card_number_is_taken_out_when_it_is_spoken(number: str, language: str) -> None:
    spoken = " ".join(DIGITS[language][int(digit)] for digit in number)
    redacted = redact(f"my card is {spoken} okay")
    assert redacted.card
    assert redacted.text == "my card is [card] okay"


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a5_a_card_number_in_other_groups_is_taken_out(size: int) -> None:
    number = CARDS["visa"]
    assert redact(" ".join(number[start : start + size] for start in range(0, 16, size))).text == "[card]"


def test_a5_repeated_digits_are_understood_when_spoken() -> None:
    spoken = "four triple one triple one triple one triple one triple one"
    assert redact(spoken).text == "[card]"


def test_a5_what_goes_with_a_card_is_taken_out_with_it() -> None:
    redacted = redact("4111 1111 1111 1111 exp 12/27 cvv 123")
    assert "12/27" not in redacted.text
    assert "123" not in redacted.text


@pytest.mark.parametrize("split", [(4, 4, 8), (8, 8), (12, 4), (6, 6, 4)])
@pytest.mark.parametrize("number", ["4111111111111111", "5555555555554444"])
def test_a5_the_last_piece_of_a_card_number_in_pieces_is_noticed(number: str, split: tuple[int, ...]) -> None:
    cards, start, noticed = SplitCards(), 0, []
    for length in split:
        noticed.append(cards.completed_by("sender", number[start : start + length], NOON))
        start += length
    assert [each is not None for each in noticed] == [False] * (len(split) - 1) + [True]


def test_a5_pieces_from_different_conversations_are_not_put_together() -> None:
    cards = SplitCards()
    cards.completed_by("one", "41111111", NOON)
    assert not cards.completed_by("other", "11111111", NOON)


def test_a5_pieces_are_forgotten_after_five_minutes() -> None:
    cards = SplitCards()
    cards.completed_by("sender", "41111111", NOON)
    assert not cards.completed_by("sender", "11111111", NOON + timedelta(minutes=5))


def test_a5_a_message_in_words_between_does_not_hide_the_rest() -> None:
    cards = SplitCards()
    cards.completed_by("sender", "41111111", NOON)
    cards.completed_by("sender", "what did you say", NOON)
    assert cards.completed_by("sender", "11111111", NOON)


def test_a5_after_three_other_messages_the_pieces_are_forgotten() -> None:
    cards = SplitCards()
    cards.completed_by("sender", "41111111", NOON)
    for _ in range(3):
        cards.completed_by("sender", "what did you say", NOON)
    assert not cards.completed_by("sender", "11111111", NOON)


def test_telephone_numbers_and_dates_in_a_row_are_never_pieces_of_a_card() -> None:
    dice = random.Random(5)
    for _ in range(500):
        cards = SplitCards()
        phone = f"541555{dice.randrange(10_000):04}"
        born = f"{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}{dice.randrange(1930, 2020)}"
        assert not cards.completed_by("sender", phone, NOON)
        assert not cards.completed_by("sender", born, NOON)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("my social is 123-45-6789", "my social is [ssn]"),
        ("123 45 6789", "[ssn]"),
        ("SSN 123456789", "SSN [ssn]"),
        ("mi seguro social es 123456789", "mi seguro social es [ssn]"),
        ("account 12345678901234567", "account [number]"),
        ("my social is one two three four five six seven eight nine", "my social is [ssn]"),
        ("mi seguro social es uno dos tres cuatro cinco seis siete ocho nueve", "mi seguro social es [ssn]"),
        ("social security number 123 456 789", "social security number [ssn]"),
        ("912-70-1234", "[ssn]"),
        ("mi itin es 912701234", "mi itin es [ssn]"),
        ("the last four of my social are 6789", "the last four of my social are [ssn]"),
        ("mi seguro social termina en 6789", "mi seguro social termina en [ssn]"),
        ("my code is 481516", "my code is [code]"),
        ("the code you sent is four eight one five one six, now book me", "the code you sent is [code], now book me"),
        ("el código es 481 516 y quiero una cita", "el código es [code] y quiero una cita"),
        ("me llegó 481516", "me llegó [code]"),
        ("481516 is my code", "[code] is my code"),
        ("481516", "[code]"),
        ("my password is hunter2", "my password is [password]"),
        ("mi contraseña es Perro!2020.", "mi contraseña es [password]."),
        ('password: "correct horse battery"', "password: [password]"),
    ],
)
def test_d02_other_secret_numbers_are_taken_out(said: str, left: str) -> None:
    redacted = redact(said)
    assert redacted.text == left
    assert not redacted.card


@pytest.mark.parametrize(
    "said",
    [
        "my number is 541-555-0101",
        "(541) 555-0101",
        "+1 541 555 0101",
        "+15415550101 and 5415550102",
        "541.555.0101 born 03/12/1984",
        "541-555-0101 03/12/1984",
        "541 555 0101, 1984-03-12",
        "born 03121984",
        "March 12, 1984",
        "12-25-2026 at 10:30",
        "statement ST-2048-7731 for 75.00",
        "member CCP-448-1029",
        "insurance id 123456789",
        "blood pressure 120/80, 118/79, 125/82 and 130/85",
        "glucose 101 99 110 105 98 120",
        "210 199 230 225 240 and 201 233 245 207 211",
        "97401",
        "nine one one",
        "five four one five five five zero one zero one",
        "el doce de marzo de mil novecientos ochenta y cuatro",
    ],
)
def test_d02_ordinary_numbers_stay(said: str) -> None:
    assert redact(said).text == said


def test_d02_hardly_any_ordinary_message_with_numbers_is_changed() -> None:
    dice = random.Random(11)

    def phone() -> str:
        area, last = dice.randrange(201, 990), dice.randrange(10_000)
        return dice.choice(("{}-555-{:04}", "({}) 555-{:04}", "{}555{:04}", "+1{}555{:04}", "{} 555 {:04}")).format(
            area, last
        )

    def day() -> str:
        month, of_month, year = dice.randrange(1, 13), dice.randrange(1, 29), dice.randrange(1930, 2027)
        return dice.choice(("{}/{}/{}", "{:02}-{:02}-{}", "{}.{}.{}", "{:02}/{:02}/{}")).format(month, of_month, year)

    messages = [
        dice.choice(
            ("my phone is {p} and I was born {d}", "{p} {d}", "{p}, {d}", "{d} {p}", "call {p} or {q} after {d}")
        ).format(p=phone(), q=phone(), d=day())
        for _ in range(1000)
    ]
    changed = [message for message in messages if redact(message).text != message]
    assert len(changed) <= 2, changed[:5]


@pytest.mark.parametrize("number", ["4111111111111112", "1111111111111117", "411111111111", "41111111111111111111"])
def test_only_what_adds_up_is_a_card_number(number: str) -> None:
    assert not is_card_number(number)


@pytest.mark.parametrize("bomb", ["1" * 1000, "1 " * 500, "1-" * 500 + "x", "one " * 250, "double " * 140])
def test_many_digits_are_read_in_no_time(bomb: str) -> None:
    redact(bomb)
    SplitCards().completed_by("sender", bomb, NOON)


def in_pairs(number: str, language: str) -> str:
    """As people say it two digits at a time ("forty-one eleven")."""
    small, tens = SMALL[language].split(), TENS[language].split()

    def said(pair: str) -> str:
        value = int(pair)
        if len(pair) == 1 or pair[0] == "0":
            return " ".join(small[int(digit)] for digit in pair)
        if value < len(small):
            return small[value]
        ten, one = tens[value // 10], value % 10
        return ten if one == 0 else f"{ten} y {small[one]}" if language == "es" else f"{ten}-{small[one]}"

    return " ".join(said(number[start : start + 2]) for start in range(0, len(number), 2))


def with_repeats(number: str, language: str) -> str:
    """As people say it with "double five" and "triple cero"."""
    words, place = [], 0
    while place < len(number):
        times = next((times for times in (3, 2) if number[place : place + times] == number[place] * times), 1)
        digit = DIGITS[language][int(number[place])]
        words.append(digit if times == 1 else f"{REPEATS[language][times]} {digit}")
        place += times
    return " ".join(words)


LONG_ENOUGH = {brand: number for brand, number in CARDS.items() if len(number) >= 14}


@pytest.mark.parametrize("number", LONG_ENOUGH.values(), ids=LONG_ENOUGH.keys())
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("say", [in_pairs, with_repeats])
def test_a5_a_card_number_said_in_pairs_or_with_repeats_is_taken_out(number: str, language: str, say: Any) -> None:
    introduced = {"en": "my card is ", "es": "mi tarjeta es "}[language]
    redacted = redact(introduced + say(number, language))
    assert redacted.card
    assert redacted.text == f"{introduced}[card]"


SPLIT_SAYINGS = {
    "en": ("my card is {}", "then {}", "the rest is {}"),
    "es": ("mi tarjeta es {}", "luego {}", "el resto es {}"),
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("spoken", [False, True], ids=["written", "spoken"])
@pytest.mark.parametrize("number", LONG_ENOUGH.values(), ids=LONG_ENOUGH.keys())
def test_a5_no_way_to_split_a_card_number_over_messages_brings_it_through_whole(
    number: str, spoken: bool, language: str
) -> None:
    dice = random.Random(number)
    for _ in range(10):
        cuts = sorted(dice.sample(range(3, len(number) - 2), dice.choice((1, 2))))
        if any(after - before < 3 for before, after in zip(cuts, cuts[1:], strict=False)):
            continue
        pieces = [number[start:end] for start, end in zip([0, *cuts], [*cuts, len(number)], strict=True)]
        said = [" ".join(DIGITS[language][int(digit)] for digit in piece) if spoken else piece for piece in pieces]
        redactor = Redactor()
        sayings = (*SPLIT_SAYINGS[language][: len(said) - 1], SPLIT_SAYINGS[language][2])
        left = [redactor.redact("s", way.format(each), NOON) for way, each in zip(sayings, said, strict=True)]
        assert left[-1].card, said
        assert said[-1] not in left[-1].text


def test_a5_date_and_code_of_a_card_that_come_after_it_are_taken_out() -> None:
    redactor = Redactor()
    redactor.redact("s", "4111 1111 1111 1111", NOON)
    assert redactor.redact("s", "12/27", NOON).text == "[number]"
    assert redactor.redact("s", "cvv 123", NOON).text == "cvv [number]"
    assert redactor.redact("other", "12/27", NOON).text == "12/27"


ORDINARY = {
    language: (Path(__file__).parent / f"data/ordinary_numbers.{language}.txt").read_text(encoding="utf-8").splitlines()
    for language in ("en", "es")
}


def test_d02_of_a_thousand_ordinary_messages_with_numbers_at_most_two_are_changed() -> None:
    messages = ORDINARY["en"] + ORDINARY["es"]
    assert len(messages) >= 1000
    changed = [message for message in messages if redact(message).text != message]
    assert len(changed) <= 2, changed


@pytest.mark.parametrize("said", ["my password is not working", "mi contraseña es incorrecta", "send me the code"])
def test_d02_talk_about_secrets_is_no_secret(said: str) -> None:
    assert redact(said).text == said


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


async def test_a5_the_dialogue_never_sees_a_card_number_and_the_person_is_told(kit: Kit) -> None:
    answer = await kit.say("pay with 4111 1111 1111 1111")
    assert [reply["act"] for reply in answer["replies"]] == ["utter_card_removed", "utter_all_right"]
    assert kit.dialogue.heard[0]["text"] == "pay with [card]"
    assert kit.dialogue.heard[0]["known"] == {"card_seen": True}


async def test_a5_the_dialogue_never_sees_the_rest_of_a_card_number_in_pieces(kit: Kit) -> None:
    token = (await kit.say("4111 1111"))["conversation"]
    answer = await kit.say("1111 1111", conversation=token)
    assert answer["replies"][0]["act"] == "utter_card_removed"
    assert kit.dialogue.heard[1]["text"] == "[card]"
