"""Days gone by, as people name them on Tuesday, March 17, 2026."""

from __future__ import annotations

from datetime import date

import pytest

from actions.reading.past import read_past

TODAY = date(2026, 3, 17)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("today", "2026-03-17", "2026-03-17"),
        ("who looked yesterday", "2026-03-16", "2026-03-16"),
        ("the day before yesterday", "2026-03-15", "2026-03-15"),
        ("last week", "2026-03-09", "2026-03-15"),
        ("this week", "2026-03-16", "2026-03-17"),
        ("over the weekend", "2026-03-14", "2026-03-15"),
        ("last month", "2026-02-01", "2026-02-28"),
        ("this month", "2026-03-01", "2026-03-17"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("this year", "2026-01-01", "2026-03-17"),
        ("in february", "2026-02-01", "2026-02-28"),
        ("in December", "2025-12-01", "2025-12-31"),
        ("in march", "2026-03-01", "2026-03-17"),
        ("since january", "2026-01-01", "2026-03-17"),
        ("since March 3rd", "2026-03-03", "2026-03-17"),
        ("on Nov 3", "2025-11-03", "2025-11-03"),
        ("on november 3, 2024", "2024-11-03", "2024-11-03"),
        ("on 2026-03-01", "2026-03-01", "2026-03-01"),
        ("on 3/2", "2026-03-02", "2026-03-02"),
        ("the last 10 days", "2026-03-07", "2026-03-17"),
        ("in the past two weeks", "2026-03-03", "2026-03-17"),
        ("last few days", "2026-03-14", "2026-03-17"),
        ("two days ago", "2026-03-15", "2026-03-15"),
        ("on Friday", "2026-03-13", "2026-03-13"),
        ("last tuesday", "2026-03-10", "2026-03-10"),
    ],
)
def test_english(words: str, first: str, last: str) -> None:
    assert read_past(words, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("hoy", "2026-03-17", "2026-03-17"),
        ("quién entró ayer", "2026-03-16", "2026-03-16"),
        ("antier", "2026-03-15", "2026-03-15"),
        ("la semana pasada", "2026-03-09", "2026-03-15"),
        ("esta semana", "2026-03-16", "2026-03-17"),
        ("el fin de semana", "2026-03-14", "2026-03-15"),
        ("el mes pasado", "2026-02-01", "2026-02-28"),
        ("este mes", "2026-03-01", "2026-03-17"),
        ("este año", "2026-01-01", "2026-03-17"),
        ("el año pasado", "2025-01-01", "2025-12-31"),
        ("en febrero", "2026-02-01", "2026-02-28"),
        ("desde enero", "2026-01-01", "2026-03-17"),
        ("desde el 3 de marzo", "2026-03-03", "2026-03-17"),
        ("el 3 de noviembre de 2024", "2024-11-03", "2024-11-03"),
        ("los últimos diez días", "2026-03-07", "2026-03-17"),
        ("hace dos días", "2026-03-15", "2026-03-15"),
        ("el viernes", "2026-03-13", "2026-03-13"),
    ],
)
def test_spanish(words: str, first: str, last: str) -> None:
    assert read_past(words, TODAY, "es") == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "words",
    ["who looked at my record", "quién ha visto mi expediente", "may I see it", "February 31", "on April 3, 2030", ""],
)
def test_without_a_day_none_is_read(words: str) -> None:
    assert read_past(words, TODAY) is None
