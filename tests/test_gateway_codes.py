"""The texted code is taken by the gateway: it never reaches the dialogue and is checked once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from audit.store import trail
from identity.store import reading, writing
from tests.gateway_fakes import Kit, gateway


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


@pytest.fixture
async def token(kit: Kit) -> str:
    return (await kit.say("good morning"))["conversation"]


def wrong(code: str) -> str:
    return "111111" if code != "111111" else "222222"


async def test_the_right_code_signs_in(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    answer = await kit.say(f"my code is {code}", conversation=token)
    assert answer["signed_in"] is True
    heard = kit.dialogue.heard[-1]
    assert heard["intent"] == "code_checked"
    assert heard["known"] == {"code_check": {"outcome": "accepted", "tries_left": 0}}


async def test_v13_the_dialogue_gets_no_text_with_a_code(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    await kit.say(f"it is {code}", conversation=token)
    assert kit.dialogue.heard[-1]["text"] == ""
    assert code not in str(kit.dialogue.heard)


async def test_a_wrong_code_says_how_many_tries_are_left(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    answer = await kit.say(wrong(code), conversation=token)
    assert answer["signed_in"] is False
    assert kit.dialogue.heard[-1]["known"]["code_check"] == {"outcome": "wrong", "tries_left": 4}
    assert wrong(code) not in str(kit.dialogue.heard)


async def test_a_number_of_the_wrong_length_uses_up_no_guess(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    for number in ("12345", "1234567", "1234"):
        await kit.say(number, conversation=token)
        assert kit.dialogue.heard[-1]["known"]["code_check"] == {"outcome": "wrong_length", "tries_left": 0}
        assert kit.dialogue.heard[-1]["text"] == ""
    await kit.say(wrong(code), conversation=token)
    assert kit.dialogue.heard[-1]["known"]["code_check"]["tries_left"] == 4


async def test_a_date_while_a_code_is_waited_for_is_words(kit: Kit, token: str) -> None:
    kit.send_code(token)
    await kit.say("my birth date is 03/12/1984", conversation=token)
    assert kit.dialogue.heard[-1]["text"] == "my birth date is 03/12/1984"


async def test_six_digits_are_words_when_nobody_waits_for_a_code(kit: Kit, token: str) -> None:
    await kit.say("123456", conversation=token)
    assert kit.dialogue.heard[-1]["text"] == "123456"


async def test_a_code_that_comes_too_late_is_told_so(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    kit.clock.advance(timedelta(minutes=6))
    await kit.say(code, conversation=token)
    assert kit.dialogue.heard[-1]["known"]["code_check"]["outcome"] == "expired"
    assert code not in str(kit.dialogue.heard)


async def test_a_second_proof_is_checked_as_one(kit: Kit, token: str) -> None:
    token = (await kit.say(kit.send_code(token), conversation=token))["conversation"]
    kit.clock.advance(timedelta(minutes=6))
    sender = kit.sender(token)
    assert not kit.identity.may(sender, "step_up", "step_up")
    answer = await kit.say(kit.send_code(token, "step_up"), conversation=token)
    assert kit.dialogue.heard[-1]["known"]["code_check"]["outcome"] == "accepted"
    assert kit.identity.may(kit.sender(answer["conversation"]), "step_up", "step_up")


async def test_r06_the_client_gets_a_new_token_when_somebody_signs_in(kit: Kit, token: str) -> None:
    answer = await kit.say(kit.send_code(token), conversation=token)
    assert answer["conversation"] != token
    after = await kit.say("good morning", conversation=answer["conversation"])
    assert (after["signed_in"], after["conversation"]) == (True, answer["conversation"])


async def test_r06_the_token_from_before_signing_in_is_nobodys_once_the_new_one_was_shown(kit: Kit, token: str) -> None:
    renewed = (await kit.say(kit.send_code(token), conversation=token))["conversation"]
    await kit.say("good morning", conversation=renewed)
    answer = await kit.say("good morning", conversation=token)
    assert answer["signed_in"] is False
    assert answer["replies"][0]["act"] == "utter_conversation_unknown"


async def test_a_code_sent_again_because_the_dialogue_was_down_is_not_checked_twice(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    kit.dialogue.down = True
    assert (await kit.post(text=code, conversation=token, message_id="m-1")).status_code == 503
    kit.dialogue.down = False
    answer = await kit.say(code, conversation=token, message_id="m-1")
    assert answer["signed_in"] is True
    assert kit.dialogue.heard[-1]["known"]["code_check"]["outcome"] == "accepted"


async def test_a_wrong_code_sent_again_costs_one_guess(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    kit.dialogue.down = True
    for _ in range(3):
        await kit.post(text=wrong(code), conversation=token, message_id="m-1")
    kit.dialogue.down = False
    await kit.say(wrong(code), conversation=token, message_id="m-1")
    assert kit.dialogue.heard[-1]["known"]["code_check"]["tries_left"] == 4


async def test_the_new_token_comes_later_when_the_dialogue_was_down(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    kit.dialogue.down = True
    await kit.post(text=code, conversation=token)
    kit.dialogue.down = False
    answer = await kit.say("good morning", conversation=token)
    assert answer["signed_in"] is True
    assert answer["conversation"] != token


async def test_a_code_sent_twice_at_once_is_one_guess(kit: Kit, token: str) -> None:
    import asyncio

    code = kit.send_code(token)
    await asyncio.gather(*(kit.say(wrong(code), conversation=token, message_id="m-1") for _ in range(5)))
    assert [each["known"]["code_check"]["tries_left"] for each in kit.dialogue.heard if each.get("intent")] == [4]


async def test_a_card_number_while_a_code_is_waited_for_is_no_guess(kit: Kit, token: str) -> None:
    kit.send_code(token)
    await kit.say("4111 1111 1111 1111", conversation=token)
    assert kit.dialogue.heard[-1]["text"] == "[card]"


async def test_what_is_said_keeps_the_session_alive(kit: Kit, token: str) -> None:
    token = (await kit.say(kit.send_code(token), conversation=token))["conversation"]
    for _ in range(3):
        kit.clock.advance(timedelta(minutes=14))
        assert (await kit.say("good morning", conversation=token))["signed_in"] is True
    kit.clock.advance(timedelta(minutes=15, seconds=1))
    assert (await kit.say("good morning", conversation=token))["signed_in"] is False


async def test_d05_every_code_is_noted_with_what_came_of_it(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    await kit.say(wrong(code), conversation=token)
    await kit.say(code, conversation=token)
    with reading(kit.engine) as connection:
        rows = connection.execute(select(trail.c.act, trail.c.outcome, trail.c.reason).order_by(trail.c.at)).all()
    assert sorted(tuple(row) for row in rows) == [("sign_in", "ok", ""), ("sign_in", "refused", "wrong")]


async def test_f17_a_code_that_cannot_be_noted_lets_nobody_in(kit: Kit, token: str) -> None:
    code = kit.send_code(token)
    with writing(kit.engine) as connection:
        connection.execute(text("DROP TABLE audit_trail"))
    answer = await kit.post(text=code, conversation=token)
    assert answer.status_code == 503
    assert kit.identity.signed_in(kit.sender(token)) is None
