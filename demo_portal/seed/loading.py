"""Fills the store with the clinic and its people, all at once and always alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import sqlalchemy as sa

from demo_portal.portal import Portal, clinic_today
from demo_portal.seed import (
    account,
    billing,
    clinic,
    documents,
    history,
    insurance,
    library,
    medicines,
    messaging,
    patients,
    questionnaires,
    records,
    results,
    scheduling,
    sharing,
    sources,
    tracking,
    visits,
)
from demo_portal.seed.calendar import Calendar
from demo_portal.seed.sources import Seed
from demo_portal.seed.visits import Visits
from demo_portal.store import full_text
from demo_portal.store.engine import Transaction, learn_sizes
from demo_portal.store.resources import WHOLE
from demo_portal.store.tables import ACCESS_TOKEN, METADATA, PAYMENT_METHOD, SEEDED, SLOT_CLAIM, USED_ASSERTION
from demo_portal.vocabulary import Resource

BUILDERS: tuple[Callable[[Seed], Iterator[Resource]], ...] = (
    clinic.clinic,
    patients.patients,
    results.results,
    medicines.medicines,
    history.history,
    billing.billing,
    scheduling.scheduling,
    tracking.tracking,
    library.library,
    questionnaires.questionnaires,
    questionnaires.assigned,
    records.records,
    documents.documents,
    insurance.insurance,
    sharing.sharing,
    messaging.messaging,
    account.account,
)
EDITION = "5"
"""Changed when the seed changes, so that an older store is filled anew."""
# People who are signed in stay so: the same patients are there again under the same ids.
KEPT = (ACCESS_TOKEN, USED_ASSERTION)


def is_seeded(portal: Portal) -> bool:
    """Whether the store holds this edition of the seed."""
    with portal.database.reading() as conn:
        return conn.execute(sa.select(SEEDED.c.edition)).scalar_one_or_none() == EDITION


def resources(plan: Seed, booked: Visits) -> Iterator[Resource]:
    """All resources of the seed; what is pointed to need not come first."""
    yield from booked.slots.values()
    yield from booked.appointments
    for build in BUILDERS:
        yield from build(plan)


def seed(portal: Portal) -> date:
    """Replace everything by the seed as of the clinic's today, and return that day."""
    today = clinic_today(portal).date()
    plan = sources.read(Calendar(today, portal.zone))
    booked = visits.visits(plan)
    with portal.database.writing() as conn:
        _empty(conn)
        portal.resources(conn, WHOLE).load(resources(plan, booked))
        conn.execute(sa.insert(SLOT_CLAIM), booked.claims)
        conn.execute(sa.insert(PAYMENT_METHOD), patients.payment_methods(plan))
        conn.execute(sa.insert(SEEDED).values(only=1, edition=EDITION, on_day=today.isoformat()))
        learn_sizes(conn)
    return today


def _empty(conn: Transaction) -> None:
    for table in METADATA.sorted_tables:
        if table not in KEPT:
            conn.execute(sa.delete(table))
    full_text.empty(conn)
