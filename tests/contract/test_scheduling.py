"""Visits: moving, cancelling, waiting for an earlier time, checking in, arriving, and what is still to be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from actions.portal_client import FhirPortal, OpenSlot, Refused, SlotTaken, SlotWish
from actions.portal_client.models.scheduling import AppointmentRequest, StepProof
from tests.contract.targets import Target, demo_only, if_capable
from tests.fakes import A_TUESDAY

PATEL = SlotWish("follow_up", "patel", None, A_TUESDAY, A_TUESDAY + timedelta(days=42))
CHEN = SlotWish("physical", "chen", None, A_TUESDAY, A_TUESDAY + timedelta(days=42))


async def times(its: FhirPortal, wish: SlotWish = CHEN, limit: int = 3) -> list[OpenSlot]:
    return await its.open_slots(replace(wish, limit=limit))


async def ids(its: FhirPortal) -> list[str]:
    return [each.id for each in await its.appointments()]


async def rosa_frees_a_time(target: Target) -> None:
    """Her visit with the cardiologist is in three days; James waits for an earlier one of the same kind."""
    rosa = target.portal("rosa")
    await rosa.cancel_appointment((await rosa.appointments())[0].id, "rosa-1", "transport", "no ride")


def without(target: Target, *interactions: str) -> None:
    """Make the client believe that the server does not state these."""
    kept = target.server.capabilities
    original = kept.get

    async def get(now, fetch):  # type: ignore[no-untyped-def]
        found = await original(now, fetch)
        names = frozenset(name.rpartition("$")[2] for name in interactions)
        return replace(found, interactions=found.interactions - set(interactions), operations=found.operations - names)

    kept.get = get  # type: ignore[method-assign]


async def test_a_visit_is_moved_and_the_old_time_is_free_again(target: Target) -> None:
    maria = target.portal("maria")
    old, slot = (await maria.appointments())[0], (await times(maria))[0]
    moved = await maria.reschedule_appointment(old.id, slot.id, "physical", "key-1")
    assert (moved.appointment.start, moved.old_is_gone) == (slot.start, True)
    assert await ids(maria) == [moved.appointment.id]
    old_day = SlotWish("physical", "chen", None, old.start, old.end)
    assert [each.start for each in await maria.open_slots(old_day)] == [old.start]


async def test_moving_with_the_same_key_again_moves_nothing_twice(target: Target) -> None:
    maria = target.portal("maria")
    old, slot = (await maria.appointments())[0], (await times(maria))[0]
    first = await maria.reschedule_appointment(old.id, slot.id, "physical", "key-1")
    assert await maria.reschedule_appointment(old.id, slot.id, "physical", "key-1") == first
    assert len(await maria.appointments()) == 1


@if_capable("Appointment.$reschedule")
async def test_a_lost_answer_to_a_move_is_found_again(target: Target) -> None:
    maria = target.portal("maria")
    old, slot = (await maria.appointments())[0], (await times(maria))[0]
    await maria.appointments()
    target.wire.loses = "POST /fhir/Appointment/$reschedule"
    moved = await maria.reschedule_appointment(old.id, slot.id, "physical", "key-1")
    assert moved.appointment.start == slot.start
    assert await ids(maria) == [moved.appointment.id]


@pytest.mark.parametrize("native", [True, False], ids=["in one step", "booked first"])
async def test_a_time_that_is_gone_leaves_the_old_visit(target: Target, native: bool) -> None:
    maria, rosa = target.portal("maria"), target.portal("rosa")
    if not native:
        without(target, "Appointment.$reschedule")
    old, slot = (await maria.appointments())[0], (await times(maria))[0]
    await rosa.book_appointment(slot.id, "physical", "rosa-1")
    with pytest.raises(SlotTaken):
        await maria.reschedule_appointment(old.id, slot.id, "physical", "key-1")
    assert await ids(maria) == [old.id]


@pytest.mark.parametrize("ways", [("Appointment.$reschedule",), ("Appointment.$reschedule", "Appointment.$hold")])
async def test_where_nothing_is_moved_in_one_step_it_is_booked_first(target: Target, ways: tuple[str, ...]) -> None:
    without(target, *ways)
    maria = target.portal("maria")
    old, slot = (await maria.appointments())[0], (await times(maria))[0]
    moved = await maria.reschedule_appointment(old.id, slot.id, "physical", "key-1")
    assert moved.old_is_gone
    assert await ids(maria) == [moved.appointment.id]


async def test_when_the_old_visit_cannot_be_let_go_it_is_said(target: Target) -> None:
    without(target, "Appointment.$reschedule", "Appointment.update")
    maria = target.portal("maria")
    old, slot = (await maria.appointments())[0], (await times(maria))[0]
    moved = await maria.reschedule_appointment(old.id, slot.id, "physical", "key-1")
    assert not moved.old_is_gone
    assert set(await ids(maria)) == {old.id, moved.appointment.id}


@demo_only("who may see what")
async def test_somebody_elses_visit_is_not_moved(target: Target) -> None:
    maria, rosa = target.portal("maria"), target.portal("rosa")
    theirs, slot = (await rosa.appointments())[0], (await times(maria))[0]
    with pytest.raises(Refused):
        await maria.reschedule_appointment(theirs.id, slot.id, "physical", "key-1")
    assert await ids(rosa) == [theirs.id]
    assert slot.id in [each.id for each in await times(maria)]


@demo_only("looks into its store")
async def test_a_reason_for_cancelling_is_kept_in_the_words_of_the_list(target: Target) -> None:
    await rosa_frees_a_time(target)
    with target.app.state.portal.database.reading() as conn:
        from demo_portal.store.resources import WHOLE

        kept = target.app.state.portal.resources(conn, WHOLE).read("Appointment", "rosa-patel-next")
    assert kept["cancelationReason"]["coding"][0]["code"] == "pat-lt"
    assert kept["cancelationReason"]["text"] == "no ride"


async def test_the_details_of_a_visit(target: Target) -> None:
    maria = target.portal("maria")
    visit = (await maria.appointments())[0]
    told = await maria.appointment_details(visit.id)
    assert told.appointment == visit
    assert "8 hours" in told.instructions["en"]
    assert "8 horas" in told.instructions["es"]
    assert "insurance card" in told.bring["en"]
    assert told.late_cancel_before == visit.start - timedelta(hours=24)
    assert (told.late_cancel_fee, told.echeckin, told.on_waitlist) == (4000, "none", False)
    assert visit.place is not None
    assert visit.place.position is not None
    assert visit.place.parking is not None
    assert set(visit.place.parking) == {"en", "es"}


@demo_only("keeps check-ins and the wait list")
async def test_the_details_of_a_visit_that_is_checked_in_for_and_one_that_waits(target: Target) -> None:
    james = target.portal("james")
    video, follow_up = await james.appointments()
    assert ((await james.appointment_details(video.id)).echeckin, video.by_video) == ("open", True)
    assert (await james.appointment_details(follow_up.id)).on_waitlist


@demo_only("tells it with each booking")
async def test_a_new_booking_says_how_to_prepare(target: Target) -> None:
    maria = target.portal("maria")
    booked = await maria.book_appointment((await times(maria))[0].id, "physical", "key-1")
    assert "8 horas" in (await maria.appointment_details(booked.id)).instructions["es"]


@demo_only("its wait list")
async def test_a_freed_time_is_offered_and_taken(target: Target) -> None:
    james = target.portal("james")
    assert await james.waitlist_offers() == []
    await rosa_frees_a_time(target)
    (offer,) = await james.waitlist_offers()
    assert offer.replaces == "james-patel-next"
    assert offer.expires.astimezone(UTC) == A_TUESDAY + timedelta(minutes=30)
    assert (await james.accept_offer(offer.id, "key-1")).status == "accepted"
    assert offer.appointment.start in [each.start for each in await james.appointments()]
    assert "james-patel-next" not in await ids(james)
    assert (await james.waitlist(), await james.waitlist_offers()) == ([], [])


@demo_only("its wait list")
async def test_taking_an_offer_twice_with_one_key_books_once(target: Target) -> None:
    james = target.portal("james")
    await rosa_frees_a_time(target)
    (offer,) = await james.waitlist_offers()
    first = await james.accept_offer(offer.id, "key-1")
    assert await james.accept_offer(offer.id, "key-1") == first
    with pytest.raises(Refused) as caught:
        await james.accept_offer(offer.id, "key-2")
    assert caught.value.detail == "already-answered"


@demo_only("its wait list")
async def test_a_lost_answer_to_an_offer_is_found_again(target: Target) -> None:
    james = target.portal("james")
    await rosa_frees_a_time(target)
    (offer,) = await james.waitlist_offers()
    target.wire.loses = "POST /fhir/AppointmentResponse"
    assert (await james.accept_offer(offer.id, "key-1")).status == "accepted"
    assert len(await james.appointments()) == 2


@demo_only("its wait list")
async def test_a_lapsed_offer_cannot_be_taken(target: Target) -> None:
    james = target.portal("james")
    await rosa_frees_a_time(target)
    (offer,) = await james.waitlist_offers()
    target.clock.advance(timedelta(minutes=31))
    with pytest.raises(Refused) as caught:
        await target.portal("james").accept_offer(offer.id, "key-1")
    assert caught.value.detail == "offer-lapsed"
    assert await target.portal("james").waitlist_offers() == []


@demo_only("its wait list")
async def test_a_declined_offer_leaves_the_visit_and_the_wish(target: Target) -> None:
    james = target.portal("james")
    await rosa_frees_a_time(target)
    (offer,) = await james.waitlist_offers()
    assert (await james.decline_offer(offer.id, "key-1")).status == "declined"
    assert await james.waitlist_offers() == []
    assert [each.appointment_id for each in await james.waitlist()] == ["james-patel-next"]
    assert "james-patel-next" in await ids(james)


@demo_only("its wait list")
async def test_joining_and_leaving_the_wait_list(target: Target) -> None:
    maria = target.portal("maria")
    visit = (await maria.appointments())[0]
    joined = await maria.join_waitlist(visit.id, "key-1")
    assert (joined.grade, joined.status, joined.already_open) == ("native", "waitlist", False)
    (wish,) = await maria.waitlist()
    assert (wish.id, wish.appointment_id, wish.visit_type, wish.latest) == (
        joined.id,
        visit.id,
        "physical",
        visit.start,
    )
    assert (await maria.join_waitlist(visit.id, "key-2")) == replace(joined, already_open=True)
    await maria.leave_waitlist(wish.id, "key-3")
    assert await maria.waitlist() == []
    assert await ids(maria) == [visit.id]


@demo_only("its kinds of requests")
async def test_where_no_wait_list_is_kept_the_clinic_is_asked(target: Target) -> None:
    without(target, "AppointmentResponse.create")
    maria = target.portal("maria")
    asked = await maria.join_waitlist((await maria.appointments())[0].id, "key-1")
    assert (asked.grade, asked.status) == ("request", "requested")


async def test_the_clinic_is_asked_to_find_a_time(target: Target) -> None:
    maria = target.portal("maria")
    wanted = AppointmentRequest("my knee hurts", "any morning", "+15415550101", "sick_visit", "chen")
    asked = await maria.request_appointment(wanted, "key-1")
    assert (asked.grade, asked.status) == ("request", "requested")
    assert await maria.request_appointment(wanted, "key-1") == asked


async def test_shortcuts_are_saved_listed_booked_and_given_up(target: Target) -> None:
    priya = target.portal("priya")
    (known,) = await priya.favorites()
    assert (known.name, known.visit_type, known.provider_id, known.place_id) == (
        "my allergy shot", "allergy_shot", "kim", "southgate",
    )  # fmt: skip
    wish = SlotWish(known.visit_type, known.provider_id, known.place_id, A_TUESDAY, A_TUESDAY + timedelta(days=7))
    booked = await priya.book_appointment((await priya.open_slots(wish))[0].id, known.visit_type, "key-1")
    assert booked.provider is not None
    assert booked.provider.id == "kim"
    saved = await priya.save_favorite("blood draw", "lab_draw", "kim", None, "key-2")
    assert [each.name for each in await priya.favorites()] == ["blood draw", "my allergy shot"]
    await priya.remove_favorite(saved.id, "key-3")
    await priya.remove_favorite(saved.id, "key-3")
    assert await priya.favorites() == [known]


@demo_only("its check-in")
async def test_checking_in_at_home_is_resumed_step_by_step(target: Target) -> None:
    james = target.portal("james")
    begun = await james.echeckin("james-chen-next")
    assert begun is not None
    assert {step.kind: step.done for step in begun.steps}["demographics"]
    left = [step for step in begun.steps if not step.done and step.kind != "questionnaire"]
    with pytest.raises(Refused):
        await james.complete_echeckin_step(next(s.id for s in left if s.kind == "consent"), StepProof(), "key-0")
    for place, step in enumerate(left):
        await james.complete_echeckin_step(step.id, StepProof(signature="James O'Connor"), f"key-{place}")
    after = await james.echeckin("james-chen-next")
    assert after is not None
    assert {step.kind for step in after.steps if not step.done} == {"questionnaire"}
    assert not after.done


@demo_only("its check-in")
async def test_checking_in_is_begun_and_finished(target: Target) -> None:
    maria = target.portal("maria")
    visit = (await maria.appointments())[0]
    assert await maria.echeckin(visit.id) is None
    begun = await maria.start_echeckin(visit.id, "key-1")
    again = await maria.start_echeckin(visit.id, "key-2")
    assert (begun.already_open, again.already_open, again.id) == (False, True, begun.id)
    found = await maria.echeckin(visit.id)
    assert found is not None
    for place, step in enumerate(each for each in found.steps if each.kind != "questionnaire"):
        await maria.complete_echeckin_step(step.id, StepProof(signature="Maria Lopez"), f"step-{place}")
    done = await maria.echeckin(visit.id)
    assert done is not None
    assert done.done == all(step.done for step in done.steps)
    # In FHIR R4 `checked-in` would mean that the visit itself may begin.
    assert (await maria.appointments())[0].status == "booked"


@demo_only("its rule about when one can arrive")
async def test_arriving(target: Target) -> None:
    maria = target.portal("maria")
    visit = (await maria.appointments())[0]
    with pytest.raises(Refused) as caught:
        await maria.announce_arrival(visit.id, "key-1")
    assert caught.value.detail == "too-early"
    target.clock.advance(visit.start - timedelta(minutes=20) - target.clock.now())
    there = await target.portal("maria").announce_arrival(visit.id, "key-2")
    assert "first floor" in there.where_to_wait["en"]
    assert "primer piso" in there.where_to_wait["es"]
    assert (await target.portal("maria").appointments())[0].status == "arrived"
    assert await target.portal("maria").announce_arrival(visit.id, "key-3") == there


@demo_only("its video visits")
async def test_the_door_to_a_video_visit_opens_in_its_time(target: Target) -> None:
    visit = (await target.portal("james").appointments())[0]
    before = await target.portal("james").video_visit(visit.id)
    assert (before.opens, before.closes, before.url) == (visit.start - timedelta(minutes=15), visit.end, None)
    target.clock.advance(before.opens - target.clock.now())
    url = (await target.portal("james").video_visit(visit.id)).url
    assert url is not None
    assert url.startswith("https://")
    target.clock.advance(before.closes - target.clock.now())
    assert (await target.portal("james").video_visit(visit.id)).url is None


@demo_only("its video visits")
async def test_a_visit_in_person_has_no_door(target: Target) -> None:
    maria = target.portal("maria")
    with pytest.raises(Refused) as caught:
        await maria.video_visit((await maria.appointments())[0].id)
    assert caught.value.detail == "not-by-video"


async def test_tests_that_are_still_to_be_done(target: Target) -> None:
    creatinine, colonoscopy = await target.portal("james").upcoming_tests()
    assert (creatinine.name, creatinine.kind, creatinine.visit_type) == ("Creatinine recheck", "laboratory", "lab_draw")
    assert (colonoscopy.kind, colonoscopy.visit_type, colonoscopy.ordered_by) == ("procedure", None, "Amy Chen, MD")
    assert colonoscopy.place is not None
    assert colonoscopy.place.phone == "+15415550192"
    assert set(colonoscopy.preparation) == {"en", "es"}
    assert [each.name for each in await target.portal("aisha").upcoming_tests()] == ["Growth ultrasound"]
    assert [each.name for each in await target.portal("maria").upcoming_tests()] == ["Lipid panel recheck"]
    assert await target.portal("rosa").upcoming_tests() == []


@demo_only("has times that far away")
async def test_times_on_both_sides_of_the_clock_change(target: Target) -> None:
    maria = target.portal("maria")
    # The clocks go back on 1 November 2026, long after the eight weeks that everybody has.
    first = datetime(2026, 10, 30, tzinfo=UTC)
    wish = SlotWish("vaccine", "kim", None, first, first + timedelta(days=7), limit=100)
    found = await maria.open_slots(wish)
    offsets = {each.start.date().isoformat(): each.start.utcoffset() for each in found}
    assert offsets["2026-10-31"] == timedelta(hours=-7)
    assert offsets["2026-11-02"] == timedelta(hours=-8)
    assert len({each.start.astimezone(UTC) for each in found}) == len(found)
    assert {each.end.astimezone(UTC) - each.start.astimezone(UTC) for each in found} == {timedelta(minutes=30)}
