"""Opens SQLite or PostgreSQL so that a write either happens whole or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import TimeoutError
from sqlalchemy.pool import QueuePool

from demo_portal.store import full_text
from demo_portal.store.tables import METADATA

# Below the four seconds after which the client gives up: it should hear "busy" and not have to guess.
BUSY_TIMEOUT_MS = 3000
# Starlette serves 40 requests at once in threads. Some need a second connection for a moment, so there are more
# connections than threads: otherwise all could wait for each other.
_CONNECTIONS: dict[str, Any] = {"pool_size": 10, "max_overflow": 34}


class Transaction(Protocol):
    """An open transaction, as far as the portal uses SQLAlchemy's connection."""

    dialect: Any

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Run one statement."""
        ...


class Database:
    """Reading and writing transactions on one database."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._write_engine = self.engine.execution_options(careline_writes=True)
        self._writer = threading.Lock()
        METADATA.create_all(self.engine)
        full_text.create(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One consistent view; nothing is kept."""
        with self.engine.connect() as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """All or nothing: commits at the end, rolls back on any exception."""
        with self._turn(), self._write_engine.begin() as conn:
            yield conn

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for one's turn to write in this process.

        SQLite lets waiting writers try again by chance, and of many some never come through; a lock wakes the next one.
        """
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._writer.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise TimeoutError("no turn to write")
        try:
            yield
        finally:
            self._writer.release()

    def recreate(self) -> None:
        """Make all tables anew, and empty: a demo's store may be of an older make."""
        full_text.drop(self.engine)
        METADATA.drop_all(self.engine)
        METADATA.create_all(self.engine)
        full_text.create(self.engine)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def lock(conn: Transaction, what: str) -> None:
    """Let nobody else decide about `what` until this transaction ends.

    SQLite needs nothing: BEGIN IMMEDIATE already lets in one writer at a time.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})


def learn_sizes(conn: Transaction) -> None:
    """Let PostgreSQL count what it was filled with.

    Until it has, it takes each table for nearly empty (measured: 20 s for a search that then takes 17 ms).
    """
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text("ANALYZE"))


def dumps(value: Any) -> str:
    """JSON as it is stored and sent; money read as Decimal goes out as a number again."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in FHIR JSON")


def _engine(url: str) -> Any:
    if url.startswith("sqlite"):
        return _sqlite(url)
    return sa.create_engine(url, future=True, json_serializer=dumps, pool_pre_ping=True, **_CONNECTIONS)


def _sqlite(url: str) -> Any:
    parts: Any = make_url(url)
    path = parts.database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine: Any = sa.create_engine(
        url,
        future=True,
        json_serializer=dumps,
        poolclass=QueuePool,
        **_CONNECTIONS,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: Any) -> None:
        # The driver must not open transactions by itself, or BEGIN IMMEDIATE comes too late.
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=NORMAL")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    @event.listens_for(engine, "begin")
    def begin(conn: Any) -> None:
        writes = conn.get_execution_options().get("careline_writes", False)
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
