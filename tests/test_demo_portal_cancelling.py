"""Cancelling visits in the demo portal, and what becomes of their slots."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from demo_portal.store.tables import RESOURCE_HISTORY
from tests.demo_portal_case import Demo, demo, refusal, seeded_file, settings, slot_of

__all__ = ["demo", "seeded_file", "settings"]


async def test_a_cancelled_visit_frees_its_slot(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    read = await maria.get("Appointment/maria-chen-next")
    cancelled = {**read.json(), "status": "cancelled"}

    response = await maria.put("Appointment/maria-chen-next", cancelled, If_Match=read.headers["ETag"])

    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    assert response.headers["ETag"] != read.headers["ETag"]
    assert (await maria.get(f"Slot/{slot_of(read.json())}")).json()["status"] == "free"


async def test_what_a_change_replaces_is_kept(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    read = await maria.get("Appointment/maria-chen-next")
    cancelled = {**read.json(), "status": "cancelled"}
    await maria.put("Appointment/maria-chen-next", cancelled, If_Match=read.headers["ETag"])

    with demo.app.state.portal.database.reading() as conn:
        kept = conn.execute(
            sa.select(RESOURCE_HISTORY.c.body).where(RESOURCE_HISTORY.c.rtype == "Appointment")
        ).scalars()
        assert list(kept) == [read.json()]


async def test_a_freed_slot_can_be_booked_again(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])
    booked = await maria.book(slot)
    cancelled = {**booked.json(), "status": "cancelled"}
    await maria.put(f"Appointment/{booked.json()['id']}", cancelled, If_Match=booked.headers["ETag"])

    again = await maria.book(slot)

    assert again.status_code == 200
    assert again.json()["id"] != booked.json()["id"]


async def test_cancelling_needs_the_version_that_was_read(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    visit = (await maria.get("Appointment/maria-chen-next")).json()
    cancelled = {**visit, "status": "cancelled"}

    blind = await maria.put("Appointment/maria-chen-next", cancelled)
    stale = await maria.put("Appointment/maria-chen-next", cancelled, If_Match='W/"99"')

    assert [(r.status_code, refusal(r)) for r in (blind, stale)] == [(428, "if-match-required"), (412, "stale")]


@pytest.mark.parametrize(
    "change",
    [{"status": "fulfilled"}, {"start": "2026-03-09T10:30:00-07:00", "end": "2026-03-09T11:00:00-07:00"}],
    ids=["status", "time"],
)
async def test_a_patient_may_only_cancel(demo: Demo, change: dict[str, str]) -> None:
    maria = await demo.sign_in("maria")
    read = await maria.get("Appointment/maria-chen-next")

    response = await maria.put("Appointment/maria-chen-next", {**read.json(), **change}, If_Match=read.headers["ETag"])

    assert (response.status_code, refusal(response)) == (422, "not-changeable")


async def test_a_visit_that_is_over_cannot_be_cancelled(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    read = await maria.get("Appointment/maria-chen-past")
    cancelled = {**read.json(), "status": "cancelled"}

    response = await maria.put("Appointment/maria-chen-past", cancelled, If_Match=read.headers["ETag"])

    assert (response.status_code, refusal(response)) == (422, "visit-over")


async def test_somebody_elses_visit_cannot_be_cancelled(demo: Demo) -> None:
    maria, rosa = await demo.sign_in("maria"), await demo.sign_in("rosa")
    read = await maria.get("Appointment/maria-chen-next")
    cancelled = {**read.json(), "status": "cancelled"}

    response = await rosa.put("Appointment/maria-chen-next", cancelled, If_Match=read.headers["ETag"])

    assert response.status_code == 404
