"""portal_client against the demo portal, in one process: what one asks the other understands."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import httpx
import pytest

from actions.portal_client import (
    FhirDirectory,
    FhirPortal,
    OutcomeUnknown,
    Refused,
    Server,
    SessionExpired,
    SlotTaken,
    SlotWish,
    TokenClient,
    portal_http_client,
)
from clock import CLINIC_ZONE, FixedClock
from demo_portal.app import create_app
from demo_portal.settings import Settings
from tests.fakes import A_TUESDAY

NEXT_WEEKS = SlotWish("follow_up", "chen", None, A_TUESDAY, A_TUESDAY + timedelta(days=42))


class Losing(httpx.AsyncBaseTransport):
    """Passes everything on, but loses the answer to the next request of a kind."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.loses: str | None = None
        self.sent: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        kind = f"{request.method} {request.url.path}"
        self.sent.append(kind)
        response = await self._inner.handle_async_request(request)
        if self.loses == kind:
            self.loses = None
            raise httpx.ReadTimeout("the answer is lost", request=request)
        return response


class Demo:
    """The demo portal and whoever signs in to it."""

    def __init__(self, database: Path) -> None:
        self.clock = FixedClock(A_TUESDAY)
        settings = Settings(database_url=f"sqlite:///{database}")
        self.app = create_app(settings, self.clock)
        self.wire = Losing(httpx.ASGITransport(app=self.app))
        self.client = portal_http_client("http://portal.test", self.wire)
        self.tokens = TokenClient(self.client, settings.client_id, settings.client_secret, self.clock)
        self.directory = FhirDirectory(self.client, self.tokens)
        self.server = Server()

    def portal(self, patient: str) -> FhirPortal:
        return FhirPortal(self.client, patient, self._token_of(patient), self.clock, CLINIC_ZONE, server=self.server)

    def _token_of(self, patient: str) -> Callable[[], Awaitable[str]]:
        kept: list[str] = []

        async def token() -> str:
            if not kept:
                kept.append((await self.tokens.exchange(patient, self.clock.now())).access_token)
            return kept[0]

        return token


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("seeded") / "portal.db"
    _close(Demo(database))
    return database


@pytest.fixture
def demo(seeded: Path, tmp_path: Path) -> Iterator[Demo]:
    for part in seeded.parent.glob(f"{seeded.name}*"):
        shutil.copy(part, tmp_path)
    found = Demo(tmp_path / seeded.name)
    yield found
    _close(found)


def _close(demo: Demo) -> None:
    demo.app.state.portal.database.engine.dispose()


async def test_a_person_is_found_by_phone_and_birth_date(demo: Demo) -> None:
    found = await demo.directory.find_person("+15415550104", date(1951, 7, 20))
    assert found is not None
    assert (found.id, found.language, found.can_text) == ("rosa", "es", True)


async def test_a_person_with_a_landline_cannot_be_texted(demo: Demo) -> None:
    found = await demo.directory.find_person("+15415550106", date(1939, 9, 9))
    assert found is not None
    assert not found.can_text


async def test_a_wrong_birth_date_finds_nobody(demo: Demo) -> None:
    assert await demo.directory.find_person("+15415550101", date(1984, 3, 13)) is None


async def test_two_people_with_one_phone_are_told_apart_by_birth_date(demo: Demo) -> None:
    found = await demo.directory.find_person("+15415550105", date(1981, 9, 8))
    assert found is not None
    assert found.id == "anne"


async def test_whoever_is_signed_in_is_who_was_found(demo: Demo) -> None:
    found = await demo.directory.find_person("+15415550106", date(1939, 9, 9))
    assert await demo.portal("dorothy").person() == found


async def test_an_exchanged_token_opens_only_its_own_record(demo: Demo) -> None:
    token = await demo.tokens.exchange("rosa", A_TUESDAY)

    async def rosas() -> str:
        return token.access_token

    as_maria = FhirPortal(demo.client, "maria", rosas, demo.clock, CLINIC_ZONE, server=demo.server)
    with pytest.raises(Refused, match="forbidden"):
        await as_maria.balances()


async def test_an_exchange_for_nobody_is_refused(demo: Demo) -> None:
    with pytest.raises(SessionExpired):
        await demo.tokens.exchange("nobody", A_TUESDAY)


async def test_a_lapsed_token_means_signing_in_again(demo: Demo) -> None:
    maria = demo.portal("maria")
    await maria.balances()
    demo.clock.advance(timedelta(minutes=11))
    with pytest.raises(SessionExpired):
        await maria.balances()


async def test_the_staff_of_the_clinic_is_listed(demo: Demo) -> None:
    maria = demo.portal("maria")
    providers = {each.id: each for each in await maria.providers()}
    assert (providers["rivera"].specialty, providers["rivera"].languages) == ("Family Medicine", ("en", "es"))
    assert providers["rivera"].place_id in {each.id for each in await maria.places()}


async def test_times_are_found_with_and_without_a_kind_of_visit(demo: Demo) -> None:
    maria = demo.portal("maria")
    found = await maria.open_slots(NEXT_WEEKS)
    assert len(found) == 3
    assert {each.provider.id for each in found} == {"chen"}
    assert await maria.open_slots(replace(NEXT_WEEKS, visit_type=None)) == found


async def test_times_are_found_for_parts_of_the_day_and_the_week(demo: Demo) -> None:
    wish = replace(NEXT_WEEKS, time_ranges=((time(13), time(17)),), weekdays=(0, 3), limit=10)
    found = await demo.portal("maria").open_slots(wish)
    assert len(found) == 10
    assert all(each.start.weekday() in (0, 3) and 13 <= each.start.hour < 17 for each in found)
    assert found == sorted(found, key=lambda each: each.start.astimezone(UTC))


async def test_a_booked_time_is_listed_and_no_longer_offered(demo: Demo) -> None:
    maria = demo.portal("maria")
    slot = (await maria.open_slots(NEXT_WEEKS))[0]
    assert (await maria.hold_slot(slot.id, "follow_up")).startswith("Appointment/")
    assert [each.status for each in await maria.appointments()] == ["booked"]
    booked = await maria.book_appointment(slot.id, "follow_up", "key-1")
    assert (booked.start, booked.provider, booked.place) == (slot.start, slot.provider, slot.place)
    assert booked in await maria.appointments()
    assert slot.id not in {each.id for each in await maria.open_slots(NEXT_WEEKS)}


async def test_booking_twice_with_one_key_books_once(demo: Demo) -> None:
    maria = demo.portal("maria")
    slot = (await maria.open_slots(NEXT_WEEKS))[0]
    first = await maria.book_appointment(slot.id, "follow_up", "key-1")
    assert await maria.book_appointment(slot.id, "follow_up", "key-1") == first


async def test_of_six_who_want_one_time_one_gets_it(demo: Demo) -> None:
    people = ["maria", "james", "rosa", "robert", "anne", "wei"]
    slot = (await demo.portal("maria").open_slots(NEXT_WEEKS))[0]
    asked = [demo.portal(each).book_appointment(slot.id, "follow_up", f"key-{each}") for each in people]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Appointment"] + ["SlotTaken"] * 5


async def test_a_time_somebody_else_holds_is_taken_until_the_hold_lapses(demo: Demo) -> None:
    slot = (await demo.portal("maria").open_slots(NEXT_WEEKS))[0]
    await demo.portal("james").hold_slot(slot.id, "follow_up")
    with pytest.raises(SlotTaken):
        await demo.portal("maria").hold_slot(slot.id, "follow_up")
    demo.clock.advance(timedelta(minutes=6))
    booked = await demo.portal("maria").book_appointment(slot.id, "follow_up", "key-1")
    assert booked.status == "booked"


async def test_a_booking_whose_answer_is_lost_is_found_by_its_slot(demo: Demo) -> None:
    maria = demo.portal("maria")
    slot = (await maria.open_slots(NEXT_WEEKS))[0]
    demo.wire.loses = "POST /fhir/Appointment/$book"
    booked = await maria.book_appointment(slot.id, "follow_up", "key-1")
    assert booked.start == slot.start
    assert demo.wire.sent.count("POST /fhir/Appointment/$book") == 1


async def test_a_second_visit_at_the_same_time_is_refused(demo: Demo) -> None:
    maria = demo.portal("maria")
    wish = replace(NEXT_WEEKS, provider_id=None, limit=30)
    found = await maria.open_slots(wish)
    first = found[0]
    other = next(each for each in found[1:] if each.start == first.start and each.provider != first.provider)
    await maria.book_appointment(first.id, "follow_up", "key-1")
    with pytest.raises(Refused) as caught:
        await maria.book_appointment(other.id, "follow_up", "key-2")
    assert caught.value.detail == "already-booked-then"


async def test_a_cancelled_time_is_offered_again(demo: Demo) -> None:
    maria = demo.portal("maria")
    slot = (await maria.open_slots(NEXT_WEEKS))[0]
    booked = await maria.book_appointment(slot.id, "follow_up", "key-1")
    await maria.cancel_appointment(booked.id, "key-2")
    await maria.cancel_appointment(booked.id, "key-3")
    assert booked.id not in {each.id for each in await maria.appointments()}
    assert (await maria.open_slots(NEXT_WEEKS))[0].id == slot.id


async def test_somebody_elses_appointment_cannot_be_cancelled(demo: Demo) -> None:
    his = (await demo.portal("james").appointments())[0]
    with pytest.raises(Refused, match="not-found"):
        await demo.portal("maria").cancel_appointment(his.id, "key-1")


async def test_a_cancellation_whose_answer_is_lost_is_seen(demo: Demo) -> None:
    maria = demo.portal("maria")
    mine = (await maria.appointments())[0]
    demo.wire.loses = f"PUT /fhir/Appointment/{mine.id}"
    await maria.cancel_appointment(mine.id, "key-1")
    assert await maria.appointments() == []


async def test_medicines_are_told_with_what_is_left(demo: Demo) -> None:
    found = {each.name: each for each in await demo.portal("maria").medications()}
    assert (found["lisinopril"].refills_left, found["lisinopril"].strength) == (2, "10 mg")
    assert found["sertraline"].refills_left == 0
    assert found["cetirizine"].over_the_counter


async def test_a_controlled_substance_is_known_and_not_refilled(demo: Demo) -> None:
    james = demo.portal("james")
    oxycodone = next(each for each in await james.medications() if each.controlled)
    with pytest.raises(Refused) as caught:
        await james.request_refill(oxycodone.id, None, "key-1")
    assert (oxycodone.name, caught.value.detail) == ("oxycodone", "controlled-substance")


async def test_a_refill_is_asked_for_once(demo: Demo) -> None:
    maria = demo.portal("maria")
    lisinopril = next(each for each in await maria.medications() if each.name == "lisinopril")
    first = await maria.request_refill(lisinopril.id, "oakway", "key-1")
    assert (first.status, first.needs_approval, first.already_open) == ("requested", False, False)
    assert await maria.request_refill(lisinopril.id, "oakway", "key-1") == first
    assert await maria.request_refill(lisinopril.id, None, "key-2") == replace(first, already_open=True)
    assert next(each for each in await maria.medications() if each.name == "lisinopril").open_request


async def test_a_refill_with_none_left_goes_to_the_prescriber(demo: Demo) -> None:
    maria = demo.portal("maria")
    sertraline = next(each for each in await maria.medications() if each.refills_left == 0)
    assert (await maria.request_refill(sertraline.id, None, "key-1")).needs_approval


async def test_a_refill_whose_answer_is_lost_is_found_by_its_key(demo: Demo) -> None:
    maria = demo.portal("maria")
    lisinopril = next(each for each in await maria.medications() if each.name == "lisinopril")
    demo.wire.loses = "POST /fhir/Task"
    found = await maria.request_refill(lisinopril.id, None, "key-1")
    assert not found.already_open
    assert demo.wire.sent.count("POST /fhir/Task") == 1


async def test_a_refill_is_accepted_on_the_day_it_was_promised_and_not_before(demo: Demo) -> None:
    demo.clock.advance(-timedelta(days=10))
    lisinopril = next(each for each in await demo.portal("maria").medications() if each.name == "lisinopril")
    assert lisinopril.next_refill_on is not None
    day_before = lisinopril.next_refill_on - timedelta(days=1)
    demo.clock.advance(datetime.combine(day_before, time(12), CLINIC_ZONE) - demo.clock.now())
    with pytest.raises(Refused) as caught:
        await demo.portal("maria").request_refill(lisinopril.id, None, "key-1")
    assert caught.value.detail == "too-early"
    demo.clock.advance(timedelta(days=1))
    assert (await demo.portal("maria").request_refill(lisinopril.id, None, "key-2")).status == "requested"


async def test_the_preferred_pharmacy_comes_first(demo: Demo) -> None:
    found = await demo.portal("maria").pharmacies()
    assert [each.preferred for each in found] == [True, False, False]
    assert found[0].name == "Willamette Pharmacy"


async def test_results_are_told_newest_first(demo: Demo) -> None:
    found = await demo.portal("maria").test_results()
    assert [(each.name, each.status) for each in found][0] == ("TSH", "pending")
    lipids = next(each for each in found if each.name == "Lipid panel")
    ldl = next(each for each in lipids.values if each.name == "LDL cholesterol")
    assert (ldl.value, ldl.unit, ldl.flag) == ("162", "mg/dL", "H")
    assert lipids.comment


async def test_a_sensitive_result_is_restricted(demo: Demo) -> None:
    assert any(each.restricted for each in await demo.portal("harold").test_results())
    assert not any(each.restricted for each in await demo.portal("maria").test_results())


async def test_what_is_owed_is_told_by_account(demo: Demo) -> None:
    found = await demo.portal("james").balances()
    assert [(each.name, each.cents) for each in found] == [("clinic", 34000), ("hospital", 90000)]


async def test_paying_twice_with_one_key_charges_once(demo: Demo) -> None:
    maria = demo.portal("maria")
    account, method = (await maria.balances())[0], (await maria.payment_methods())[0]
    paid = await asyncio.gather(*(maria.pay(account.id, 5000, method.id, "key-1") for _ in range(2)))
    assert paid[0] == paid[1]
    assert paid[0].cents == 5000
    assert (await maria.balances())[0].cents == account.cents - 5000


async def test_a_payment_whose_answer_is_lost_is_found_and_charged_once(demo: Demo) -> None:
    maria = demo.portal("maria")
    account, method = (await maria.balances())[0], (await maria.payment_methods())[0]
    demo.wire.loses = "POST /fhir/Task"
    paid = await maria.pay(account.id, 5000, method.id, "key-1")
    assert (await maria.pay(account.id, 5000, method.id, "key-1")).receipt == paid.receipt
    assert (await maria.balances())[0].cents == account.cents - 5000


async def test_another_amount_under_the_same_key_is_refused(demo: Demo) -> None:
    maria = demo.portal("maria")
    account, method = (await maria.balances())[0], (await maria.payment_methods())[0]
    await maria.pay(account.id, 5000, method.id, "key-1")
    with pytest.raises((Refused, OutcomeUnknown)):
        await maria.pay(account.id, 6000, method.id, "key-1")
    assert (await maria.balances())[0].cents == account.cents - 5000


@pytest.mark.parametrize(
    ("cents", "method", "reason"), [(18451, None, "over-payment"), (100, "nope", "unknown-method")]
)
async def test_a_payment_against_the_rules_is_refused(demo: Demo, cents: int, method: str | None, reason: str) -> None:
    maria = demo.portal("maria")
    known = (await maria.payment_methods())[0].id
    with pytest.raises(Refused) as caught:
        await maria.pay((await maria.balances())[0].id, cents, method or known, "key-1")
    assert caught.value.detail == reason


async def test_paying_on_somebody_elses_account_is_refused(demo: Demo) -> None:
    his = (await demo.portal("james").balances())[0]
    maria = demo.portal("maria")
    with pytest.raises(Refused):
        await maria.pay(his.id, 100, (await maria.payment_methods())[0].id, "key-1")
    assert (await demo.portal("james").balances())[0].cents == his.cents


async def test_no_address_names_a_patient_who_is_searched_for(demo: Demo) -> None:
    maria = demo.portal("maria")
    for call in (maria.appointments, maria.medications, maria.test_results, maria.balances):
        await call()
    searches = [each for each in demo.wire.sent if "maria" in each and "Patient/maria" not in each]
    assert searches == []
