"""Finding times, and taking one so that nobody else has it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, time, timedelta

import pytest

from actions.portal_client import Appointment, OpenSlot, OutcomeUnknown, PortalError, Refused, SlotTaken, SlotWish
from tests.contract.targets import Target, demo_only, if_capable
from tests.fakes import A_TUESDAY

NEXT_WEEKS = SlotWish("follow_up", "chen", None, A_TUESDAY, A_TUESDAY + timedelta(days=42))
PEOPLE = ("maria", "james", "rosa", "robert", "anne", "wei")


async def first_time(target: Target) -> OpenSlot:
    return (await target.portal("maria").open_slots(NEXT_WEEKS))[0]


async def booked(target: Target, patient: str, slot_id: str, key: str = "key-1") -> Appointment:
    return await target.portal(patient).book_appointment(slot_id, "follow_up", key)


def where_times_are_taken_by_hand(target: Target) -> None:
    """Skip where the server has an operation for it, so that no Slot is claimed by the client."""
    if target.capabilities.offers("Appointment.$book"):
        pytest.skip("the server books by itself: it has $book")


async def test_the_staff_of_the_clinic_is_listed(target: Target) -> None:
    maria = target.portal("maria")
    providers = {each.id: each for each in await maria.providers()}
    assert (providers["rivera"].specialty, providers["rivera"].languages) == ("Family Medicine", ("en", "es"))
    assert providers["rivera"].place_id in {each.id for each in await maria.places()}


async def test_times_are_found_with_and_without_a_kind_of_visit(target: Target) -> None:
    maria = target.portal("maria")
    found = await maria.open_slots(NEXT_WEEKS)
    assert len(found) == 3
    assert {each.provider.id for each in found} == {"chen"}
    assert await maria.open_slots(replace(NEXT_WEEKS, visit_type=None)) == found


async def test_times_are_found_for_parts_of_the_day_and_the_week(target: Target) -> None:
    wish = replace(NEXT_WEEKS, time_ranges=((time(13), time(17)),), weekdays=(0, 3), limit=10)
    found = await target.portal("maria").open_slots(wish)
    assert len(found) == 10
    assert all(each.start.weekday() in (0, 3) and 13 <= each.start.hour < 17 for each in found)
    assert found == sorted(found, key=lambda each: each.start.astimezone(UTC))


async def test_times_of_one_person_are_not_those_of_another(target: Target) -> None:
    """Servers are known that ignore a filter and say nothing of it."""
    maria = target.portal("maria")
    for provider in ("chen", "rivera", "brooks"):
        found = await maria.open_slots(replace(NEXT_WEEKS, visit_type=None, provider_id=provider, limit=20))
        assert {each.provider.id for each in found} == {provider}


async def test_many_times_come_over_as_many_pages_as_it_takes(target: Target) -> None:
    if target.capabilities.offers("Appointment.$find"):
        pytest.skip("the server has $find, which knows no pages")
    week = SlotWish("follow_up", None, None, A_TUESDAY, A_TUESDAY + timedelta(days=7), limit=150)
    found = await target.portal("maria").open_slots(week)
    assert len({each.id for each in found}) == 150


async def test_a_booked_time_is_listed_and_no_longer_offered(target: Target) -> None:
    maria, slot = target.portal("maria"), await first_time(target)
    await maria.hold_slot(slot.id, "follow_up")
    assert [each.status for each in await maria.appointments()] == ["booked"]
    mine = await booked(target, "maria", slot.id)
    assert (mine.start, mine.provider, mine.place) == (slot.start, slot.provider, slot.place)
    assert mine.id in {each.id for each in await maria.appointments()}
    assert slot.id not in {each.id for each in await maria.open_slots(NEXT_WEEKS)}


async def test_booking_twice_with_one_key_books_once(target: Target) -> None:
    slot = await first_time(target)
    first = await booked(target, "maria", slot.id)
    assert (await booked(target, "maria", slot.id)).id == first.id
    listed = await target.portal("maria").appointments()
    assert [each.start for each in listed].count(slot.start) == 1


async def test_of_six_people_who_want_one_time_one_gets_it(target: Target) -> None:
    slot = await first_time(target)
    asked = [booked(target, each, slot.id, f"key-{each}") for each in PEOPLE]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Appointment"] + ["SlotTaken"] * 5


async def test_of_twenty_attempts_at_one_time_one_succeeds(target: Target) -> None:
    slot = await first_time(target)
    asked = [booked(target, PEOPLE[number % 6], slot.id, f"key-{number}") for number in range(20)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Appointment"] + ["SlotTaken"] * 19
    listed = [each for name in PEOPLE for each in await target.portal(name).appointments()]
    at_that_time = [each for each in listed if (each.start, each.provider) == (slot.start, slot.provider)]
    assert len(at_that_time) == 1


async def test_two_who_want_the_same_two_times_do_not_get_one_each(target: Target) -> None:
    where_times_are_taken_by_hand(target)
    first, second = (await target.portal("maria").open_slots(NEXT_WEEKS))[:2]
    assert first.end == second.start
    wanted = {"rosa": f"{first.id},{second.id}", "james": f"{second.id},{first.id}"}
    asked = [booked(target, name, slots, f"key-{name}") for name, slots in wanted.items()]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Appointment", "SlotTaken"]


async def test_a_time_somebody_else_has_is_taken(target: Target) -> None:
    slot = await first_time(target)
    await booked(target, "james", slot.id, "key-james")
    with pytest.raises(SlotTaken):
        await booked(target, "maria", slot.id)
    assert slot.start not in {each.start for each in await target.portal("maria").appointments()}


async def test_a_time_that_does_not_exist_is_taken(target: Target) -> None:
    with pytest.raises(SlotTaken):
        await booked(target, "maria", "no-such-time")


@if_capable("Appointment.$hold")
async def test_a_time_somebody_else_holds_is_taken(target: Target) -> None:
    slot = await first_time(target)
    await target.portal("james").hold_slot(slot.id, "follow_up")
    with pytest.raises(SlotTaken):
        await target.portal("maria").hold_slot(slot.id, "follow_up")


@demo_only("its holds lapse after five minutes")
async def test_a_hold_lapses(target: Target) -> None:
    slot = await first_time(target)
    await target.portal("james").hold_slot(slot.id, "follow_up")
    target.clock.advance(timedelta(minutes=6))
    assert (await booked(target, "maria", slot.id)).status == "booked"


@if_capable("Appointment.$book")
async def test_a_booking_whose_answer_is_lost_is_found_by_its_slot(target: Target) -> None:
    slot, asked = await first_time(target), f"POST /{target.server.fhir_path}Appointment/$book"
    target.wire.loses = asked
    assert (await booked(target, "maria", slot.id)).start == slot.start
    assert target.wire.sent.count(asked) == 1


async def test_a_booking_by_hand_whose_answer_is_lost_is_found_by_its_key(target: Target) -> None:
    where_times_are_taken_by_hand(target)
    slot, asked = await first_time(target), f"POST /{target.server.fhir_path}Appointment"
    target.wire.loses = asked
    assert (await booked(target, "maria", slot.id)).start == slot.start
    assert target.wire.sent.count(asked) == 1


async def test_a_claim_whose_answer_is_lost_still_books(target: Target) -> None:
    where_times_are_taken_by_hand(target)
    slot = await first_time(target)
    target.wire.loses = f"PUT /{target.server.fhir_path}Slot/{slot.id}"
    assert (await booked(target, "maria", slot.id)).start == slot.start


async def test_a_booking_that_stays_open_is_not_called_done_and_is_done_once(target: Target) -> None:
    """Neither the answer nor the look for it comes through; asking again with the same key settles it."""
    slot = await first_time(target)
    operation = "/$book" if target.capabilities.offers("Appointment.$book") else ""
    target.wire.loses, target.wire.then_dead = f"POST /{target.server.fhir_path}Appointment{operation}", True
    with pytest.raises(OutcomeUnknown):
        await booked(target, "maria", slot.id)
    target.wire.then_dead = False
    assert (await booked(target, "maria", slot.id)).start == slot.start
    listed = await target.portal("maria").appointments()
    assert [each.start for each in listed].count(slot.start) == 1


@demo_only("it keeps people from being in two places at once")
async def test_a_second_visit_at_the_same_time_is_refused(target: Target) -> None:
    found = await target.portal("maria").open_slots(replace(NEXT_WEEKS, provider_id=None, limit=30))
    first = found[0]
    other = next(each for each in found[1:] if each.start == first.start and each.provider != first.provider)
    await booked(target, "maria", first.id)
    with pytest.raises(Refused) as caught:
        await booked(target, "maria", other.id, "key-2")
    assert caught.value.detail == "already-booked-then"


async def test_a_cancelled_time_is_offered_again(target: Target) -> None:
    maria, slot = target.portal("maria"), await first_time(target)
    mine = await booked(target, "maria", slot.id)
    await maria.cancel_appointment(mine.id, "key-2")
    await maria.cancel_appointment(mine.id, "key-3")
    assert mine.id not in {each.id for each in await maria.appointments()}
    assert (await first_time(target)).id == slot.id


async def test_somebody_elses_appointment_cannot_be_cancelled(target: Target) -> None:
    his = (await target.portal("james").appointments())[0]
    with pytest.raises(PortalError):
        await target.portal("maria").cancel_appointment(his.id, "key-1")
    assert his.id in {each.id for each in await target.portal("james").appointments()}


async def test_a_cancellation_whose_answer_is_lost_is_seen(target: Target) -> None:
    maria = target.portal("maria")
    mine = (await maria.appointments())[0]
    target.wire.loses = f"PUT /{target.server.fhir_path}Appointment/{mine.id}"
    await maria.cancel_appointment(mine.id, "key-1")
    assert await maria.appointments() == []
