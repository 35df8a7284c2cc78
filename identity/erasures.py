"""Conversations that are to be forgotten because somebody asked for it, and whose each conversation is.

Asking and doing are two steps: whoever is told "it is being deleted" is told so while the turn still runs, and what lies
in other stores goes after it. The mark between them survives a crash.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, String, Table, delete, select, update

from identity.keys import Keys
from identity.store import Connection, Moment, challenges, conversations, insert_or, metadata

owners: Any = Table(
    "identity_owners",
    metadata,
    # Who was ever signed in to a conversation, as a keyed hash; a sign-in itself is kept for minutes.
    Column("sender_id", String(64), primary_key=True),
    Column("owner_key", String(64), primary_key=True, index=True),
)

erasures: Any = Table(
    "identity_erasures",
    metadata,
    Column("sender_id", String(64), primary_key=True),
    Column("asked_at", Moment, nullable=False),
)

_SWEPT_FOR = timedelta(hours=1)
"""How long a conversation is swept again: a turn that was under way may still have written."""


class Erasures:
    """What is to be forgotten."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def note_owner(self, connection: Connection, sender_id: str, patient_id: str) -> None:
        """Remember that the conversation is this person's too."""
        row = {"sender_id": sender_id, "owner_key": self._keys.fingerprint("owner", patient_id)}
        connection.execute(insert_or(connection, owners).values(row).on_conflict_do_nothing())

    def of_person(self, connection: Connection, patient_id: str) -> set[str]:
        """Every conversation to which this person was signed in."""
        mine = owners.c.owner_key.in_(self._keys.fingerprints("owner", patient_id))
        return set(connection.execute(select(owners.c.sender_id).where(mine)).scalars())

    def ask(self, connection: Connection, senders: Collection[str], now: datetime) -> None:
        """Mark conversations, sign out whoever is signed in there, and void their codes.

        What counts codes and guesses stays, without a word and without its conversation: deleting a conversation must
        not give anybody new tries.
        """
        rows = [{"sender_id": sender, "asked_at": now} for sender in senders]
        connection.execute(insert_or(connection, erasures).on_conflict_do_nothing(), rows)
        for table in _tables_of_conversations(but=(conversations, owners)):
            connection.execute(delete(table).where(table.c.sender_id.in_(senders)))
        codes = update(challenges).where(challenges.c.sender_id.in_(senders))
        connection.execute(codes.values(sender_id="", code_mac=None, person_sealed="", used_at=now))

    def due(self, connection: Connection) -> list[str]:
        """The conversations that are marked."""
        return list(connection.execute(select(erasures.c.sender_id)).scalars())

    def finish(self, connection: Connection, senders: Collection[str], now: datetime) -> None:
        """Forget these conversations, and the marks that have been there long enough."""
        for table in _tables_of_conversations():
            connection.execute(delete(table).where(table.c.sender_id.in_(senders)))
        swept = erasures.c.asked_at <= now - _SWEPT_FOR
        connection.execute(delete(erasures).where(erasures.c.sender_id.in_(senders), swept))

    def purge(self, connection: Connection) -> None:
        """Forget whose conversations were that are no longer there."""
        there = select(conversations.c.sender_id)
        connection.execute(delete(owners).where(owners.c.sender_id.not_in(there)))


def _tables_of_conversations(but: Collection[Any] = ()) -> list[Any]:
    """Every table of ours with rows of a conversation, also those of modules that this one does not know."""
    ours = [each for name, each in metadata.tables.items() if name.startswith("identity_") and "sender_id" in each.c]
    # Those two go their own ways: what counts, and the marks themselves.
    own_ways = {challenges.name, erasures.name, *(table.name for table in but)}
    return [table for table in ours if table.name not in own_ways]
