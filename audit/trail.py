"""Writes the trail, reads a person's own part of it, and says whether it holds."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.engine import Engine

from audit.chain import row_macs
from audit.entry import Entry
from audit.retention import drop_before
from audit.store import CHAINS, create_tables, heads, locked_head, probe, sealed_head, trail
from clock import Clock
from identity.keys import Keys
from identity.store import Connection, insert_or, reading, writing

logger = logging.getLogger(__name__)
AT_ONCE = 1000
"""Rows read together while a chain is checked."""


class TrailUnavailable(Exception):
    """Nothing can be noted; whatever has to be noted must not happen."""


@dataclass(frozen=True)
class Seen:
    """One line of a person's own trail."""

    at: datetime
    by: str | None
    """Portal id of who was signed in when it was somebody else; None for the person themselves."""
    act: str
    channel: str
    changes: bool
    resource_type: str
    outcome: str
    request: str


@dataclass(frozen=True)
class Break:
    """The first place at which a chain does not hold."""

    chain: int
    number: int
    """Of the row, counted from 1; 0 for the head of the chain."""
    why: str


class Trail:
    """The trail in one database; every method opens and ends its own transaction and may be called from any thread."""

    def __init__(self, engine: Engine, clock: Clock, keys: Keys) -> None:
        self._engine = engine
        self._clock = clock
        self._keys = keys
        self._turns = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        with _refusing():
            create_tables(engine, keys)

    def ready(self) -> None:
        """Write for real, before something is done that must be noted afterwards.

        Raises:
            TrailUnavailable: it does not work.
        """
        now = self._clock.now()
        with self._writing() as connection:
            written = insert_or(connection, probe).values(one=1, at=now)
            connection.execute(written.on_conflict_do_update(index_elements=["one"], set_={"at": now}))

    def note(self, *entries: Entry) -> None:
        """Write entries, in their order, all or none.

        Raises:
            TrailUnavailable: nothing was written.
        """
        with self._writing() as connection:
            # Chains in one order for everybody, so that two writers never wait for each other in a circle.
            for entry in sorted(entries, key=self._chain):
                self._append(connection, entry)

    def seen(self, patient_id: str, since: datetime) -> list[Seen]:
        """Requests about a person's record since then, newest first; of sign-ins nothing.

        Raises:
            TrailUnavailable: it cannot be read.
        """
        own = self._keys.fingerprints("audit patient", patient_id)
        mine = or_(and_(trail.c.who.in_(own), trail.c.on_behalf_of.is_(None)), trail.c.on_behalf_of.in_(own))
        asked = select(trail).where(mine, trail.c.at >= since, trail.c.resource_type != "")
        with _refusing(), reading(self._engine) as connection:
            rows = connection.execute(asked.order_by(trail.c.at.desc(), trail.c.number.desc())).all()
            return [self._seen(row) for row in rows]

    def verify(self) -> list[Break]:
        """The first break of each chain that has one; empty when the whole trail holds.

        Raises:
            TrailUnavailable: it cannot be read.
        """
        with _refusing(), reading(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                # As on SQLite: all that is read is of one moment, whatever is written or dropped meanwhile.
                connection.execution_options(isolation_level="REPEATABLE READ")
            found = [self._check(connection, chain) for chain in range(CHAINS)]
            return [each for each in found if each is not None] or self._beyond(connection)

    def count(self) -> int:
        """How many rows there are."""
        with _refusing(), reading(self._engine) as connection:
            return int(connection.execute(select(func.count()).select_from(trail)).scalar_one())

    def retain(self, kept: timedelta) -> int:
        """Drop rows older than that; give their number. A chain that does not hold is left as it is.

        Raises:
            TrailUnavailable: it did not work; nothing was dropped of the chain at hand.
        """
        dropped = 0
        for chain in range(CHAINS):
            with self._writing() as connection:
                if self._check(connection, chain) is not None:
                    logger.error("event=audit_chain_broken chain=%d kept=whole", chain)
                    continue
                dropped += drop_before(connection, self._keys, chain, self._clock.now() - kept)
        return dropped

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        # SQLite lets waiting writers try again by chance, so that one of many may wait for seconds.
        with _refusing(), self._turns, writing(self._engine) as connection:
            yield connection

    def _append(self, connection: Connection, entry: Entry) -> None:
        chain = self._chain(entry)
        head = locked_head(connection, chain)
        if head is None:
            raise TrailUnavailable("The head of a chain is missing.")
        row = {"chain": chain, "number": head.number + 1, "at": self._clock.now(), **self._columns(entry)}
        mac = row_macs(self._keys, row, head.mac)[0]
        connection.execute(insert(trail).values(**row, mac=mac))
        moved = {**head._mapping, "number": row["number"], "mac": mac}
        moved["seal"] = sealed_head(self._keys, moved)[0]
        ours = update(heads).where(heads.c.chain == chain, heads.c.number == head.number)
        if connection.execute(ours.values(moved)).rowcount != 1:
            raise TrailUnavailable("Somebody else has written to the same chain.")

    def _chain(self, entry: Entry) -> int:
        """By whose record it is, or by the conversation while nobody is known."""
        return (
            int(self._keys.fingerprint("audit chain", entry.on_behalf_of or entry.who or entry.session)[:8], 16)
            % CHAINS
        )

    def _columns(self, entry: Entry) -> dict[str, Any]:
        return {
            "who": self._fingerprint(entry.who),
            "who_sealed": self._keys.seal(entry.who) if entry.who else None,
            "on_behalf_of": self._fingerprint(entry.on_behalf_of),
            "on_behalf_of_sealed": self._keys.seal(entry.on_behalf_of) if entry.on_behalf_of else None,
            "act": entry.act,
            "channel": entry.channel,
            "interaction": entry.interaction,
            "changes": entry.changes,
            "resource_type": entry.resource_type,
            "resource_id": self._keys.seal(entry.resource_id) if entry.resource_id else "",
            "outcome": entry.outcome,
            "reason": entry.reason,
            "session": self._keys.fingerprint("audit session", entry.session) if entry.session else None,
            "request": entry.request,
        }

    def _fingerprint(self, patient_id: str | None) -> str | None:
        return self._keys.fingerprint("audit patient", patient_id) if patient_id else None

    def _seen(self, row: Any) -> Seen:
        by = self._keys.unseal(row.who_sealed) if row.on_behalf_of and row.who_sealed else None
        return Seen(row.at, by, row.act, row.channel, row.changes, row.resource_type, row.outcome, row.request)

    def _check(self, connection: Connection, chain: int) -> Break | None:
        head = connection.execute(select(heads).where(heads.c.chain == chain)).one_or_none()
        if head is None:
            return Break(chain, 0, "its head is missing")
        if head.seal not in sealed_head(self._keys, dict(head._mapping)):
            return Break(chain, 0, "its head was changed")
        number, mac = head.dropped, head.dropped_mac
        for row in self._rows(connection, chain, head):
            number += 1
            if row["number"] != number:
                return Break(chain, number, "it is missing")
            if row["mac"] not in row_macs(self._keys, row, mac):
                return Break(chain, number, "it was changed, or the one before it")
            mac = row["mac"]
        if number != head.number:
            return Break(chain, number + 1, "it is missing")
        return None if mac == head.mac else Break(chain, number, "it is not the one that the head names")

    def _rows(self, connection: Connection, chain: int, head: Any) -> Iterator[dict[str, Any]]:
        """The rows up to the head, in order; what is appended meanwhile is left for the next time."""
        last = head.dropped
        while True:
            between = and_(trail.c.chain == chain, trail.c.number > last, trail.c.number <= head.number)
            rows = connection.execute(select(trail).where(between).order_by(trail.c.number).limit(AT_ONCE)).all()
            yield from (dict(row._mapping) for row in rows)
            if len(rows) < AT_ONCE:
                return
            last = rows[-1].number

    def _beyond(self, connection: Connection) -> list[Break]:
        """Rows that no head knows of: put in behind the last, or left over before the first."""
        outside = or_(trail.c.number > heads.c.number, trail.c.number <= heads.c.dropped)
        joined = select(trail.c.chain, func.min(trail.c.number).label("number")).join(
            heads, heads.c.chain == trail.c.chain, isouter=True
        )
        found = connection.execute(joined.where(or_(outside, heads.c.chain.is_(None))).group_by(trail.c.chain)).all()
        return [Break(row.chain, row.number, "no head knows of it") for row in found]


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever goes wrong into a refusal that carries nothing of what was noted."""
    try:
        yield
    except TrailUnavailable as error:
        logger.error("event=audit_unavailable reason=%s", type(error).__name__)
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error(
            "event=audit_unavailable reason=%s at=%s:%s",
            type(error).__name__,
            place.filename.rsplit("/", 1)[-1],
            place.lineno,
        )
        raise TrailUnavailable("The audit trail cannot be written or read.") from None
