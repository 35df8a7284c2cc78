"""The rules of every form, shown on the real ones: what is read when, what is asked next, and what a yes is worth."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from actions.account import ActionSignOut
from actions.billing.pay_bill import ActionAskPayBillConfirmed, ActionPayBill, ValidatePayBillForm
from actions.conversation import ActionAffirm, ActionStopTask
from actions.medications.refill_medication import (
    ActionAskRefillMedicationConfirmed,
    ActionAskRefillMedicationMedications,
    ActionRefillMedication,
    ValidateRefillMedicationForm,
)
from actions.portal_client import PortalUnavailable
from actions.results.view_test_results import ActionViewTestResults, ValidateViewTestResultsForm
from actions.scheduling.book_appointment import (
    ActionAskBookAppointmentConfirmed,
    ActionAskBookAppointmentSlot,
    ActionBookAppointment,
    ValidateBookAppointmentForm,
)
from actions.task import Confirmation, TaskForm
from tests.turns import (
    ADA,
    BANK,
    BORN,
    CHEN,
    CLINIC_BILL,
    CRESCENT,
    HOSPITAL_BILL,
    KIM,
    LISINOPRIL,
    OAKWAY,
    PATEL,
    PHONE,
    SERTRALINE,
    SOUTHGATE,
    VISA,
    WILLAMETTE,
    Talk,
    open_slot,
    result,
)

ALL_AT_ONCE = "i need a physical with dr chen next tuesday morning at crescent"


def furnish(talk: Talk) -> Talk:
    portal = talk.portal
    portal.all_providers, portal.all_places = [CHEN, KIM, PATEL], [CRESCENT, SOUTHGATE]
    portal.slots = [open_slot(24, 9), open_slot(24, 10, 30), open_slot(25, 14), open_slot(26, 9, provider=PATEL)]
    portal.taking, portal.all_pharmacies = [LISINOPRIL, SERTRALINE], [WILLAMETTE, OAKWAY]
    portal.accounts, portal.methods = [CLINIC_BILL], [VISA, BANK]
    portal.results = [result("TSH", 16, status="pending")]
    return talk


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return furnish(Talk(tmp_path, act="pay_bill"))


@pytest.fixture
def stranger(tmp_path: Path) -> Talk:
    return furnish(Talk(tmp_path, signed_in=False))


async def at_the_refill_confirmation(talk: Talk) -> Talk:
    talk.hears("refill my lisinopril", "refill_medication")
    await talk.fills(ValidateRefillMedicationForm)
    await talk.does(ActionAskRefillMedicationConfirmed)
    assert talk.requested == "refill_medication_confirmed"
    return talk


async def at_the_booking_confirmation(talk: Talk) -> Talk:
    talk.hears(ALL_AT_ONCE, "book_appointment")
    await talk.fills(ValidateBookAppointmentForm)
    await talk.does(ActionAskBookAppointmentSlot)
    talk.hears("the first one")
    await talk.fills(ValidateBookAppointmentForm)
    await talk.does(ActionAskBookAppointmentConfirmed)
    assert talk.requested == "book_appointment_confirmed"
    return talk


async def test_a_first_message_fills_all_that_is_in_it(talk: Talk) -> None:
    talk.hears(ALL_AT_ONCE, "book_appointment")
    await talk.fills(ValidateBookAppointmentForm)
    when = talk.slots["book_appointment_when"]
    assert talk.slots["book_appointment_visit_type"] == "physical"
    assert talk.slots["book_appointment_provider"] == {"id": CHEN.id, "name": CHEN.name}
    assert talk.slots["book_appointment_place"] == CRESCENT.id
    assert (when["earliest"], when["latest"], when["times"]) == ("2026-03-24", "2026-03-24", [["07:00", "12:00"]])
    assert talk.requested == "book_appointment_slot"


async def test_a_refill_in_one_sentence_asks_for_nothing_but_the_yes(talk: Talk) -> None:
    talk.hears("send my lisinopril and sertraline to oakway", "refill_medication")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["refill_medication_medications"] == [LISINOPRIL.id, SERTRALINE.id]
    assert talk.slots["refill_medication_pharmacy"]["id"] == OAKWAY.id
    assert talk.requested == "refill_medication_confirmed"


async def test_what_is_known_from_the_chart_is_not_asked(talk: Talk) -> None:
    talk.hears("refill my lisinopril", "refill_medication")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["refill_medication_pharmacy"]["id"] == WILLAMETTE.id


async def test_a_bare_answer_is_read_only_for_the_question_that_was_asked(talk: Talk) -> None:
    talk.hears("i want to pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    assert talk.requested == "pay_bill_amount"
    talk.hears("50")
    await talk.fills(ValidatePayBillForm)
    assert (talk.slots["pay_bill_amount"], talk.slots.get("pay_bill_method"), talk.requested) == (
        5000,
        None,
        "pay_bill_method",
    )


async def test_a_bare_number_means_nothing_to_a_question_about_something_else(talk: Talk) -> None:
    talk.hears("i want a physical with dr chen", "book_appointment")
    await talk.fills(ValidateBookAppointmentForm)
    talk.hears("50")
    await talk.fills(ValidateBookAppointmentForm)
    assert (talk.requested, talk.slots.get("book_appointment_when")) == ("book_appointment_when", None)


async def test_an_explicit_mention_is_read_whatever_was_asked(talk: Talk) -> None:
    talk.hears("i want to pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    talk.hears("fifty dollars with the visa")
    await talk.fills(ValidatePayBillForm)
    assert (talk.slots["pay_bill_amount"], talk.slots["pay_bill_method"]) == (5000, VISA.id)
    assert talk.requested == "pay_bill_confirmed"


async def test_a_clear_other_request_is_no_answer(talk: Talk) -> None:
    talk.hears("i want to pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    talk.hears("can i see my lab results from the 15th before i pay 50 dollars", "view_test_results")
    await talk.fills(ValidatePayBillForm)
    assert (talk.slots.get("pay_bill_amount"), talk.requested) == (None, "pay_bill_amount")


async def test_a_short_answer_counts_though_it_looks_like_another_request(talk: Talk) -> None:
    talk.hears("i want to pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    talk.hears("all of it", "view_balance")
    await talk.fills(ValidatePayBillForm)
    assert talk.slots["pay_bill_amount"] == 18450


async def test_what_was_already_said_is_not_asked_again(talk: Talk) -> None:
    talk.hears("book a visit with dr patel", "book_appointment")
    await talk.fills(ValidateBookAppointmentForm)
    assert talk.requested == "book_appointment_visit_type"
    talk.hears("a follow up")
    await talk.fills(ValidateBookAppointmentForm)
    assert talk.requested == "book_appointment_when"


async def test_a_yes_confirms(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("yes please", "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    assert (talk.slots["refill_medication_confirmed"], talk.followup) == (True, "action_refill_medication")
    assert talk.portal.called("request_refill") == []


@pytest.mark.parametrize("said", ["no", "nope", "no gracias", "not yet"])
async def test_a_no_confirms_nothing_and_asks_what_to_change(talk: Talk, said: str) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears(said, "deny")
    await talk.fills(ValidateRefillMedicationForm)
    await talk.does(ActionAskRefillMedicationConfirmed)
    assert talk.slots.get("refill_medication_confirmed") is None
    assert (talk.requested, talk.acts) == ("refill_medication_confirmed", ["utter_ask_refill_medication_change"])


async def test_a_yes_after_a_no_confirms_nothing(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    for said, intent in (("no", "deny"), ("yes", "affirm"), ("ok", "affirm"), ("sí", "affirm")):
        talk.hears(said, intent)
        await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots.get("refill_medication_confirmed") is None
    assert talk.requested == "refill_medication_confirmed"


async def test_after_a_no_a_correction_is_read_back_and_then_a_yes_counts(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("no", "deny")
    await talk.fills(ValidateRefillMedicationForm)
    talk.hears("the pharmacy, make it oakway")
    await talk.fills(ValidateRefillMedicationForm)
    await talk.does(ActionAskRefillMedicationConfirmed)
    assert (talk.acts, talk.value("pharmacy")) == (["utter_ask_refill_medication_confirmed"], OAKWAY.name)
    talk.hears("yes", "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["refill_medication_confirmed"] is True


@pytest.mark.parametrize(
    "said",
    ["yes, at oakway", "sure but send it to oakway", "ok to oakway drugs", "sí en oakway", "no, oakway", "oakway"],
)
async def test_a_yes_to_something_else_than_was_read_back_is_no_yes(talk: Talk, said: str) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears(said, "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["refill_medication_pharmacy"]["id"] == OAKWAY.id
    assert (talk.slots.get("refill_medication_confirmed"), talk.requested) == (None, "refill_medication_confirmed")


@pytest.mark.parametrize("said", ["yes but with dr patel", "yes with dr patel", "no, with dr patel"])
async def test_a_change_deep_below_the_yes_takes_it_back_as_well(talk: Talk, said: str) -> None:
    await at_the_booking_confirmation(talk)
    talk.hears(said, "affirm")
    await talk.fills(ValidateBookAppointmentForm)
    assert talk.slots["book_appointment_provider"]["id"] == PATEL.id
    assert (talk.slots["book_appointment_slot"], talk.slots.get("book_appointment_confirmed")) == (None, None)
    assert talk.requested == "book_appointment_slot"


async def test_a_correction_voids_only_what_rests_on_it(talk: Talk) -> None:
    talk.portal.accounts = [CLINIC_BILL, HOSPITAL_BILL]
    talk.hears("pay $50 of my clinic bill with the visa", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    assert talk.requested == "pay_bill_confirmed"
    talk.hears("no, the hospital one")
    await talk.fills(ValidatePayBillForm)
    assert (talk.slots["pay_bill_account"], talk.slots["pay_bill_amount"]) == (HOSPITAL_BILL.id, None)
    assert (talk.slots["pay_bill_method"], talk.requested) == (VISA.id, "pay_bill_amount")


async def test_a_yes_button_confirms(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("Yes", pick=talk.picks()[0])
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["refill_medication_confirmed"] is True


async def test_a_no_button_confirms_nothing(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("No", pick=talk.picks()[1])
    await talk.fills(ValidateRefillMedicationForm)
    assert (talk.slots.get("refill_medication_confirmed"), talk.slots["declined"]) == (None, True)


async def test_r04_a_yes_button_of_an_older_summary_confirms_nothing(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    old_yes = talk.picks()[0]
    talk.hears("make it oakway")
    await talk.fills(ValidateRefillMedicationForm)
    await talk.does(ActionAskRefillMedicationConfirmed)
    talk.hears("Yes", pick=old_yes)
    await talk.fills(ValidateRefillMedicationForm)
    assert (talk.slots.get("refill_medication_confirmed"), talk.requested) == (None, "refill_medication_confirmed")


async def test_a_yes_button_of_another_task_confirms_nothing(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    yes = talk.picks()[0]
    talk.hears("pay $50 of my bill with the visa", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    assert talk.requested == "pay_bill_confirmed"
    talk.hears("Yes", pick=yes)
    await talk.fills(ValidatePayBillForm)
    assert talk.slots.get("pay_bill_confirmed") is None


@pytest.mark.parametrize("pick", ["all", "yes abc", "anybody", "slot-24-900-Chen", "physical", "../etc", ""])
async def test_r04_a_button_of_another_question_answers_nothing(talk: Talk, pick: str) -> None:
    talk.portal.accounts = [CLINIC_BILL, HOSPITAL_BILL]
    talk.hears("i want to pay", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    talk.hears("some title", pick=pick)
    await talk.fills(ValidatePayBillForm)
    assert (talk.slots.get("pay_bill_account"), talk.requested) == (None, "pay_bill_account")


async def test_an_interrupted_task_is_put_aside(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("show me my test results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    assert talk.slots["task_stack"] == ["refill_medication"]
    assert talk.slots["refill_medication_medications"] == [LISINOPRIL.id]


async def test_an_interrupted_task_is_taken_up_when_the_other_is_done(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("show me my test results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    await talk.does(ActionViewTestResults)
    assert talk.acts == ["utter_view_test_results_pending", "utter_task_taken_up"]
    assert (talk.slots["task_stack"], talk.followup) == ([], "refill_medication_form")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.requested == "refill_medication_confirmed"


async def test_two_interrupted_tasks_are_taken_up_in_turn(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("i want to pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    talk.hears("show me my test results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    assert talk.slots["task_stack"] == ["refill_medication", "pay_bill"]
    await talk.does(ActionViewTestResults)
    assert talk.followup == "pay_bill_form"
    await talk.fills(ValidatePayBillForm)
    talk.hears("stop", "stop_task")
    await talk.does(ActionStopTask)
    assert (talk.followup, talk.slots["task_stack"]) == ("refill_medication_form", [])


async def test_a_waiting_task_that_is_begun_anew_waits_no_more(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("i want to pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    talk.hears("refill my sertraline", "refill_medication")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["task_stack"] == ["pay_bill"]


async def test_words_that_began_another_task_are_not_read_by_the_one_that_comes_back(talk: Talk) -> None:
    talk.hears("i want to pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    talk.hears("show me all my results from 50 days ago, all of it", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    await talk.does(ActionViewTestResults)
    await talk.fills(ValidatePayBillForm)
    assert (talk.slots.get("pay_bill_amount"), talk.requested) == (None, "pay_bill_amount")


async def test_a_message_that_a_rule_has_answered_is_not_read_once_more(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("yes", "affirm")
    await talk.does(ActionAffirm)
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots.get("refill_medication_confirmed") is None


async def test_words_said_before_signing_in_are_read_again_after_it(stranger: Talk) -> None:
    stranger.hears("refill my lisinopril at oakway", "refill_medication")
    await stranger.fills(ValidateRefillMedicationForm)
    assert (stranger.requested, stranger.slots["opening"]) == ("sign_in_phone", "refill my lisinopril at oakway")
    for said in ("541 555 0121", "march 12 1984"):
        stranger.hears(said)
        await stranger.fills(ValidateRefillMedicationForm)
    assert stranger.requested == "sign_in_code"
    stranger.sign_in()
    stranger.hears("", "code_checked", known_code_check={"outcome": "accepted", "tries_left": 5})
    await stranger.fills(ValidateRefillMedicationForm)
    assert stranger.slots["refill_medication_medications"] == [LISINOPRIL.id]
    assert stranger.slots["refill_medication_pharmacy"]["id"] == OAKWAY.id
    assert (stranger.requested, stranger.slots["opening"]) == ("refill_medication_confirmed", None)


async def test_phone_number_and_birth_date_may_come_together(stranger: Talk) -> None:
    stranger.hears("i want to pay my bill", "pay_bill")
    await stranger.fills(ValidatePayBillForm)
    stranger.hears("541 555 0121, 3/12/84")
    await stranger.fills(ValidatePayBillForm)
    assert (stranger.slots["sign_in_phone"], stranger.slots["sign_in_birth_date"]) == (PHONE, BORN.isoformat())
    assert stranger.requested == "sign_in_code"


async def test_a_birth_date_is_no_day_for_the_visit(stranger: Talk) -> None:
    stranger.hears("i need to see somebody", "book_appointment")
    await stranger.fills(ValidateBookAppointmentForm)
    for said in ("541 555 0121", "7/20/26"):
        stranger.hears(said)
        await stranger.fills(ValidateBookAppointmentForm)
    assert (stranger.slots["sign_in_birth_date"], stranger.slots.get("book_appointment_when")) == ("1926-07-20", None)


@pytest.mark.parametrize("said", ["book me for 3/24/26", "an appointment april 6-10", "a checkup march 24 10 am"])
async def test_a_day_for_the_visit_is_no_birth_date(stranger: Talk, said: str) -> None:
    stranger.hears(said, "book_appointment")
    await stranger.fills(ValidateBookAppointmentForm)
    assert stranger.slots.get("sign_in_birth_date") is None
    assert stranger.slots["book_appointment_when"] is not None


async def test_a_birth_date_said_at_once_is_not_asked_for(stranger: Talk) -> None:
    stranger.hears("i was born march 12 84, number 541 555 0121, i need a refill", "refill_medication")
    await stranger.fills(ValidateRefillMedicationForm)
    assert (stranger.slots["sign_in_birth_date"], stranger.requested) == (BORN.isoformat(), "sign_in_code")


async def test_a_finished_task_forgets_its_answers(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("yes", "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    await talk.does(ActionRefillMedication)
    kept = {name: value for name, value in talk.slots.items() if name.startswith("refill_medication") and value}
    assert (kept, talk.followup) == ({}, "action_listen")


async def test_a_task_that_is_stopped_forgets_what_it_has_shown(talk: Talk) -> None:
    await at_the_booking_confirmation(talk)
    talk.hears("stop", "stop_task")
    await talk.does(ActionStopTask)
    assert {name: value for name, value in talk.slots.items() if name.startswith("book_appointment") and value} == {}
    talk.hears("book a physical with dr chen on the 24th at 9", "book_appointment")
    await talk.fills(ValidateBookAppointmentForm)
    assert talk.slots["book_appointment_when"]["earliest"] == "2026-03-24"


async def test_signing_out_forgets_the_tasks_of_whoever_was_signed_in(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("show me my test results", "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    talk.hears("sign me out", "sign_out")
    await talk.does(ActionSignOut)
    left = {name: value for name, value in talk.slots.items() if value and name not in ("language", "medium")}
    assert (left, talk.loop) == ({}, None)


async def test_a_write_that_failed_is_not_confirmed_any_more(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("yes", "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    talk.portal.fail("request_refill", PortalUnavailable())
    await talk.does(ActionRefillMedication)
    assert (talk.acts, talk.slots["refill_medication_confirmed"]) == (["utter_portal_unavailable"], None)
    assert talk.slots["refill_medication_medications"] == [LISINOPRIL.id]
    assert talk.slots["task_stack"] == ["refill_medication"]


async def test_a_failed_task_goes_on_where_it_was_when_asked_to(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("yes", "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    talk.portal.fail("request_refill", PortalUnavailable())
    await talk.does(ActionRefillMedication)
    talk.loop, talk.slots["requested_slot"] = None, None
    talk.portal.heal()
    talk.hears("continue", "affirm")
    await talk.does(ActionAffirm)
    assert (talk.acts, talk.followup) == (["utter_task_taken_up"], "refill_medication_form")
    await talk.fills(ValidateRefillMedicationForm)
    assert (talk.requested, talk.slots["task_stack"]) == ("refill_medication_confirmed", [])


async def test_words_that_could_not_be_looked_up_are_read_once_the_portal_answers(talk: Talk) -> None:
    talk.portal.fail("medications", PortalUnavailable())
    talk.hears("refill my lisinopril at oakway", "refill_medication")
    await talk.fills(ValidateRefillMedicationForm)
    assert (talk.acts, talk.slots["task_stack"]) == (["utter_portal_unavailable"], ["refill_medication"])
    talk.portal.heal()
    talk.hears("continue", "affirm")
    await talk.does(ActionAffirm)
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["refill_medication_medications"] == [LISINOPRIL.id]
    assert (talk.slots["refill_medication_pharmacy"]["id"], talk.requested) == (
        OAKWAY.id,
        "refill_medication_confirmed",
    )


async def test_what_was_read_before_the_portal_failed_is_kept(talk: Talk) -> None:
    talk.hears("i want to pay my bill", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    talk.portal.fail("payment_methods", PortalUnavailable())
    talk.hears("fifty dollars")
    await talk.fills(ValidatePayBillForm)
    assert (talk.acts, talk.slots["pay_bill_amount"]) == (["utter_portal_unavailable"], 5000)


async def test_a_task_that_fails_twice_waits_once(talk: Talk) -> None:
    for _ in range(2):
        talk.portal.fail("medications", PortalUnavailable())
        talk.hears("refill my lisinopril", "refill_medication")
        await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["task_stack"] == ["refill_medication"]


async def test_a_sign_in_that_has_run_out_is_asked_for_again_before_anything_is_written(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.clock.advance(timedelta(minutes=16))
    talk.hears("yes", "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    assert (talk.requested, talk.followup) == ("sign_in_phone", None)
    assert talk.portal.called("request_refill") == []


async def test_a_sign_in_that_runs_out_after_the_yes_writes_nothing(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("yes", "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    talk.identity.sign_out(talk.sender)
    await talk.does(ActionRefillMedication)
    assert talk.acts == ["utter_sign_in_again"]
    assert talk.portal.called("request_refill") == []


@pytest.mark.parametrize(
    "said", ["i want to book a visit for my son", "necesito una cita para mi hija", "my husband needs a refill"]
)
async def test_what_is_asked_for_somebody_else_is_refused_and_nothing_is_kept(talk: Talk, said: str) -> None:
    talk.hears(said, "book_appointment")
    await talk.fills(ValidateBookAppointmentForm)
    assert (talk.acts, talk.loop, talk.slots.get("book_appointment_visit_type")) == (
        ["utter_not_for_this_person"],
        None,
        None,
    )


async def test_a_short_answer_that_the_list_does_not_know_is_a_yes_when_the_classifier_is_sure(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears("yuppers", "affirm", confidence=0.97)
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["refill_medication_confirmed"] is True


@pytest.mark.parametrize(("said", "confidence"), [("yuppers", 0.6), ("well that is what i would think about it", 0.99)])
async def test_a_guess_or_a_long_sentence_is_no_yes(talk: Talk, said: str, confidence: float) -> None:
    await at_the_refill_confirmation(talk)
    talk.hears(said, "affirm", confidence=confidence)
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots.get("refill_medication_confirmed") is None


async def test_the_buttons_of_a_confirmation_speak_the_language(tmp_path: Path) -> None:
    talk = await at_the_refill_confirmation(furnish(Talk(tmp_path, language="es", act="pay_bill")))
    assert [button["title"] for button in talk.said[0]["buttons"]] == ["Sí", "No"]


@pytest.mark.parametrize(
    ("form", "action"), [(ValidatePayBillForm, ActionPayBill), (ValidateBookAppointmentForm, ActionBookAppointment)]
)
def test_a_form_and_its_action_are_named_by_their_capability(form: type, action: type) -> None:
    assert form().name() == f"validate_{form.capability}_form"
    assert action().name() == f"action_{form.capability}"


async def test_the_sign_in_of_one_person_shows_nothing_of_another(talk: Talk) -> None:
    await at_the_refill_confirmation(talk)
    talk.portal.taking = []  # what the next person takes
    talk.hears("yes", "affirm")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.acts == ["utter_refill_medication_none"]
    assert talk.portal.who == ADA


async def test_the_medicines_just_shown_can_be_picked_by_place(talk: Talk) -> None:
    talk.hears("i need a refill", "refill_medication")
    await talk.fills(ValidateRefillMedicationForm)
    await talk.does(ActionAskRefillMedicationMedications)
    talk.hears("the second one")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.slots["refill_medication_medications"] == [SERTRALINE.id]


async def test_the_amount_is_confirmed_in_the_very_cents_that_are_charged(talk: Talk) -> None:
    talk.hears("pay half of my bill with the visa", "pay_bill")
    await talk.fills(ValidatePayBillForm)
    await talk.does(ActionAskPayBillConfirmed)
    said = talk.value("amount")
    talk.hears("yes", "affirm")
    await talk.fills(ValidatePayBillForm)
    await talk.does(ActionPayBill)
    assert said == "$92.25"
    assert talk.portal.called("pay")[0][1] == 9225


async def test_the_same_request_again_is_asked_the_same_question_again(stranger: Talk) -> None:
    stranger.hears("pay my bill", "pay_bill")
    await stranger.fills(ValidatePayBillForm)
    stranger.hears("pay my bill", "pay_bill")
    events = await stranger.fills(ValidatePayBillForm)
    assert stranger.requested == "sign_in_phone"
    # Rasa takes a form that sets nothing but its next question for one that refuses the message.
    assert [event["name"] for event in events if event["event"] == "slot" and event["name"] != "requested_slot"]


@pytest.mark.parametrize(
    "form",
    [ValidatePayBillForm, ValidateRefillMedicationForm, ValidateBookAppointmentForm],
    ids=lambda form: form.capability,
)
@pytest.mark.parametrize("pick", ["yes", "forged", None])
async def test_r04_a_yes_before_anything_was_read_back_writes_nothing(
    talk: Talk, form: type[TaskForm], pick: str | None
) -> None:
    made = form()
    confirmation = next(question for question in made.questions() if isinstance(question, Confirmation))
    talk.hears(made.capability.replace("_", " "), made.capability)
    await talk.fills(form)
    assert talk.requested not in (None, confirmation.slot)
    # Anybody can work out what a yes to the slots as they are now would look like.
    forged = next(each["payload"] for each in confirmation.buttons(talk.turn()))
    picked = json.loads(forged.removeprefix("/inform"))["pick"] if pick == "forged" else pick
    talk.hears("Yes" if picked else "yes", "affirm", pick=picked)
    await talk.fills(form)
    assert (talk.slots.get(confirmation.slot), talk.followup) == (None, None)
    assert (talk.portal.booked, talk.portal.refills, talk.portal.payments) == ([], [], [])
