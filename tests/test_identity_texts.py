"""Texts with codes go out slowly, and never more of them than a person can be asked to bear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from identity import GuessLimits, Limits, TextLimits
from tests.identity_fakes import ADA, BEN, NOON, Desk, Patient, wrong_codes

SECONDS = timedelta(seconds=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path)


def test_v08_the_second_text_comes_after_half_a_minute_at_the_earliest(desk: Desk) -> None:
    web = desk.conversation()
    desk.start(web)
    desk.after(seconds=10)
    early = desk.start(web)
    desk.after(seconds=20)
    assert (early.outcome, early.wait, early.delivery) == ("too_soon", 20 * SECONDS, None)
    assert desk.start(web).outcome == "started"


def test_v08_the_third_text_comes_a_minute_after_the_second(desk: Desk) -> None:
    web = desk.conversation()
    desk.start(web)
    desk.after(seconds=30)
    desk.start(web)
    desk.after(seconds=59)
    early = desk.start(web)
    desk.after(seconds=1)
    assert (early.outcome, early.wait) == ("too_soon", SECONDS)
    assert desk.start(web).outcome == "started"


def test_v08_later_texts_come_two_minutes_after_the_one_before(desk: Desk) -> None:
    web = desk.conversation()
    for pause in (13 * 60, 60, 61):
        desk.start(web)
        desk.after(seconds=pause)
    early = desk.start(web)
    assert (early.outcome, early.wait) == ("too_soon", 59 * SECONDS)


def test_v08_three_texts_go_out_in_a_quarter_of_an_hour(desk: Desk) -> None:
    web = desk.conversation()
    for _ in range(3):
        assert desk.start(web).outcome == "started"
        desk.after(minutes=2)
    fourth = desk.start(web)
    assert (fourth.outcome, fourth.wait) == ("too_many", timedelta(minutes=9))


def test_v08_six_texts_go_out_in_a_day(desk: Desk) -> None:
    web = desk.conversation()
    for _ in range(6):
        assert desk.start(web).outcome == "started"
        desk.after(minutes=20)
    seventh = desk.start(web)
    desk.after(hours=22)
    assert (seventh.outcome, seventh.wait) == ("too_many", timedelta(hours=22))
    assert desk.start(web).outcome == "started"


def test_v08_thirty_conversations_at_once_bring_one_text(desk: Desk) -> None:
    starts = [desk.start(desk.conversation()) for _ in range(30)]
    assert sum(start.delivery is not None for start in starts) == 1


def test_v08_thirty_conversations_with_thirty_spellings_bring_three_texts_in_a_quarter_of_an_hour(desk: Desk) -> None:
    starts = [desk.start(desk.conversation(), claim=f"ada {number}") for number in range(30)]
    assert sum(start.delivery is not None for start in starts) == 3
    assert {start.outcome for start in starts} == {"started"}


def test_v08_a_claim_in_other_letters_is_the_same_claim(desk: Desk) -> None:
    desk.start(desk.conversation(), None, "Ada Lindgren 1971-04-02")
    assert desk.start(desk.conversation(), None, " ada  lindgren 1971-04-02").outcome == "too_soon"


def test_v08_two_people_who_share_a_phone_need_not_wait_for_each_other(desk: Desk) -> None:
    partner = Patient(id="patient-abe", phone=ADA.phone)
    web = desk.conversation()
    desk.sign_in(web, ADA)
    desk.sign_in(web, partner)
    signed_in = desk.identity.signed_in(web)
    assert signed_in is not None
    assert signed_in.patient_id == "patient-abe"


def test_v08_one_phone_gets_six_texts_in_a_quarter_of_an_hour_whoever_they_are_for(desk: Desk) -> None:
    family = [Patient(id=f"patient-{number}", phone=ADA.phone) for number in range(10)]
    starts = [desk.start(desk.conversation(), person) for person in family]
    assert sum(start.delivery is not None for start in starts) == 6
    assert {start.outcome for start in starts} == {"started"}


def test_v08_no_text_goes_out_when_the_budget_of_the_hour_is_used_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk.in_folder(tmp_path, Limits(texts_per_hour=1))
    first, second = desk.start(desk.conversation(), ADA), desk.start(desk.conversation(), BEN)
    assert (first.delivery is None, second.delivery is None) == (False, True)
    assert "budget of 1 codes" in caplog.text


def test_v08_one_client_may_claim_to_be_ten_people_a_day(desk: Desk) -> None:
    caller = "+15415550150"
    starts = [desk.start(desk.conversation("sms", caller), None, f"person {number}") for number in range(11)]
    again = desk.start(desk.conversation("sms", caller), None, "person 11")
    desk.after(hours=24)
    assert [start.outcome for start in starts] == ["started"] * 10 + ["too_many"]
    assert again.wait == timedelta(hours=24)
    assert desk.start(desk.conversation("sms", caller), None, "person 11").outcome == "started"


def test_v01_one_client_that_guesses_wrong_twenty_times_over_many_people_is_locked_for_a_day(desk: Desk) -> None:
    people = [Patient(id=f"patient-{number}", phone=f"+1541555{number:04d}") for number in range(130, 136)]
    outcomes = []
    for person in people:
        sender = desk.conversation("sms", "+15415550150")
        outcomes += [check.outcome for check in desk.guess(sender, wrong_codes(desk.code(sender, person), 4))]
    assert outcomes == ["wrong"] * 19 + ["locked"] * 5
    desk.after(hours=24)
    desk.sign_in(desk.conversation("sms", "+15415550150"))


def test_the_next_text_is_judged_by_the_longest_wait() -> None:
    limits = TextLimits(per_quarter_hour=1, per_day=2)
    sent = [NOON - timedelta(hours=2), NOON - timedelta(minutes=1)]
    assert limits.next_text(sent, NOON) == ("too_many", timedelta(hours=22))


@pytest.mark.parametrize(
    "switch_off",
    [
        lambda: TextLimits(per_day=0),
        lambda: GuessLimits(most=0, first_lock=SECONDS),
        lambda: GuessLimits(most=5, first_lock=0 * SECONDS),
        lambda: Limits(code_life=timedelta(minutes=11)),
        lambda: Limits(idle=0 * SECONDS),
        lambda: Limits(absolute=timedelta(hours=25)),
        lambda: Limits(claims_per_client=0),
    ],
)
def test_no_limit_can_be_switched_off(switch_off: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"must|limit"):
        switch_off()
