"""Proving who somebody is: what is asked, what is said of a code, and that a stranger is told exactly the same."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.billing.pay_bill import ValidatePayBillForm
from actions.portal_client import PortalUnavailable
from actions.results.view_test_results import ValidateViewTestResultsForm
from actions.verification import FLOOR, ActionAskSignInCode, is_proved
from identity import CodeNotSent
from tests.turns import ADA, BORN, CLINIC_BILL, PHONE, VISA, Talk

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


async def test_a_stranger_is_told_the_same_and_nothing_is_sent(talk: Talk, tmp_path: Path) -> None:
    await claim(talk)
    known = talk.said
    other = Talk(tmp_path, signed_in=False)
    await claim(other, phone=STRANGER)
    assert other.said == known
    assert other.outbox.deliveries == []


@pytest.mark.parametrize("phone", [PHONE, STRANGER])
async def test_an_answer_takes_the_same_least_time_for_everybody(
    talk: Talk, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("actions.verification.asyncio.sleep", wait)
    talk.slots |= {"sign_in_phone": phone, "sign_in_birth_date": BORN.isoformat()}
    await talk.hears("me").does(ActionAskSignInCode)
    assert waited == [FLOOR.total_seconds()]


async def test_the_floor_is_longer_than_a_look_up_takes() -> None:
    assert timedelta(milliseconds=300) <= FLOOR <= timedelta(seconds=2)


async def test_a_code_that_cannot_be_sent_is_not_told(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    talk.outbox.broken = CodeNotSent("30003", temporary=True)
    await claim(talk)
    assert talk.acts == ["utter_ask_sign_in_code_sent"]
    assert "code not sent" in caplog.text
    assert PHONE[2:] not in caplog.text


async def test_a_carrier_that_breaks_is_logged_without_its_words(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
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


async def test_a_slot_that_says_accepted_proves_nothing(talk: Talk) -> None:
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


async def test_what_moves_money_needs_a_code_of_the_last_five_minutes(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    talk.portal.accounts, talk.portal.methods = [CLINIC_BILL], [VISA]
    talk.clock.advance(timedelta(minutes=6))
    turn = talk.hears("pay my bill", "pay_bill").turn()
    proved = [await is_proved(turn, capability) for capability in ("sign_in", "view_test_results", "pay_bill")]
    assert proved == [True, True, False]


async def test_a_second_proof_asks_for_the_code_alone_and_sends_it_to_the_person(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
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


async def test_a_portal_that_does_not_answer_is_said_to(talk: Talk) -> None:
    talk.directory.fail("find_person", PortalUnavailable())
    await claim(talk)
    assert talk.acts == ["utter_portal_unavailable"]


async def test_nothing_that_proves_anything_is_said_or_kept(talk: Talk) -> None:
    await claim(talk)
    code = talk.outbox.deliveries[0].code
    kept: Any = [talk.said, talk.slots, talk.events]
    assert code not in json.dumps(kept, default=str)
    assert ADA.given_name not in json.dumps(kept, default=str)
