"""What may be reached depends on the channel, on the phone, on what was shown, and on what the proof was given for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from identity import Limits
from identity.levels import LEVELS, Levels, Shown, at_least
from tests.identity_fakes import ADA, NOON, Desk

SHOWN = Shown(
    claimed=True,
    linked=False,
    passcode_given=False,
    phone_since=None,
    fresh_at=NOON,
    fresh_for="pay_bill",
)
SPEAKER = replace(SHOWN, linked=True, passcode_given=True)
NEW_PHONE = replace(ADA, phone_since=NOON - timedelta(hours=71))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path)


def level(channel: str, shown: Shown | None, purpose: str | None = None, limits: Limits | None = None) -> str:
    return Levels(limits or Limits()).reach(channel, shown, purpose, NOON).level


def test_levels_are_ordered() -> None:
    assert LEVELS == ("public", "limited", "verified", "step_up")
    assert [at_least("verified", needed) for needed in LEVELS] == [True, True, True, False]


@pytest.mark.parametrize("channel", ["web", "sms", "phone", "alexa"])
def test_v10_nobody_signed_in_reaches_what_is_public_alone(channel: str) -> None:
    assert level(channel, None, "pay_bill", Limits(personal_on_assistants=True)) == "public"


@pytest.mark.parametrize("channel", ["web", "sms", "phone"])
def test_whoever_gave_a_code_is_verified_and_may_do_what_it_was_asked_for(channel: str) -> None:
    assert [level(channel, SHOWN), level(channel, SHOWN, "pay_bill")] == ["verified", "step_up"]


def test_t03_by_text_a_code_alone_opens_nothing() -> None:
    assert level("sms", replace(SHOWN, claimed=False), "pay_bill") == "public"


def test_t03_who_texts_from_the_number_on_file_and_said_nothing_else_is_nobody(desk: Desk) -> None:
    sms = desk.conversation("sms", ADA.phone)
    desk.sign_in(sms, ADA)
    alone = desk.identity.signed_in(sms)
    desk.after(minutes=1)
    desk.sign_in(sms, ADA, claim="+15415550121 1971-04-02")
    assert alone is None
    assert desk.identity.signed_in(sms) is not None


@pytest.mark.parametrize("switched_on", [True, False])
@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("passcode_given", [True, False])
def test_a_voice_assistant_reads_out_only_when_switched_on_linked_and_told_the_passcode(
    switched_on: bool, linked: bool, passcode_given: bool
) -> None:
    shown = replace(SHOWN, linked=linked, passcode_given=passcode_given)
    reached = level("alexa", shown, "pay_bill", Limits(personal_on_assistants=switched_on))
    assert reached == ("verified" if switched_on and linked and passcode_given else "public")


@pytest.mark.parametrize("channel", ["web", "sms", "phone"])
def test_a_linked_account_of_a_voice_assistant_opens_nothing_elsewhere(channel: str) -> None:
    assert level(channel, SPEAKER, "pay_bill", Limits(personal_on_assistants=True)) == "public"


def test_no_code_opens_anything_on_a_voice_assistant_that_is_switched_off() -> None:
    reach = Levels(Limits()).reach("alexa", SPEAKER, "pay_bill", NOON)
    assert (reach.ceiling, reach.could_cover("limited")) == ("public", False)


def test_b13_a_phone_changed_within_three_days_signs_in_and_opens_less(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, NEW_PHONE, act="pay_bill")
    reach = desk.identity.reach(web, "pay_bill")
    assert desk.identity.signed_in(web) is not None
    assert (reach.level, reach.ceiling) == ("limited", "limited")
    assert reach.phone_settles == NOON + timedelta(hours=1)
    assert [desk.identity.may(web, each, "pay_bill") for each in LEVELS] == [True, True, False, False]


def test_b13_a_phone_settles_after_three_days_in_the_middle_of_a_session(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, replace(ADA, phone_since=NOON - timedelta(hours=72) + timedelta(minutes=4)), act="pay_bill")
    desk.after(minutes=3, seconds=59)
    before = desk.identity.level(web, "pay_bill")
    desk.after(seconds=1)
    assert (before, desk.identity.level(web, "pay_bill")) == ("limited", "step_up")


def test_b13_a_second_proof_does_not_lift_what_a_new_phone_keeps_shut(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, NEW_PHONE, claim="ada lindgren")
    code = desk.code(web, NEW_PHONE, purpose="pay_bill")
    assert desk.identity.check_code(web, code, "step_up").outcome == "accepted"
    assert not desk.identity.may(web, "step_up", "pay_bill")


def test_b13_a_resent_code_still_knows_since_when_the_phone_is_on_file(desk: Desk) -> None:
    web = desk.conversation()
    desk.start(web, NEW_PHONE)
    desk.after(seconds=31)
    again = desk.identity.resend(web).delivery
    assert again is not None
    desk.identity.check_code(web, again.code)
    assert desk.identity.level(web) == "limited"


def test_b13_a_date_that_lies_ahead_counts_as_new(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, replace(ADA, phone_since=NOON + timedelta(days=2)))
    assert desk.identity.level(web) == "limited"


def test_b19_the_code_of_signing_in_serves_the_act_that_asked_for_it_and_no_other(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, act="pay_bill")
    acts = ("pay_bill", "grant_family_access", "sign_in", None)
    assert [desk.identity.may(web, "step_up", act) for act in acts] == [True, False, False, False]


def test_b19_a_sign_in_that_no_act_asked_for_serves_none(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    assert [desk.identity.level(web, act) for act in ("pay_bill", None)] == ["verified", "verified"]


def test_b19_a_second_proof_serves_its_act_alone_and_takes_the_place_of_the_one_before(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, claim="ada lindgren", act="pay_bill")
    code = desk.code(web, purpose="grant_family_access")
    assert desk.identity.check_code(web, code, "step_up").outcome == "accepted"
    acts = ("grant_family_access", "pay_bill")
    assert [desk.identity.may(web, "step_up", act) for act in acts] == [True, False]


def test_b19_a_resent_code_serves_the_act_that_the_first_was_asked_for(desk: Desk) -> None:
    web = desk.conversation()
    desk.start(web, act="pay_bill")
    desk.after(seconds=31)
    again = desk.identity.resend(web).delivery
    assert again is not None
    desk.identity.check_code(web, again.code)
    assert desk.identity.may(web, "step_up", "pay_bill")


def test_v03_a_second_proof_given_as_such_does_not_sign_anybody_in_and_is_counted(desk: Desk) -> None:
    web = desk.conversation()
    code = desk.code(web)
    check = desk.identity.check_code(web, code, "step_up")
    assert (check.outcome, check.tries_left) == ("wrong", 4)
    assert desk.identity.signed_in(web) is None


def test_b30_a_clock_set_back_makes_no_proof_fresh(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, act="pay_bill")
    desk.after(minutes=-1)
    assert desk.identity.level(web, "pay_bill") == "public"


def test_d12_an_access_that_is_no_level_is_an_error_and_no_answer(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    with pytest.raises(ValueError, match="not in"):
        desk.identity.may(web, "everything")  # pyright: ignore[reportArgumentType]
