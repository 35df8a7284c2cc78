"""Fills the store with the clinic and its people, all at once and always alike."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from demo_portal.portal import Portal, clinic_today
from demo_portal.seed import billing, clinic, history, medicines, patients, results, sources, visits
from demo_portal.seed.calendar import Calendar
from demo_portal.store.engine import Transaction
from demo_portal.store.resources import WHOLE
from demo_portal.store.tables import ACCESS_TOKEN, METADATA, PAYMENT_METHOD, SEEDED, SLOT_CLAIM, USED_ASSERTION

EDITION = "2"
"""Changed when the seed changes, so that an older store is filled anew."""
# People who are signed in stay so: the same patients are there again under the same ids.
KEPT = (ACCESS_TOKEN, USED_ASSERTION)


def is_seeded(portal: Portal) -> bool:
    """Whether the store holds this edition of the seed."""
    with portal.database.reading() as conn:
        return conn.execute(sa.select(SEEDED.c.edition)).scalar_one_or_none() == EDITION


def seed(portal: Portal) -> date:
    """Replace everything by the seed as of the clinic's today, and return that day."""
    today = clinic_today(portal).date()
    plan = sources.read(Calendar(today, portal.zone))
    booked = visits.visits(plan)
    parts = (
        clinic.clinic(plan),
        booked.slots.values(),
        patients.patients(plan),
        booked.appointments,
        results.results(plan),
        medicines.medicines(plan),
        history.history(plan),
        billing.billing(plan),
    )
    with portal.database.writing() as conn:
        _empty(conn)
        portal.resources(conn, WHOLE).load(resource for part in parts for resource in part)
        conn.execute(sa.insert(SLOT_CLAIM), booked.claims)
        conn.execute(sa.insert(PAYMENT_METHOD), patients.payment_methods(plan))
        conn.execute(sa.insert(SEEDED).values(only=1, edition=EDITION, on_day=today.isoformat()))
    return today


def _empty(conn: Transaction) -> None:
    for table in METADATA.sorted_tables:
        if table not in KEPT:
            conn.execute(sa.delete(table))
