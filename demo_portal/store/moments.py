"""FHIR dates and times as half-open intervals of milliseconds, so that `2026-03` and an instant compare."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Interval = tuple[int, int]
"""First millisecond, first millisecond after it."""

BEGINNING, END = -(2**62), 2**62
_SHAPE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?\Z")


def milliseconds(moment: datetime) -> int:
    """An aware moment as milliseconds since 1970."""
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def moment(ms: int) -> datetime:
    """The aware moment (UTC) of those milliseconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def instant(at: datetime, zone: ZoneInfo) -> str:
    """An aware moment as FHIR instant in that zone, to the second."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def years_after(day: date, years: int) -> date:
    """The birthday some years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def interval(text: str, zone: ZoneInfo) -> Interval:
    """What a FHIR date, dateTime or instant covers; without an offset it is meant in `zone`.

    Raises:
        ValueError: it is not a FHIR date.
    """
    found = _SHAPE.match(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    numbers = (int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
    start = datetime(*numbers, tzinfo=zone)
    aware = _with_offset(start, offset)
    if hour is None:
        return milliseconds(aware), milliseconds(_end(start, month, day))
    if fraction:
        low = milliseconds(aware) + int(float(fraction) * 1000)
        return low, low + 1
    return milliseconds(aware), milliseconds(aware) + (1000 if second else 60000)


def _with_offset(local: datetime, offset: str | None) -> datetime:
    if offset is None:
        return local
    return datetime.fromisoformat(local.replace(tzinfo=None).isoformat() + offset.replace("Z", "+00:00"))


def _end(start: datetime, month: str | None, day: str | None) -> datetime:
    """The local midnight at which the given year, month or day is over."""
    if day:
        return start + timedelta(days=1)
    if month:
        return (start + timedelta(days=32)).replace(day=1)
    return start.replace(year=start.year + 1)
