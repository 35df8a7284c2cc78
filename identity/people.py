"""What is kept of a person beyond a session: a hashed passcode, and when the number on file was changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from identity.claims import Person
from identity.keys import Keys
from identity.limits import Limits
from identity.store import Connection, insert_or, people


class People:
    """The rows of people of whom something is kept."""

    def __init__(self, keys: Keys, limits: Limits) -> None:
        self._keys = keys
        self._limits = limits

    def phone_changed(self, connection: Connection, patient_id: str, now: datetime) -> None:
        """Note that the number on file was changed just now."""
        self._set(connection, patient_id, {"phone_changed_at": now})

    def phone_since(self, connection: Connection, person: Person) -> datetime | None:
        """Since when somebody's number is on file, by the portal or by what was noted here, whichever is later."""
        noted = [row.phone_changed_at for row in self._rows(connection, person.id)]
        return max((at for at in (*noted, person.phone_since) if at is not None), default=None)

    def passcode(self, connection: Connection, patient_id: str) -> str | None:
        """The hashed passcode; None when there is none."""
        return next((row.passcode for row in self._rows(connection, patient_id) if row.passcode), None)

    def keep_passcode(self, connection: Connection, patient_id: str, hashed: str | None) -> None:
        """Keep a hashed passcode in place of the one before; None forgets it."""
        known = people.c.person_key.in_(self._keys_of(patient_id))
        connection.execute(update(people).where(known).values(passcode=None))
        if hashed is not None:
            self._set(connection, patient_id, {"passcode": hashed})

    def purge(self, connection: Connection, now: datetime) -> int:
        """Drop people of whom nothing counts any more."""
        old = or_(people.c.phone_changed_at.is_(None), people.c.phone_changed_at <= now - self._limits.phone_settles)
        return connection.execute(delete(people).where(people.c.passcode.is_(None), old)).rowcount

    def _set(self, connection: Connection, patient_id: str, values: dict[str, Any]) -> None:
        row = {"person_key": self._keys_of(patient_id)[0], **values}
        written = insert_or(connection, people).values(row)
        connection.execute(written.on_conflict_do_update(index_elements=["person_key"], set_=values))

    def _rows(self, connection: Connection, patient_id: str) -> list[Any]:
        return connection.execute(select(people).where(people.c.person_key.in_(self._keys_of(patient_id)))).all()

    def _keys_of(self, patient_id: str) -> list[str]:
        return self._keys.fingerprints("person", patient_id)
