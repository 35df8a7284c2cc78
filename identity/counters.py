"""Counting of wrong guesses and of texts per subject: a claimed identity, a person, a phone or a client.

A subject is known by its fingerprint alone. Each count changes by one conditional statement, so that two
processes that count at the same moment cannot both be let through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import case, delete, literal, or_, select, update

from identity.limits import GuessLimits, TextLimits, TextVerdict
from identity.store import Connection, Moment, insert_or, subjects

_DAY = timedelta(hours=24)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class AfterWrong:
    """Where a subject stands after a wrong guess."""

    tries_left: int
    locked_for: timedelta | None
    """None while it is not locked."""


class Counters:
    """The counts of all subjects; `forgotten` is how long an old wrong guess still counts."""

    def __init__(self, forgotten: timedelta) -> None:
        self._forgotten = forgotten

    def locked_for(self, connection: Connection, key: str, now: datetime) -> timedelta | None:
        """How much longer `key` is locked; None when it is not."""
        until = connection.execute(select(subjects.c.locked_until).where(subjects.c.key == key)).scalar_one_or_none()
        return until - now if until is not None and until > now else None

    def hold(self, connection: Connection, key: str, now: datetime) -> None:
        """Let nobody else change the counts of `key` until this transaction ends; others wait."""
        self._ensure(connection, key, now)
        connection.execute(select(subjects.c.key).where(subjects.c.key == key).with_for_update())

    def take_guess(self, connection: Connection, key: str, limits: GuessLimits, now: datetime) -> bool:
        """Count a guess before it is looked at; False when `key` is locked and may not guess.

        Counting first is what holds parallel guesses to the limit; `clear` takes it back after the right code.
        """
        self._ensure(connection, key, now)
        stale = subjects.c.wrong_since <= now - self._forgotten
        counted = update(subjects).where(
            subjects.c.key == key,
            or_(subjects.c.locked_until.is_(None), subjects.c.locked_until <= now),
            or_(subjects.c.wrong < limits.most, stale),
        )
        values = {
            "wrong": case((stale, 1), else_=subjects.c.wrong + 1),
            "wrong_since": case((stale, literal(now, Moment)), else_=subjects.c.wrong_since),
            "changed_at": now,
        }
        return connection.execute(counted.values(values)).rowcount == 1

    def after_wrong(self, connection: Connection, key: str, limits: GuessLimits, now: datetime) -> AfterWrong:
        """Lock `key` when its guesses are used up, and say where it stands."""
        row = connection.execute(select(subjects).where(subjects.c.key == key)).one()
        if row.wrong < limits.most:
            return AfterWrong(limits.most - row.wrong, self.locked_for(connection, key, now))
        remembered = row.locked_until is not None and row.locked_until > now - self._forgotten
        earlier = row.locks if remembered else 0
        lasts = limits.lock(earlier)
        locked = update(subjects).where(subjects.c.key == key, subjects.c.wrong >= limits.most)
        connection.execute(locked.values(wrong=0, locked_until=now + lasts, locks=earlier + 1, changed_at=now))
        return AfterWrong(0, lasts)

    def clear(self, connection: Connection, key: str, now: datetime) -> None:
        """Forget the wrong guesses and earlier locks of `key`: it has given the right code."""
        cleared = update(subjects).where(subjects.c.key == key)
        connection.execute(cleared.values(wrong=0, locked_until=None, locks=0, changed_at=now))

    def take_text(
        self, connection: Connection, key: str, limits: TextLimits, now: datetime
    ) -> tuple[TextVerdict, timedelta | None]:
        """Count one more text to `key` if it may have one; otherwise say why not and for how long."""
        self._ensure(connection, key, now)
        before = connection.execute(select(subjects.c.texts).where(subjects.c.key == key)).scalar_one()
        sent = [moment for moment in _moments(before) if moment > now - _DAY]
        verdict, wait = limits.next_text(sent, now)
        if verdict != "send":
            return verdict, wait
        counted = update(subjects).where(subjects.c.key == key, subjects.c.texts == before)
        if connection.execute(counted.values(texts=_written([*sent, now]), changed_at=now)).rowcount != 1:
            # Another process sent one in this very moment.
            return "too_soon", limits.gaps[0] if limits.gaps else timedelta(seconds=1)
        return "send", None

    def purge(self, connection: Connection, now: datetime) -> int:
        """Drop subjects of which nothing counts any more."""
        idle = subjects.c.changed_at <= now - max(self._forgotten, _DAY)
        unlocked = or_(subjects.c.locked_until.is_(None), subjects.c.locked_until <= now - self._forgotten)
        return connection.execute(delete(subjects).where(idle, unlocked)).rowcount

    def _ensure(self, connection: Connection, key: str, now: datetime) -> None:
        row = {"key": key, "wrong": 0, "wrong_since": now, "locks": 0, "texts": "", "changed_at": now}
        connection.execute(insert_or(connection, subjects).values(row).on_conflict_do_nothing())


def _moments(written: str) -> list[datetime]:
    return [_EPOCH + int(each) * _MICROSECOND for each in written.split()]


def _written(moments: list[datetime]) -> str:
    return " ".join(str((each - _EPOCH) // _MICROSECOND) for each in moments)
