"""The brake on guessing at many people: too many wrong codes in all pause new codes for everybody.

Five guesses at one person are harmless, five at each of ten thousand are not; nobody's own limit notices those.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

from sqlalchemy import delete, select

from identity.counters import Counters
from identity.keys import Keys
from identity.limits import Limits
from identity.store import Connection, failures, insert_or

logger = logging.getLogger(__name__)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = 7


class Brake:
    """The count of all wrong codes, by day."""

    def __init__(self, keys: Keys, limits: Limits, counters: Counters) -> None:
        self._key = keys.fingerprint("everybody")
        self._limits = limits
        self._counters = counters

    def paused_for(self, connection: Connection, now: datetime) -> timedelta | None:
        """How much longer nobody gets a new code; None while codes go out."""
        return self._counters.locked_for(connection, self._key, now)

    def count(self, connection: Connection, now: datetime) -> None:
        """Count one wrong code, and pause when they are too many."""
        today = (now - _EPOCH).days
        wrong = insert_or(connection, failures).values(day=today, wrong=1)
        more = {"wrong": failures.c.wrong + 1}
        connection.execute(wrong.on_conflict_do_update(index_elements=["day"], set_=more))
        # One more than may be, since only what exceeds the limit pauses.
        limits = replace(self._limits.brake, most=self._most(connection, today) + 1)
        self._counters.take_guess(connection, self._key, limits, now)
        after = self._counters.after_wrong(connection, self._key, limits, now)
        if after.tries_left == 0 and after.locked_for is not None:
            minutes = after.locked_for // timedelta(minutes=1)
            logger.error("event=codes_paused wrong=%s minutes=%s", limits.most, minutes)

    def purge(self, connection: Connection, now: datetime) -> int:
        """Drop the days that count no more."""
        return connection.execute(delete(failures).where(failures.c.day < (now - _EPOCH).days - _DAYS)).rowcount

    def _most(self, connection: Connection, today: int) -> int:
        before = select(failures.c.wrong).where(failures.c.day < today, failures.c.day >= today - _DAYS)
        counts = list(connection.execute(before).scalars())
        usual = median([*counts, *[0] * (_DAYS - len(counts))])
        return max(self._limits.brake.most, int(usual * self._limits.brake_times))
