"""What is over by itself: holds that nobody booked, and offers that nobody answered."""

from __future__ import annotations

import sqlalchemy as sa

from demo_portal.operations import claims, waitlist
from demo_portal.portal import Portal
from demo_portal.store.moments import milliseconds
from demo_portal.store.resources import WHOLE, Resources
from demo_portal.store.tables import SLOT_CLAIM

LAPSING = ("hold", "offer")


def release_lapsed(portal: Portal) -> None:
    """Free the slots whose hold or offer has lapsed; writes only when there are any."""
    columns = SLOT_CLAIM.c
    now = milliseconds(portal.clock.now())
    with portal.database.reading() as conn:
        query = sa.select(columns.slot_id).where(columns.kind.in_(LAPSING), columns.expires_at <= now)
        found = conn.execute(query).scalars().all()
    if not found:
        return
    with portal.database.writing() as conn:
        whole = portal.resources(conn, WHOLE)
        for slot_id in sorted(found):
            release_slot(whole, slot_id)


def release_slot(whole: Resources, slot_id: str) -> None:
    """Free one slot if its hold or offer has lapsed; what somebody let pass is offered to the next who waits."""
    columns = SLOT_CLAIM.c
    now = milliseconds(whole.now)
    lapsed = (columns.slot_id == slot_id, columns.kind.in_(LAPSING), columns.expires_at <= now)
    query = sa.select(columns.appointment_id, columns.kind).where(*lapsed)
    found = whole.conn.execute(query).one_or_none()
    if found is None or whole.conn.execute(sa.delete(SLOT_CLAIM).where(*lapsed)).rowcount != 1:
        return
    claims.mark(whole, slot_id, "free")
    if found.kind == "hold":
        claims.withdraw(whole, found.appointment_id)
        return
    waitlist.close(whole, found.appointment_id, "The offer has lapsed.")
    waitlist.offer(whole, slot_id)
