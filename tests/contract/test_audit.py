"""D-05 against a server: each event of the portal has one row of ours. conftest.py asks this of every other test too."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from actions.acting import Acting, ActingTrail
from actions.portal_client import Asked, FhirDirectory, FhirPortal, FhirPublicPortal, NotRecorded, PortalError
from audit import Trail
from audit.store import trail as rows
from clock import CLINIC_ZONE
from identity import Keys, open_engine
from tests.audit_events import compare, portal_events
from tests.contract.targets import Target, demo_only
from tests.portal_calls import arguments, calls_of

pytestmark = pytest.mark.demo_only("only its AuditEvents are known to be complete")
CALLS = calls_of(FhirPortal)


class Archive:
    """A real trail behind the client."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.target = target
        self.engine: Any = open_engine(f"sqlite:///{folder}/audit.db")
        self.keys = Keys("a secret that only these tests know")
        self.trail = Trail(self.engine, target.clock, self.keys)

    def portal(self, patient: str = "maria", act: str = "view_test_results") -> FhirPortal:
        its = self.target
        bound = ActingTrail(self.trail, Acting(act, "sms", "sender-1", patient, patient))

        async def token() -> str:
            return await its.sign_in(patient)

        return FhirPortal(its.client, patient, token, its.clock, CLINIC_ZONE, server=its.server, trail=bound)

    def noted(self) -> list[Asked]:
        with self.engine.connect() as connection:
            found = connection.execute(select(rows).order_by(rows.c.chain, rows.c.number)).all()
        return [
            Asked(
                row.interaction,
                row.resource_type,
                self.keys.unseal(row.resource_id) if row.resource_id else "",
                row.changes,
                row.request,
                row.outcome,
                row.reason,
            )
            for row in found
        ]

    def holds(self) -> None:
        compare(portal_events(self.target.app), self.noted())
        assert self.trail.verify() == []


@pytest.fixture
def archive(target: Target, tmp_path: Path) -> Archive:
    return Archive(target, tmp_path)


async def ask(portal: FhirPortal, name: str, words: str) -> None:
    # A value that cannot be one is refused before anything leaves.
    with contextlib.suppress(PortalError, ValueError):
        await CALLS[name](portal, **arguments(CALLS[name], words))


@pytest.mark.parametrize("words", ["not-there", "maria-visit-1"])
async def test_d05_every_call_of_the_port_leaves_one_row_for_each_event_of_the_portal(
    archive: Archive, words: str
) -> None:
    for name in CALLS:
        await ask(archive.portal(), name, words)
    noted = archive.noted()
    assert {"ok", "not_found", "refused"} <= {row.outcome for row in noted}
    assert {"read", "search", "create", "operation"} <= {row.interaction for row in noted}
    assert len(noted) > len(CALLS)
    archive.holds()


LOSES = [
    "POST /fhir/DiagnosticReport/_search",
    "POST /fhir/Appointment/_search",
    "POST /fhir/Task",
    "GET /fhir/Patient/maria",
    "POST /fhir/Appointment/$hold",
    "PUT /fhir/Patient/maria",
]


@pytest.mark.parametrize("then_dead", [False, True])
@pytest.mark.parametrize("lost", LOSES)
async def test_d05_so_it_is_when_answers_are_lost(archive: Archive, lost: str, then_dead: bool) -> None:
    wire = archive.target.wire
    portal = archive.portal()
    await portal.providers()
    wire.loses = lost
    for name in ("test_results", "appointments", "person", "hold_slot", "request_name_change", "change_pharmacy"):
        # A token is had before the line goes dead.
        wire.then_dead = then_dead and wire.loses is None
        await ask(portal, name, "not-there")
    wire.then_dead = False
    noted = archive.noted()
    assert {row.outcome for row in noted} & {"unavailable", "unknown"}
    archive.holds()


async def test_d05_so_it_is_when_somebody_no_longer_waits_for_the_answer(archive: Archive) -> None:
    portal = archive.portal()
    await portal.providers()
    arrived = asyncio.Event()
    inner = archive.target.wire.handle_async_request

    async def late(request: httpx.Request) -> httpx.Response:
        answer = await inner(request)
        if "Appointment" in request.url.path:
            arrived.set()
            await asyncio.Event().wait()
        return answer

    archive.target.wire.handle_async_request = late
    asked = asyncio.create_task(portal.appointments())
    await arrived.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert [(row.outcome, row.reason) for row in archive.noted()] == [("unavailable", "interrupted")]
    archive.holds()


async def test_d05_so_it_is_with_many_turns_at_once(archive: Archive) -> None:
    names = ("test_results", "appointments", "balances", "medications", "health_summary", "access_log")
    people = ("maria", "james", "rosa")
    await asyncio.gather(*(ask(archive.portal(who), name, "x") for who in people for name in names))
    archive.holds()


async def test_d05_nothing_is_noted_of_what_is_nobodys(archive: Archive) -> None:
    portal = archive.portal()
    await portal.providers()
    await portal.places()
    assert archive.noted() == []


async def test_d05_looking_for_whom_a_code_is_for_is_noted_as_nobodys_search(archive: Archive) -> None:
    its = archive.target
    looking = ActingTrail(archive.trail, Acting("sign_in", ""))
    directory = FhirDirectory(its.client, its.tokens, its.server, trail=looking)
    await directory.find_person("+15415550101", its.clock.now().date())
    with archive.engine.connect() as connection:
        (row,) = connection.execute(select(rows)).all()
    assert (row.who, row.act, row.interaction, row.resource_type) == (None, "sign_in", "operation", "Patient")
    assert row.resource_id == ""


async def test_d05_what_anybody_may_ask_about_a_person_is_noted_too(archive: Archive) -> None:
    its = archive.target
    public = FhirPublicPortal(
        its.client, its.tokens, its.server, trail=ActingTrail(archive.trail, Acting("guest_pay", "web"))
    )
    await public.guest_bill("no-such-statement", its.clock.now().date())
    await public.request_callback("a call", "+15415550199", "key-1")
    await public.places()
    assert [(row.rtype, row.interaction, row.changes) for row in archive.noted()] == [
        ("Invoice", "operation", False),
        ("Task", "create", True),
    ]


FAILS: dict[str, Callable[[Trail], None]] = {
    "the rows cannot be written": lambda trail: _break(trail, "audit_trail"),
    "nothing can be written": lambda trail: _break(trail, "audit_trail", "audit_probe"),
}


def _break(trail: Trail, *tables: str) -> None:
    with trail._engine.begin() as connection:
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_gone")


@pytest.mark.parametrize("fails", FAILS.values(), ids=FAILS)
async def test_f17_nothing_about_a_person_is_released_while_it_cannot_be_noted(
    archive: Archive, fails: Callable[[Trail], None]
) -> None:
    portal = archive.portal()
    await portal.providers()
    fails(archive.trail)
    for name in ("test_results", "appointments", "balances", "person", "medications", "access_log"):
        with pytest.raises(NotRecorded):
            await CALLS[name](portal)


@demo_only("invitations are its own")
async def test_f17_no_write_is_begun_while_nothing_can_be_noted(archive: Archive) -> None:
    portal = archive.portal()
    await portal.providers()
    _break(archive.trail, "audit_probe")
    archive.target.wire.sent.clear()
    with pytest.raises(NotRecorded):
        await portal.request_name_change("Maria L. Lopez", "key-1")
    assert [each for each in archive.target.wire.sent if each.startswith(("POST /fhir/Task", "PUT"))] == []


async def test_f17_a_write_that_is_done_is_told_as_done_and_the_operator_is_told_of_its_row(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    portal = archive.portal()
    await portal.providers()
    _break(archive.trail, "audit_trail")
    receipt = await portal.request_name_change("Maria L. Lopez", "key-1")
    assert receipt.status == "requested"
    (told,) = [record.getMessage() for record in caplog.records if "event=not_recorded" in record.getMessage()]
    assert "interaction=create type=Task outcome=ok" in told
    assert "maria" not in caplog.text.lower()
