"""The telephone numbers that safety replies may say, and until when they count as checked.

`python -m channels.emergency.numbers` fails when they are due to be checked again; it belongs into every release.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

from clock import SystemClock

FILE = Path(__file__).with_name("numbers.yml")


@dataclass(frozen=True)
class Line:
    """One telephone line: the number as it is said, what it offers, and where that was read."""

    say: str
    offers: str
    source: str


@dataclass(frozen=True)
class Numbers:
    """All lines of one country."""

    country: str
    last_checked: date
    valid_days: int
    entries: tuple[Line, ...]

    @classmethod
    def load(cls, path: Path = FILE) -> Numbers:
        """Read the file of numbers."""
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = tuple(Line(**entry) for entry in data["numbers"].values())
        return cls(data["country"], data["last_checked"], data["valid_days"], entries)

    @property
    def said(self) -> frozenset[str]:
        """The numbers as replies write them."""
        return frozenset(entry.say for entry in self.entries)

    def is_stale(self, today: date) -> bool:
        """Whether somebody must check the numbers again before a release."""
        return today > self.last_checked + timedelta(days=self.valid_days)


if __name__ == "__main__":
    if Numbers.load().is_stale(SystemClock().now().date()):
        raise SystemExit(f"The numbers in {FILE} are due: call each line, then set `last_checked`.")
