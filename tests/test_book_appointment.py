"""Booking a visit: what is offered, how one of the times is picked, what is read back, and what became of it."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.portal_client import Appointment, OutcomeUnknown, Refused, SlotTaken, SlotWish
from actions.scheduling.book_appointment import (
    OFFERED,
    ActionAskBookAppointmentConfirmed,
    ActionAskBookAppointmentProvider,
    ActionAskBookAppointmentSlot,
    ActionAskBookAppointmentVisitType,
    ActionBookAppointment,
    ValidateBookAppointmentForm,
)
from tests.turns import CHEN, CRESCENT, KIM, NOW, PATEL, SOUTHGATE, Talk, open_slot

ALL_AT_ONCE = "a physical with dr chen next tuesday"


def furnish(talk: Talk) -> Talk:
    talk.portal.all_providers, talk.portal.all_places = [CHEN, KIM, PATEL], [CRESCENT, SOUTHGATE]
    talk.portal.slots = [
        open_slot(24, 9),
        open_slot(24, 10, 30),
        open_slot(24, 15),
        open_slot(24, 16),
        open_slot(26, 9, provider=PATEL),
    ]
    return talk


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return furnish(Talk(tmp_path))


async def fill(talk: Talk, words: str, intent: str = "inform", **more: Any) -> str | None:
    talk.hears(words, intent, **more)
    await talk.fills(ValidateBookAppointmentForm)
    return talk.requested


async def offer(talk: Talk, words: str = ALL_AT_ONCE) -> None:
    assert await fill(talk, words, "book_appointment") == "book_appointment_slot"
    await talk.does(ActionAskBookAppointmentSlot)


async def confirm(talk: Talk, words: str = ALL_AT_ONCE, pick: str = "the first one") -> None:
    await offer(talk, words)
    assert await fill(talk, pick) == "book_appointment_confirmed"
    await talk.does(ActionAskBookAppointmentConfirmed)


async def book(talk: Talk) -> None:
    await confirm(talk)
    await fill(talk, "yes", "affirm")
    await talk.does(ActionBookAppointment)


def wishes(talk: Talk) -> list[SlotWish]:
    return [wish for (wish,) in talk.portal.called("open_slots")]


async def test_the_kind_of_visit_is_asked_with_the_commonest_to_pick(talk: Talk) -> None:
    assert await fill(talk, "i need to see somebody", "book_appointment") == "book_appointment_visit_type"
    await talk.does(ActionAskBookAppointmentVisitType)
    assert (talk.acts, talk.picks()) == (
        ["utter_ask_book_appointment_visit_type"],
        ["physical", "follow_up", "sick_visit", "video_visit"],
    )


@pytest.mark.parametrize(
    ("words", "pick", "code"),
    [
        ("a checkup", None, "physical"),
        ("my ear hurts", None, "sick_visit"),
        ("Physical", "physical", "physical"),
        ("x", "prov-chen", None),
        ("i don't know", None, None),
    ],
)
async def test_the_kind_of_visit_is_told(talk: Talk, words: str, pick: str | None, code: str | None) -> None:
    await fill(talk, "i need to see somebody", "book_appointment")
    await fill(talk, words, pick=pick)
    assert talk.slots.get("book_appointment_visit_type") == code


async def test_the_doctors_seen_before_who_have_time_are_offered(talk: Talk) -> None:
    for provider in (CHEN, KIM):
        slot = open_slot(20, 9, provider=provider)
        talk.portal.booked.append(
            Appointment(f"a-{provider.id}", slot.start, slot.end, "physical", "booked", provider, CRESCENT)
        )
    await fill(talk, "i need a physical", "book_appointment")
    await talk.does(ActionAskBookAppointmentProvider)
    assert (talk.acts, talk.picks()) == (["utter_ask_book_appointment_provider"], [CHEN.id, "anybody"])


@pytest.mark.parametrize(
    ("words", "pick", "chosen"),
    [
        ("dr chen", None, CHEN.id),
        ("doctor pattel please", None, PATEL.id),
        ("kim", None, KIM.id),
        ("Dr. Amy Chen", CHEN.id, CHEN.id),
    ],
)
async def test_a_doctor_is_chosen(talk: Talk, words: str, pick: str | None, chosen: str) -> None:
    await fill(talk, "i need a physical", "book_appointment")
    await fill(talk, words, pick=pick)
    assert talk.slots["book_appointment_provider"]["id"] == chosen


@pytest.mark.parametrize(
    ("words", "pick"),
    [
        ("anyone", None),
        ("cualquiera", None),
        ("no", None),
        ("Anyone", "anybody"),
        ("whoever's free", None),
        ("i don't care", None),
    ],
)
async def test_anybody_will_do(talk: Talk, words: str, pick: str | None) -> None:
    await fill(talk, "i need a physical", "book_appointment")
    assert await fill(talk, words, pick=pick) == "book_appointment_when"
    assert talk.slots["book_appointment_provider"] == {"id": None, "name": None}


@pytest.mark.parametrize(
    ("words", "pick"),
    [("dr house", None), ("x", "prov-unknown"), ("do you have any openings", None), ("i want to book it", None)],
)
async def test_what_names_nobody_is_asked_again(talk: Talk, words: str, pick: str | None) -> None:
    await fill(talk, "i need a physical", "book_appointment")
    assert await fill(talk, words, pick=pick) == "book_appointment_provider"


@pytest.mark.parametrize(
    "words", ["book a physical with anyone", "a physical, whoever is free", "un chequeo con quien sea"]
)
async def test_anybody_may_be_said_at_once(talk: Talk, words: str) -> None:
    assert await fill(talk, words, "book_appointment") == "book_appointment_when"


async def test_any_time_is_no_answer_to_with_whom(talk: Talk) -> None:
    assert await fill(talk, "a physical any time next week", "book_appointment") == "book_appointment_provider"


async def test_it_does_not_matter_when(talk: Talk) -> None:
    await fill(talk, "a physical with dr chen", "book_appointment")
    assert await fill(talk, "i don't mind") == "book_appointment_slot"


async def test_up_to_three_times_are_offered_earliest_first(talk: Talk) -> None:
    await offer(talk)
    assert talk.acts == ["utter_ask_book_appointment_slot"]
    assert len(talk.picks()) == OFFERED == 3
    assert talk.value("times") == (
        "1. Tuesday, March 24 at 9:00 AM, Dr. Amy Chen\n2. Tuesday, March 24 at 10:30 AM, Dr. Amy Chen\n3. Tuesday, March 24 at 3:00 PM, Dr. Amy Chen"
    )
    assert [slot["start"] for slot in talk.value("parts")[0]["slots"]] == [
        slot["start"] for slot in talk.slots["book_appointment_offer"]
    ]


async def test_aloud_the_times_are_one_sentence(tmp_path: Path) -> None:
    talk = furnish(Talk(tmp_path, channel="phone"))
    await offer(talk)
    assert "\n" not in talk.value("times")
    assert " and Tuesday" in talk.value("times")


async def test_what_was_wished_is_what_is_looked_for(talk: Talk) -> None:
    await offer(talk, "a physical with dr chen at southgate next tuesday or thursday between 10 and 2")
    wish = wishes(talk)[0]
    assert (wish.visit_type, wish.provider_id, wish.place_id) == ("physical", CHEN.id, SOUTHGATE.id)
    assert (wish.earliest.date().isoformat(), wish.latest.date().isoformat()) == ("2026-03-24", "2026-03-27")
    assert (wish.weekdays, wish.time_ranges) == ((1, 3), ((time(10), time(14)),))


async def test_nothing_in_the_past_is_looked_for(talk: Talk) -> None:
    await offer(talk, "a physical with dr chen today")
    assert wishes(talk)[0].earliest == NOW


async def test_when_nothing_fits_the_nearest_are_offered_and_that_is_said(talk: Talk) -> None:
    await offer(talk, "a physical with dr patel next tuesday morning")
    assert talk.acts == ["utter_ask_book_appointment_slot_elsewhen"]
    assert [slot["id"] for slot in talk.slots["book_appointment_offer"]] == ["slot-26-900-Patel"]


async def test_when_there_is_nothing_at_all_that_is_said(talk: Talk) -> None:
    talk.portal.slots = []
    await offer(talk)
    assert (talk.acts, talk.slots["book_appointment_offer"]) == (["utter_ask_book_appointment_slot_none"], None)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("the second one", "slot-24-1030-Chen"),
        ("2", "slot-24-1030-Chen"),
        ("10:30", "slot-24-1030-Chen"),
        ("ten thirty", "slot-24-1030-Chen"),
        ("the one at ten thirty please", "slot-24-1030-Chen"),
        ("in the afternoon", "slot-24-1500-Chen"),
        ("three o'clock", "slot-24-1500-Chen"),
        ("la de las tres", "slot-24-1500-Chen"),
        ("la última", "slot-24-1500-Chen"),
        ("the last", "slot-24-1500-Chen"),
        ("nine", None),
        ("tuesday", None),
        ("in the morning", None),
        ("wait a second", None),
        ("the fourth", None),
    ],
)
async def test_one_of_the_times_is_picked_by_place_or_by_hour(talk: Talk, words: str, chosen: str | None) -> None:
    await offer(talk)
    await fill(talk, words)
    assert (talk.slots.get("book_appointment_slot") or {}).get("id") == chosen


async def test_a_time_is_picked_by_its_button(talk: Talk) -> None:
    await offer(talk)
    await fill(talk, "x", pick=talk.picks()[2])
    assert talk.slots["book_appointment_slot"]["id"] == "slot-24-1500-Chen"


async def test_a_button_of_a_time_that_is_not_offered_picks_nothing(talk: Talk) -> None:
    await offer(talk)
    assert await fill(talk, "x", pick="slot-24-1600-Chen") == "book_appointment_slot"


async def test_a_yes_picks_the_only_time_there_is(talk: Talk) -> None:
    await offer(talk, "a physical with dr patel next thursday")
    assert await fill(talk, "yes that works", "affirm") == "book_appointment_confirmed"


async def test_a_yes_picks_none_of_several(talk: Talk) -> None:
    await offer(talk)
    assert await fill(talk, "yes", "affirm") == "book_appointment_slot"


@pytest.mark.parametrize(
    ("words", "earliest", "times"),
    [
        ("thursday instead", "2026-03-19", []),
        ("the 26th", "2026-03-26", []),
        ("do you have something on the 26th in the afternoon", "2026-03-26", [["12:00", "18:00"]]),
        ("april first", "2026-04-01", []),
    ],
)
async def test_another_day_is_looked_for_when_none_of_the_times_is_meant(
    talk: Talk, words: str, earliest: str, times: list[list[str]]
) -> None:
    await offer(talk)
    assert await fill(talk, words) == "book_appointment_slot"
    when = talk.slots["book_appointment_when"]
    assert (when["earliest"], when["times"]) == (earliest, times)


async def test_another_hour_keeps_the_day_that_was_said(talk: Talk) -> None:
    await offer(talk)
    await fill(talk, "after 5")
    when = talk.slots["book_appointment_when"]
    assert (when["earliest"], when["latest"], when["times"]) == ("2026-03-24", "2026-03-24", [["17:00", "21:00"]])


async def test_another_day_keeps_the_hours_that_were_said(talk: Talk) -> None:
    await offer(talk, "a physical with dr chen next tuesday afternoon")
    await fill(talk, "the 26th")
    when = talk.slots["book_appointment_when"]
    assert (when["earliest"], when["times"]) == ("2026-03-26", [["12:00", "18:00"]])


async def test_what_will_be_booked_is_read_back_exactly(talk: Talk) -> None:
    await confirm(talk)
    said = talk.said[0]
    assert talk.acts == ["utter_ask_book_appointment_confirmed"]
    assert (said["visit"], said["provider"], said["place"]) == ("physical", "Dr. Amy Chen", "Crescent Clinic")
    assert (said["when"], said["day"], said["time"]) == ("Tuesday, March 24 at 9:00 AM", "Tuesday, March 24", "9:00 AM")


async def test_it_is_read_back_in_spanish(tmp_path: Path) -> None:
    talk = furnish(Talk(tmp_path, language="es"))
    await confirm(talk, "un chequeo con la doctora chen el martes que viene", "la primera")
    assert (talk.said[0]["visit"], talk.said[0]["when"]) == (
        "examen físico",
        "martes 24 de marzo a las 9:00 de la mañana",
    )


async def test_after_a_no_it_asks_what_to_change(talk: Talk) -> None:
    await confirm(talk)
    await fill(talk, "no", "deny")
    await talk.does(ActionAskBookAppointmentConfirmed)
    assert talk.acts == ["utter_ask_book_appointment_change"]


@pytest.mark.parametrize("words", ["no, the second one", "the second one", "no the ten thirty"])
async def test_at_the_confirmation_another_of_the_times_can_be_picked(talk: Talk, words: str) -> None:
    await confirm(talk)
    assert await fill(talk, words) == "book_appointment_confirmed"
    assert talk.slots["book_appointment_slot"]["id"] == "slot-24-1030-Chen"


async def test_a_visit_is_booked_with_a_receipt(talk: Talk) -> None:
    await book(talk)
    said = talk.said[0]
    assert talk.acts == ["utter_book_appointment_booked"]
    assert (said["when"], said["place"], said["phone"]) == (
        "Tuesday, March 24 at 9:00 AM",
        "Crescent Clinic, 1500 Crescent Way, Eugene",
        "(541) 555-0190",
    )
    assert said["parts"][0] | {"type": "receipt", "start": "2026-03-24T09:00:00-07:00"} == said["parts"][0]
    assert [slot_id for slot_id, _, _ in talk.portal.called("book_appointment")] == ["slot-24-900-Chen"]


async def test_a_place_without_a_number_leaves_the_clinics(talk: Talk) -> None:
    talk.portal.slots = [open_slot(24, 9, place=SOUTHGATE)]
    await book(talk)
    assert "phone" not in talk.said[0]


async def test_what_the_portal_does_not_repeat_is_said_as_it_was_chosen(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def book_appointment(*_: Any) -> Appointment:
        slot = open_slot(24, 9)
        return Appointment("a-1", slot.start, slot.end, None, "pending", None, None)

    monkeypatch.setattr(talk.portal, "book_appointment", book_appointment)
    await book(talk)
    assert (talk.value("visit"), talk.value("provider"), talk.value("place")) == (
        "physical",
        "Dr. Amy Chen",
        "Crescent Clinic",
    )


async def test_a_time_that_was_taken_meanwhile_leads_to_new_offers(talk: Talk) -> None:
    talk.portal.fail("book_appointment", SlotTaken(), times=1)
    await book(talk)
    assert (talk.acts, talk.followup) == (["utter_book_appointment_taken"], "book_appointment_form")
    assert await fill(talk, "", "inform") == "book_appointment_slot"
    assert (talk.slots["book_appointment_slot"], talk.slots["book_appointment_confirmed"]) == (None, None)


@pytest.mark.parametrize(
    ("error", "act"),
    [
        (Refused("business-rule", "already-booked-then"), "utter_portal_refused"),
        (OutcomeUnknown(), "utter_outcome_unknown"),
    ],
)
async def test_what_the_portal_does_not_do_is_said_and_the_yes_is_used_up(
    talk: Talk, error: Exception, act: str
) -> None:
    talk.portal.fail("book_appointment", error)
    await book(talk)
    assert (talk.acts, talk.slots["book_appointment_confirmed"], talk.slots["task_stack"]) == (
        [act],
        None,
        ["book_appointment"],
    )


async def test_trying_again_books_under_the_same_key_and_only_once(talk: Talk) -> None:
    talk.portal.fail("book_appointment", OutcomeUnknown(), times=1)
    await book(talk)
    await fill(talk, "yes", "affirm")
    await talk.does(ActionBookAppointment)
    keys = [key for _, _, key in talk.portal.called("book_appointment")]
    assert len(keys) == 2
    assert len(set(keys)) == len(talk.portal.booked) == 1


async def test_the_clinic_books_as_far_ahead_as_it_is_open(talk: Talk) -> None:
    await offer(talk, "a physical with dr chen as soon as possible")
    assert wishes(talk)[0].latest - NOW >= timedelta(days=56)
