"""Who has which slot: one row per taken slot, and each decision one conditional statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from demo_portal.outcomes import Conflict, Unprocessable
from demo_portal.store.moments import interval, milliseconds
from demo_portal.store.resources import Resources
from demo_portal.store.tables import SLOT_CLAIM
from demo_portal.vocabulary import Resource

HOLD = timedelta(minutes=5)
OFFER = timedelta(minutes=30)
_LASTS = {"hold": HOLD, "offer": OFFER}
MOST_HOLDS = 3
_TAKE = sa.text(
    "INSERT INTO slot_claim (slot_id, appointment_id, patient_id, kind, starts_at, ends_at, expires_at)"
    " SELECT t.id, :appointment, :patient, :kind, :starts, :ends, :expires FROM ix_token t"
    " WHERE t.rtype = 'Slot' AND t.id = :slot AND t.param = 'status' AND t.code = 'free'"
    " ON CONFLICT (slot_id) DO NOTHING"
)


@dataclass(frozen=True)
class Claim:
    """A patient's wish for one slot."""

    slot: Resource
    patient: str
    appointment_id: str


def take(whole: Resources, claim: Claim, kind: str) -> None:
    """Give the slot to the claim, as "hold", "offer" (to somebody of the wait list) or "book".

    Raises:
        Conflict: it is no longer free.
        Unprocessable: the patient has another visit at that time.
    """
    starts, ends = span(whole, claim.slot)
    row = {
        "slot": claim.slot["id"],
        "appointment": claim.appointment_id,
        "patient": claim.patient,
        "kind": kind,
        "starts": starts,
        "ends": ends,
        "expires": milliseconds(whole.now + _LASTS[kind]) if kind in _LASTS else None,
    }
    if kind == "book":
        refuse_second_visit(whole, claim)
    try:
        taken = whole.conn.execute(_TAKE, row).rowcount == 1
    except IntegrityError:
        raise _second_visit() from None
    if not taken:
        raise Conflict("This time has just been taken.", "slot-taken")
    mark(whole, claim.slot["id"], "busy-tentative" if kind in _LASTS else "busy")


def upgrade(whole: Resources, claim: Claim, kind: str = "hold") -> bool:
    """Make the patient's live hold or offer a booking; False when there is none."""
    refuse_second_visit(whole, claim)
    columns = SLOT_CLAIM.c
    mine = (columns.slot_id == claim.slot["id"], columns.appointment_id == claim.appointment_id)
    live = (columns.patient_id == claim.patient, columns.kind == kind, columns.expires_at > milliseconds(whole.now))
    try:
        changed = whole.conn.execute(sa.update(SLOT_CLAIM).where(*mine, *live).values(kind="book", expires_at=None))
    except IntegrityError:
        raise _second_visit() from None
    if changed.rowcount != 1:
        return False
    mark(whole, claim.slot["id"], "busy")
    return True


def own_hold(whole: Resources, slot_id: str, patient: str) -> str | None:
    """The appointment under which the patient holds the slot right now."""
    columns = SLOT_CLAIM.c
    live = (columns.kind == "hold", columns.expires_at > milliseconds(whole.now))
    query = sa.select(columns.appointment_id).where(columns.slot_id == slot_id, columns.patient_id == patient, *live)
    return whole.conn.execute(query).scalar_one_or_none()


def give_back(whole: Resources, appointment_id: str) -> list[str]:
    """Free the slots of an appointment that will not take place, and return their ids."""
    columns = SLOT_CLAIM.c
    freed: list[str] = []
    slots = whole.conn.execute(sa.select(columns.slot_id).where(columns.appointment_id == appointment_id)).scalars()
    for slot_id in sorted(slots):
        gone = sa.delete(SLOT_CLAIM).where(columns.slot_id == slot_id, columns.appointment_id == appointment_id)
        if whole.conn.execute(gone).rowcount == 1:
            mark(whole, slot_id, "free")
            freed.append(slot_id)
    return freed


def drop_oldest_hold(whole: Resources, patient: str) -> None:
    """Make room for one more hold, so that nobody blocks a clinic's day while comparing times."""
    columns = SLOT_CLAIM.c
    mine = sa.select(columns.appointment_id).where(columns.patient_id == patient, columns.kind == "hold")
    held = whole.conn.execute(mine.order_by(columns.expires_at)).scalars().all()
    for appointment_id in held[: max(0, len(held) - MOST_HOLDS + 1)]:
        give_back(whole, appointment_id)
        withdraw(whole, appointment_id)


def withdraw(whole: Resources, appointment_id: str) -> None:
    """Cancel the pending appointment of a hold that is over."""
    held = whole.find("Appointment", appointment_id)
    if held is not None and held["status"] == "pending":
        whole.amend({**held, "status": "cancelled", "cancelationReason": {"text": "The time was held but not booked."}})


def mark(whole: Resources, slot_id: str, status: str) -> None:
    """Set a slot's status."""
    whole.amend({**whole.read("Slot", slot_id), "status": status})


def refuse_second_visit(whole: Resources, claim: Claim) -> None:
    """Raise Unprocessable when the patient has another visit at that time."""
    if has_visit_then(whole, claim):
        raise _second_visit()


def has_visit_then(whole: Resources, claim: Claim, but: str = "") -> bool:
    """Whether the patient has another visit at that time; `but` is one that would be given up."""
    starts, ends = span(whole, claim.slot)
    columns = SLOT_CLAIM.c
    overlap = (
        columns.patient_id == claim.patient,
        columns.kind == "book",
        columns.starts_at < ends,
        columns.ends_at > starts,
    )
    others = (columns.slot_id != claim.slot["id"], columns.appointment_id != but)
    other = sa.select(columns.slot_id).where(*overlap, *others)
    return whole.conn.execute(other.limit(1)).first() is not None


def span(whole: Resources, slot: Resource) -> tuple[int, int]:
    """Start and end of a slot in milliseconds."""
    return interval(slot["start"], whole.zone)[0], interval(slot["end"], whole.zone)[0]


def _second_visit() -> Unprocessable:
    return Unprocessable("There is already a visit booked at this time.", "already-booked-then")
