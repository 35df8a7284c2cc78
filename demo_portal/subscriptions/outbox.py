"""What is to be told to whom: written with the change itself, so that a restart loses nothing and tells nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa

from demo_portal.store import criteria, searching
from demo_portal.store.criteria import Criterion, Search
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import milliseconds
from demo_portal.store.resources import WHOLE, Resources
from demo_portal.store.tables import NOTIFICATION, RESOURCE
from demo_portal.vocabulary import Resource

HANDSHAKE, EVENT, HEARTBEAT = "handshake", "event-notification", "heartbeat"
LEASE = timedelta(minutes=1)
"""How long a delivery may take before another process tries it."""
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 3 * 3600, 12 * 3600))
"""How long to wait after each failure; after the last, the subscription is in error."""


@dataclass(frozen=True)
class Notification:
    """One thing to be told."""

    id: int
    subscription: str
    number: int
    """Place of an event among those of its subscription, from 1; 0 for handshakes and heartbeats."""
    kind: str
    focus: str
    """Reference of what has changed; empty when nothing has."""
    tries: int


def asked(text: str) -> Search:
    """A Subscription's criteria as a search.

    Raises:
        Refused: it is not a search that is served here.
    """
    rtype, _, query = text.partition("?")
    return criteria.parse(rtype, parse_qsl(query, keep_blank_values=True))


def changed(resources: Resources, resource: Resource) -> None:
    """Note a change for every subscription that it fits."""
    rtype, rid = resource["resourceType"], resource["id"]
    if rtype in ("AuditEvent", "Subscription"):
        return
    whole = Resources(resources.conn, WHOLE, resources.now, resources.zone)
    for subscription in active(resources.conn):
        search = asked(subscription["criteria"])
        only = replace(search, criteria=(*search.criteria, Criterion(criteria.ID, None, (rid,))), count=1)
        if search.rtype == rtype and searching.matches(whole, only):
            add(whole, subscription["id"], EVENT, f"{rtype}/{rid}")


def add(resources: Resources, subscription: str, kind: str, focus: str = "") -> None:
    """Put something into the outbox."""
    columns = NOTIFICATION.c
    told = sa.select(sa.func.coalesce(sa.func.max(columns.number), 0)).where(columns.subscription_id == subscription)
    number = resources.conn.execute(told).scalar_one() + 1 if kind == EVENT else 0
    now = milliseconds(resources.now)
    row = {"subscription_id": subscription, "number": number, "kind": kind, "focus": focus, "tries": 0}
    resources.conn.execute(sa.insert(NOTIFICATION), {**row, "added_at": now, "due_at": now})


def claim(conn: Transaction, now: int) -> Notification | None:
    """Take the next thing that is due, for the time of a lease; None when nothing is.

    Of one subscription only the oldest is due, so that events arrive in their order.
    """
    columns, other = NOTIFICATION.c, NOTIFICATION.alias()
    open_ones = (columns.done_at.is_(None), columns.due_at <= now)
    before = sa.exists().where(
        other.c.subscription_id == columns.subscription_id, other.c.done_at.is_(None), other.c.id < columns.id
    )
    query = sa.select(NOTIFICATION).where(*open_ones, ~before).order_by(columns.due_at, columns.id).limit(1)
    row = conn.execute(query).mappings().one_or_none()
    if row is None:
        return None
    lease = now + LEASE // timedelta(milliseconds=1)
    mine = sa.update(NOTIFICATION).where(columns.id == row["id"], columns.due_at == row["due_at"])
    if conn.execute(mine.values(due_at=lease, tries=row["tries"] + 1)).rowcount != 1:
        return None
    return Notification(row["id"], row["subscription_id"], row["number"], row["kind"], row["focus"], row["tries"] + 1)


def done(conn: Transaction, notification: Notification, now: int) -> None:
    """Note that it was told."""
    conn.execute(sa.update(NOTIFICATION).where(NOTIFICATION.c.id == notification.id).values(done_at=now))


def postpone(conn: Transaction, notification: Notification, now: int) -> bool:
    """Try again later; False when that has been done often enough."""
    if notification.tries > len(WAITS):
        done(conn, notification, now)
        return False
    due = now + WAITS[notification.tries - 1] // timedelta(milliseconds=1)
    conn.execute(sa.update(NOTIFICATION).where(NOTIFICATION.c.id == notification.id).values(due_at=due))
    return True


def last_told(conn: Transaction, subscription: str) -> int:
    """When something was last put into the outbox for a subscription, in milliseconds; 0 for never."""
    newest = sa.select(sa.func.coalesce(sa.func.max(NOTIFICATION.c.added_at), 0))
    return conn.execute(newest.where(NOTIFICATION.c.subscription_id == subscription)).scalar_one()


def active(conn: Transaction) -> Iterator[Resource]:
    """The subscriptions that are told what happens."""
    found: Any = conn.execute(sa.select(RESOURCE.c.body).where(RESOURCE.c.rtype == "Subscription")).scalars()
    return (each for each in list(found) if each["status"] == "active")
