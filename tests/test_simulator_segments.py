"""Texts are counted as carriers count them."""

from __future__ import annotations

import pytest

from simulator.segments import count_segments


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "count"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("ó" * 70, "UCS-2", 70, 1),
        ("ó" * 71, "UCS-2", 71, 2),
        ("ó" * 134, "UCS-2", 134, 2),
        ("ó" * 135, "UCS-2", 135, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
    ],
)
def test_a_text_is_cut_where_its_alphabet_cuts_it(text: str, alphabet: str, units: int, count: int) -> None:
    counted = count_segments(text)
    assert (counted.alphabet, counted.units, counted.count) == (alphabet, units, count)


@pytest.mark.parametrize("letter", "éñü¿¡Ñàòù@£Δ\n")
def test_these_letters_are_in_the_small_alphabet(letter: str) -> None:
    assert count_segments(letter).alphabet == "GSM-7"


@pytest.mark.parametrize("letter", "áíóúÁ’“—…ç`")
def test_one_of_these_letters_makes_the_whole_text_dear(letter: str) -> None:
    assert count_segments("a" * 80 + letter).count == 2
    assert count_segments(letter).alphabet == "UCS-2"


@pytest.mark.parametrize("letter", "^{}\\[~]|€\f")
def test_letters_of_the_extension_table_count_twice(letter: str) -> None:
    assert count_segments(letter).units == 2


def test_a_letter_of_two_units_is_never_split_between_two_parts() -> None:
    assert count_segments("a" * 152 + "€" + "a" * 152).count == 3
