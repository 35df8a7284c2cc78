"""The one source of time: real, moved for a demo, or fixed for a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

CLINIC_ZONE = ZoneInfo("America/Los_Angeles")


class Clock(Protocol):
    """Whoever needs to know the time is handed one of these."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """System time moved by an offset that all demo processes read from one small file.

    The file holds seconds as text; a missing file means no offset.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset()

    def move_to(self, moment: datetime) -> None:
        """Make `moment` (aware) the present; time goes on running from there."""
        offset = moment - datetime.now(UTC)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Readers in other processes must never see half a number.
        partial = self._path.with_suffix(".new")
        partial.write_text(str(offset.total_seconds()))
        partial.replace(self._path)

    def _offset(self) -> timedelta:
        try:
            return timedelta(seconds=float(self._path.read_text()))
        except FileNotFoundError:
            return timedelta(0)


def clock_of(demo: bool, file: Path) -> Clock:
    """The clock of a process: in the demo one that `file` moves, else the machine's."""
    return DemoClock(file) if demo else SystemClock()


class FixedClock:
    """A moment that stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by
