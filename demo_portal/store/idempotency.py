"""Remembers what was done under a key, so that a repeated request does nothing twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from demo_portal.outcomes import BadRequest, Unprocessable
from demo_portal.store.engine import Transaction
from demo_portal.store.tables import IDEMPOTENCY

LONGEST_KEY = 255


@dataclass(frozen=True)
class Deed:
    """One operation a patient asked for under a key."""

    patient: str
    operation: str
    key: str
    meaning: str
    """What makes two requests the same; time stamps and comments are left out."""

    @property
    def digest(self) -> str:
        """The meaning as it is stored."""
        return hashlib.sha256(self.meaning.encode()).hexdigest()


def required_key(header: str | None) -> str:
    """The key in a request.

    Raises:
        BadRequest: it is missing or too long.
    """
    if not header or len(header) > LONGEST_KEY:
        raise BadRequest("The header Idempotency-Key is needed, at most 255 characters.", "key-required")
    return header


def begin(conn: Transaction, deed: Deed) -> str | None:
    """Take the key, or learn the id of what was done under it already.

    Of two transactions with one key the second waits here until the first has ended.

    Raises:
        Unprocessable: the key was used for something else.
    """
    insert = sa.text(
        "INSERT INTO idempotency (patient_id, operation, key, digest)"
        " VALUES (:patient, :operation, :key, :digest) ON CONFLICT (patient_id, operation, key) DO NOTHING"
    )
    row = {"patient": deed.patient, "operation": deed.operation, "key": deed.key, "digest": deed.digest}
    if conn.execute(insert, row).rowcount == 1:
        return None
    known = conn.execute(sa.select(IDEMPOTENCY.c.digest, IDEMPOTENCY.c.id).where(*_same(deed))).one()
    if known.digest != deed.digest:
        raise Unprocessable("This key was used for something else: take a new one.", "key-reused")
    return known.id


def finish(conn: Transaction, deed: Deed, rtype: str, rid: str) -> None:
    """Note what the key stands for from now on."""
    conn.execute(sa.update(IDEMPOTENCY).where(*_same(deed)).values(rtype=rtype, id=rid))


def _same(deed: Deed) -> tuple[sa.sql.ColumnElement[bool], ...]:
    columns = IDEMPOTENCY.c
    return columns.patient_id == deed.patient, columns.operation == deed.operation, columns.key == deed.key
