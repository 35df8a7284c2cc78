"""A code proves who somebody is once, soon, in the conversation it was asked for, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from identity import CodeCheck
from tests.identity_fakes import ADA, BEN, GRACE, Desk, Patient, code_of, wrong_codes

MINUTES_30 = timedelta(minutes=30)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path)


def test_the_right_code_signs_in(desk: Desk) -> None:
    web = desk.conversation()
    check = desk.identity.check_code(web, desk.code(web))
    signed_in = desk.identity.signed_in(web)
    assert check.outcome == "accepted"
    assert signed_in is not None
    assert (signed_in.patient_id, signed_in.given_name, signed_in.language) == ("patient-ada", "Adalinde", "en")


def test_a_code_has_six_digits_and_comes_to_the_number_on_file(desk: Desk) -> None:
    delivery = desk.start(desk.conversation()).delivery
    assert delivery is not None
    assert (len(delivery.code), delivery.code.isdecimal()) == (6, True)
    assert (delivery.to, delivery.by, delivery.language) == (ADA.phone, "text", "en")


def test_a_landline_gets_the_code_by_a_call(desk: Desk) -> None:
    delivery = desk.start(desk.conversation(), GRACE).delivery
    assert delivery is not None
    assert delivery.by == "call"


def test_v12_printing_what_is_on_its_way_shows_neither_code_nor_number(desk: Desk) -> None:
    start = desk.start(desk.conversation())
    assert code_of(start) not in repr(start)
    assert "5415550121" not in repr(start)


def test_nobody_is_signed_in_before_a_code_is_given(desk: Desk) -> None:
    web = desk.conversation()
    desk.start(web)
    assert desk.identity.signed_in(web) is None
    assert desk.identity.open_challenge(web)


def test_v01_five_wrong_guesses_lock_out_even_the_right_code(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    checks = desk.guess(web, [*wrong_codes(right, 5), right])
    assert [(check.outcome, check.tries_left) for check in checks] == [
        ("wrong", 4),
        ("wrong", 3),
        ("wrong", 2),
        ("wrong", 1),
        ("locked", 0),
        ("locked", 0),
    ]
    assert desk.identity.signed_in(web) is None


def test_v01_wrong_guesses_are_counted_over_resends(desk: Desk) -> None:
    web = desk.conversation()
    desk.guess(web, wrong_codes(desk.code(web), 3))
    desk.after(seconds=31)
    newest = code_of(desk.identity.resend(web))
    assert [check.outcome for check in desk.guess(web, wrong_codes(newest, 2))] == ["wrong", "locked"]


def test_v01_wrong_guesses_are_counted_over_conversations_and_channels(desk: Desk) -> None:
    web, phone = desk.conversation("web"), desk.conversation("phone")
    desk.guess(web, wrong_codes(desk.code(web), 4))
    desk.after(seconds=31)
    newest = desk.code(phone)
    assert desk.guess(phone, wrong_codes(newest, 1)) == [CodeCheck("locked", 0, MINUTES_30)]
    assert desk.guess(phone, [newest])[0].outcome == "locked"


def test_v01_wrong_guesses_are_counted_over_a_change_of_language(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.guess(web, wrong_codes(right, 4))
    desk.identity.set_language(web, "es")
    assert desk.guess(web, wrong_codes(right, 1))[0].outcome == "locked"


def test_v01_wrong_guesses_are_counted_over_different_spellings_of_one_person(desk: Desk) -> None:
    web, other = desk.conversation(), desk.conversation()
    desk.guess(web, wrong_codes(desk.code(web, claim="ada lindgren"), 4))
    newest = desk.code(other, claim="ada m. lindgren")
    desk.guess(other, wrong_codes(newest, 1))
    assert desk.guess(other, [newest])[0].outcome == "wrong"
    assert desk.identity.signed_in(other) is None


def test_v01_locks_survive_a_restart(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.guess(web, wrong_codes(right, 5))
    assert desk.restarted().guess(web, [right])[0].outcome == "locked"


def test_v01_counts_survive_a_restart(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.guess(web, wrong_codes(right, 4))
    assert desk.restarted().guess(web, wrong_codes(right, 1))[0].outcome == "locked"


def test_v01_each_lock_lasts_twice_as_long_as_the_one_before_and_at_most_a_day(desk: Desk) -> None:
    web = desk.conversation()
    locks = []
    for _ in range(8):
        locks.append(_lock_out(desk, web))
        desk.after(seconds=locks[-1].total_seconds() + 1)
    hours = [lock / timedelta(hours=1) for lock in locks]
    assert hours == [0.5, 1, 2, 4, 8, 16, 24, 24]


def _lock_out(desk: Desk, sender: str) -> timedelta:
    """Ask and guess until locked; give the length of the lock. Waits where the limits of texts ask for it."""
    start = desk.start(sender)
    while start.wait is not None:
        desk.after(seconds=start.wait.total_seconds())
        start = desk.start(sender)
    wait = desk.guess(sender, wrong_codes(code_of(start), 5))[-1].wait
    assert wait is not None
    return wait


def test_v01_the_right_code_clears_the_wrong_guesses_before_it(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.guess(web, [*wrong_codes(right, 4), right])
    desk.after(seconds=31)
    assert desk.guess(web, wrong_codes(desk.code(web), 1)) == [CodeCheck("wrong", 4)]


def test_v01_wrong_guesses_of_yesterday_count_no_more(desk: Desk) -> None:
    web = desk.conversation()
    desk.guess(web, wrong_codes(desk.code(web), 4))
    desk.after(hours=24, seconds=1)
    assert desk.guess(web, wrong_codes(desk.code(web), 1)) == [CodeCheck("wrong", 4)]


@pytest.mark.parametrize("given", ["", "12345", "1234567", "12345a", "１２３４５６", " 12345"])
def test_v01_what_is_not_six_digits_is_refused_without_counting(desk: Desk, given: str) -> None:
    web = desk.conversation()
    right = desk.code(web)
    assert [check.outcome for check in desk.guess(web, [given] * 6)] == ["none"] * 6
    assert desk.guess(web, [right])[0].outcome == "accepted"


def test_v02_a_code_works_once(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    assert [check.outcome for check in desk.guess(web, [right, right])] == ["accepted", "none"]


def test_v02_a_used_code_does_not_sign_in_again_after_signing_out(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.guess(web, [right])
    desk.identity.sign_out(web)
    desk.guess(web, [right])
    assert desk.identity.signed_in(web) is None


def test_a_code_works_for_five_minutes(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.after(minutes=4, seconds=59)
    assert desk.guess(web, [right])[0].outcome == "accepted"


def test_a_code_is_expired_after_five_minutes(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.after(minutes=5)
    assert not desk.identity.open_challenge(web)
    assert desk.guess(web, [right]) == [CodeCheck("expired")]


def test_a_code_that_was_asked_for_long_ago_is_unknown(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.after(minutes=30)
    assert desk.guess(web, [right]) == [CodeCheck("none")]


def test_b30_a_code_from_a_clock_far_ahead_is_refused(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.after(minutes=-2)
    assert desk.guess(web, [right]) == [CodeCheck("expired")]


def test_v03_a_code_does_not_work_in_another_conversation_and_is_counted(desk: Desk) -> None:
    web, other = desk.conversation(), desk.conversation()
    stolen = desk.code(web)
    desk.start(other, BEN)
    assert desk.guess(other, [stolen]) == [CodeCheck("wrong", 4)]


def test_v03_a_code_does_not_work_in_a_conversation_that_asked_for_none(desk: Desk) -> None:
    stolen = desk.code(desk.conversation())
    other = desk.conversation()
    assert desk.guess(other, [stolen]) == [CodeCheck("none")]


def test_v03_a_code_does_not_work_on_another_channel_and_is_counted(desk: Desk) -> None:
    web, sms = desk.conversation("web"), desk.conversation("sms")
    stolen = desk.code(web)
    desk.after(seconds=31)
    assert desk.code(sms) != stolen
    assert desk.guess(sms, [stolen]) == [CodeCheck("wrong", 4)]


def test_v03_a_code_does_not_work_for_another_person_and_is_counted(desk: Desk) -> None:
    web = desk.conversation()
    stolen = desk.code(web, ADA)
    desk.start(web, BEN)
    assert desk.guess(web, [stolen]) == [CodeCheck("wrong", 4)]
    assert desk.identity.signed_in(web) is None


def test_v03_a_code_for_one_purpose_does_not_serve_another_and_is_counted(desk: Desk) -> None:
    web = desk.conversation()
    for_payment = desk.code(web, purpose="pay_bill")
    assert desk.identity.check_code(web, for_payment, "sign_in") == CodeCheck("wrong", 4)
    assert desk.identity.signed_in(web) is None


def test_v04_the_code_before_a_resend_works_no_more(desk: Desk) -> None:
    web = desk.conversation()
    first = desk.code(web)
    desk.after(seconds=31)
    second = code_of(desk.identity.resend(web))
    assert [check.outcome for check in desk.guess(web, [first, second])] == ["wrong", "accepted"]


def test_v04_a_newer_code_in_another_conversation_makes_the_older_worthless(desk: Desk) -> None:
    web, sms = desk.conversation("web"), desk.conversation("sms")
    first = desk.code(web)
    desk.after(seconds=31)
    desk.start(sms)
    assert desk.guess(web, [first])[0].outcome == "wrong"


def test_a_resend_goes_to_the_same_person_for_the_same_purpose(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.after(seconds=31)
    desk.start(web, purpose="pay_bill")
    desk.after(seconds=61)
    again = desk.identity.resend(web)
    assert again.delivery is not None
    assert again.delivery.to == ADA.phone
    assert desk.identity.check_code(web, again.delivery.code, "pay_bill").outcome == "accepted"


def test_there_is_nothing_to_resend_before_a_code_was_asked_for_or_after_it_was_used(desk: Desk) -> None:
    web = desk.conversation()
    before = desk.identity.resend(web)
    desk.sign_in(web)
    desk.after(seconds=31)
    assert [before.outcome, desk.identity.resend(web).outcome] == ["none", "none"]


def test_asking_for_a_code_in_no_conversation_starts_nothing(desk: Desk) -> None:
    assert desk.start("nobody").outcome == "none"
    assert desk.identity.check_code("nobody", "123456") == CodeCheck("none")


def test_v09_a_lock_ends_after_half_an_hour(desk: Desk) -> None:
    attacker, web = desk.conversation(), desk.conversation()
    desk.guess(attacker, wrong_codes(desk.code(attacker), 5))
    desk.after(minutes=31)
    desk.sign_in(web)
    assert desk.identity.signed_in(web) is not None


def test_v09_nothing_is_sent_to_a_locked_person(desk: Desk) -> None:
    web = desk.conversation()
    desk.guess(web, wrong_codes(desk.code(web), 5))
    desk.after(seconds=31)
    start = desk.start(web)
    assert (start.outcome, start.delivery) == ("started", None)


@pytest.mark.parametrize("phone", [None, "", "12345", "+447911123456", "+19005550123", "not a number"])
def test_v08_nothing_is_sent_to_a_number_that_may_not_get_codes(desk: Desk, phone: str | None) -> None:
    start = desk.start(desk.conversation(), Patient(phone=phone))
    assert (start.outcome, start.delivery) == ("started", None)


def test_signing_out_makes_an_open_code_worthless(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desk.identity.sign_out(web)
    assert desk.guess(web, [right]) == [CodeCheck("none")]
    assert not desk.identity.open_challenge(web)
