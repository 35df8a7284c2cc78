"""What is kept, how long and for whom, in words; and a conversation is deleted after a yes to exactly what goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.help.privacy_question import (
    ActionAskPrivacyQuestionConfirmed,
    ActionPrivacyQuestion,
    ValidatePrivacyQuestionForm,
    kept_words,
    topic_of,
)
from identity import IdentityUnavailable
from settings import Settings
from tests.turns import ADA, Talk

FORM = "privacy_question_form"


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


@pytest.fixture
def stranger(tmp_path: Path) -> Talk:
    return Talk(tmp_path, signed_in=False)


async def asks(talk: Talk, text: str) -> Talk:
    await talk.hears(text, "privacy_question").does(ActionPrivacyQuestion)
    return talk


async def is_asked_to_confirm(talk: Talk, text: str = "delete this conversation") -> list[str]:
    """As far as the question; what picking yes and no stands for."""
    await asks(talk, text)
    assert talk.followup == FORM
    await talk.fills(ValidatePrivacyQuestionForm)
    assert talk.requested == "privacy_question_confirmed"
    await talk.does(ActionAskPrivacyQuestionConfirmed)
    return talk.picks()


async def says(talk: Talk, text: str = "", intent: str = "inform", pick: str | None = None) -> Talk:
    talk.hears(text, intent, pick=pick)
    await talk.fills(ValidatePrivacyQuestionForm)
    if talk.followup == "action_privacy_question":
        await talk.does(ActionPrivacyQuestion)
    return talk


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("and what's the privacy like in here", "overview"),
        ("which of my words do you hang on to and save", "stored"),
        ("tell me how many days my texts sit on your side", "how_long"),
        ("when will you delete my texts", "how_long"),
        ("could a nurse read along", "who"),
        ("is anyone else able to look at this", "who"),
        ("is this call taped or recorded", "recorded"),
        ("is my visa card safe", "numbers"),
        ("make all of it gone please", "delete"),
        ("i don't want you to hold this, forget everything i wrote", "delete"),
        ("qué tan privado es", "overview"),
        ("qué cosas mías anotan", "stored"),
        ("desde cuándo y hasta cuándo se queda", "how_long"),
        ("una enfermera puede leerlo", "who"),
        ("se graba mi voz", "recorded"),
        ("y mi seguro social", "numbers"),
        ("que desaparezca todo lo que escribí", "delete"),
        ("no quiero que se guarde", "delete"),
    ],
)
def test_what_is_asked_is_told_from_the_words(text: str, topic: str) -> None:
    assert topic_of(text) == topic


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("is this private", "utter_privacy_question_overview"),
        ("what do you keep", "utter_privacy_question_stored"),
        ("how long", "utter_privacy_question_how_long"),
        ("who sees this", "utter_privacy_question_who"),
        ("do you record calls", "utter_privacy_question_recorded"),
        ("do you have my card", "utter_privacy_question_numbers"),
    ],
)
async def test_each_question_has_its_answer_and_nothing_is_begun(stranger: Talk, text: str, act: str) -> None:
    await asks(stranger, text)
    assert (stranger.acts, stranger.followup, stranger.slots.get("privacy_question_erase")) == ([act], None, None)


async def test_how_long_is_what_the_operator_has_set(stranger: Talk) -> None:
    settings = Settings.from_environment({"CARELINE_DEMO": "1", "TALK_KEPT_DAYS": "7"})
    stranger.services = replace(stranger.services, settings=settings)
    await asks(stranger, "how long do you keep it")
    assert stranger.value("kept") == "for 7 days"


@pytest.mark.parametrize(
    ("days", "english", "spanish"),
    [
        (0, "until our conversation ends", "hasta que termine nuestra conversación"),
        (1, "for one day", "por un día"),
        (30, "for 30 days", "por 30 días"),
    ],
)
def test_times_in_words(days: int, english: str, spanish: str) -> None:
    assert (kept_words(timedelta(days=days), "en"), kept_words(timedelta(days=days), "es")) == (english, spanish)


async def test_before_anything_is_deleted_it_is_said_what_and_asked(stranger: Talk) -> None:
    yes, no = await is_asked_to_confirm(stranger)
    assert stranger.acts == ["utter_ask_privacy_question_confirmed"]
    assert (yes.split()[0], no.split()[0]) == ("yes", "no")
    assert stranger.identity.erasures_due() == []


async def test_after_the_yes_the_conversation_is_marked_and_signed_out(talk: Talk) -> None:
    await is_asked_to_confirm(talk)
    await says(talk, "yes", "affirm")
    assert (talk.acts, talk.value("ended"), talk.value("erased")) == (["utter_privacy_question_deleted"], True, True)
    assert talk.identity.erasures_due() == [talk.sender]
    assert talk.identity.signed_in(talk.sender) is None


async def test_the_yes_may_be_picked(stranger: Talk) -> None:
    yes, _ = await is_asked_to_confirm(stranger)
    await says(stranger, pick=yes)
    assert stranger.identity.erasures_due() == [stranger.sender]


@pytest.mark.parametrize("text", ["no", "no, keep it", "better not"])
async def test_after_a_no_nothing_is_deleted_and_the_task_is_over(talk: Talk, text: str) -> None:
    await is_asked_to_confirm(talk)
    await says(talk, text, "deny")
    assert (talk.acts, talk.loop) == (["utter_privacy_question_nothing_deleted"], None)
    assert (talk.identity.erasures_due(), talk.slots["declined"]) == ([], None)
    assert talk.identity.signed_in(talk.sender) is not None


async def test_a_second_question_before_the_yes_deletes_nothing(stranger: Talk) -> None:
    await is_asked_to_confirm(stranger)
    stranger.hears("how long do you keep it otherwise", "privacy_question")
    events = await stranger.fills(ValidatePrivacyQuestionForm)
    assert stranger.requested == "privacy_question_confirmed"
    # Nothing but its next question is set, so that Rasa lets the rule answer.
    assert [event["name"] for event in events if event["event"] == "slot"] == ["opening", "requested_slot"][
        -len(events) :
    ]
    assert stranger.identity.erasures_due() == []


async def test_all_conversations_of_the_person_go_when_all_are_named(talk: Talk) -> None:
    other = talk.identity.open_conversation("sms", "en", ADA.phone).sender_id
    talk.clock.advance(timedelta(minutes=1))
    start = talk.identity.start_challenge(other, ADA, "sign_in")
    assert start.delivery is not None
    talk.identity.check_code(other, start.delivery.code)
    talk.identity.sign_out(other)
    strangers = talk.identity.open_conversation("web", "en").sender_id
    await is_asked_to_confirm(talk, "delete all my conversations")
    assert talk.acts == ["utter_ask_privacy_question_confirmed_everything"]
    await says(talk, "yes", "affirm")
    assert talk.acts == ["utter_privacy_question_deleted_everything"]
    assert set(talk.identity.erasures_due()) == {talk.sender, other}
    assert strangers not in talk.identity.erasures_due()


async def test_without_a_sign_in_only_this_one_can_go_and_that_is_said(stranger: Talk) -> None:
    await is_asked_to_confirm(stranger, "erase everything you have on me")
    assert stranger.acts == ["utter_privacy_question_not_signed_in", "utter_ask_privacy_question_confirmed"]
    await says(stranger, "yes", "affirm")
    assert stranger.acts == ["utter_privacy_question_deleted"]
    assert stranger.identity.erasures_due() == [stranger.sender]


async def test_r04_a_yes_to_this_one_is_no_yes_to_all(talk: Talk) -> None:
    yes_to_this, _ = await is_asked_to_confirm(talk)
    await says(talk, "wait, all my conversations", "privacy_question")
    assert talk.requested == "privacy_question_confirmed"
    await talk.does(ActionAskPrivacyQuestionConfirmed)
    await says(talk, pick=yes_to_this)
    assert talk.identity.erasures_due() == []


async def test_a_store_that_fails_deletes_nothing_and_keeps_the_wish_but_not_the_yes(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> int:
        raise IdentityUnavailable("down")

    await is_asked_to_confirm(talk)
    monkeypatch.setattr(talk.identity, "ask_erasure", fail)
    await says(talk, "yes", "affirm")
    assert talk.acts == ["utter_failed"]
    assert (talk.slots["task_stack"], talk.slots["privacy_question_confirmed"]) == (["privacy_question"], None)
