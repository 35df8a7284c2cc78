"""Amounts as people name them, to a bill of $184.50."""

from __future__ import annotations

import pytest

from actions.reading.money import read_amount

OWED = 18450
ENGLISH = [
    ("all of it", 18450),
    ("the whole thing", 18450),
    ("the full amount", 18450),
    ("full", 18450),
    ("everything", 18450),
    ("pay it off", 18450),
    ("what i owe", 18450),
    ("the entire balance", 18450),
    ("in full", 18450),
    ("all", 18450),
    ("half", 9225),
    ("just half", 9225),
    ("half of it", 9225),
    ("$50", 5000),
    ("50", 5000),
    ("50 dollars", 5000),
    ("fifty dollars", 5000),
    ("fifty", 5000),
    ("fifty bucks", 5000),
    ("50 bucks please", 5000),
    ("20 dollars and 50 cents", 2050),
    ("twenty dollars and fifty cents", 2050),
    ("one eighty four fifty", 18450),
    ("184.50", 18450),
    ("$184.50", 18450),
    ("184 50", 18450),
    ("a hundred", 10000),
    ("a hundred dollars", 10000),
    ("a hundred and fifty dollars", 15000),
    ("one hundred fifty", 15000),
    ("one hundred eighty four dollars and fifty cents", 18450),
    ("a hundred eighty four fifty", 18450),
    ("$1,000", 100000),
    ("two thousand", 200000),
    ("make it 60", 6000),
    ("i can only do 20", 2000),
    ("like 75", 7500),
    ("75 with the visa", 7500),
    ("25 on the visa ending in 4242", 2500),
    ("forty", 4000),
    ("$40.5", 4050),
    ("twenty five", 2500),
    ("40 now and the rest later", 4000),
    ("seventy five cents", 75),
    ("i can pay 30 today", 3000),
    ("thirty dollars with my mastercard", 3000),
    ("one fifty", 15000),
    ("two twenty five", 225),
    ("the visa ending in 4242", None),
    ("use the card ending 4242", None),
    ("i'll pay on the 15th", None),
    ("in 2 weeks", None),
    ("can i do 3 payments", None),
    ("tomorrow at 10", None),
    ("yes", None),
    ("i don't know", None),
    ("how much is it", None),
    ("march 15", None),
]
SPANISH = [
    ("todo", 18450),
    ("completo", 18450),
    ("la cuenta completa", 18450),
    ("lo que debo", 18450),
    ("el total", 18450),
    ("todo el saldo", 18450),
    ("pagar todo", 18450),
    ("quiero liquidarla", 18450),
    ("la mitad", 9225),
    ("nomás la mitad", 9225),
    ("$50", 5000),
    ("50", 5000),
    ("50 dólares", 5000),
    ("cincuenta dólares", 5000),
    ("cincuenta", 5000),
    ("cincuenta pesos", 5000),
    ("50 dolares por favor", 5000),
    ("cien", 10000),
    ("cien dólares", 10000),
    ("unos 40", 4000),
    ("nomas 20", 2000),
    ("veinte con cincuenta", 2050),
    ("veinte dolares con cincuenta centavos", 2050),
    ("ciento ochenta y cuatro con cincuenta", 18450),
    ("ciento ochenta y cuatro dólares con cincuenta centavos", 18450),
    ("ciento ochenta y cuatro cincuenta", 18450),
    ("184.50", 18450),
    ("184,50", 18450),
    ("$184,50", 18450),
    ("mil", 100000),
    ("mil doscientos dólares", 120000),
    ("$1,200", 120000),
    ("quiero abonar cuarenta", 4000),
    ("puedo dar 30 hoy", 3000),
    ("treinta con la visa", 3000),
    ("25 con la tarjeta que termina en 4242", 2500),
    ("setenta y cinco", 7500),
    ("que sean 60", 6000),
    ("doscientos", 20000),
    ("cincuenta centavos", 50),
    ("la visa que termina en 4242", None),
    ("la tarjeta 4242", None),
    ("el 15 de abril", None),
    ("el quince pago", None),
    ("en dos semanas", None),
    ("en tres pagos", None),
    ("sí", None),
    ("cuánto es", None),
    ("no sé", None),
    ("mañana a las 10", None),
]


@pytest.mark.parametrize(("said", "cents"), ENGLISH)
def test_an_english_amount_is_read_to_the_cent(said: str, cents: int | None) -> None:
    assert read_amount(said, OWED, asked=True) == cents


@pytest.mark.parametrize(("said", "cents"), SPANISH)
def test_a_spanish_amount_is_read_to_the_cent(said: str, cents: int | None) -> None:
    assert read_amount(said, OWED, asked=True) == cents


@pytest.mark.parametrize(
    ("said", "cents"),
    [
        ("i want to pay my bill", None),
        ("pay 50 on my bill", None),
        ("pay $50 on my bill", 5000),
        ("put five hundred dollars on my bill", 50000),
        ("quiero abonar cuarenta dólares", 4000),
        ("quiero pagar la mitad", 9225),
        ("pay my full balance", 18450),
        ("i need all my medicines", None),
        ("my appointment is on the 15th at 10", None),
    ],
)
def test_a_number_that_was_not_asked_for_needs_its_currency(said: str, cents: int | None) -> None:
    assert read_amount(said, OWED) == cents


@pytest.mark.parametrize(("owed", "cents"), [(18450, 9225), (101, 51), (1, 1)])
def test_half_of_an_odd_amount_is_rounded_up(owed: int, cents: int) -> None:
    assert read_amount("half", owed) == cents


@pytest.mark.parametrize(("owed", "cents"), [(20000, 15000), (14900, 150)])
def test_one_fifty_is_a_hundred_and_fifty_where_that_much_is_owed(owed: int, cents: int) -> None:
    assert read_amount("one fifty", owed, asked=True) == cents
