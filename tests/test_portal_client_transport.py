"""How portal_client asks: whose records it accepts, how it pages, what its requests carry."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import httpx
import pytest

from actions.portal_client import (
    FhirPortal,
    OutcomeUnknown,
    PortalUnavailable,
    Refused,
    Server,
    UnusableAnswer,
    portal_http_client,
    transport,
)
from clock import CLINIC_ZONE, FixedClock
from tests.fakes import A_TUESDAY
from tests.portal_client_fakes import (
    KEY_SYSTEM,
    READS,
    FhirServer,
    Notes,
    appointment,
    bundle,
    fhir,
    form,
    order,
    outcome,
    paid,
    portal,
    sent,
    token,
)


def account(rid: str, subject: str = "Patient/maria") -> dict:
    return {
        "resourceType": "Account",
        "id": rid,
        "status": "active",
        "type": {"coding": [{"code": "clinic"}]},
        "subject": [{"reference": subject}],
    }


def accounts(server: FhirServer) -> FhirServer:
    return server.on("GET Invoice", bundle())


def report(**subject: object) -> dict:
    """A DiagnosticReport in which only the subject can be wrong."""
    return {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "code": {"text": "Lipid panel"},
        "effectiveDateTime": "2026-03-13",
        "subject": subject,
    }


SOMEBODY_ELSES = {
    "GET Appointment": appointment(patient="Patient/leo"),
    "GET DiagnosticReport": report(reference="Patient/leo"),
    "GET Account": account("a", "Patient/leo"),
    "GET Patient/maria": {"resourceType": "Patient", "id": "leo"},
}


@pytest.mark.parametrize(
    ("call", "address"),
    [
        ("appointments", "GET Appointment"),
        ("test_results", "GET DiagnosticReport"),
        ("balances", "GET Account"),
    ],
)
async def test_d07_one_record_of_somebody_else_spoils_the_whole_list(call: str, address: str) -> None:
    server = accounts(FhirServer()).on(address, bundle(SOMEBODY_ELSES[address]))
    with pytest.raises(UnusableAnswer):
        await READS[call](portal(server))


async def test_d07_another_patients_chart_in_place_of_ones_own_is_not_used() -> None:
    server = (
        FhirServer().on("GET Organization", bundle()).on("GET Patient/maria", fhir(SOMEBODY_ELSES["GET Patient/maria"]))
    )
    with pytest.raises(UnusableAnswer):
        await portal(server).pharmacies()


@pytest.mark.parametrize(
    "subject",
    [
        {},
        {"display": "Maria"},
        {"type": "Patient", "identifier": {"value": "maria"}},
        {"reference": "https://elsewhere.test/fhir/Patient/maria"},
        {"reference": "Patient/maria2"},
        {"reference": "Group/maria"},
    ],
)
async def test_a_record_that_does_not_name_the_patient_plainly_is_not_used(subject: dict) -> None:
    with pytest.raises(UnusableAnswer):
        await portal(FhirServer().on("GET DiagnosticReport", bundle(report(**subject)))).test_results()


@pytest.mark.parametrize("reference", ["https://portal.test/fhir/Patient/maria", "Patient/maria/_history/3"])
async def test_the_patient_may_be_named_with_the_whole_address_or_a_version(reference: str) -> None:
    server = accounts(FhirServer()).on("GET Account", bundle(account("a", reference)))
    assert [each.id for each in await portal(server).balances()] == ["a"]


async def test_an_appointment_with_a_second_patient_is_not_used() -> None:
    shared = appointment()
    shared["participant"].append({"actor": {"reference": "Patient/leo"}})
    with pytest.raises(UnusableAnswer):
        await portal(FhirServer().on("GET Appointment", bundle(shared))).appointments()


async def test_what_is_included_is_looked_at_too() -> None:
    foreign = {"resourceType": "Observation", "id": "o", "subject": {"reference": "Patient/leo"}}
    found = bundle(report(reference="Patient/maria"), included=[foreign])
    with pytest.raises(UnusableAnswer):
        await portal(FhirServer().on("GET DiagnosticReport", found)).test_results()


async def test_a_record_that_names_the_patient_is_used() -> None:
    found = bundle(report(reference="Patient/maria"))
    assert len(await portal(FhirServer().on("GET DiagnosticReport", found)).test_results()) == 1


async def test_another_record_than_the_one_asked_for_is_not_used() -> None:
    server = FhirServer().on("GET Appointment/a1", fhir(appointment("a2")))
    with pytest.raises(UnusableAnswer):
        await portal(server).cancel_appointment("a1", "k1")
    assert len(server.asked) == 1


async def test_d07_a_write_answered_with_somebody_elses_record_stays_open() -> None:
    foreign = paid(5000) | {"for": {"reference": "Patient/leo"}}
    server = FhirServer().on("POST Task", fhir(foreign, 201)).on("GET Task", bundle())
    with pytest.raises(OutcomeUnknown):
        await portal(server).pay("clinic", 5000, "pm1", "k1")


@pytest.mark.parametrize("link", ["https://portal.test/fhir/Account?page=2", "Account?page=2", "/fhir/Account?page=2"])
async def test_pages_are_followed_to_the_last(link: str) -> None:
    next_page = [{"relation": "next", "url": link}]
    server = accounts(FhirServer()).on("GET Account", bundle(account("a"), link=next_page), bundle(account("b")))
    assert [each.id for each in await portal(server).balances()] == ["a", "b"]
    assert server.calls("GET Account")[1].url.query == b"page=2"


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.test/fhir/Account?page=2",
        "http://portal.test/fhir/Account?page=2",
        "https://portal.test:8443/fhir/Account",
        "https://portal.test/admin",
        "https://portal.test/fhir/../admin",
        "https://me:me@portal.test/fhir/Account",
        "//elsewhere.test/fhir/Account",
        "https://[broken",
    ],
)
async def test_d09_a_next_page_on_another_server_is_not_fetched(link: str) -> None:
    server = accounts(FhirServer()).on("GET Account", bundle(account("a"), link=[{"relation": "next", "url": link}]))
    with pytest.raises(UnusableAnswer):
        await portal(server).balances()
    assert {request.url.host for request in server.asked} == {"portal.test"}


async def test_pages_that_go_in_a_circle_end() -> None:
    here = [{"relation": "next", "url": "Account?page=1"}]
    server = accounts(FhirServer()).on("GET Account", bundle(account("a"), link=here))
    await portal(server).balances()
    assert len(server.calls("GET Account")) == 2


async def test_pages_without_end_end() -> None:
    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", "0"))
        return bundle(link=[{"relation": "next", "url": f"Account?page={number + 1}"}])

    server = accounts(FhirServer()).on("GET Account", page)
    assert await portal(server).balances() == []
    assert len(server.calls("GET Account")) == 51


@pytest.mark.parametrize("said", [{"total": 150}, {}])
async def test_a_server_that_cuts_without_a_link_is_asked_for_all_at_once(said: dict) -> None:
    everything = [account(f"a{number}") for number in range(150)]
    server = accounts(FhirServer()).on("GET Account", bundle(*everything[:100], **said), bundle(*everything))
    assert len(await portal(server).balances()) == 150
    assert server.calls("GET Account")[1].url.params["_count"] == "1000"


async def test_d03_searches_that_name_a_patient_go_in_the_body_where_the_server_can() -> None:
    server = FhirServer(searchable=("Appointment",)).on("POST Appointment/_search", bundle(appointment()))
    assert len(await portal(server).appointments()) == 1
    asked = server.calls("POST Appointment/_search")[0]
    assert form(asked)["patient"] == "maria"
    assert "maria" not in str(asked.url)


async def test_every_request_carries_its_token_its_type_and_an_id_of_the_turn() -> None:
    server = accounts(FhirServer()).on("GET Account", bundle())
    await portal(server).balances()
    asked = server.calls("GET Account")[0].headers
    assert asked["authorization"] == "Bearer token-of-maria"
    assert asked["accept"] == "application/fhir+json"
    ids = [request.headers["x-request-id"] for request in server.asked]
    assert len(set(ids)) == len(ids)
    assert len({each.split(".")[0] for each in ids}) == 1


async def test_what_the_server_can_do_is_asked_without_a_token_and_once() -> None:
    server = accounts(FhirServer()).on("GET Account", bundle())
    its = portal(server)
    await its.balances()
    await its.balances()
    assert len(server.calls("GET metadata")) == 1
    assert "authorization" not in server.calls("GET metadata")[0].headers


async def test_what_the_server_can_do_is_asked_again_after_an_hour() -> None:
    clock = FixedClock(A_TUESDAY)
    server = accounts(FhirServer()).on("GET Account", bundle())
    client = portal_http_client("https://portal.test", httpx.MockTransport(server))
    its = FhirPortal(client, "maria", token, clock, CLINIC_ZONE, server=Server(), trail=Notes())
    await its.balances()
    clock.advance(timedelta(hours=1))
    await its.balances()
    assert len(server.calls("GET metadata")) == 2


async def test_a_cookie_of_one_patient_does_not_go_with_the_request_of_another() -> None:
    server = accounts(FhirServer()).on("GET Account", fhir({"resourceType": "Bundle"}, set_cookie="session=maria"))
    its = portal(server)
    await its.balances()
    await its.balances()
    assert all("cookie" not in request.headers for request in server.asked)


async def test_a_write_carries_its_key_in_the_header_the_condition_and_the_resource() -> None:
    server = FhirServer().on("POST Task", fhir(paid(5000), 201))
    await portal(server).pay("clinic", 5000, "pm1", "k1")
    asked = server.calls("POST Task")[0]
    assert asked.headers["idempotency-key"] == "k1"
    assert httpx.QueryParams(asked.headers["if-none-exist"])["identifier"] == f"{KEY_SYSTEM}|k1"
    assert sent(asked)["identifier"] == [{"system": KEY_SYSTEM, "value": "k1"}]


@pytest.mark.parametrize("key", ["", "a key", "k\r\nX: y", "ñ", "k" * 129])
async def test_d08_a_key_that_does_not_fit_a_header_is_a_mistake_of_ours(key: str) -> None:
    with pytest.raises(ValueError, match="a key has"):
        await portal(FhirServer()).pay("clinic", 5000, "pm1", key)


@pytest.mark.parametrize("rid", ["", "../metadata", "a/b", "a?b", "x" * 65, "a#b", "ñ"])
async def test_d08_an_id_that_cannot_be_one_never_reaches_an_address(rid: str) -> None:
    server = FhirServer()
    with pytest.raises(Refused, match="not-found"):
        await portal(server).request_refill(rid, None, "k1")
    with pytest.raises(Refused, match="not-found"):
        await portal(server).cancel_appointment(rid, "k1")
    assert server.asked == []


async def test_a_call_ends_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(transport, "DEADLINE", 0.01)
    client = portal_http_client("https://portal.test", httpx.MockTransport(never))
    its = FhirPortal(client, "maria", token, FixedClock(A_TUESDAY), CLINIC_ZONE, trail=Notes())
    with pytest.raises(PortalUnavailable):
        await its.balances()


async def test_a_server_with_fhir_elsewhere_below_its_address_is_found() -> None:
    server = FhirServer()
    client = portal_http_client("https://portal.test/api", httpx.MockTransport(server))
    its = FhirPortal(
        client, "maria", token, FixedClock(A_TUESDAY), CLINIC_ZONE, server=Server("FHIR/R4"), trail=Notes()
    )
    with pytest.raises(Refused):
        await its.balances()
    assert server.asked[0].url == "https://portal.test/api/FHIR/R4/metadata"


async def test_the_log_tells_neither_people_nor_addresses(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="actions.portal_client")
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order()))
    server.on("POST Task", httpx.ReadTimeout("slow")).on("GET Task", outcome("exception", 500))
    with pytest.raises(OutcomeUnknown):
        await portal(server).request_refill("m1", None, "k1")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("actions")]
    assert ours
    for secret in ("maria", "m1", "k1", "token-of", "portal.test", "lisinopril"):
        assert all(secret not in message for message in ours)
