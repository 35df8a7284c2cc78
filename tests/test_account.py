"""Signing in and out, asking for another code, and the language."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from actions.account import (
    ActionChangeLanguage,
    ActionCodeChecked,
    ActionResendCode,
    ActionSignIn,
    ActionSignOut,
    ValidateSignInForm,
)
from tests.turns import ADA, BORN, PHONE, Talk


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


@pytest.fixture
def stranger(tmp_path: Path) -> Talk:
    return Talk(tmp_path, signed_in=False)


def signed_in_elsewhere(talk: Talk) -> str:
    """The same person signs in to another conversation a minute later; its sender id."""
    elsewhere = talk.identity.open_conversation("web", "en").sender_id
    here, talk.sender = talk.sender, elsewhere
    talk.clock.advance(timedelta(minutes=1))
    talk.sign_in()
    talk.sender = here
    return elsewhere


async def test_signing_in_says_the_name_and_until_when(talk: Talk) -> None:
    await talk.hears("", "code_checked").does(ActionSignIn)
    assert (talk.acts, talk.value("name"), talk.value("until")) == (["utter_sign_in_done"], ADA.given_name, "10:15 AM")


async def test_signing_in_that_did_not_hold_is_said_to(stranger: Talk) -> None:
    await stranger.hears("", "code_checked").does(ActionSignIn)
    assert stranger.acts == ["utter_sign_in_again"]


async def test_whoever_asks_to_be_signed_in_has_to_prove_it(stranger: Talk) -> None:
    stranger.hears("sign me in, it's 541 555 0121 and i was born 3/12/84", "sign_in")
    await stranger.fills(ValidateSignInForm)
    assert (stranger.slots["sign_in_phone"], stranger.slots["sign_in_birth_date"]) == (PHONE, BORN.isoformat())
    assert stranger.requested == "sign_in_code"


async def test_whoever_is_signed_in_already_is_told_so_at_once(talk: Talk) -> None:
    talk.hears("sign me in", "sign_in")
    await talk.fills(ValidateSignInForm)
    assert talk.followup == "action_sign_in"


async def test_signing_out_ends_the_session(talk: Talk) -> None:
    await talk.hears("sign out", "sign_out").does(ActionSignOut)
    assert talk.acts == ["utter_sign_out_done"]
    assert talk.identity.signed_in(talk.sender) is None


async def test_signing_out_of_nothing_is_said_to(stranger: Talk) -> None:
    await stranger.hears("sign out", "sign_out").does(ActionSignOut)
    assert stranger.acts == ["utter_sign_out_was_not_in"]


@pytest.mark.parametrize(
    "said",
    [
        "sign me out everywhere",
        "log out of all devices",
        "end the session on all my phones",
        "turn off my login on the other computer",
        "sign out from everywhere else",
        "cierre mi sesión en todos lados",
        "cierre la sesión en todos los aparatos",
        "cierre sesión en todos mis dispositivos",
        "cierre mi cuenta en la otra computadora",
        "cerrar la sesión en la tablet también",
        "sálgame de mi cuenta en todas partes",
    ],
)
async def test_signing_out_everywhere_ends_the_sessions_elsewhere_too(talk: Talk, said: str) -> None:
    elsewhere = signed_in_elsewhere(talk)
    await talk.hears(said, "sign_out").does(ActionSignOut)
    assert talk.acts == ["utter_sign_out_everywhere"]
    assert [talk.identity.signed_in(each) for each in (talk.sender, elsewhere)] == [None, None]


@pytest.mark.parametrize("said", ["sign out", "log me out of my phone", "cierre mi sesión", "sáqueme de mi cuenta"])
async def test_signing_out_here_leaves_the_sessions_elsewhere(talk: Talk, said: str) -> None:
    elsewhere = signed_in_elsewhere(talk)
    await talk.hears(said, "sign_out").does(ActionSignOut)
    assert talk.acts == ["utter_sign_out_done"]
    assert talk.identity.signed_in(elsewhere) is not None


async def test_who_has_not_proved_who_they_are_signs_nobody_out_elsewhere(talk: Talk, tmp_path: Path) -> None:
    here, talk.sender = talk.sender, talk.identity.open_conversation("web", "en").sender_id
    await talk.hears("sign me out everywhere", "sign_out").does(ActionSignOut)
    assert talk.acts == ["utter_sign_out_everywhere_unproved"]
    assert talk.identity.signed_in(here) is not None


async def test_signing_out_forgets_the_claim(talk: Talk) -> None:
    talk.slots |= {"sign_in_phone": PHONE, "sign_in_birth_date": BORN.isoformat(), "sign_in_claim": "x|y"}
    await talk.hears("sign out", "sign_out").does(ActionSignOut)
    assert [talk.slots[slot] for slot in ("sign_in_phone", "sign_in_birth_date", "sign_in_claim")] == [None, None, None]


async def test_a_new_code_after_a_while_is_sent(stranger: Talk) -> None:
    stranger.code()
    stranger.clock.advance(timedelta(minutes=1))
    await stranger.hears("new code", "resend_code").does(ActionResendCode)
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
    assert stranger.acts == ["utter_ask_sign_in_code_sent"]
    assert [delivery.to for delivery in stranger.outbox.deliveries] == [PHONE]


async def test_a_new_code_too_soon_has_to_wait(stranger: Talk) -> None:
    stranger.code()
    await stranger.hears("new code", "resend_code").does(ActionResendCode)
    assert (stranger.acts, stranger.value("seconds")) == (["utter_ask_sign_in_code_too_soon"], 30)


async def test_more_codes_than_are_allowed_are_not_sent(stranger: Talk) -> None:
    stranger.code()
    for _ in range(3):
        stranger.clock.advance(timedelta(minutes=2))
        await stranger.hears("new code", "resend_code").does(ActionResendCode)
    assert stranger.acts == ["utter_ask_sign_in_code_too_many"]


async def test_there_is_no_code_to_send_again_when_none_was_sent(stranger: Talk) -> None:
    await stranger.hears("new code", "resend_code").does(ActionResendCode)
    assert stranger.acts == ["utter_resend_code_none"]


@pytest.mark.parametrize(
    ("check", "act"),
    [
        ({"outcome": "accepted"}, "utter_code_checked_accepted"),
        ({"outcome": "expired"}, "utter_code_checked_refused"),
        ({"outcome": "locked"}, "utter_code_checked_refused"),
        (None, "utter_code_checked_refused"),
    ],
)
async def test_a_code_that_no_task_waits_for_is_answered(talk: Talk, check: dict[str, str] | None, act: str) -> None:
    await talk.hears("", "code_checked", known_code_check=check).does(ActionCodeChecked)
    assert talk.acts == [act]


@pytest.mark.parametrize(
    ("now", "said", "then"),
    [
        ("en", "can we speak spanish", "es"),
        ("en", "español por favor", "es"),
        ("en", "ESPANOL", "es"),
        ("en", "en castellano", "es"),
        ("en", "the other language", "es"),
        ("en", "english please", "en"),
        ("es", "mejor en inglés", "en"),
        ("es", "english", "en"),
        ("es", "cambie el idioma", "en"),
        ("es", "en español", "es"),
    ],
)
async def test_the_language_that_was_named_is_spoken_from_now_on(
    tmp_path: Path, now: str, said: str, then: str
) -> None:
    talk = Talk(tmp_path, language=now)
    await talk.hears(said, "change_language").does(ActionChangeLanguage)
    conversation = talk.identity.by_sender(talk.sender)
    assert (talk.acts, talk.slots["language"]) == ([f"utter_change_language_{then}"], then)
    assert conversation is not None
    assert conversation.language == then


async def test_d05_signing_out_leaves_a_row_in_the_trail(tmp_path: Path) -> None:
    talk = Talk(tmp_path, channel="sms")
    await talk.hears("sign me out", "sign_out").does(ActionSignOut)
    with talk.trail._engine.connect() as connection:
        noted = connection.exec_driver_sql("SELECT interaction, outcome, channel, resource_type FROM audit_trail").all()
    assert [tuple(row) for row in noted] == [("sign_out", "ok", "sms", "")]
