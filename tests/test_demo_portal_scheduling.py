"""Finding, holding, booking and cancelling visits in the demo portal."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.demo_portal_case import Demo, demo, issue_code, matches, refusal, seeded_file, settings, slot_of

__all__ = ["demo", "seeded_file", "settings"]


async def status_of(demo: Demo, slot: str) -> str:
    maria = await demo.sign_in("maria")
    return (await maria.get(f"Slot/{slot}")).json()["status"]


async def test_times_are_offered_earliest_first_and_never_in_the_past(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    starts = [offer["start"] for offer in await maria.offers()]

    assert starts == sorted(starts)
    assert len(starts) == 10
    assert starts[0] >= "2026-03-02T09:00:00-08:00"


async def test_offers_come_with_their_provider_and_place(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    bundle = (await maria.find(practitioner="Practitioner/chen", location="Location/crescent")).json()

    included = [e["resource"] for e in bundle["entry"] if e["search"]["mode"] == "include"]
    assert sorted(f"{r['resourceType']}/{r['id']}" for r in included) == ["Location/crescent", "Practitioner/chen"]
    assert {offer["status"] for offer in matches(bundle)} == {"proposed"}


async def test_only_providers_who_offer_the_visit_are_found(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    providers = {offer["participant"][0]["actor"]["reference"] for offer in await maria.offers("eye_exam")}

    assert providers == {"Practitioner/novak"}


async def test_an_unknown_visit_type_finds_nothing(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    assert await maria.offers("physical,eye_exam") == []


async def test_patel_has_nothing_in_the_first_three_weeks(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    first = (await maria.offers("follow_up", practitioner="Practitioner/patel"))[0]["start"]

    assert first.startswith("2026-03-23")


@pytest.mark.parametrize("missing", ["start", "end", "visit-type"])
async def test_find_needs_a_time_and_a_kind_of_visit(demo: Demo, missing: str) -> None:
    maria = await demo.sign_in("maria")
    given = [
        {"name": "start", "valueInstant": "2026-03-02T00:00:00-08:00"},
        {"name": "end", "valueInstant": "2026-03-09T00:00:00-07:00"},
        {"name": "visit-type", "valueCode": "physical"},
    ]
    body = {"resourceType": "Parameters", "parameter": [item for item in given if item["name"] != missing]}

    response = await maria.post("Appointment/$find", body)

    assert (response.status_code, refusal(response)) == (400, "malformed")


async def test_a_held_slot_is_booked_and_no_longer_offered(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])
    held = (await maria.hold(slot)).json()

    booked = await maria.book_held(held["id"])

    assert (held["status"], booked.json()["status"]) == ("pending", "booked")
    assert booked.json()["id"] == held["id"]
    assert slot not in [slot_of(offer) for offer in await maria.offers()]
    assert await status_of(demo, slot) == "busy"


async def test_a_held_slot_is_kept_from_others(demo: Demo) -> None:
    maria, rosa = await demo.sign_in("maria"), await demo.sign_in("rosa")
    slot = slot_of((await maria.offers())[0])
    await maria.hold(slot)

    refused = [await rosa.hold(slot), await rosa.book(slot)]

    assert [(r.status_code, issue_code(r), refusal(r)) for r in refused] == [(409, "conflict", "slot-taken")] * 2


async def test_a_hold_lapses_after_five_minutes(demo: Demo) -> None:
    maria, rosa = await demo.sign_in("maria"), await demo.sign_in("rosa")
    slot = slot_of((await maria.offers())[0])
    held = (await maria.hold(slot)).json()["id"]
    demo.clock.advance(timedelta(minutes=5))

    offered_again = [slot_of(offer) for offer in await rosa.offers()]
    booked = await rosa.book(slot)
    late = await maria.book_held(held)

    assert slot in offered_again
    assert booked.status_code == 200
    assert (late.status_code, refusal(late)) == (409, "hold-lapsed")


async def test_a_lapsed_hold_is_taken_over_without_a_search_between(demo: Demo) -> None:
    maria, rosa = await demo.sign_in("maria"), await demo.sign_in("rosa")
    slot = slot_of((await maria.offers())[0])
    held = (await maria.hold(slot)).json()["id"]
    demo.clock.advance(timedelta(minutes=5))

    booked = await rosa.book(slot)

    assert booked.status_code == 200
    assert (await maria.get(f"Appointment/{held}")).json()["status"] == "cancelled"


async def test_holding_the_same_slot_again_gives_the_same_hold(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])

    holds = {(await maria.hold(slot)).json()["id"] for _ in range(2)}

    assert len(holds) == 1


async def test_a_fourth_hold_lets_go_of_the_oldest(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slots = [slot_of(offer) for offer in (await maria.offers())[:4]]
    for slot in slots:
        await maria.hold(slot)
        demo.clock.advance(timedelta(seconds=1))

    assert [await status_of(demo, slot) for slot in slots] == ["free", *["busy-tentative"] * 3]


async def test_booking_by_slot_uses_the_own_hold(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])
    held = (await maria.hold(slot)).json()["id"]

    booked = (await maria.book(slot)).json()

    assert (booked["id"], booked["status"]) == (held, "booked")
    assert "extension" not in booked


async def test_two_who_race_for_one_slot_get_one_visit(demo: Demo) -> None:
    people = [await demo.sign_in(name) for name in ("maria", "rosa", "james", "anne", "tom", "aisha", "wei", "harold")]
    slot = slot_of((await people[0].offers())[0])

    answers = await asyncio.gather(*(person.book(slot) for person in people for _ in range(3)))

    assert sorted(answer.status_code for answer in answers).count(200) == 1
    visits = [await person.ids("Appointment", slot=f"Slot/{slot}") for person in people]
    assert sum(len(found) for found in visits) == 1


async def test_one_who_races_with_one_key_gets_one_visit(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])

    answers = await asyncio.gather(*(maria.book(slot, key="once") for _ in range(10)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_the_same_key_gives_the_same_appointment(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])

    first, second = await maria.book(slot, key="once"), await maria.book(slot, key="once")

    assert (second.status_code, second.json()) == (200, first.json())


async def test_the_same_key_for_another_time_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    first, second = (slot_of(offer) for offer in (await maria.offers())[:2])
    await maria.book(first, key="once")

    response = await maria.book(second, key="once")

    assert (response.status_code, refusal(response)) == (422, "key-reused")


async def test_two_people_may_use_the_same_key(demo: Demo) -> None:
    maria, rosa = await demo.sign_in("maria"), await demo.sign_in("rosa")
    first, second = (slot_of(offer) for offer in (await maria.offers())[:2])

    answers = [await maria.book(first, key="once"), await rosa.book(second, key="once")]

    assert [answer.status_code for answer in answers] == [200, 200]


async def test_booking_needs_a_key(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])

    response = await maria.post("Appointment/$book", {"resourceType": "Parameters", "parameter": []})

    assert (response.status_code, refusal(response)) == (400, "key-required")
    assert await status_of(demo, slot) == "free"


async def test_nobody_can_be_in_two_rooms_at_once(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    same_time = [slot_of(o) for o in await maria.offers() if o["start"] == (await maria.offers())[0]["start"]]
    await maria.book(same_time[0])

    response = await maria.book(same_time[1])

    assert (response.status_code, refusal(response)) == (422, "already-booked-then")
    assert await status_of(demo, same_time[1]) == "free"


async def test_nobody_books_for_somebody_else(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])
    maria.patient = "leo"

    response = await maria.book(slot)

    assert (response.status_code, refusal(response)) == (403, "other-patient")


async def test_somebody_elses_hold_cannot_be_booked(demo: Demo) -> None:
    maria, rosa = await demo.sign_in("maria"), await demo.sign_in("rosa")
    held = (await maria.hold(slot_of((await maria.offers())[0]))).json()["id"]

    response = await rosa.book_held(held)

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("slot", "visit_type", "status", "code"),
    [
        ("chen-20260309-0801", "physical", 404, ""),
        ("okafor-20260302-0730", "well_child", 422, "in-the-past"),
        ("chen-20260309-0800", "eye_exam", 422, "visit-type-not-offered"),
        ("patel-20260303-0800", "follow_up", 409, "slot-taken"),
    ],
)
async def test_a_slot_that_cannot_be_had_is_refused(
    demo: Demo, slot: str, visit_type: str, status: int, code: str
) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.book(slot, visit_type=visit_type)

    assert (response.status_code, refusal(response)) == (status, code)


async def test_the_kind_of_visit_can_still_be_changed_when_booking(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slot = slot_of((await maria.offers())[0])
    await maria.hold(slot, "physical")

    booked = (await maria.book(slot, visit_type="follow_up")).json()

    assert booked["serviceType"][0]["text"] == "Follow-up"
