"""Drops what has been kept long enough: the only place from which a row of the trail is ever deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update

from audit.store import heads, locked_head, sealed_head, trail
from identity.keys import Keys
from identity.store import Connection


def drop_before(connection: Connection, keys: Keys, chain: int, moment: datetime) -> int:
    """Drop a chain's rows up to the first that is not older; what is left rests on the last that is dropped."""
    head = locked_head(connection, chain)
    kept = select(func.min(trail.c.number)).where(trail.c.chain == chain, trail.c.at >= moment)
    first_kept = connection.execute(kept).scalar_one() or head.number + 1
    last = first_kept - 1
    if last <= head.dropped:
        return 0
    mac = select(trail.c.mac).where(trail.c.chain == chain, trail.c.number == last)
    moved = {**head._mapping, "dropped": last, "dropped_mac": connection.execute(mac).scalar_one()}
    moved["seal"] = sealed_head(keys, moved)[0]
    connection.execute(update(heads).where(heads.c.chain == chain).values(moved))
    return connection.execute(delete(trail).where(trail.c.chain == chain, trail.c.number <= last)).rowcount
