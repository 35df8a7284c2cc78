"""Percentiles of children are those that the CDC prints in its charts of 2000."""

from __future__ import annotations

import pytest

from actions.portal_client.growth_reference import DAYS_A_MONTH, Sex, percentile

# As printed by the CDC beside L, M and S, and not computed from them here: measure, sex, months, percentile, value.
PRINTED: list[tuple[str, Sex, float, int, float]] = [
    ("length", "male", 24.5, 3, 80.26037074),
    ("length", "male", 24.5, 50, 86.86160934),
    ("length", "male", 24.5, 97, 93.45923029),
    ("weight", "male", 24.5, 3, 10.4414422),
    ("weight", "male", 24.5, 50, 12.74154396),
    ("weight", "male", 24.5, 97, 15.68840631),
    ("bmi", "male", 24.5, 3, 14.50347667),
    ("bmi", "male", 24.5, 85, 18.11954923),
    ("bmi", "male", 24.5, 97, 19.79194014),
    ("length", "female", 105.5, 10, 124.2077692),
    ("length", "female", 105.5, 50, 131.8593015),
    ("length", "female", 105.5, 90, 139.9604267),
    ("length", "female", 180.5, 10, 153.6039864),
    ("length", "female", 180.5, 50, 161.8979913),
    ("length", "female", 180.5, 90, 170.236624),
    ("weight", "female", 105.5, 10, 22.90632506),
    ("weight", "female", 105.5, 50, 28.24520531),
    ("weight", "female", 105.5, 90, 36.85163675),
    ("weight", "female", 180.5, 10, 42.7562665),
    ("weight", "female", 180.5, 50, 52.13568193),
    ("weight", "female", 180.5, 90, 68.5487709),
    ("bmi", "female", 105.5, 10, 14.12364494),
    ("bmi", "female", 105.5, 50, 16.17800955),
    ("bmi", "female", 105.5, 90, 19.830771),
    ("bmi", "female", 180.5, 10, 16.93767383),
    ("bmi", "female", 180.5, 50, 19.9305662),
    ("bmi", "female", 180.5, 90, 25.46204417),
]


@pytest.mark.parametrize(("measure", "sex", "months", "rank", "value"), PRINTED)
def test_a_printed_value_has_the_percentile_it_is_printed_under(
    measure: str, sex: Sex, months: float, rank: int, value: float
) -> None:
    found = percentile(measure, sex, round(months * DAYS_A_MONTH), value)
    assert found == pytest.approx(rank, abs=0.15)


@pytest.mark.parametrize("days", [0, 700, 730, 7321, 20_000])
def test_outside_the_ages_of_the_charts_there_is_no_percentile(days: int) -> None:
    assert percentile("length", "female", days, 90.0) is None


@pytest.mark.parametrize("value", [0.0, -3.0])
def test_what_nobody_can_weigh_has_no_percentile(value: float) -> None:
    assert percentile("weight", "male", 3000, value) is None


def test_a_measure_that_the_charts_lack_has_no_percentile() -> None:
    assert percentile("head", "male", 1000, 50.0) is None


def test_a_taller_child_has_a_higher_percentile() -> None:
    ranks = [percentile("length", "female", 3200, height) for height in (115.0, 125.0, 135.0, 145.0)]
    assert None not in ranks
    assert ranks == sorted(ranks, key=lambda each: each or 0.0)
