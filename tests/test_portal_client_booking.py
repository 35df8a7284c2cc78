"""Holding and booking: `$hold` and `$book`, and claim-first where they are missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from actions.portal_client import DuplicateRequest, OutcomeUnknown, PortalUnavailable, Refused, SlotTaken
from tests.portal_client_fakes import KEY_SYSTEM, FhirServer, appointment, bundle, fhir, outcome, portal, sent

HELD = {"url": "https://careline.example.org/fhir/StructureDefinition/hold-expires", "valueInstant": "later"}
OWN_KEY = [{"system": KEY_SYSTEM, "value": "k1"}]


async def test_a_hold_is_a_reference_to_the_pending_appointment() -> None:
    server = FhirServer().on("POST Appointment/$hold", fhir(appointment("h1", "pending")))
    assert await portal(server).hold_slot("s1", "physical") == "Appointment/h1"


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout("slow"), outcome("exception", 500)])
async def test_a_hold_without_an_answer_leaves_nothing_open(trouble: httpx.Response | Exception) -> None:
    with pytest.raises(PortalUnavailable):
        await portal(FhirServer().on("POST Appointment/$hold", trouble)).hold_slot("s1", "physical")


async def test_a_booking_names_slot_kind_of_visit_and_patient() -> None:
    server = FhirServer().on("POST Appointment/$book", fhir(appointment()))
    booked = await portal(server).book_appointment("s1", "physical", "k1")
    assert (booked.id, booked.status, booked.visit_type) == ("a1", "booked", "physical")
    asked = server.calls("POST Appointment/$book")[0]
    assert asked.headers["idempotency-key"] == "k1"
    given = {each["name"]: each for each in sent(asked)["parameter"]}
    assert given["patient-reference"]["valueReference"] == {"reference": "Patient/maria"}
    wanted = given["appointment-resource"]["resource"]
    assert wanted["slot"] == [{"reference": "Slot/s1"}]
    assert wanted["serviceType"][0]["coding"][0]["code"] == "physical"


async def test_a_booking_without_an_answer_is_found_by_its_slot() -> None:
    other = appointment("a0", slot=[{"reference": "Slot/s0"}])
    server = FhirServer().on("POST Appointment/$book", httpx.ReadTimeout("slow"))
    server.on("GET Appointment", bundle(other, appointment()))
    assert (await portal(server).book_appointment("s1", "physical", "k1")).id == "a1"
    assert len(server.calls("POST Appointment/$book")) == 1


@pytest.mark.parametrize(
    "left", [appointment("a0", slot=[{"reference": "Slot/s0"}]), appointment("a0", "pending", extension=[HELD])]
)
async def test_another_visit_or_a_hold_is_not_taken_for_the_booking(left: dict) -> None:
    server = FhirServer().on("POST Appointment/$book", httpx.ReadTimeout("slow")).on("GET Appointment", bundle(left))
    with pytest.raises(OutcomeUnknown):
        await portal(server).book_appointment("s1", "physical", "k1")


@pytest.mark.parametrize(
    "answer",
    [appointment(slot=[{"reference": "Slot/s2"}]), appointment(status="proposed"), appointment(status="cancelled")],
)
async def test_a_booking_that_is_not_what_was_agreed_is_not_called_booked(answer: dict) -> None:
    server = FhirServer().on("POST Appointment/$book", fhir(answer)).on("GET Appointment", bundle())
    with pytest.raises(OutcomeUnknown):
        await portal(server).book_appointment("s1", "physical", "k1")


async def test_a_duplicate_names_the_earlier_request() -> None:
    earlier = {"url": "https://careline.example.org/fhir/StructureDefinition/existing-request"}
    named = [earlier | {"valueReference": {"reference": "Appointment/a0"}}]
    server = FhirServer().on("POST Appointment/$book", outcome("duplicate", 409, extension=named))
    with pytest.raises(DuplicateRequest) as caught:
        await portal(server).book_appointment("s1", "physical", "k1")
    assert caught.value.reference == "Appointment/a0"


async def test_another_visit_at_that_time_is_refused_with_its_reason() -> None:
    server = FhirServer().on("POST Appointment/$book", outcome("business-rule", 422, "already-booked-then"))
    with pytest.raises(Refused) as caught:
        await portal(server).book_appointment("s1", "physical", "k1")
    assert (caught.value.code, caught.value.detail) == ("business-rule", "already-booked-then")


class PlainServer:
    """A FHIR server without operations that keeps versions, If-Match and If-None-Exist."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, Any]] = {
            "Schedule/chens": {"actor": [{"reference": "Practitioner/chen"}, {"reference": "Location/crescent"}]},
            "Slot/s1": slot("09:00", "09:30"),
            "Slot/s2": slot("09:30", "10:00"),
        }
        self.trouble: dict[str, Callable[[httpx.Request], httpx.Response]] = {}
        """What happens instead, once, by method and type."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        address = request.url.path.removeprefix("/fhir/")
        instead = self.trouble.pop(f"{request.method} {address.split('/')[0]}", None)
        return instead(request) if instead else self.serve(request, address)

    def serve(self, request: httpx.Request, address: str) -> httpx.Response:
        if address == "metadata":
            return outcome("not-found", 404)
        if request.method == "GET" and address in self.stored:
            return self.answer(address)
        if request.method == "GET":
            return bundle(*self.matches(address, request.url.params))
        if request.method == "PUT":
            return self.put(address, request)
        known = self.matches(address, httpx.QueryParams(request.headers.get("if-none-exist", "")))
        if known:
            return fhir(known[0])
        created = f"{address}/new{len(self.stored)}"
        self.stored[created] = sent(request)
        return self.answer(created, 201)

    def put(self, address: str, request: httpx.Request) -> httpx.Response:
        if request.headers["if-match"] != self.etag(address):
            return outcome("conflict", 412)
        self.stored[address] = {**sent(request), "version": self.stored[address].get("version", 0) + 1}
        return self.answer(address)

    def answer(self, address: str, status: int = 200) -> httpx.Response:
        return fhir(self.resource(address), status, etag=self.etag(address))

    def matches(self, rtype: str, params: httpx.QueryParams) -> list[dict[str, Any]]:
        found = [self.resource(each) for each in self.stored if each.split("/")[0] == rtype]
        if "identifier" in params:
            key = params["identifier"].split("|")[1]
            return [each for each in found if any(one["value"] == key for one in each.get("identifier", []))]
        return [each for each in found if each["id"] in params.get("_id", "").split(",")]

    def resource(self, address: str) -> dict[str, Any]:
        rtype, rid = address.split("/")
        return json.loads(json.dumps({**self.stored[address], "resourceType": rtype, "id": rid}))

    def etag(self, address: str) -> str:
        return f'W/"{self.stored[address].get("version", 0)}-x"'

    def statuses(self, rtype: str) -> list[str]:
        return [each["status"] for address, each in self.stored.items() if address.startswith(f"{rtype}/")]


def slot(start: str, end: str) -> dict[str, Any]:
    day = "2026-03-20T"
    times = {"start": f"{day}{start}:00-07:00", "end": f"{day}{end}:00-07:00"}
    return {"status": "free", "schedule": {"reference": "Schedule/chens"}, **times}


async def test_claim_first_books_and_closes_the_slot() -> None:
    server = PlainServer()
    booked = await portal(server).book_appointment("s1", "physical", "k1")
    assert (booked.start.hour, booked.end.minute, booked.status) == (9, 30, "booked")
    assert server.statuses("Slot") == ["busy", "free"]


async def test_of_twenty_who_claim_one_slot_one_wins() -> None:
    server = PlainServer()
    asked = [portal(server).book_appointment("s1", "physical", f"k{number}") for number in range(20)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Appointment"] + ["SlotTaken"] * 19
    assert server.statuses("Appointment") == ["booked"]


async def test_claim_first_with_the_same_key_books_once() -> None:
    server = PlainServer()
    first = await portal(server).book_appointment("s1", "physical", "k1")
    assert await portal(server).book_appointment("s1", "physical", "k1") == first
    assert len(server.statuses("Appointment")) == 1


@pytest.mark.parametrize(
    "refusal", [outcome("forbidden", 403), outcome("business-rule", 422), outcome("throttled", 429)]
)
async def test_a_claim_is_given_back_when_the_appointment_is_refused(refusal: httpx.Response) -> None:
    server = PlainServer()
    server.trouble["POST Appointment"] = lambda _: refusal
    with pytest.raises((Refused, PortalUnavailable)):
        await portal(server).book_appointment("s1", "physical", "k1")
    assert server.statuses("Slot") == ["free", "free"]
    claimed_and_given_back = 2
    assert server.stored["Slot/s1"]["version"] == claimed_and_given_back
    assert "identifier" not in server.stored["Slot/s1"]


async def test_a_claim_is_kept_when_it_is_open_whether_it_was_booked() -> None:
    server = PlainServer()

    def lose(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    server.trouble = {"POST Appointment": lose, "GET Appointment": lose}
    with pytest.raises(OutcomeUnknown):
        await portal(server).book_appointment("s1", "physical", "k1")
    assert server.statuses("Slot") == ["busy-tentative", "free"]


async def test_the_same_key_takes_up_a_claim_that_was_left_behind() -> None:
    server = PlainServer()
    server.stored["Slot/s1"] |= {"status": "busy-tentative", "identifier": OWN_KEY}
    await portal(server).book_appointment("s1", "physical", "k1")
    assert server.statuses("Slot") == ["busy", "free"]


async def test_a_claim_whose_answer_was_lost_is_seen_by_its_key() -> None:
    server = PlainServer()

    def done_but_lost(request: httpx.Request) -> httpx.Response:
        server.serve(request, "Slot/s1")
        raise httpx.ReadTimeout("slow")

    server.trouble["PUT Slot"] = done_but_lost
    assert (await portal(server).book_appointment("s1", "physical", "k1")).status == "booked"


async def test_a_claim_that_was_not_made_books_nothing() -> None:
    server = PlainServer()
    server.trouble["PUT Slot"] = lambda _: outcome("exception", 500)
    with pytest.raises(PortalUnavailable):
        await portal(server).book_appointment("s1", "physical", "k1")
    assert server.statuses("Appointment") == []


async def test_a_long_visit_takes_all_its_slots_or_none() -> None:
    server = PlainServer()
    server.stored["Slot/s2"]["status"] = "busy"
    with pytest.raises(SlotTaken):
        await portal(server).book_appointment("s2,s1", "physical", "k1")
    assert server.statuses("Slot") == ["free", "busy"]
    server.stored["Slot/s2"]["status"] = "free"
    booked = await portal(server).book_appointment("s2,s1", "physical", "k2")
    assert (booked.start.hour, booked.end.hour) == (9, 10)
    assert server.statuses("Slot") == ["busy", "busy"]


async def test_a_booked_visit_stays_booked_when_its_slot_cannot_be_closed() -> None:
    server = PlainServer()
    created = server.serve

    def create(request: httpx.Request) -> httpx.Response:
        server.trouble["PUT Slot"] = lambda _: outcome("exception", 500)
        return created(request, "Appointment")

    server.trouble["POST Appointment"] = create
    assert (await portal(server).book_appointment("s1", "physical", "k1")).status == "booked"
    assert server.statuses("Slot") == ["busy-tentative", "free"]


async def test_cancelling_frees_the_slot_where_the_server_does_not() -> None:
    server = PlainServer()
    its = portal(server)
    booked = await its.book_appointment("s1", "physical", "k1")
    await its.cancel_appointment(booked.id, "k2")
    assert (server.statuses("Appointment"), server.statuses("Slot")) == (["cancelled"], ["free", "free"])
    assert (await its.book_appointment("s1", "physical", "k3")).status == "booked"


async def test_without_hold_a_free_slot_is_only_looked_at() -> None:
    server = PlainServer()
    assert await portal(server).hold_slot("s1", "physical") == "Slot/s1"
    assert server.statuses("Slot") == ["free", "free"]


async def test_without_hold_a_slot_that_is_not_free_is_taken() -> None:
    server = PlainServer()
    server.stored["Slot/s1"]["status"] = "busy"
    with pytest.raises(SlotTaken):
        await portal(server).hold_slot("s1", "physical")
