"""A session lives while its person does something, never longer than an hour, and belongs to one conversation."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.identity_fakes import ADA, BEN, NOON, SECRET, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path)


def test_b22_a_session_ends_when_nothing_is_said_for_more_than_fifteen_minutes(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.after(minutes=15)
    still = desk.identity.signed_in(web)
    desk.after(seconds=1)
    assert still is not None
    assert desk.identity.signed_in(web) is None


def test_asking_who_is_signed_in_does_not_keep_the_session_alive(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    for _ in range(4):
        desk.after(minutes=4)
        desk.identity.signed_in(web)
        desk.identity.may(web, "verified")
        desk.identity.token(web)
        desk.identity.by_sender(web)
    assert desk.identity.signed_in(web) is None


def test_saying_something_keeps_the_session_alive_up_to_an_hour(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    for _ in range(6):
        desk.after(minutes=10)
        desk.identity.touch(web)
    at_an_hour = desk.identity.signed_in(web)
    desk.after(seconds=1)
    assert at_an_hour is not None
    assert at_an_hour.until == NOON + timedelta(hours=1)
    assert desk.identity.signed_in(web) is None


def test_saying_something_does_not_revive_a_session_that_has_ended(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.after(minutes=16)
    desk.identity.touch(web)
    assert desk.identity.signed_in(web) is None


def test_the_end_of_a_session_is_the_earlier_of_both_limits(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.after(minutes=10)
    desk.identity.touch(web)
    signed_in = desk.identity.signed_in(web)
    assert signed_in is not None
    assert (signed_in.verified_at, signed_in.until) == (NOON, NOON + timedelta(minutes=25))


def test_signing_out_ends_the_session(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.identity.sign_out(web)
    assert desk.identity.signed_in(web) is None
    assert not desk.identity.may(web, "limited")


def test_r11_signing_in_on_one_channel_signs_in_on_no_other(desk: Desk) -> None:
    caller = "+15415550121"
    sms, phone = desk.conversation("sms", caller), desk.conversation("phone", caller)
    desk.sign_in(sms)
    assert desk.identity.signed_in(phone) is None


def test_b12_signing_in_as_somebody_else_replaces_the_first_person_and_their_token(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, ADA)
    desk.identity.keep_token(web, "token of ada", NOON + timedelta(hours=1))
    desk.sign_in(web, BEN)
    signed_in = desk.identity.signed_in(web)
    assert signed_in is not None
    assert (signed_in.given_name, desk.identity.token(web)) == ("Bentley", None)


def test_b30_a_session_from_a_clock_far_ahead_is_refused(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.after(minutes=-5)
    assert desk.identity.signed_in(web) is None


def test_b19_a_proof_is_fresh_for_five_minutes(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, act="pay_bill")
    desk.after(minutes=5)
    at_five = desk.identity.may(web, "step_up", "pay_bill")
    desk.after(seconds=1)
    assert (at_five, desk.identity.may(web, "step_up", "pay_bill")) == (True, False)


def test_b19_a_second_code_makes_the_proof_fresh_but_does_not_lengthen_the_hour(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.after(minutes=14)
    check = desk.identity.check_code(web, desk.code(web, purpose="pay_bill"), "pay_bill")
    signed_in = desk.identity.signed_in(web)
    assert signed_in is not None
    assert (check.outcome, desk.identity.may(web, "step_up", "pay_bill"), signed_in.verified_at) == (
        "accepted",
        True,
        NOON,
    )


def test_b19_a_second_code_signs_nobody_in_whose_session_has_ended(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.after(minutes=14)
    code = desk.code(web, purpose="pay_bill")
    desk.after(minutes=2)
    assert desk.identity.check_code(web, code, "pay_bill").outcome == "expired"
    assert desk.identity.signed_in(web) is None


def test_b19_a_second_code_of_another_person_freshens_nothing(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, ADA)
    desk.after(minutes=6)
    check = desk.identity.check_code(web, desk.code(web, BEN, purpose="pay_bill"), "pay_bill")
    assert (check.outcome, desk.identity.may(web, "step_up", "pay_bill")) == ("expired", False)


def test_a_token_is_kept_while_it_is_valid_and_its_owner_signed_in(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.identity.keep_token(web, "token of ada", NOON + timedelta(minutes=10))
    kept = desk.identity.token(web)
    desk.after(minutes=10)
    assert (kept, desk.identity.token(web)) == ("token of ada", None)


def test_a_token_is_gone_after_signing_out(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.identity.keep_token(web, "token of ada", NOON + timedelta(hours=1))
    desk.identity.sign_out(web)
    desk.sign_in(web, BEN)
    assert desk.identity.token(web) is None


def test_a_token_is_gone_after_the_idle_limit(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.identity.keep_token(web, "token of ada", NOON + timedelta(hours=1))
    desk.after(minutes=16)
    assert desk.identity.token(web) is None


def test_a_token_is_not_kept_when_nobody_is_signed_in(desk: Desk) -> None:
    web = desk.conversation()
    desk.identity.keep_token(web, "token of nobody", NOON + timedelta(hours=1))
    desk.sign_in(web)
    assert desk.identity.token(web) is None


def test_both_processes_see_the_same_session(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    other = desk.restarted()
    seen = other.identity.signed_in(web)
    other.identity.sign_out(web)
    assert seen is not None
    assert desk.identity.signed_in(web) is None


def test_r05_a_conversation_is_found_by_its_token_alone(desk: Desk) -> None:
    opened = desk.identity.open_conversation("sms", "es", "+15415550121")
    assert desk.identity.conversation(opened.id) == opened
    assert desk.identity.conversation(opened.sender_id) is None
    assert desk.identity.conversation("") is None
    assert desk.identity.conversation("invented") is None


def test_r05_tokens_are_different_and_have_128_random_bits(desk: Desk) -> None:
    opened = [desk.identity.open_conversation("web", "en") for _ in range(10_000)]
    assert len({each.id for each in opened} | {each.sender_id for each in opened}) == 20_000
    # Sixteen bytes in URL-safe base64 without padding.
    assert {len(each.id) for each in opened} == {22}


def test_r05_the_id_that_the_dialogue_sees_tells_nothing_of_the_token_or_the_caller(desk: Desk) -> None:
    opened = desk.identity.open_conversation("sms", "en", "+15415550121")
    assert opened.id not in opened.sender_id
    assert "5415550121" not in opened.sender_id
    assert opened.id not in repr(opened)
    assert "5415550121" not in repr(opened)


def test_r06_a_renewed_token_replaces_the_one_before_and_the_session_goes_on(desk: Desk) -> None:
    opened = desk.identity.open_conversation("web", "en")
    desk.sign_in(opened.sender_id)
    renewed = desk.identity.renew_id(opened.sender_id)
    assert renewed is not None
    found = desk.identity.conversation(renewed)
    assert desk.identity.conversation(opened.id) is None
    assert found is not None
    assert found.sender_id == opened.sender_id
    assert desk.identity.signed_in(found.sender_id) is not None


def test_r06_an_answer_that_was_lost_does_not_lock_its_client_out(desk: Desk) -> None:
    opened = desk.identity.open_conversation("web", "en")
    renewed = desk.identity.renew_id(opened.sender_id)
    assert renewed is not None
    assert desk.identity.conversation(opened.id) is not None
    desk.identity.conversation(renewed)
    assert desk.identity.conversation(opened.id) is None


def test_r10_an_invented_sender_is_nobody(desk: Desk) -> None:
    assert desk.identity.by_sender("invented") is None
    assert desk.identity.signed_in("invented") is None
    assert not desk.identity.may("invented", "limited")
    assert desk.identity.token("invented") is None
    assert desk.identity.renew_id("invented") is None


def test_a_conversation_remembers_its_caller_and_language(desk: Desk) -> None:
    opened = desk.identity.open_conversation("sms", "en", "+15415550121")
    desk.identity.set_language(opened.sender_id, "es")
    found = desk.identity.by_sender(opened.sender_id)
    assert found is not None
    assert (found.channel, found.language, found.caller, found.id) == ("sms", "es", "+15415550121", "")


def test_the_newest_conversation_with_a_caller_is_found_on_its_own_channel(desk: Desk) -> None:
    caller = "+15415550121"
    desk.conversation("sms", caller)
    desk.after(minutes=1)
    newest = desk.conversation("sms", caller)
    found = desk.identity.by_caller("sms", caller)
    assert found is not None
    assert found.sender_id == newest
    assert desk.identity.by_caller("phone", caller) is None


def test_d10_a_new_secret_keeps_conversations_sessions_tokens_and_codes(desk: Desk) -> None:
    opened = desk.identity.open_conversation("sms", "en", "+15415550121")
    desk.sign_in(opened.sender_id, BEN)
    desk.identity.keep_token(opened.sender_id, "token of ben", NOON + timedelta(hours=1))
    other = desk.conversation()
    code = desk.code(other, ADA)
    rotated = desk.restarted("another secret, newer than the one", SECRET).identity
    assert rotated.conversation(opened.id) == opened
    assert rotated.by_caller("sms", "+15415550121") is not None
    assert rotated.token(opened.sender_id) == "token of ben"
    assert rotated.check_code(other, code).outcome == "accepted"


def test_d10_without_the_old_secret_nobody_is_signed_in(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    assert desk.restarted("a secret that never saw this file").identity.signed_in(web) is None


def test_forgetting_everything_for_the_demo_signs_out_unlocks_and_keeps_conversations(desk: Desk) -> None:
    opened = desk.identity.open_conversation("web", "en")
    desk.sign_in(opened.sender_id)
    desk.identity.reset()
    assert desk.identity.signed_in(opened.sender_id) is None
    assert desk.identity.conversation(opened.id) == opened
    assert desk.start(opened.sender_id).outcome == "started"
