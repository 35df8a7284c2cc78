"""What the gateway remembers: answers already given, choices on offer, and where each conversation stands.

It lies beside identity's tables in the same database. Everything a person said or was told is sealed; ids are kept as
fingerprints.
"""

from __future__ import annotations

import json
import logging
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Text, and_, delete, or_, select, update
from sqlalchemy.engine import Engine

from clock import Clock
from identity import Keys
from identity.store import Connection, Moment, insert_or, make_tables, reading, writing

logger = logging.getLogger(__name__)

ANSWERS_KEPT = timedelta(hours=24)
"""How long a message sent again gets the answer it got before."""
LEASE = timedelta(seconds=60)
"""How long one process may work on a message before another may take it over; longer than any turn lasts."""
CHOICES_LIVE = timedelta(minutes=30)
CHOICES_LAST_TURNS = 2
STANDING_KEPT = timedelta(days=30)

metadata: Any = MetaData()

turns: Any = Table(
    "gateway_turns",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("body_key", String(64), nullable=False),
    Column("claimed_at", Moment, nullable=False, index=True),
    # Empty while nobody works on it.
    Column("leased_until", Moment),
    Column("code_check", String(64)),
    Column("answer_sealed", Text),
)

choices: Any = Table(
    "gateway_choices",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("sender_id", String(64), nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("offered_at", Moment, nullable=False, index=True),
    Column("meaning_sealed", Text, nullable=False),
)

standings: Any = Table(
    "gateway_conversations",
    metadata,
    Column("sender_id", String(64), primary_key=True),
    Column("turns", Integer, nullable=False),
    Column("asked_language", String(8)),
    Column("alarm", String(64)),
    Column("renewal_due", Boolean, nullable=False),
    Column("seen_at", Moment, nullable=False, index=True),
)


class StoreUnavailable(Exception):
    """The store cannot answer; nothing was decided and nothing was lost."""


@dataclass(frozen=True)
class Claim:
    """Whether a message may be worked on, or has been."""

    state: Literal["mine", "answered", "other_body", "under_way"]
    answer: dict[str, Any] | None = None
    code_check: dict[str, Any] | None = None
    """What came of the code in this message when it was tried before; a code is checked once."""


@dataclass(frozen=True)
class Choice:
    """Something offered that can be picked."""

    title: str
    intent: str
    entities: dict[str, Any]
    row: Any = field(default=None, repr=False, compare=False)
    """Where it was kept, to put it back."""


@dataclass(frozen=True)
class Standing:
    """Where a conversation stands, as far as the gateway must know."""

    turns: int = 0
    asked_language: str | None = None
    """What the client last asked for by itself; only a change of it is a wish."""
    alarm: str | None = None
    """Language and act of the alarm that was the last thing said ("en utter_..."); None when it was something else."""
    renewal_due: bool = False
    """Somebody signed in and the client has not been given its new token yet."""


class TurnStore:
    """Each method is a transaction of its own, may be called from any thread, and raises `StoreUnavailable`."""

    def __init__(self, engine: Engine, keys: Keys, clock: Clock) -> None:
        self._engine = engine
        self._keys = keys
        self._clock = clock
        with refusing():
            make_tables(engine, metadata)

    def fingerprint(self, kind: str, *parts: str) -> str:
        """A keyed hash: what was said cannot be guessed from it."""
        return self._keys.fingerprint(kind, *parts)

    def claim(self, key: str, body_key: str) -> Claim:
        """Begin to work on the message `key`, unless somebody does or has done."""
        now = self._clock.now()
        with self._writing() as connection:
            row = {"key": key, "body_key": body_key, "claimed_at": now}
            connection.execute(insert_or(connection, turns).values(row).on_conflict_do_nothing())
            free = or_(turns.c.leased_until.is_(None), turns.c.leased_until <= now)
            mine = and_(turns.c.key == key, turns.c.body_key == body_key, turns.c.answer_sealed.is_(None), free)
            took = connection.execute(update(turns).where(mine).values(leased_until=now + LEASE)).rowcount == 1
            found = connection.execute(select(turns).where(turns.c.key == key)).one()
        if found.body_key != body_key:
            return Claim("other_body")
        if found.answer_sealed is not None:
            return Claim("answered", answer=json.loads(self._keys.unseal(found.answer_sealed)))
        return Claim("mine" if took else "under_way", code_check=json.loads(found.code_check or "null"))

    def keep_code_check(self, key: str, check: dict[str, Any]) -> None:
        """Note what came of a code, for the case that the message has to be sent again."""
        self._change_turn(key, code_check=json.dumps(check))

    def keep_answer(self, key: str, answer: dict[str, Any]) -> None:
        """Note the answer; whoever sends the message again gets this one."""
        self._change_turn(key, answer_sealed=self._keys.seal(json.dumps(answer)), leased_until=None)

    def release(self, key: str) -> None:
        """Let the message be sent again: it got no answer."""
        self._change_turn(key, leased_until=None)

    def offer(self, sender_id: str, turn: int, offered: list[Choice]) -> list[str]:
        """Keep what a reply offers; the ids for the client, in the same order."""
        if not offered:
            return []
        ids = [secrets.token_urlsafe(12) for _ in offered]
        now = self._clock.now()
        rows = [
            {
                "key": self._keys.fingerprint("choice", sender_id, id_),
                "sender_id": sender_id,
                "turn": turn,
                "offered_at": now,
                "meaning_sealed": self._keys.seal(json.dumps([choice.title, choice.intent, choice.entities])),
            }
            for id_, choice in zip(ids, offered, strict=True)
        ]
        with self._writing() as connection:
            connection.execute(choices.insert(), rows)
        return ids

    def pick(self, sender_id: str, choice_id: str, turn: int) -> Choice | None:
        """Use up a choice in turn number `turn`; None when it is not, or no longer, on offer."""
        one = and_(choices.c.key == self._keys.fingerprint("choice", sender_id, choice_id), self._live(sender_id, turn))
        return self._take(one)

    def pick_titled(self, sender_id: str, title: str, turn: int) -> Choice | None:
        """Use up the choice that was offered last under this title (folded alike); None for none or several.

        Only the turn before counts: an older "Yes" is not what a yes means now.
        """
        last = and_(self._live(sender_id, turn), choices.c.turn == turn - 1)
        with self._reading() as connection:
            found = connection.execute(select(choices).where(last)).all()
        wanted = [row.key for row in found if _folded(self._opened(row).title) == _folded(title)]
        return self._take(choices.c.key == wanted[0]) if len(wanted) == 1 else None

    def withdraw(self, sender_id: str) -> None:
        """Offer nothing any more of what has been offered in the conversation."""
        with self._writing() as connection:
            connection.execute(delete(choices).where(choices.c.sender_id == sender_id))

    def put_back(self, choice: Choice) -> None:
        """Offer a choice again that was picked in vain: the dialogue gave no answer."""
        with self._writing() as connection:
            connection.execute(choices.insert().values(dict(choice.row._mapping)))

    def standing(self, sender_id: str) -> Standing:
        """Where the conversation stands; a new one stands at the beginning."""
        with self._reading() as connection:
            row = connection.execute(select(standings).where(standings.c.sender_id == sender_id)).one_or_none()
        return Standing(row.turns, row.asked_language, row.alarm, row.renewal_due) if row else Standing()

    def keep_standing(self, sender_id: str, standing: Standing) -> None:
        """Note where the conversation stands now."""
        values = {
            "turns": standing.turns,
            "asked_language": standing.asked_language,
            "alarm": standing.alarm,
            "renewal_due": standing.renewal_due,
            "seen_at": self._clock.now(),
        }
        with self._writing() as connection:
            kept = insert_or(connection, standings).values({"sender_id": sender_id, **values})
            connection.execute(kept.on_conflict_do_update(index_elements=["sender_id"], set_=values))

    def ready(self) -> None:
        """Write and read for real; raises when either fails."""
        self.keep_standing("readiness", Standing())
        self.standing("readiness")

    def purge(self, kept: timedelta = STANDING_KEPT) -> int:
        """Drop what is kept no longer; give the number of rows. Run it at least hourly.

        Args:
            kept: How long a conversation may rest before it is forgotten.
        """
        now = self._clock.now()
        old = (
            (turns, turns.c.claimed_at <= now - min(ANSWERS_KEPT, kept)),
            (choices, choices.c.offered_at <= now - CHOICES_LIVE),
            (standings, standings.c.seen_at <= now - kept),
        )
        with self._writing() as connection:
            return sum(connection.execute(delete(table).where(gone)).rowcount for table, gone in old)

    def clear(self) -> None:
        """For the demo: forget everything."""
        with self._writing() as connection:
            for table in (turns, choices, standings):
                connection.execute(delete(table))

    def _change_turn(self, key: str, **values: Any) -> None:
        with self._writing() as connection:
            connection.execute(update(turns).where(turns.c.key == key).values(values))

    def _take(self, which: Any) -> Choice | None:
        with self._writing() as connection:
            row = connection.execute(select(choices).where(which)).one_or_none()
            if row is None or connection.execute(delete(choices).where(choices.c.key == row.key)).rowcount != 1:
                return None
        return self._opened(row)

    def _opened(self, row: Any) -> Choice:
        return Choice(*json.loads(self._keys.unseal(row.meaning_sealed)), row=row)

    def _live(self, sender_id: str, turn: int) -> Any:
        return and_(
            choices.c.sender_id == sender_id,
            choices.c.offered_at > self._clock.now() - CHOICES_LIVE,
            choices.c.turn >= turn - CHOICES_LAST_TURNS,
        )

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with refusing(), writing(self._engine) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with refusing(), reading(self._engine) as connection:
            yield connection


def _folded(title: str) -> str:
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c)).split())


@contextmanager
def refusing() -> Iterator[None]:
    """Turn whatever goes wrong into `StoreUnavailable`, which carries nothing of what was kept."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever went wrong, its message may repeat what a person said
        logger.error("event=store_failed error=%s", type(error).__name__)
        raise StoreUnavailable("The gateway's store cannot answer.") from None
