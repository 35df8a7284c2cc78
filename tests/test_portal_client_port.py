"""What stands in for the portal in tests behaves like one."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from actions.portal_client import (
    AccountBalance,
    Directory,
    FhirDirectory,
    FhirPortal,
    FhirPublicPortal,
    OpenSlot,
    OutcomeUnknown,
    PaymentMethod,
    Person,
    Place,
    Portal,
    PortalUnavailable,
    Provider,
    PublicPortal,
    Refused,
    SlotTaken,
    SlotWish,
)
from tests.fakes import A_TUESDAY, FakeDirectory, FakePortal, FakePublicPortal

CHEN = Provider("chen", "Amy Chen, MD", "Chen", "Family Medicine", "crescent")
CRESCENT = Place("crescent", "Crescent Clinic", "1500 Crescent Way", "+15415550190")
NINE = datetime(2026, 3, 18, 16, 0, tzinfo=UTC)
SLOT = OpenSlot("s1", NINE, NINE + timedelta(minutes=30), CHEN, CRESCENT)
ANY_TIME = SlotWish("physical", None, None, A_TUESDAY, A_TUESDAY + timedelta(days=7))
OWED = AccountBalance("clinic", "clinic", 18450, None)
VISA = PaymentMethod("pm1", "visa", "4242")


def methods(kind: type) -> dict[str, list[str]]:
    found = inspect.getmembers(kind, inspect.iscoroutinefunction)
    return {name: list(inspect.signature(each).parameters) for name, each in found if not name.startswith("_")}


@pytest.mark.parametrize(
    ("port", "kind"),
    [
        (Portal, FakePortal),
        (Portal, FhirPortal),
        (PublicPortal, FakePublicPortal),
        (PublicPortal, FhirPublicPortal),
        (Directory, FakeDirectory),
        (Directory, FhirDirectory),
    ],
)
def test_whatever_serves_a_port_has_its_methods_and_no_others(port: type, kind: type) -> None:
    assert methods(kind) == methods(port)


async def test_a_fake_booking_takes_the_slot() -> None:
    its = FakePortal(slots=[SLOT])
    assert await its.open_slots(ANY_TIME) == [SLOT]
    booked = await its.book_appointment("s1", "physical", "k1")
    assert (await its.open_slots(ANY_TIME), await its.appointments()) == ([], [booked])
    with pytest.raises(SlotTaken):
        await its.book_appointment("s1", "physical", "k2")


async def test_a_fake_write_with_the_same_key_is_done_once() -> None:
    its = FakePortal(accounts=[OWED], methods=[VISA])
    first = await its.pay("clinic", 5000, "pm1", "k1")
    assert await its.pay("clinic", 5000, "pm1", "k1") == first
    assert await its.balances() == [replace(OWED, cents=13450)]


async def test_a_fake_refuses_to_take_more_than_is_owed() -> None:
    with pytest.raises(Refused):
        await FakePortal(accounts=[OWED], methods=[VISA]).pay("clinic", 18451, "pm1", "k1")


async def test_a_fake_fails_as_often_as_it_was_told() -> None:
    its = FakePortal()
    its.fail("balances", PortalUnavailable(), times=1)
    its.fail("pay", OutcomeUnknown())
    with pytest.raises(PortalUnavailable):
        await its.balances()
    assert await its.balances() == []
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            await its.pay("clinic", 1, "pm1", "k1")
    assert its.called("pay") == [("clinic", 1, "pm1", "k1")] * 2


async def test_a_fake_directory_tells_nobody_of_two_who_fit() -> None:
    smith = Person("smith1", "Michael", "Michael Smith", "+15415550113", True, "en")
    born = date(1966, 4, 4)
    known = FakeDirectory(people=[(smith, born)])
    assert await known.find_person("+15415550113", born) == smith
    known.people.append((replace(smith, id="smith2"), born))
    assert await known.find_person("+15415550113", born) is None
