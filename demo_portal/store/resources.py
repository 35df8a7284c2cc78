"""Reads and writes resources; the one place where a token is kept inside its patient's record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from demo_portal.outcomes import Forbidden, NotKnown, PreconditionFailed
from demo_portal.registry import ASSISTANTS_TYPES, SERVED, SHARED_TYPES
from demo_portal.store import full_text, indexing
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import instant, interval, milliseconds
from demo_portal.store.tables import INDEX_TABLES, RESOURCE, RESOURCE_HISTORY, TABLE_OF
from demo_portal.vocabulary import Resource


@dataclass(frozen=True)
class Scope:
    """Whose record may be touched; None as patient is the portal itself."""

    patient: str | None
    assistant: bool = False
    """Whether it is the assistant itself, which sees what belongs to nobody."""

    def clause(self, rtype: str, table: Any = RESOURCE) -> Any:
        """The SQL condition that every read of `rtype` carries."""
        if self.patient is None:
            return sa.true()
        if rtype in ASSISTANTS_TYPES:
            return sa.true() if self.assistant else sa.false()
        if rtype in SHARED_TYPES:
            return table.c.patient_id.is_(None)
        return table.c.patient_id == self.patient

    def check_write(self, owner: str | None) -> None:
        """Refuse to write into somebody else's record, or into nobody's.

        Raises:
            Forbidden: the resource would not belong to this patient.
        """
        if self.assistant or self.patient is None:
            return
        if owner != self.patient:
            raise Forbidden(
                "This may only be written into the record of the patient who is signed in.", "other-patient"
            )


WHOLE = Scope(None)
OnChange = Callable[["Resources", Resource], None]
"""Told of every resource that was created or changed, within the same transaction."""


class Resources:
    """The resources visible in one scope, within one transaction."""

    def __init__(
        self, conn: Transaction, scope: Scope, now: datetime, zone: ZoneInfo, on_change: OnChange | None = None
    ) -> None:
        self.conn = conn
        self.scope = scope
        self.now = now
        self.zone = zone
        self._on_change = on_change

    def find(self, rtype: str, rid: str) -> Resource | None:
        """The current version, or None when it is absent or out of scope."""
        where = (RESOURCE.c.rtype == rtype, RESOURCE.c.id == rid, self.scope.clause(rtype))
        return self.conn.execute(sa.select(RESOURCE.c.body).where(*where)).scalar_one_or_none()

    def read(self, rtype: str, rid: str) -> Resource:
        """The current version.

        Raises:
            NotKnown: it is absent or out of scope; the two look the same.
        """
        found = self.find(rtype, rid)
        if found is None:
            raise _not_known(rtype)
        return found

    def create(self, resource: Resource) -> Resource:
        """Store a new resource (it must have an id) as version 1 and return it."""
        stored = self._stamped(resource, 1)
        owner = indexing.owner(stored)
        self.scope.check_write(owner)
        self.conn.execute(sa.insert(RESOURCE), _row(stored, 1, milliseconds(self.now), owner))
        self._index(stored)
        return stored

    def update(self, resource: Resource, seen: str) -> Resource:
        """Replace version `seen` (a versionId); the old one goes to history.

        Raises:
            PreconditionFailed: somebody changed it since.
        """
        old = self.read(resource["resourceType"], resource["id"])
        version = int(old["meta"]["versionId"])
        if seen != str(version):
            raise PreconditionFailed("It has been changed since it was read: read it again.", "stale")
        stored = self._stamped(resource, version + 1)
        owner = indexing.owner(stored)
        self.scope.check_write(owner)
        key = (RESOURCE.c.rtype == stored["resourceType"], RESOURCE.c.id == stored["id"], RESOURCE.c.version == version)
        row = _row(stored, version + 1, milliseconds(self.now), owner)
        if self.conn.execute(sa.update(RESOURCE).where(*key).values(**row)).rowcount != 1:
            raise PreconditionFailed("It has been changed since it was read: read it again.", "stale")
        written = interval(old["meta"]["lastUpdated"], self.zone)[0]
        self.conn.execute(sa.insert(RESOURCE_HISTORY), _row(old, version, written, indexing.owner(old)))
        self._unindex(stored["resourceType"], stored["id"])
        self._index(stored)
        return stored

    def amend(self, resource: Resource) -> Resource:
        """Replace the version this very object was read as."""
        return self.update(resource, resource["meta"]["versionId"])

    def version(self, rtype: str, rid: str, version: str) -> Resource:
        """One version of a resource, present or past.

        Raises:
            NotKnown: there is no such version in this record.
        """
        for each in self.versions(rtype, rid):
            if each["meta"]["versionId"] == version:
                return each
        raise _not_known(rtype)

    def versions(self, rtype: str, rid: str) -> list[Resource]:
        """All versions of a resource in this record, newest first; empty when there is none."""
        present = self.find(rtype, rid)
        columns = RESOURCE_HISTORY.c
        where = (columns.rtype == rtype, columns.id == rid, self.scope.clause(rtype, RESOURCE_HISTORY))
        query = sa.select(columns.body).where(*where).order_by(columns.version.desc())
        past = list(self.conn.execute(query).scalars())
        return [present, *past] if present is not None else past

    def load(self, resources: Iterable[Resource]) -> None:
        """Store many new resources at once, for the seed."""
        stored = [self._stamped(resource, 1) for resource in resources]
        at = milliseconds(self.now)
        if not stored:
            return
        self.conn.execute(sa.insert(RESOURCE), [_row(r, 1, at, indexing.owner(r)) for r in stored])
        rows: dict[str, list[indexing.Row]] = {kind: [] for kind in INDEX_TABLES}
        for resource in stored:
            for kind, found in indexing.rows(resource, self.zone).items():
                rows[kind].extend(found)
        self._insert_rows(rows)
        full_text.add(self.conn, [resource for resource in stored if SERVED[resource["resourceType"]].full_text])

    def _index(self, resource: Resource) -> None:
        self._insert_rows(indexing.rows(resource, self.zone))
        if SERVED[resource["resourceType"]].full_text:
            full_text.add(self.conn, [resource])
        if self._on_change is not None:
            self._on_change(self, resource)

    def _insert_rows(self, rows: dict[str, list[indexing.Row]]) -> None:
        for kind, found in rows.items():
            if found:
                self.conn.execute(sa.insert(INDEX_TABLES[kind]), found)

    def _unindex(self, rtype: str, rid: str) -> None:
        for kind in {TABLE_OF[param.kind] for param in SERVED[rtype].params}:
            table = INDEX_TABLES[kind]
            self.conn.execute(sa.delete(table).where(table.c.rtype == rtype, table.c.id == rid))
        if SERVED[rtype].full_text:
            full_text.remove(self.conn, rtype, rid)

    def _stamped(self, resource: Resource, version: int) -> Resource:
        meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": instant(self.now, self.zone)}
        return {**resource, "meta": meta}


def _not_known(rtype: str) -> NotKnown:
    return NotKnown(f"There is no such {rtype} in this record.")


def _row(resource: Resource, version: int, written: int, owner: str | None) -> dict[str, Any]:
    return {
        "rtype": resource["resourceType"],
        "id": resource["id"],
        "version": version,
        "last_updated": written,
        "patient_id": owner,
        "body": resource,
    }
