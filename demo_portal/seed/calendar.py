"""Turns the seed's relative days ("D+6 10:30") into dates and local moments of the clinic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = re.compile(r"D([+-]\d+)\Z")


@dataclass(frozen=True)
class Calendar:
    """The day the data is loaded, in the clinic's zone."""

    today: date
    zone: ZoneInfo

    def day(self, text: str | date) -> date:
        """The date of "D+6"; a plain date is itself.

        Raises:
            ValueError: it is neither.
        """
        if isinstance(text, date):
            return text
        found = _DAY.match(text)
        if found is None:
            raise ValueError(f"not a day of the seed: {text!r}")
        return self.today + timedelta(days=int(found.group(1)))

    def at(self, text: str) -> datetime:
        """The local moment of "D+6 10:30"."""
        day, _, hour = text.partition(" ")
        return self.local(self.day(day), clock_time(hour))

    def local(self, day: date, hour: time) -> datetime:
        """An hour of the clinic's wall clock on a day, right across daylight saving."""
        return datetime.combine(day, hour, self.zone)

    def week_of_clock_change(self) -> list[date]:
        """The days around the next night, after today, in which the clinic's clocks are changed."""
        days = (self.today + timedelta(days=n) for n in range(1, 370))
        change = next(day for day in days if self._offset(day) != self._offset(day + timedelta(days=1)))
        return [change + timedelta(days=n) for n in range(-3, 5)]

    def _offset(self, day: date) -> timedelta | None:
        return self.local(day, time(0)).utcoffset()

    def born(self, birthday: str, age: int) -> date:
        """The birth date of somebody who is `age` today and has that birthday ("04-18")."""
        month, day = (int(part) for part in birthday.split("-"))
        had_it = (month, day) <= (self.today.month, self.today.day)
        return date(self.today.year - age - (0 if had_it else 1), month, day)

    def months_before(self, day: date, months: int) -> date:
        """The same day of an earlier month, or that month's last day."""
        count = day.year * 12 + day.month - 1 - months
        first = date(count // 12, count % 12 + 1, 1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return first.replace(day=min(day.day, last.day))


def clock_time(text: str) -> time:
    """A time of day, written as 09:30."""
    return time.fromisoformat(text)
