"""Turns a wish into stretches of time to ask for, and says whether a time suits it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from actions.portal_client.models import OpenSlot, SlotWish

Window = tuple[datetime, datetime]
"""Start and end, end not included; in UTC, as Python compares moments of one zone by wall clock, wrong twice a year."""

MIDNIGHT = time(0)
_WHOLE_DAY = ((MIDNIGHT, MIDNIGHT),)
_MOST = 120


def windows(wish: SlotWish, zone: ZoneInfo) -> list[Window]:
    """The stretches of time in which a slot would suit, earliest first."""
    earliest, latest = wish.earliest.astimezone(UTC), wish.latest.astimezone(UTC)
    if not wish.weekdays and not wish.time_ranges:
        return [(earliest, latest)] if earliest < latest else []
    found: list[Window] = []
    for day in _days(earliest.astimezone(zone).date(), latest.astimezone(zone).date()):
        if not wish.weekdays or day.weekday() in wish.weekdays:
            parts = [_part_of(day, part, zone) for part in wish.time_ranges or _WHOLE_DAY]
            clipped = [(max(start, earliest), min(end, latest)) for start, end in sorted(parts)]
            found += [(start, end) for start, end in clipped if start < end]
    return found[:_MOST]


def suits(slot: OpenSlot, wish: SlotWish, zone: ZoneInfo) -> bool:
    """Whether a slot is what was wished; a server may have ignored a part of the question."""
    if wish.provider_id not in (None, slot.provider.id) or wish.place_id not in (None, slot.place.id):
        return False
    start = slot.start.astimezone(UTC)
    if not wish.earliest.astimezone(UTC) <= start < wish.latest.astimezone(UTC):
        return False
    day = start.astimezone(zone).date()
    if wish.weekdays and day.weekday() not in wish.weekdays:
        return False
    parts = [_part_of(day, part, zone) for part in wish.time_ranges or _WHOLE_DAY]
    return any(first <= start < last for first, last in parts)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _part_of(day: date, part: tuple[time, time], zone: ZoneInfo) -> Window:
    first, last = part
    end = day + timedelta(days=1) if last == MIDNIGHT else day
    return datetime.combine(day, first, zone).astimezone(UTC), datetime.combine(end, last, zone).astimezone(UTC)
