"""The tables of the session store and the engine over them: SQLite as a file, or PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateColumn

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_READING = "careline_reading"
# Any number that no other part of the project uses; keeps two processes from creating the tables at once.
_TABLES_LOCK = 541_555
_SWITCH_TRIES = 100
_SWITCH_PAUSE_SECONDS = 0.05


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 so that both databases compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


# SQLAlchemy 1.4 carries no types of its own; these keep the checker from guessing them.
type Connection = Any

metadata: Any = MetaData()

conversations: Any = Table(
    "identity_conversations",
    metadata,
    Column("sender_id", String(64), primary_key=True),
    Column("id_mac", String(64), nullable=False, unique=True),
    Column("former_mac", String(64), unique=True),
    Column("channel", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("caller_sealed", Text),
    Column("caller_key", String(64), index=True),
    Column("client_key", String(64)),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

sessions: Any = Table(
    "identity_sessions",
    metadata,
    Column("sender_id", String(64), primary_key=True),
    Column("patient_id", String(64), nullable=False),
    Column("given_name_sealed", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("fresh_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("token_sealed", Text),
    Column("token_until", Moment),
    # The act that the newest right code was asked for; empty when for none in particular.
    Column("fresh_for", String(64)),
    Column("claimed", Boolean),
    Column("linked", Boolean),
    Column("passcode_at", Moment),
    Column("phone_since", Moment),
)

challenges: Any = Table(
    "identity_challenges",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("sender_id", String(64), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("claim_key", String(64), nullable=False),
    Column("person_key", String(64), nullable=False, index=True),
    Column("client_key", String(64)),
    Column("person_sealed", Text, nullable=False),
    # Empty when there is no right answer: nobody of that name, a locked person, or a newer code.
    Column("code_mac", String(64)),
    Column("issued_at", Moment, nullable=False, index=True),
    Column("delivered_at", Moment),
    Column("used_at", Moment),
    # The act that asked for signing in, and whether more than a number was said to claim to be somebody.
    Column("act", String(64)),
    Column("claimed", Boolean),
    Index("identity_challenges_newest", "sender_id", "number"),
)

subjects: Any = Table(
    "identity_subjects",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("wrong_since", Moment, nullable=False),
    Column("locked_until", Moment),
    Column("locks", Integer, nullable=False),
    # Times of the last day's texts in microseconds, oldest first, separated by blanks.
    Column("texts", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

people: Any = Table(
    "identity_people",
    metadata,
    Column("person_key", String(64), primary_key=True),
    Column("passcode", Text),
    Column("phone_changed_at", Moment),
)

notices: Any = Table(
    "identity_notices",
    metadata,
    Column("person_key", String(64), primary_key=True),
    # Empty once it was handed over.
    Column("notice_sealed", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

opt_outs: Any = Table(
    "identity_opt_outs", metadata, Column("phone_key", String(64), primary_key=True), Column("at", Moment)
)

failures: Any = Table(
    "identity_failures",
    metadata,
    # Days since 1970, UTC.
    Column("day", Integer, primary_key=True),
    Column("wrong", Integer, nullable=False),
)

probe: Any = Table("identity_probe", metadata, Column("one", Integer, primary_key=True), Column("at", Moment))


def open_engine(url: str) -> Engine:
    """Connect to the database at `url` ("sqlite:///var/identity.db", "postgresql://...").

    Raises:
        ValueError: An SQLite database in memory, which two processes cannot share.
    """
    parsed: Any = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _engine(url, pool_pre_ping=True)
    if parsed.database in (None, "", ":memory:"):
        raise ValueError("The session store needs a file: two processes cannot share a database in memory.")
    file = Path(parsed.database)
    file.parent.mkdir(parents=True, exist_ok=True)
    # SQLite gives its other files the rights of this one.
    file.touch(mode=0o600)
    engine = _engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _engine(url: str, **options: Any) -> Engine:
    # Parameters hold fingerprints and sealed values; they have no place in an error message.
    engine: Any = create_engine(url, future=True, hide_parameters=True, **options)
    return engine


def create_tables(engine: Engine) -> None:
    """Make what is missing, columns of an older store too."""
    with making_tables(engine, metadata) as connection:
        _add_columns(connection)


def make_tables(engine: Engine, tables: Any) -> None:
    """Make what is missing of `tables` (SQLAlchemy's MetaData)."""
    with making_tables(engine, tables):
        pass


@contextmanager
def making_tables(engine: Engine, tables: Any) -> Iterator[Connection]:
    """A transaction that begins by making what is missing of `tables` (SQLAlchemy's MetaData), for what has to follow.

    Safe when several processes start at once: one after the other has it.
    """
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _TABLES_LOCK})
        tables.create_all(connection)
        yield connection


def _add_columns(connection: Connection) -> None:
    """Add what an older version did not have; every such column may be empty."""
    there: Any = inspect(connection)
    for table in metadata.sorted_tables:
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                written = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {written}"))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may change things; on SQLite it holds the only write lock from its start."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only looks and waits for nobody."""
    with engine.connect() as connection:
        yield connection.execution_options(**{_READING: True})


def empty_files(engine: Engine, *tables: str) -> None:
    """Overwrite what SQLite keeps of deleted rows in its second file; let PostgreSQL free those of `tables`.

    SQLite zeroes the rows themselves (secure_delete); a reader at work keeps the second file until the next time.
    """
    raw: Any = engine.raw_connection()
    with closing(raw):
        cursor = raw.cursor()
        if engine.dialect.name == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        # VACUUM stands outside any transaction.
        raw.rollback()
        driver = raw.dbapi_connection
        driver.autocommit = True
        try:
            for table in tables:
                cursor.execute(f"VACUUM {table}")
        finally:
            driver.autocommit = False


def insert_or(connection: Connection, table: Any) -> Any:
    """An INSERT into `table` to which ON CONFLICT can be said; both databases have it, each in its own dialect."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself, or BEGIN IMMEDIATE would come too late.
    connection.isolation_level = None
    for pragma in ("busy_timeout = 10000", "synchronous = NORMAL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """Let readers and a writer work at once. The file remembers it, so only the first process has to switch."""
    for _ in range(_SWITCH_TRIES):
        # The switch does not heed busy_timeout when another process is at it in this very moment.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            return
        time.sleep(_SWITCH_PAUSE_SECONDS)
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
