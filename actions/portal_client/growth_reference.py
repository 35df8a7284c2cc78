"""Percentiles of children by the growth charts of the CDC of 2000.

`cdc2000.csv` holds the parameters L, M and S that the CDC publishes, by half month of age from 24 to 240.5 months
(https://www.cdc.gov/growthcharts/percentile_data_files.htm; a work of the US government, in the public domain). Below
24 months the CDC asks to use the standards of the WHO, which may not be passed on freely; they are not here.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Literal

Sex = Literal["male", "female"]
Row = tuple[float, float, float, float]
"""Months, L, M, S."""
STANDARD = "CDC 2000"
TABLE = Path(__file__).parent / "cdc2000.csv"
DAYS_A_MONTH = 30.4375
_NORMAL = NormalDist()


def percentile(measure: str, sex: Sex, days: int, value: float) -> float | None:
    """Which percentile a value is for a child that many days old: length in cm, weight in kg, body mass index.

    None outside the ages of the charts, and for a measure that they do not have.
    """
    rows = _table().get((measure, sex), [])
    months = days / DAYS_A_MONTH
    if not rows or not rows[0][0] <= months < rows[-1][0] or value <= 0:
        return None
    power, median, spread = _between(rows, months)
    # The LMS method (Cole 1990); no L of the charts is zero.
    score = ((value / median) ** power - 1) / (power * spread)
    return _NORMAL.cdf(score) * 100


def _between(rows: list[Row], months: float) -> tuple[float, float, float]:
    """L, M and S at an age, on the straight line between its neighbours."""
    after = bisect_right(rows, months, key=lambda row: row[0])
    low, high = rows[after - 1], rows[after]
    share = (months - low[0]) / (high[0] - low[0])
    power, median, spread = (a + (b - a) * share for a, b in zip(low[1:], high[1:], strict=True))
    return power, median, spread


@cache
def _table() -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    with TABLE.open(encoding="ascii", newline="") as lines:
        for row in csv.DictReader(lines):
            numbers = (float(row["months"]), float(row["l"]), float(row["m"]), float(row["s"]))
            found.setdefault((row["measure"], row["sex"]), []).append(numbers)
    return found
