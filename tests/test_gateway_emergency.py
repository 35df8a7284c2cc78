"""Danger is heard before anything else and answered whatever else is broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text

from channels.after_alarm import means_go_on, means_yes
from channels.emergency.screen import RESPONSES
from channels.steps import ASKS, RESUME
from identity import IdentityUnavailable
from tests.gateway_fakes import IMPATIENT, Kit, gateway

ALARM = "utter_report_emergency"


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


def acts(answer: dict) -> list[str]:
    return [reply["act"] for reply in answer["replies"]]


async def test_an_alarm_is_answered_without_the_dialogue(kit: Kit) -> None:
    kit.dialogue.down = True
    answer = await kit.say("I have chest pain")
    assert acts(answer) == [ALARM]
    assert answer["replies"][0]["text"].startswith("911")
    assert kit.dialogue.heard == []


async def test_an_alarm_is_answered_in_the_language_it_was_heard_in(kit: Kit) -> None:
    answer = await kit.say("creo que es un infarto", language="en")
    assert answer["language"] == "es"
    assert answer["replies"][0]["text"].startswith("911 es")


async def test_an_alarm_is_answered_when_the_session_store_is_gone(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise IdentityUnavailable("gone")

    for name in ("open_conversation", "conversation", "touch"):
        monkeypatch.setattr(kit.identity, name, gone)
    assert acts(await kit.say("chest pain", message_id="m-1")) == [ALARM]


async def test_an_alarm_is_answered_when_the_database_is_broken(kit: Kit) -> None:
    with kit.engine.begin() as connection:
        for table in ("gateway_turns", "gateway_conversations", "identity_conversations"):
            connection.execute(text(f"DROP TABLE {table}"))
    assert acts(await kit.say("chest pain", message_id="m-1")) == [ALARM]


async def test_an_alarm_does_not_wait_for_a_database_that_hangs(tmp_path: Path) -> None:
    async with gateway(tmp_path, patience=IMPATIENT) as kit:
        with kit.engine.begin() as held:
            held.execute(text("DELETE FROM gateway_turns"))
            assert acts(await kit.say("chest pain", message_id="m-1")) == [ALARM]


async def test_an_alarm_does_not_wait_for_a_turn_under_way(kit: Kit) -> None:
    token = (await kit.say("good morning"))["conversation"]
    kit.dialogue.busy = asyncio.Event()
    slow = asyncio.create_task(kit.say("the first one", conversation=token))
    await kit.dialogue.reached.wait()
    assert acts(await kit.say("chest pain", conversation=token)) == [ALARM]
    kit.dialogue.busy.set()
    await slow


async def test_an_alarm_is_answered_however_many_messages_came_before(kit: Kit) -> None:
    token = (await kit.say("good morning"))["conversation"]
    for _ in range(12):
        await kit.post(text="good morning", conversation=token)
    assert acts(await kit.say("chest pain", conversation=token)) == [ALARM]


async def test_an_alarm_in_a_message_that_is_too_long_is_answered(kit: Kit) -> None:
    assert acts(await kit.say("x " * 700 + "chest pain" + " x" * 700)) == [ALARM]


async def test_an_alarm_under_a_message_id_of_another_message_is_answered(kit: Kit) -> None:
    await kit.say("good morning", message_id="m-1")
    assert acts(await kit.say("chest pain", message_id="m-1")) == [ALARM]


async def test_an_alarm_in_an_unknown_conversation_comes_before_saying_so(kit: Kit) -> None:
    assert acts(await kit.say("chest pain", conversation="nobodys")) == [ALARM, "utter_conversation_unknown"]


async def test_an_alarm_while_a_code_is_waited_for_uses_up_no_guess(kit: Kit) -> None:
    token = (await kit.say("good morning"))["conversation"]
    code = kit.send_code(token)
    await kit.say("chest pain 123456", conversation=token)
    assert kit.identity.open_challenge(kit.sender(token))
    answer = await kit.say(code, conversation=token)
    assert answer["signed_in"] is True


async def test_an_alarm_leaves_the_choices_on_offer(kit: Kit) -> None:
    kit.dialogue.replies = [
        [{"text": "Book it?", "act": "utter_ask", "choices": [{"title": "Yes", "intent": "affirm", "entities": {}}]}]
    ]
    first = await kit.say("book a visit")
    for _ in range(3):
        await kit.say("chest pain", conversation=first["conversation"])
    answer = await kit.post(choice=first["replies"][0]["choices"][0]["id"], conversation=first["conversation"])
    assert acts(answer.json()) == ["utter_all_right"]


async def test_a_question_whether_it_is_happening_is_an_alarm_too(kit: Kit) -> None:
    assert acts(await kit.say("I feel odd")) == [ALARM + "_ask"]
    assert kit.dialogue.heard == []


@pytest.mark.parametrize("yes", ["yes", "Yes, right now", "yes it is happening"])
async def test_yes_to_that_question_gets_the_whole_answer(kit: Kit, yes: str) -> None:
    token = (await kit.say("I feel odd"))["conversation"]
    assert acts(await kit.say(yes, conversation=token)) == [ALARM]
    assert kit.dialogue.heard == []


@pytest.mark.parametrize("go_on", ["not now", "no", "continue", "continuar", "it is not happening"])
async def test_going_on_says_again_what_was_said_before(kit: Kit, go_on: str) -> None:
    token = (await kit.say("I feel odd"))["conversation"]
    await kit.say(go_on, conversation=token)
    assert kit.dialogue.heard[-1]["intent"] == "repeat_that"


async def test_a_bare_yes_after_an_alarm_confirms_nothing(kit: Kit) -> None:
    token = (await kit.say("book a visit"))["conversation"]
    await kit.say("chest pain", conversation=token)
    assert acts(await kit.say("yes", conversation=token)) == [ALARM + "_resume"]
    assert len(kit.dialogue.heard) == 1


async def test_anything_else_after_an_alarm_goes_on_as_usual(kit: Kit) -> None:
    token = (await kit.say("I feel odd"))["conversation"]
    await kit.say("i want to book a visit", conversation=token)
    await kit.say("no", conversation=token)
    assert [each.get("intent") for each in kit.dialogue.heard] == [None, None]


@pytest.mark.parametrize("words", ["yes I want to book a visit with the doctor", "maybe", "", "yes no", "not yes"])
def test_only_a_short_clear_yes_is_one(words: str) -> None:
    assert not means_yes(words)


@pytest.mark.parametrize(
    "words", ["no me llegó el código todavía", "continue with my refill of metformin please", "12"]
)
def test_only_a_short_clear_no_goes_on(words: str) -> None:
    assert not means_go_on(words)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_question_whether_it_is_happening_has_its_whole_answer(language: str) -> None:
    said = yaml.safe_load((RESPONSES / language / "safety.yml").read_text(encoding="utf-8"))["responses"]
    questions = [act for act in said if act.endswith(ASKS)]
    assert questions
    assert all(act.removesuffix(ASKS) in said for act in [*questions, RESUME])
