"""How long what was said stays, and how it goes: after its time, or because somebody asked for it.

One job for all stores: the talk itself (the dialogue's), the answers, choices and standing (the gateway's), and the
conversation with its codes (identity's). The gateway runs it every quarter of an hour; `python -m channels.keeping`
runs it once. Whatever else is in the databases, such as the audit trail, is never touched.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, delete, select
from sqlalchemy.engine import Engine

from assistant.talk_store import Talk
from channels.store import TurnStore, choices, refusing, standings, turns
from identity import Identity
from identity.store import empty_files, insert_or, make_tables, writing

logger = logging.getLogger(__name__)

ERASED = "erased"
"""The value in a reply that says: this conversation is to be forgotten."""

metadata: Any = MetaData()

answers_of: Any = Table(
    "gateway_answers_of",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("sender_id", String(64), nullable=False, index=True),
)


@dataclass(frozen=True)
class Kept:
    """Times."""

    talk: timedelta
    """From when it was said; nothing means until the conversation ends or rests for an hour."""
    conversations: timedelta
    """From when something was said in it last."""


class Answers:
    """Which of the gateway's rows belong to which conversation. Each method is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with refusing():
            make_tables(engine, metadata)

    def note(self, key: str, sender_id: str) -> None:
        """Remember whose answer lies under `key`."""
        row = {"key": key, "sender_id": sender_id}
        with refusing(), writing(self._engine) as connection:
            connection.execute(insert_or(connection, answers_of).values(row).on_conflict_do_nothing())

    def erase(self, senders: Iterable[str]) -> None:
        """Delete the answers given in these conversations, what they offered, and where they stood."""
        listed = list(senders)
        mine = answers_of.c.sender_id.in_(listed)
        with refusing(), writing(self._engine) as connection:
            connection.execute(delete(turns).where(turns.c.key.in_(select(answers_of.c.key).where(mine))))
            connection.execute(delete(answers_of).where(mine))
            for table in (choices, standings):
                connection.execute(delete(table).where(table.c.sender_id.in_(listed)))

    def purge(self) -> None:
        """Forget whose answers were that are no longer there; leave nothing in the files of the database."""
        gone = answers_of.c.key.not_in(select(turns.c.key))
        with refusing(), writing(self._engine) as connection:
            connection.execute(delete(answers_of).where(gone))
        with refusing():
            empty_files(self._engine, turns.name, choices.name, standings.name, answers_of.name)


class Keeping:
    """Deletes what is kept no longer, everywhere."""

    def __init__(self, identity: Identity, store: TurnStore, answers: Answers, talk: Talk, kept: Kept) -> None:
        self._identity = identity
        self._store = store
        self._answers = answers
        self._talk = talk
        self._kept = kept

    def note_answer(self, key: str, sender_id: str) -> None:
        """Remember whose answer lies under `key`, so that it can go with its conversation."""
        self._answers.note(key, sender_id)

    def is_over(self, answer: dict[str, Any]) -> bool:
        """True when nothing of the conversation is to be kept after this answer."""
        return _is_asked_for(answer) or (answer["ended"] and self._kept.talk == timedelta(0))

    def end(self, sender_id: str, answer: dict[str, Any]) -> None:
        """Let a conversation go that is over; when a store fails, the mark stays and the next run does it."""
        try:
            if not _is_asked_for(answer):
                # Whoever asked for it has marked it already.
                self._identity.ask_erasure(sender_id)
            self.erase_marked()
        except Exception as error:  # noqa: BLE001 - its message may repeat what is to be forgotten
            logger.error("event=erasure_put_off error=%s sender=%s", type(error).__name__, sender_id[:8])

    def erase_marked(self) -> int:
        """Delete everything of the conversations that are marked; their number."""
        senders = self._identity.erasures_due()
        if senders:
            self._talk.erase(senders)
            self._answers.erase(senders)
            self._answers.purge()
            # Last, because a mark that is gone is not tried again.
            self._identity.finish_erasure(senders)
        return len(senders)

    def run(self) -> dict[str, int]:
        """Delete what was asked for and what has been kept long enough; the number of rows by kind."""
        dropped = {"erased": self.erase_marked(), "talk": self._talk.purge(self._kept.talk)}
        dropped["answers"] = self._store.purge(self._kept.conversations)
        self._answers.purge()
        return dropped | self._identity.purge()


def _is_asked_for(answer: dict[str, Any]) -> bool:
    return any(reply["values"].get(ERASED) for reply in answer["replies"])


def main() -> None:
    """Run it once, over the stores that the environment names, beside whatever is running."""
    import logs
    from channels.bootstrap import keeping_of
    from settings import Settings, SettingsError

    logs.configure()
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    print(json.dumps(keeping_of(settings).run()))


if __name__ == "__main__":
    main()
