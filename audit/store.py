"""The tables of the trail, in the database of the sessions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, select
from sqlalchemy.engine import Engine

from identity.keys import Keys
from identity.store import Connection, Moment, insert_or, making_tables

CHAINS = 16
"""So many writers at once need not wait for each other on PostgreSQL; a person's rows are in one of them."""
metadata: Any = MetaData()

trail: Any = Table(
    "audit_trail",
    metadata,
    Column("chain", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("who", String(64)),
    Column("who_sealed", Text),
    Column("on_behalf_of", String(64)),
    Column("on_behalf_of_sealed", Text),
    Column("act", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("interaction", String(16), nullable=False),
    Column("changes", Boolean, nullable=False),
    Column("resource_type", String(64), nullable=False),
    # Sealed: an id of a foreign server may say more than it should. Empty where there is none.
    Column("resource_id", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("session", String(64)),
    Column("request", String(32), nullable=False),
    Column("mac", String(64), nullable=False),
    Index("audit_trail_who", "who", "at"),
    Index("audit_trail_on_behalf_of", "on_behalf_of", "at"),
)

heads: Any = Table(
    "audit_heads",
    metadata,
    Column("chain", Integer, primary_key=True, autoincrement=False),
    # The newest row, so that a chain cut off at its end is too short.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("mac", String(64), nullable=False),
    # The last row that retention has dropped, on which the oldest that is left rests.
    Column("dropped", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("dropped_mac", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)

probe: Any = Table(
    "audit_probe", metadata, Column("one", Integer, primary_key=True), Column("at", Moment, nullable=False)
)


def create_tables(engine: Engine, keys: Keys) -> None:
    """Make what is missing. Heads are made once, for all chains together."""
    with making_tables(engine, metadata) as connection:
        # A single head that is missing was taken away, and a new one would hide it.
        if connection.execute(select(heads.c.chain).limit(1)).first() is None:
            connection.execute(insert_or(connection, heads), [_genesis(chain, keys) for chain in range(CHAINS)])


def sealed_head(keys: Keys, head: dict[str, Any]) -> list[str]:
    """What may stand as `seal` over a head, by each secret still valid, the present one first."""
    names = ("chain", "number", "mac", "dropped", "dropped_mac")
    return keys.fingerprints("audit head", *(str(head[name]) for name in names))


def _genesis(chain: int, keys: Keys) -> dict[str, Any]:
    start = keys.fingerprint("audit start", str(chain))
    head = {"chain": chain, "number": 0, "mac": start, "dropped": 0, "dropped_mac": start}
    return {**head, "seal": sealed_head(keys, head)[0]}


def locked_head(connection: Connection, chain: int) -> Any:
    """The head of a chain, which nobody else can change before this transaction ends; None when it is gone."""
    return connection.execute(select(heads).where(heads.c.chain == chain).with_for_update()).one_or_none()
