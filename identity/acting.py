"""On whose record a session acts when it is not one's own, and the portal token for that record.

A row counts only for the very sign-in it was made in: it ends with the session, and whoever signs in next starts on
their own record. Whether somebody may act at all is not decided here; the portal says so, anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, Text, and_, delete, select, update

from identity.keys import Keys
from identity.sessions import Sessions, SignedIn
from identity.store import Connection, Moment, insert_or, metadata, sessions

acting: Any = Table(
    "identity_acting",
    metadata,
    Column("sender_id", String(64), primary_key=True),
    # The sign-in it belongs to: who, and when they proved it.
    Column("actor_key", String(64), nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("record_key", String(64), nullable=False),
    Column("patient_sealed", Text, nullable=False),
    Column("name_sealed", Text, nullable=False),
    Column("standing", String(32), nullable=False),
    Column("since", Moment, nullable=False),
    Column("token_sealed", Text),
    Column("token_until", Moment),
)


@dataclass(frozen=True)
class ActingFor:
    """Somebody else's record that a session acts on; no proof that it still may."""

    patient_id: str = field(repr=False)
    given_name: str = field(repr=False)
    standing: str
    """Band and level when this was last looked at, such as `child full`."""
    since: datetime | None = None
    """None before it is kept."""


class Acting:
    """The other records of the store, one a session at most."""

    def __init__(self, keys: Keys, sessions: Sessions) -> None:
        self._keys = keys
        self._sessions = sessions

    def record_key(self, patient_id: str) -> str:
        """A fingerprint of a record, by which a task remembers whose it is; it opens nothing."""
        return self._keys.fingerprint("record", patient_id)

    def begin(self, connection: Connection, sender_id: str, record: ActingFor, now: datetime) -> bool:
        """Act on `record` from now on; False when nobody is signed in. A token of another record is dropped."""
        who = self._sessions.get(connection, sender_id, now)
        if who is None:
            return False
        row = {
            **self._of_sign_in(who),
            "record_key": self.record_key(record.patient_id),
            "patient_sealed": self._keys.seal(record.patient_id),
            "name_sealed": self._keys.seal(record.given_name),
            "standing": record.standing,
            "since": now,
            "token_sealed": None,
            "token_until": None,
        }
        begun = insert_or(connection, acting).values(sender_id=sender_id, **row)
        connection.execute(begun.on_conflict_do_update(index_elements=["sender_id"], set_=row))
        return True

    def get(self, connection: Connection, sender_id: str, now: datetime) -> ActingFor | None:
        """The other record that the session acts on; None for one's own, or when nobody is signed in."""
        row = self._row(connection, sender_id, now)
        if row is None:
            return None
        patient_id, name = self._keys.unseal(row.patient_sealed), self._keys.unseal(row.name_sealed)
        return ActingFor(patient_id, name, row.standing, row.since)

    def end(self, connection: Connection, sender_id: str) -> None:
        """Go back to one's own record; the token goes with the row."""
        connection.execute(delete(acting).where(acting.c.sender_id == sender_id))

    def keep_token(
        self, connection: Connection, record: tuple[str, str], token: str, times: tuple[datetime, datetime]
    ) -> bool:
        """Keep a token for `record` (sender and patient); `times` are its end and the present.

        False when the session acts on another record by now, or nobody is signed in.
        """
        (sender_id, patient_id), (until, now) = record, times
        who = self._sessions.get(connection, sender_id, now)
        if who is None:
            return False
        kept = update(acting).where(self._is(sender_id, who), acting.c.record_key.in_(self.record_keys(patient_id)))
        return connection.execute(kept.values(token_sealed=self._keys.seal(token), token_until=until)).rowcount == 1

    def token(self, connection: Connection, sender_id: str, patient_id: str, now: datetime) -> str | None:
        """The token for that record, while it is valid and the session acts on it."""
        row = self._row(connection, sender_id, now)
        if row is None or row.record_key not in self.record_keys(patient_id):
            return None
        return self._keys.unseal(row.token_sealed) if row.token_sealed and row.token_until > now else None

    def purge(self, connection: Connection, now: datetime) -> None:
        """Drop rows whose session is gone, and tokens that have expired."""
        expired = update(acting).where(acting.c.token_until <= now)
        connection.execute(expired.values(token_sealed=None, token_until=None))
        left = select(sessions.c.sender_id).where(sessions.c.verified_at == acting.c.verified_at)
        connection.execute(delete(acting).where(acting.c.sender_id.notin_(left)))

    def _row(self, connection: Connection, sender_id: str, now: datetime) -> Any:
        who = self._sessions.get(connection, sender_id, now)
        if who is None:
            return None
        return connection.execute(select(acting).where(self._is(sender_id, who))).one_or_none()

    def _is(self, sender_id: str, who: SignedIn) -> Any:
        keys = self._keys.fingerprints("actor", who.patient_id)
        return and_(
            acting.c.sender_id == sender_id, acting.c.actor_key.in_(keys), acting.c.verified_at == who.verified_at
        )

    def record_keys(self, patient_id: str) -> list[str]:
        """The same under every secret still valid."""
        return self._keys.fingerprints("record", patient_id)

    def _of_sign_in(self, who: SignedIn) -> dict[str, Any]:
        return {"actor_key": self._keys.fingerprint("actor", who.patient_id), "verified_at": who.verified_at}
