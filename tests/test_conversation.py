"""Stopping, starting over, hearing it again, a yes or no to nothing, and not being understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from actions.conversation import (
    ActionAffirm,
    ActionDeny,
    ActionGoodbye,
    ActionNotUnderstood,
    ActionPlannedCapability,
    ActionRepeatThat,
    ActionStartOver,
    ActionStopTask,
)
from actions.medications.refill_medication import ActionAskRefillMedicationConfirmed, ValidateRefillMedicationForm
from tests.turns import LISINOPRIL, WILLAMETTE, Talk


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    talk = Talk(tmp_path)
    talk.portal.taking, talk.portal.all_pharmacies = [LISINOPRIL], [WILLAMETTE]
    return talk


async def in_a_refill(talk: Talk) -> Talk:
    talk.hears("refill my lisinopril", "refill_medication")
    await talk.fills(ValidateRefillMedicationForm)
    await talk.does(ActionAskRefillMedicationConfirmed)
    return talk


def ranking(*names: str, confidence: float = 0.3) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": confidence} for name in names]


async def test_stopping_a_task_forgets_it_and_says_so(talk: Talk) -> None:
    await in_a_refill(talk)
    await talk.hears("stop", "stop_task").does(ActionStopTask)
    assert (talk.acts, talk.loop, talk.requested, talk.followup) == (
        ["utter_stop_task_stopped"],
        None,
        None,
        "action_listen",
    )
    assert talk.slots["refill_medication_medications"] is None


async def test_stopping_nothing_is_said_to(talk: Talk) -> None:
    await talk.hears("stop", "stop_task").does(ActionStopTask)
    assert talk.acts == ["utter_stop_task_nothing"]


async def test_stopping_between_tasks_forgets_the_ones_that_wait(talk: Talk) -> None:
    talk.slots |= {"task_stack": ["pay_bill"], "pay_bill_amount": 5000}
    await talk.hears("stop", "stop_task").does(ActionStopTask)
    assert (talk.acts, talk.slots["task_stack"], talk.slots["pay_bill_amount"]) == (
        ["utter_stop_task_stopped"],
        [],
        None,
    )


async def test_starting_over_asks_the_task_from_its_beginning(talk: Talk) -> None:
    await in_a_refill(talk)
    await talk.hears("start over", "start_over").does(ActionStartOver)
    assert (talk.acts, talk.value("task")) == (["utter_start_over_task"], "refill a medicine")
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.requested == "refill_medication_medications"


async def test_starting_over_between_tasks_forgets_everything(talk: Talk) -> None:
    talk.slots |= {"task_stack": ["pay_bill"], "pay_bill_amount": 5000}
    await talk.hears("start over", "start_over").does(ActionStartOver)
    assert (talk.acts, talk.slots["task_stack"], talk.slots["pay_bill_amount"]) == (
        ["utter_start_over_everything"],
        [],
        None,
    )


async def test_what_was_said_last_is_said_again_with_its_choices(talk: Talk) -> None:
    talk.hears("xyz", "nlu_fallback", intent_ranking=[])
    await talk.does(ActionNotUnderstood)
    before = talk.said[0]["buttons"]
    await talk.hears("say that again", "repeat_that").does(ActionRepeatThat)
    assert (talk.acts, talk.said[0]["buttons"]) == (["utter_not_understood_menu"], before)


async def test_inside_a_task_the_form_asks_its_question_again_and_the_rest_is_repeated(talk: Talk) -> None:
    await in_a_refill(talk)
    await talk.hears("say that again", "repeat_that").does(ActionRepeatThat)
    assert talk.acts == []
    await talk.fills(ValidateRefillMedicationForm)
    assert talk.requested == "refill_medication_confirmed"


async def test_there_is_nothing_to_say_again_at_the_beginning(talk: Talk) -> None:
    await talk.hears("say that again", "repeat_that").does(ActionRepeatThat)
    assert talk.acts == ["utter_repeat_that_nothing"]


async def test_r04_a_yes_to_nothing_asks_what_is_needed(talk: Talk) -> None:
    await talk.hears("yes", "affirm").does(ActionAffirm)
    assert talk.acts == ["utter_affirm_nothing_asked"]


async def test_a_yes_goes_on_with_what_was_left_open(talk: Talk) -> None:
    talk.slots["task_stack"] = ["pay_bill"]
    await talk.hears("continue", "affirm").does(ActionAffirm)
    assert (talk.acts, talk.value("task"), talk.followup) == (["utter_task_taken_up"], "pay a bill", "pay_bill_form")


@pytest.mark.parametrize(("action", "said"), [(ActionAffirm, "yes"), (ActionDeny, "no")])
async def test_a_yes_or_no_that_a_form_could_not_use_is_left_to_the_form(
    talk: Talk, action: type[ActionAffirm | ActionDeny], said: str
) -> None:
    await in_a_refill(talk)
    assert await talk.hears(said).does(action) == []
    assert talk.acts == []


async def test_a_no_to_nothing_is_taken_kindly(talk: Talk) -> None:
    await talk.hears("no", "deny").does(ActionDeny)
    assert talk.acts == ["utter_deny_nothing_asked"]


@pytest.mark.parametrize(("channel", "still_in"), [("web", True), ("sms", True), ("phone", False), ("alexa", False)])
async def test_goodbye_signs_out_where_others_may_be_listening(tmp_path: Path, channel: str, still_in: bool) -> None:
    talk = Talk(tmp_path, channel=channel)
    await talk.hears("bye", "goodbye").does(ActionGoodbye)
    assert (talk.acts, talk.value("ended")) == (["utter_goodbye"], True)
    assert (talk.identity.signed_in(talk.sender) is not None) is still_in


async def test_goodbye_leaves_no_task_behind(talk: Talk) -> None:
    await in_a_refill(talk)
    talk.slots["task_stack"] = ["pay_bill"]
    await talk.hears("bye", "goodbye").does(ActionGoodbye)
    assert (talk.loop, talk.slots["task_stack"], talk.slots["refill_medication_medications"]) == (None, [], None)


@pytest.mark.parametrize(("language", "task"), [("en", "cancel a visit"), ("es", "cancelar una cita")])
async def test_what_is_planned_is_said_to_be(tmp_path: Path, language: str, task: str) -> None:
    talk = Talk(tmp_path, language=language)
    await talk.hears("cancel my visit", "cancel_appointment").does(ActionPlannedCapability)
    assert (talk.acts, talk.value("task")) == (["utter_planned_capability"], task)


async def test_the_first_time_the_two_likeliest_readings_are_asked_about(talk: Talk) -> None:
    near = ranking("nlu_fallback", "refill_medication", "greet", "pay_bill", "view_test_results")
    await talk.hears("my pills bill", "nlu_fallback", intent_ranking=near).does(ActionNotUnderstood)
    assert (talk.acts, talk.value("first"), talk.value("second")) == (
        ["utter_not_understood_which"],
        "refill a medicine",
        "pay a bill",
    )
    assert [button["payload"] for button in talk.said[0]["buttons"]] == ["/refill_medication", "/pay_bill"]


@pytest.mark.parametrize(
    "near", [[], ranking("refill_medication"), ranking("refill_medication", "pay_bill", confidence=0.1)]
)
async def test_with_nothing_near_a_short_menu_is_offered(talk: Talk, near: list[dict[str, Any]]) -> None:
    await talk.hears("blub", "nlu_fallback", intent_ranking=near).does(ActionNotUnderstood)
    assert talk.acts == ["utter_not_understood_menu"]
    assert len(talk.said[0]["buttons"]) == 4


async def test_the_third_time_in_a_row_a_person_is_named_and_then_it_begins_again(talk: Talk) -> None:
    said = []
    for _ in range(4):
        await talk.hears("blub", "nlu_fallback", intent_ranking=[]).does(ActionNotUnderstood)
        said += talk.acts
    menu, person = "utter_not_understood_menu", "utter_not_understood_person"
    assert said == [menu, menu, person, menu]


async def test_times_that_are_not_in_a_row_do_not_add_up(talk: Talk) -> None:
    said = []
    for _ in range(4):
        await talk.hears("blub", "nlu_fallback", intent_ranking=[]).does(ActionNotUnderstood)
        said += talk.acts
        await talk.hears("no", "deny").does(ActionDeny)
    assert said == ["utter_not_understood_menu"] * 4


async def test_inside_a_task_no_other_task_is_offered_until_the_third_time(talk: Talk) -> None:
    await in_a_refill(talk)
    said = []
    for _ in range(3):
        near = ranking("refill_medication", "pay_bill")
        await talk.hears("blub", "nlu_fallback", intent_ranking=near).does(ActionNotUnderstood)
        said += talk.acts
    assert said == ["utter_not_understood_answer", "utter_not_understood_answer", "utter_not_understood_person"]


async def test_what_is_nearest_to_nothing_we_do_is_said_to_be_out_of_scope(talk: Talk) -> None:
    near = ranking("nlu_fallback", "out_of_scope", "pay_bill")
    await talk.hears("who won", "nlu_fallback", intent_ranking=near).does(ActionNotUnderstood)
    assert talk.acts == ["utter_out_of_scope"]
