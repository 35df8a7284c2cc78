"""Whether a thing may be done on a record: the one rule, over what the portal says at this moment.

The portal decides who has access to whom and how much, by relationship, grant and age. This narrows it to what the
catalogue allows for the age: `self`, `child` (0-11), `teen` (12-17), `adult` (18 and over).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

Band = Literal["self", "child", "teen", "adult"]
TEEN_FROM, ADULT_FROM = 12, 18
# `full` does all that the age allows; `limited` is what a parent has of somebody from 12 to 17.
_ALL = {"child": ("full",), "teen": ("full", "limited"), "adult": ("full",)}
_READS_ONLY = "view"
_ONE_AREA = {"scheduling": ("scheduling",), "billing": ("billing", "insurance")}


@dataclass(frozen=True)
class Deed:
    """What is to be done, as the catalogue has it."""

    acts_for: Collection[str]
    area: str
    reads: bool


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a record today."""

    band: Band
    level: str
    """`full`, `limited`, `view`, `scheduling` or `billing`; of no meaning for one's own record."""
    until: date | None = None
    """Last day of it; None when no end is set."""

    @property
    def words(self) -> str:
        """For keeping and comparing, such as `child full`."""
        return f"{self.band} {self.level}"


OWN = Standing("self", "full")


def band_on(born: date, today: date) -> Band:
    """The age group on a day of the clinic; a birthday counts from its first moment."""
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "child" if age < TEEN_FROM else "teen" if age < ADULT_FROM else "adult"


def may(deed: Deed, standing: Standing, today: date) -> bool:
    """Whether it may be done; what is not known is a no.

    `today` is the clinic's day.
    """
    if standing.band not in deed.acts_for:
        return False
    if standing.band == "self":
        return True
    if standing.until is not None and standing.until < today:
        return False
    if standing.level in _ALL[standing.band]:
        return True
    if standing.level == _READS_ONLY:
        return deed.reads
    return deed.area in _ONE_AREA.get(standing.level, ())
