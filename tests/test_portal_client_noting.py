"""What the client hands over to be noted of each request, before anything of its answer is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions.acting import Acting, ActingTrail
from actions.gate import capability_of
from actions.portal_client import Asked, NotRecorded, OutcomeUnknown, PortalError, PortalUnavailable, Refused
from audit import Trail
from clock import FixedClock
from identity import Keys, open_engine
from tests.fakes import A_TUESDAY
from tests.portal_client_fakes import (
    FhirServer,
    Notes,
    appointment,
    bundle,
    fhir,
    order,
    outcome,
    paid,
    portal,
    sent,
)

SLOW = httpx.ReadTimeout("slow")
UNREACHED = httpx.ConnectError("no route")
PAGE = httpx.Response(200, content=b"<h1>Hello</h1>", headers={"content-type": "text/html"})
HOW_IT_ENDS: dict[str, tuple[Any, str, str]] = {
    "well": (bundle(), "ok", ""),
    "forbidden": (outcome("forbidden", 403), "refused", "forbidden"),
    "not there": (outcome("not-found", 404), "not_found", "not-found"),
    "token no longer taken": (outcome("login", 401), "refused", "login"),
    "busy": (fhir({"resourceType": "OperationOutcome"}, 429, retry_after="9"), "unavailable", "busy"),
    "no answer": (SLOW, "unavailable", "lost"),
    "not reached": (UNREACHED, "unavailable", "not-sent"),
    "a fault": (outcome("exception", 500), "unavailable", "fault"),
    "a web page": (PAGE, "unavailable", "unusable"),
    "somebody else's": (bundle(appointment(patient="Patient/leo")), "unavailable", "unusable"),
}


@pytest.mark.parametrize(("answer", "ends", "reason"), HOW_IT_ENDS.values(), ids=HOW_IT_ENDS)
async def test_d05_a_read_is_noted_with_how_it_ended(answer: Any, ends: str, reason: str) -> None:
    trail = Notes()
    server = FhirServer().on("GET Appointment", answer)
    its = portal(server, trail)
    if ends == "ok":
        await its.appointments()
    else:
        with pytest.raises(PortalError):
            await its.appointments()
    asked = server.calls("GET Appointment")
    # What is tried again has been asked twice.
    assert [(row.interaction, row.rtype, row.rid, row.changes) for row in trail.rows] == [
        ("search", "Appointment", "", False)
    ] * len(asked)
    assert [row.request for row in trail.rows] == [each.headers["x-request-id"] for each in asked]
    assert (trail.rows[-1].outcome, trail.rows[-1].reason) == (ends, reason)
    assert trail.looked == 0


WRITE_ENDS: dict[str, tuple[Any, str, str]] = {
    "well": (fhir(paid(5000), 201), "ok", ""),
    "refused": (outcome("business-rule", 422), "refused", "business-rule"),
    "no answer": (SLOW, "unknown", "lost"),
    "a fault": (outcome("exception", 500), "unknown", "lost"),
    "a web page": (PAGE, "unknown", "lost"),
    "not reached": (UNREACHED, "unavailable", "not-sent"),
}


@pytest.mark.parametrize(("answer", "ends", "reason"), WRITE_ENDS.values(), ids=WRITE_ENDS)
async def test_d05_a_write_is_noted_once_with_how_it_ended(answer: Any, ends: str, reason: str) -> None:
    trail = Notes()
    its = portal(FhirServer().on("POST Task", answer).on("GET Task", bundle()), trail)
    if ends == "ok":
        await its.pay("clinic", 5000, "pm1", "k1")
    else:
        with pytest.raises(PortalError):
            await its.pay("clinic", 5000, "pm1", "k1")
    (row,) = [each for each in trail.rows if each.interaction == "create"]
    assert (row.rtype, row.rid, row.changes) == ("Task", "t1" if ends == "ok" else "", True)
    assert (row.outcome, row.reason) == (ends, reason)
    assert trail.looked == 1


async def test_d05_a_read_that_is_tried_again_is_noted_twice_under_one_request_id() -> None:
    trail = Notes()
    await portal(FhirServer().on("GET Appointment", SLOW, bundle()), trail).appointments()
    assert [(row.outcome, row.reason) for row in trail.rows] == [("unavailable", "lost"), ("ok", "")]
    assert len({row.request for row in trail.rows}) == 1


@pytest.mark.parametrize(
    "link", ["Account?page=2", "https://portal.test/fhir/Account?page=2", "https://portal.test/fhir?_getpages=x"]
)
async def test_d05_each_page_is_noted_as_the_search_that_it_belongs_to(link: str) -> None:
    trail = Notes()
    server = FhirServer().on("GET Account", bundle(link=[{"relation": "next", "url": link}]), bundle())
    server.on("GET /fhir", bundle()).on("GET Invoice", bundle())
    try:
        await portal(server, trail).balances()
    except PortalUnavailable:
        assert "fhir?" in link
        return
    assert [row.rtype for row in trail.rows].count("Account") == 2


async def test_d05_the_patients_own_id_is_in_no_row() -> None:
    trail = Notes()
    with pytest.raises(Refused):
        await portal(FhirServer(), trail).person()
    assert [(row.interaction, row.rtype, row.rid) for row in trail.rows] == [("read", "Patient", "")]


async def test_f17_what_cannot_be_noted_is_not_released() -> None:
    its = portal(FhirServer().on("GET Appointment", bundle(appointment())), Notes(broken={"note"}))
    with pytest.raises(NotRecorded):
        await its.appointments()


async def test_f17_a_write_is_not_sent_when_nothing_can_be_noted() -> None:
    server = FhirServer().on("POST Task", fhir(paid(5000), 201))
    with pytest.raises(NotRecorded):
        await portal(server, Notes(broken={"ready", "note"})).pay("clinic", 5000, "pm1", "k1")
    assert server.calls("POST Task") == []


async def test_f17_a_write_whose_row_fails_is_told_as_it_ended(caplog: pytest.LogCaptureFixture) -> None:
    server = FhirServer().on("POST Task", fhir(paid(5000), 201))
    payment = await portal(server, Notes(broken={"note"})).pay("clinic", 5000, "pm1", "k1")
    assert payment.cents == 5000
    assert "event=not_recorded" in caplog.text
    lost = FhirServer().on("POST Task", SLOW).on("GET Task", bundle())
    with pytest.raises(OutcomeUnknown):
        await portal(lost, Notes(broken={"note"})).pay("clinic", 5000, "pm1", "k1")


class Broken(Notes):
    async def note(self, asked: Any) -> None:
        raise RuntimeError("a mistake of ours")


async def test_f17_a_mistake_in_the_trail_itself_means_no_more_than_that_it_failed() -> None:
    server = FhirServer().on("POST Task", fhir(paid(5000), 201)).on("GET MedicationRequest/m1", fhir(order()))
    assert (await portal(server, Broken()).pay("clinic", 5000, "pm1", "k1")).cents == 5000
    with pytest.raises(RuntimeError):
        await portal(server, Broken()).request_refill("m1", None, "k1")
    assert [sent(each)["code"]["coding"][0]["code"] for each in server.calls("POST Task")] == ["pay"]


async def test_d05_a_reason_that_a_portal_made_up_is_kept_as_other(tmp_path: Path) -> None:
    real = Trail(open_engine(f"sqlite:///{tmp_path}/audit.db"), FixedClock(A_TUESDAY), Keys("k" * 32))
    bound = ActingTrail(real, Acting("pay_bill", "web", "sender", "maria", "maria"))
    await bound.note([Asked("search", "Account", "", False, "0" * 16 + ".1", "refused", "maria-lopez\nevent=x")])
    with real._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT reason FROM audit_trail").scalars().all() == ["other"]


NAMES: dict[str, Callable[[], str] | str] = {
    "action_view_test_results": "view_test_results",
    "validate_view_test_results_form": "view_test_results",
    "action_ask_book_appointment_slot": "book_appointment",
    "action_ask_sign_in_code": "sign_in",
    "action_code_checked": "",
    "action_not_understood": "",
}


@pytest.mark.parametrize(("action", "act"), NAMES.items())
def test_d05_what_an_action_does_is_noted_as_its_capability(action: str, act: str) -> None:
    row = capability_of(action)
    assert (row.id if row is not None else "") == act
