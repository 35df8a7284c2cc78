"""Notices to people whose sign-in somebody has locked: one a day, handed over once, to the number on file."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select, update

from clock import CLINIC_ZONE
from identity.claims import KnownPerson
from identity.delivery import Notice
from identity.keys import Keys
from identity.store import Connection, insert_or, notices

_DAY = timedelta(hours=24)
_CALLS_FROM, _CALLS_UNTIL = time(8), time(21)


class Notices:
    """The notices of the last day."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def add(self, connection: Connection, person_key: str, person: KnownPerson, now: datetime) -> None:
        """Have a notice sent, unless one was due within the last day."""
        if person.phone is None:
            return
        notice = Notice(person.phone, "text" if person.can_text else "call", person.language)
        row = {"notice_sealed": self._keys.seal(json.dumps(asdict(notice))), "at": now}
        written = insert_or(connection, notices).values({"person_key": person_key, **row})
        once = written.on_conflict_do_update(index_elements=["person_key"], set_=row, where=notices.c.at <= now - _DAY)
        connection.execute(once)

    def take(self, connection: Connection, now: datetime) -> list[Notice]:
        """The notices that are due, which nobody else gets from now on; calls wait for the day."""
        due = select(notices).where(notices.c.notice_sealed != "", notices.c.at > now - _DAY)
        taken = []
        for row in connection.execute(due).all():
            notice = Notice(**json.loads(self._keys.unseal(row.notice_sealed)))
            if notice.by == "call" and not _CALLS_FROM <= now.astimezone(CLINIC_ZONE).time() < _CALLS_UNTIL:
                continue
            mine = update(notices).where(notices.c.person_key == row.person_key, notices.c.notice_sealed != "")
            if connection.execute(mine.values(notice_sealed="")).rowcount == 1:
                taken.append(notice)
        return taken

    def purge(self, connection: Connection, now: datetime) -> int:
        """Drop the notices of which none keeps another back any more."""
        return connection.execute(delete(notices).where(notices.c.at <= now - _DAY)).rowcount
