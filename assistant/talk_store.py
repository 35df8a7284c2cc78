"""What was said in each conversation: kept sealed, a row a turn, and deleted for good.

Rasa's own SQL store writes every event in clear and never deletes any. Here a row says of whom it is by the conversation's
opaque id, when, and how many events it holds; all else is sealed, together with its place, so that no row can be put
into another conversation. Works on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, and_, delete, func, inspect, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from clock import Clock
from identity import Keys
from identity.store import Connection, Moment, empty_files, insert_or, make_tables, reading, writing
from settings import IDLE_ENDS

logger = logging.getLogger(__name__)

type Event = dict[str, Any]

metadata: Any = MetaData()

talk: Any = Table(
    "dialogue_talk",
    metadata,
    Column("sender_id", String(64), primary_key=True),
    # Number of events in the rows before this one; two turns at once cannot both write behind the same.
    Column("first_event", Integer, primary_key=True),
    Column("events", Integer, nullable=False),
    Column("said_at", Moment, nullable=False, index=True),
    Column("sealed", Text, nullable=False),
)

RASAS_TABLE = "events"
RASAS_COLUMNS = {"id", "sender_id", "type_name", "timestamp", "intent_name", "action_name", "data"}
_PROBE = "readiness"


class TalkMoved(Exception):
    """The conversation went on elsewhere since it was read; nothing was written."""


class Talk:
    """The rows, for whoever deletes them and need not read them. Each method is a transaction of its own."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        make_tables(engine, metadata)

    def erase(self, senders: Iterable[str]) -> int:
        """Delete all that was said in these conversations; the number of rows."""
        with writing(self._engine) as connection:
            gone = connection.execute(delete(talk).where(talk.c.sender_id.in_(list(senders)))).rowcount
        self.overwrite()
        return gone

    def purge(self, kept: timedelta) -> int:
        """Delete conversations whose oldest words have been kept that long and that rest; the number of rows.

        A conversation goes as a whole, because half of one is worse than none; one in which something was said in the
        last hour waits until it rests, because a turn may be under way.
        """
        now = self._clock.now()
        ages = select(talk.c.sender_id).group_by(talk.c.sender_id)
        oldest, newest = func.min(talk.c.said_at), func.max(talk.c.said_at)
        old = ages.having(and_(oldest <= now - kept, newest <= now - IDLE_ENDS))
        with writing(self._engine) as connection:
            gone = connection.execute(delete(talk).where(talk.c.sender_id.in_(old))).rowcount
        self.overwrite()
        return gone

    def overwrite(self) -> None:
        """Leave nothing of what was deleted in the database's files, as far as the database can."""
        empty_files(self._engine, talk.name)

    def ready(self) -> None:
        """Write and read for real; raises when either fails."""
        now = self._clock.now()
        row = {"sender_id": _PROBE, "first_event": 0, "events": 0, "said_at": now, "sealed": ""}
        with writing(self._engine) as connection:
            written = insert_or(connection, talk).values(row)
            key = ["sender_id", "first_event"]
            connection.execute(written.on_conflict_do_update(index_elements=key, set_={"said_at": now}))
            read = connection.execute(select(talk.c.said_at).where(talk.c.sender_id == _PROBE)).scalar_one()
        if read != now:
            raise RuntimeError("The store of conversations does not give back what was written.")


class SealedTalk(Talk):
    """The rows, for the dialogue, which reads and goes on with them."""

    def __init__(self, engine: Engine, clock: Clock, keys: Keys) -> None:
        super().__init__(engine, clock)
        self._keys = keys
        self._drop_unsealed()

    def read(self, sender_id: str) -> list[Event]:
        """Everything that happened in the conversation, oldest first; empty when there is none.

        Raises:
            Unreadable: A row was changed, moved, or sealed under a secret that is no longer known.
        """
        mine = select(talk).where(talk.c.sender_id == sender_id).order_by(talk.c.first_event)
        with reading(self._engine) as connection:
            rows = connection.execute(mine).all()
        events: list[Event] = []
        for row in rows:
            sender, place, more = json.loads(self._keys.unseal(row.sealed))
            if (sender, place) != (sender_id, len(events)):
                raise TalkMoved("A row lies where it was not written.")
            events += more
        return events

    def append(self, sender_id: str, after: int, events: Sequence[Event]) -> None:
        """Keep what happened behind the first `after` events.

        When the conversation has been erased meanwhile, it stays erased and nothing is kept.

        Raises:
            TalkMoved: Another turn of the same conversation has written in between.
        """
        row = {
            "sender_id": sender_id,
            "first_event": after,
            "events": len(events),
            "said_at": self._clock.now(),
            "sealed": self._keys.seal(json.dumps([sender_id, after, events])),
        }
        try:
            with writing(self._engine) as connection:
                kept = self._count(connection, sender_id)
                if kept == after:
                    connection.execute(talk.insert().values(row))
        except IntegrityError:
            kept = -1
        if kept == 0 < after:
            logger.info("event=talk_not_kept reason=erased sender=%s", sender_id[:8])
        elif kept != after:
            raise TalkMoved("The conversation went on elsewhere.")

    def senders(self) -> list[str]:
        """Every conversation of which something is kept."""
        with reading(self._engine) as connection:
            return [row.sender_id for row in connection.execute(select(talk.c.sender_id).distinct())]

    def _count(self, connection: Connection, sender_id: str) -> int:
        total = select(func.coalesce(func.sum(talk.c.events), 0)).where(talk.c.sender_id == sender_id)
        return int(connection.execute(total).scalar_one())

    def _drop_unsealed(self) -> None:
        """Delete what a version before this one wrote in clear: Rasa's own table, and only if it is Rasa's own."""
        looked: Any = inspect(self._engine)
        if not looked.has_table(RASAS_TABLE):
            return
        if {column["name"] for column in looked.get_columns(RASAS_TABLE)} != RASAS_COLUMNS:
            return
        with writing(self._engine) as connection:
            old: Any = Table(RASAS_TABLE, MetaData(), Column("id"))
            rows = connection.execute(select(func.count()).select_from(old)).scalar_one()
            old.drop(connection)
        self.overwrite()
        logger.warning("event=unsealed_conversations_dropped rows=%s", rows)
