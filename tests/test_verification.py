"""Proving who somebody is: what is asked, what is said of a code, and that a stranger is told exactly the same."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.account import ActionResendCode, ValidateSignInForm
from actions.billing.pay_bill import ValidatePayBillForm
from actions.conversation import ActionStartOver
from actions.portal_client import PortalUnavailable
from actions.results.view_test_results import ValidateViewTestResultsForm
from actions.task import TaskForm
from actions.verification import FLOOR, ActionAskSignInCode, is_proved, needed_level
from assistant.capabilities import Capabilities
from identity import CodeNotSent, GuessLimits, Notice, OptedOut, open_engine
from identity.store import metadata
from tests.identity_fakes import wrong_codes
from tests.turns import ADA, BORN, CLINIC_BILL, NOW, PHONE, VISA, Talk

STRANGER = "+15415550199"
NO_WAIT = timedelta(0)


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    talk = Talk(tmp_path, signed_in=False)
    talk.portal.accounts, talk.portal.methods = [CLINIC_BILL], [VISA]
    return talk


async def ask(talk: Talk, floor: timedelta = NO_WAIT) -> None:
    await talk.does(ActionAskSignInCode, floor=floor)
    # The code is handed over in the background.
    await asyncio.sleep(0)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        await task


async def claim(talk: Talk, phone: str = PHONE, born: str = BORN.isoformat()) -> None:
    talk.slots |= {"sign_in_phone": phone, "sign_in_birth_date": born}
    talk.hears("that is me")
    await ask(talk)


async def test_phone_then_birth_date_then_code_are_asked(talk: Talk) -> None:
    asked = []
    for said in ("my test results please", "541 555 0121", "march 12 1984"):
        talk.hears(said, "view_test_results" if "results" in said else "inform")
        await talk.fills(ValidateViewTestResultsForm)
        asked.append(talk.requested)
    assert asked == ["sign_in_phone", "sign_in_birth_date", "sign_in_code"]


async def test_the_number_that_the_carrier_reports_is_not_asked_for(tmp_path: Path) -> None:
    talk = Talk(tmp_path, channel="sms", caller=PHONE, signed_in=False)
    talk.hears("my results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    assert (talk.slots["sign_in_phone"], talk.requested) == (PHONE, "sign_in_birth_date")


async def test_a_number_that_was_said_beats_the_one_that_the_carrier_reports(tmp_path: Path) -> None:
    talk = Talk(tmp_path, channel="phone", caller=STRANGER, signed_in=False)
    talk.hears("my results, the clinic has 541 555 0121 for me", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    assert talk.slots["sign_in_phone"] == PHONE


async def test_whoever_is_signed_in_is_asked_nothing(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    talk.hears("my results, 541 555 0199", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    assert (talk.followup, talk.slots.get("sign_in_phone")) == ("action_view_test_results", None)


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        ("sign_in_phone", "i don't know it"),
        ("sign_in_phone", "555 0121"),
        ("sign_in_birth_date", "march 12"),
        ("sign_in_birth_date", "tomorrow"),
    ],
)
async def test_what_is_no_answer_is_asked_again(talk: Talk, slot: str, said: str) -> None:
    talk.slots |= {"sign_in_phone": PHONE} if slot == "sign_in_birth_date" else {}
    talk.hears("my results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    talk.hears(said)
    await talk.fills(ValidateViewTestResultsForm)
    assert talk.requested == slot


async def test_a_code_goes_to_the_number_on_file(talk: Talk) -> None:
    await claim(talk)
    assert talk.acts == ["utter_ask_sign_in_code_sent"]
    assert [delivery.to for delivery in talk.outbox.deliveries] == [PHONE]
    assert talk.slots["sign_in_claim"] == f"{PHONE}|{BORN.isoformat()}"


async def test_v05_a_stranger_is_told_the_same_and_nothing_is_sent(talk: Talk, tmp_path: Path) -> None:
    await claim(talk)
    known = talk.said
    other = Talk(tmp_path, signed_in=False)
    await claim(other, phone=STRANGER)
    assert other.said == known
    assert other.outbox.deliveries == []


@pytest.mark.parametrize("phone", [PHONE, STRANGER])
async def test_v06_an_answer_takes_the_same_least_time_for_everybody(
    talk: Talk, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("actions.verification.asyncio.sleep", wait)
    talk.slots |= {"sign_in_phone": phone, "sign_in_birth_date": BORN.isoformat()}
    await talk.hears("me").does(ActionAskSignInCode)
    assert waited == [FLOOR.total_seconds()]


async def test_v06_the_floor_is_longer_than_a_look_up_takes() -> None:
    assert timedelta(milliseconds=300) <= FLOOR <= timedelta(seconds=2)


async def test_v05_a_code_that_cannot_be_sent_is_not_told(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    talk.outbox.broken = CodeNotSent("30003", temporary=True)
    await claim(talk)
    assert talk.acts == ["utter_ask_sign_in_code_sent"]
    assert "code not sent" in caplog.text
    assert PHONE[2:] not in caplog.text


async def test_d01_a_carrier_that_breaks_is_logged_without_its_words(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    talk.outbox.broken = RuntimeError(f"cannot reach {PHONE}")
    await claim(talk)
    assert "code not sent: RuntimeError" in caplog.text
    assert PHONE not in caplog.text


async def test_asked_again_while_a_code_is_under_way_no_other_is_sent(talk: Talk) -> None:
    await claim(talk)
    talk.hears("what", "nlu_fallback")
    await ask(talk)
    assert talk.acts == ["utter_ask_sign_in_code_waiting"]
    assert len(talk.outbox.deliveries) == 1


async def test_another_claim_gets_a_code_of_its_own(talk: Talk) -> None:
    await claim(talk, phone=STRANGER)
    await claim(talk)
    assert talk.acts == ["utter_ask_sign_in_code_sent"]
    assert len(talk.outbox.deliveries) == 1


async def test_the_same_claim_too_soon_after_another_is_told_how_long_to_wait(talk: Talk) -> None:
    await claim(talk)
    await claim(talk, phone=STRANGER)
    talk.clock.advance(timedelta(seconds=10))
    await claim(talk)
    assert (talk.acts, talk.value("seconds")) == (["utter_ask_sign_in_code_too_soon"], 20)


async def test_too_many_claims_get_no_more_codes(talk: Talk) -> None:
    for _ in range(4):
        await claim(talk)
        talk.clock.advance(timedelta(minutes=3))
        await claim(talk, phone=STRANGER)
        talk.clock.advance(timedelta(minutes=1))
    assert talk.acts == ["utter_ask_sign_in_code_too_many"]
    # D-05: that no more is sent is in the audit trail, without a word of who was claimed.
    with talk.trail._engine.connect() as connection:
        noted = connection.exec_driver_sql("SELECT interaction, reason, who FROM audit_trail").all()
    assert {tuple(row) for row in noted} == {("sign_in", "too_many", None)}


@pytest.mark.parametrize(
    ("outcome", "act"),
    [
        ("wrong", "utter_ask_sign_in_code_wrong"),
        ("wrong_length", "utter_ask_sign_in_code_length"),
        ("expired", "utter_ask_sign_in_code_expired"),
        ("locked", "utter_ask_sign_in_code_locked"),
    ],
)
async def test_what_came_of_a_code_is_said(talk: Talk, outcome: str, act: str) -> None:
    await claim(talk)
    talk.hears("", "code_checked", known_code_check={"outcome": outcome, "tries_left": 3})
    await ask(talk)
    assert talk.acts == [act]
    assert len(talk.outbox.deliveries) == 1


async def test_the_tries_left_are_said(talk: Talk) -> None:
    talk.hears("", "code_checked", known_code_check={"outcome": "wrong", "tries_left": 3})
    await ask(talk)
    assert talk.value("tries") == 3


async def test_a_wrong_code_is_asked_for_again_even_twice(talk: Talk) -> None:
    talk.slots |= {"sign_in_phone": PHONE, "sign_in_birth_date": BORN.isoformat()}
    talk.hears("my results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    for tries in (4, 3):
        talk.hears("", "code_checked", known_code_check={"outcome": "wrong", "tries_left": tries})
        await talk.fills(ValidateViewTestResultsForm)
        assert talk.requested == "sign_in_code"


async def test_r10_a_slot_that_says_accepted_proves_nothing(talk: Talk) -> None:
    talk.slots |= {"sign_in_phone": PHONE, "sign_in_birth_date": BORN.isoformat(), "sign_in_code": "accepted"}
    talk.hears("my results", "view_test_results", known_code_check={"outcome": "accepted", "tries_left": 5})
    await talk.fills(ValidateViewTestResultsForm)
    assert talk.requested == "sign_in_code"


async def test_words_while_a_code_is_waited_for_are_no_code(talk: Talk) -> None:
    talk.slots |= {"sign_in_phone": PHONE, "sign_in_birth_date": BORN.isoformat()}
    talk.hears("my results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    talk.hears("i have no phone with me")
    await talk.fills(ValidateViewTestResultsForm)
    assert (talk.requested, talk.slots.get("sign_in_code")) == ("sign_in_code", None)


async def test_a_corrected_number_takes_back_the_code(talk: Talk) -> None:
    talk.slots |= {"sign_in_phone": STRANGER, "sign_in_birth_date": BORN.isoformat()}
    talk.hears("my results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    talk.hears("sorry the number is 541 555 0121")
    await talk.fills(ValidateViewTestResultsForm)
    assert (talk.slots["sign_in_phone"], talk.requested) == (PHONE, "sign_in_code")


async def test_b19_what_moves_money_needs_a_code_of_the_last_five_minutes(tmp_path: Path) -> None:
    talk = Talk(tmp_path, act="pay_bill")
    talk.portal.accounts, talk.portal.methods = [CLINIC_BILL], [VISA]
    turn = talk.hears("pay my bill", "pay_bill").turn()
    assert await is_proved(turn, "pay_bill")
    talk.clock.advance(timedelta(minutes=6))
    turn = talk.hears("pay my bill", "pay_bill").turn()
    proved = [await is_proved(turn, capability) for capability in ("sign_in", "view_test_results", "pay_bill")]
    assert proved == [True, True, False]


async def test_a_second_proof_asks_for_the_code_alone_and_sends_it_to_the_person(tmp_path: Path) -> None:
    talk = Talk(tmp_path, act="pay_bill")
    talk.portal.accounts, talk.portal.methods = [CLINIC_BILL], [VISA]
    talk.clock.advance(timedelta(minutes=6))
    talk.hears("pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    assert talk.requested == "sign_in_code"
    await ask(talk)
    assert talk.acts == ["utter_ask_sign_in_code_sent"]
    code = talk.outbox.deliveries[-1].code
    assert talk.identity.check_code(talk.sender, code, "step_up").outcome == "accepted"
    talk.hears("", "code_checked", known_code_check={"outcome": "accepted", "tries_left": 5})
    await talk.fills(ValidatePayBillForm)
    assert talk.requested == "pay_bill_amount"


async def test_b19_paying_right_after_signing_in_for_it_asks_for_one_code(talk: Talk) -> None:
    talk.hears("pay my bill, i am 541 555 0121, born march 12 1984", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    assert talk.requested == "sign_in_code"
    await ask(talk)
    code = talk.outbox.deliveries[-1].code
    assert talk.identity.check_code(talk.sender, code).outcome == "accepted"
    talk.hears("", "code_checked", known_code_check={"outcome": "accepted", "tries_left": 5})
    await talk.fills(ValidatePayBillForm)
    assert talk.requested == "pay_bill_amount"


async def test_b19_signing_in_for_something_else_does_not_serve_a_payment(talk: Talk) -> None:
    talk.sign_in("view_test_results")
    talk.hears("pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    assert talk.requested == "sign_in_code"
    await ask(talk)
    assert talk.acts == ["utter_ask_sign_in_code_sent"]


@pytest.mark.parametrize(
    ("form", "request_", "level"),
    [(ValidatePayBillForm, "pay_bill", "step_up"), (ValidateViewTestResultsForm, "view_test_results", "verified")],
)
async def test_b13_a_new_phone_keeps_money_and_the_health_record_shut_and_says_until_when(
    tmp_path: Path, form: type[TaskForm], request_: str, level: str
) -> None:
    talk = Talk(tmp_path, signed_in=False)
    talk.sign_in(request_, replace(ADA, phone_since=NOW - timedelta(hours=24)))
    assert needed_level(Capabilities.load()[request_]) == level
    talk.hears("please do it", request_)
    await talk.fills(form)
    assert (talk.acts, talk.value("until")) == (["utter_sign_in_phone_too_new"], "Thursday, March 19 at 10:00 AM")
    assert (talk.requested, talk.loop, talk.outbox.deliveries) == (None, None, [])


async def test_b13_a_new_phone_says_so_right_after_the_code(talk: Talk) -> None:
    talk.directory.people = [(replace(ADA, phone_since=NOW - timedelta(hours=24)), BORN)]
    talk.hears("pay my bill, i am 541 555 0121, born march 12 1984", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    await ask(talk)
    talk.identity.check_code(talk.sender, talk.outbox.deliveries[-1].code)
    talk.hears("", "code_checked", known_code_check={"outcome": "accepted", "tries_left": 5})
    await talk.fills(ValidatePayBillForm)
    assert talk.acts == ["utter_sign_in_phone_too_new"]
    assert talk.identity.signed_in(talk.sender) is not None


async def test_b13_a_new_phone_still_signs_in_and_books(tmp_path: Path) -> None:
    talk = Talk(tmp_path, signed_in=False)
    talk.sign_in(None, replace(ADA, phone_since=NOW - timedelta(hours=24)))
    talk.hears("sign me in", "sign_in")
    await talk.fills(ValidateSignInForm)
    assert talk.followup == "action_sign_in"
    assert await is_proved(talk.turn(), "book_appointment")


@pytest.mark.parametrize("form", [ValidatePayBillForm, ValidateViewTestResultsForm, ValidateSignInForm])
async def test_a_voice_assistant_that_may_not_read_asks_for_nothing_and_says_where_to_go(
    tmp_path: Path, form: type[TaskForm]
) -> None:
    talk = Talk(tmp_path, channel="alexa", signed_in=False)
    talk.hears("my results", form.capability)
    await talk.fills(form)
    assert (talk.acts, talk.requested) == (["utter_sign_in_not_on_this_channel"], None)


async def test_a_voice_assistant_that_may_read_moves_no_money(tmp_path: Path) -> None:
    talk = Talk(tmp_path, channel="alexa")
    turn = talk.hears("results", "view_test_results").turn()
    assert await is_proved(turn, "view_test_results")
    talk.hears("pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    assert talk.acts == ["utter_sign_in_not_on_this_channel"]


async def test_v09_whoever_fails_the_second_proof_is_told_and_signed_out(tmp_path: Path) -> None:
    talk = Talk(tmp_path, act="view_test_results")
    talk.hears("pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    await ask(talk)
    guesses = wrong_codes(talk.outbox.deliveries[-1].code, 5)
    checks = [talk.identity.check_code(talk.sender, guess, "step_up") for guess in guesses]
    assert checks[-1].outcome == "locked"
    talk.hears("", "code_checked", known_code_check={"outcome": "locked", "tries_left": 0})
    await talk.fills(ValidatePayBillForm)
    assert (talk.acts, talk.requested) == (["utter_ask_sign_in_code_locked"], None)
    assert talk.identity.signed_in(talk.sender) is None


async def test_v09_the_notice_of_a_lock_goes_out_when_the_lock_is_said(talk: Talk) -> None:
    await claim(talk)
    for guess in wrong_codes(talk.outbox.deliveries[-1].code, 5):
        talk.identity.check_code(talk.sender, guess)
    for _ in range(2):
        talk.hears("", "code_checked", known_code_check={"outcome": "locked", "tries_left": 0})
        await ask(talk)
    assert talk.outbox.notices == [Notice(PHONE, "text", "en")]


async def test_v09_a_notice_that_cannot_be_sent_is_logged_without_the_number(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    await claim(talk)
    for guess in wrong_codes(talk.outbox.deliveries[-1].code, 5):
        talk.identity.check_code(talk.sender, guess)
    talk.outbox.broken = RuntimeError(f"cannot reach {PHONE}")
    talk.hears("", "code_checked", known_code_check={"outcome": "locked", "tries_left": 0})
    await ask(talk)
    assert (talk.acts, PHONE in caplog.text) == (["utter_ask_sign_in_code_locked"], False)


async def test_b03_a_pause_for_everybody_is_said_in_minutes(talk: Talk) -> None:
    talk.limit(brake=GuessLimits(1, timedelta(minutes=30)))
    await claim(talk)
    for guess in wrong_codes(talk.outbox.deliveries[-1].code, 2):
        talk.identity.check_code(talk.sender, guess)
    talk.clock.advance(timedelta(seconds=40))
    await claim(talk, phone=STRANGER)
    assert (talk.acts, talk.value("minutes")) == (["utter_ask_sign_in_code_paused"], 30)


async def test_a_number_that_the_carrier_says_has_opted_out_gets_no_more_codes(talk: Talk) -> None:
    talk.outbox.broken = OptedOut()
    await claim(talk)
    talk.outbox.broken = None
    assert talk.identity.opted_out(PHONE)
    talk.clock.advance(timedelta(minutes=1))
    await talk.hears("new code", "resend_code").does(ActionResendCode)
    assert (talk.acts, talk.outbox.deliveries) == (["utter_ask_sign_in_code_sent"], [])


def _nobody(talk: Talk) -> None:
    talk.directory.people = []


def _no_phone(talk: Talk) -> None:
    talk.directory.people = [(replace(ADA, phone=""), BORN)]


def _lock(talk: Talk) -> None:
    elsewhere = talk.identity.open_conversation("web", "en").sender_id
    start = talk.identity.start_challenge(elsewhere, ADA, claim="another spelling")
    assert start.delivery is not None
    for guess in wrong_codes(start.delivery.code, 5):
        talk.identity.check_code(elsewhere, guess)


def _opt_out(talk: Talk) -> None:
    talk.identity.opt_out(PHONE)


def _share_with_guardian(talk: Talk) -> None:
    talk.directory.people = [(replace(ADA, shares_phone_with_guardian=True), BORN)]


# To the directory somebody who has died is nobody: tests/test_portal_client_signing_in.py.
NO_CODE = {
    "no match": _nobody,
    "no phone": _no_phone,
    "locked": _lock,
    "deceased": _nobody,
    "opted out": _opt_out,
    "phone of a guardian": _share_with_guardian,
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("case", NO_CODE)
async def test_v05_all_who_get_no_code_are_told_what_a_patient_is_told(
    tmp_path: Path, language: str, case: str
) -> None:
    transcripts = []
    for name in ("patient", case):
        folder = tmp_path / name
        folder.mkdir()
        talk = Talk(folder, language=language, signed_in=False)
        if name == case:
            NO_CODE[case](talk)
        transcripts.append(await _transcript(talk))
        assert bool(talk.outbox.deliveries) is (name == "patient")
    assert transcripts[0] == transcripts[1]


async def _transcript(talk: Talk) -> list[list[dict[str, Any]]]:
    """What is said to a claim, to the same again too soon, to a new code, and to wrong codes until locked."""
    said = []
    for _ in range(2):
        await claim(talk)
        said.append(talk.said)
        talk.hears("what", "nlu_fallback")
        await ask(talk)
        said.append(talk.said)
    await talk.hears("new code", "resend_code").does(ActionResendCode)
    said.append(talk.said)
    right = talk.outbox.deliveries[-1].code if talk.outbox.deliveries else "000000"
    for guess in wrong_codes(right, 6):
        check = talk.identity.check_code(talk.sender, guess)
        told = {"outcome": check.outcome, "tries_left": check.tries_left}
        talk.hears("", "code_checked", known_code_check=told)
        await ask(talk)
        said.append(talk.said)
    talk.clock.advance(timedelta(minutes=1))
    await talk.hears("new code", "resend_code").does(ActionResendCode)
    return [*said, talk.said]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "response",
    [
        "utter_ask_sign_in_code_locked",
        "utter_ask_sign_in_code_too_many",
        "utter_ask_sign_in_code_paused",
        "utter_sign_in_phone_too_new",
        "utter_sign_in_not_on_this_channel",
        "utter_sign_out_everywhere_unproved",
    ],
)
def test_v09_whoever_cannot_go_on_is_told_of_another_way(response: str, language: str) -> None:
    path = Path(__file__).parent.parent / f"assistant/responses/{language}/account.yml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"][response]
    assert all("{phone}" in each["text"] for each in said)


async def test_r13_starting_over_clears_talk_and_leaves_locks_and_counts(talk: Talk) -> None:
    await claim(talk)
    code = talk.outbox.deliveries[-1].code
    for guess in wrong_codes(code, 4):
        talk.identity.check_code(talk.sender, guess)
    await talk.hears("start over", "start_over").does(ActionStartOver)
    assert talk.identity.open_challenge(talk.sender)
    assert talk.identity.check_code(talk.sender, wrong_codes(code, 5)[-1]).outcome == "locked"
    await talk.hears("start over", "start_over").does(ActionStartOver)
    assert talk.identity.check_code(talk.sender, code).outcome == "locked"


async def test_d12_a_store_that_fails_asks_for_nothing_and_opens_nothing(tmp_path: Path) -> None:
    talk = Talk(tmp_path, act="pay_bill")
    with open_engine(f"sqlite:///{tmp_path}/identity.db").begin() as connection:
        metadata.drop_all(connection)
    talk.hears("pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    assert (talk.acts, talk.requested) == (["utter_failed"], None)
    assert not await is_proved(talk.turn(), "view_test_results")


async def test_a_portal_that_does_not_answer_is_said_to(talk: Talk) -> None:
    talk.directory.fail("find_person", PortalUnavailable())
    await claim(talk)
    assert talk.acts == ["utter_portal_unavailable"]


async def test_v13_nothing_that_proves_anything_is_said_or_kept(talk: Talk) -> None:
    await claim(talk)
    code = talk.outbox.deliveries[0].code
    kept: Any = [talk.said, talk.slots, talk.events]
    assert code not in json.dumps(kept, default=str)
    assert ADA.given_name not in json.dumps(kept, default=str)
