"""Nothing that a person said, and nothing that proves who they are, is in a log, a metric or the database."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.canaries import Secret, hits
from tests.gateway_fakes import Kit, Patient, gateway

WORDS = "marzipan zeppelin"
REPLY = "quokka parliament"
TITLE = "Wombat street"
CARD = "4111111111111111"
SSN = "123-45-6789"
PHONE = "+15415550199"
MESSAGE_ID = "zyzzyva-message-1"


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


async def a_whole_conversation(kit: Kit) -> str:
    """Every kind of message once; gives the code that was right."""
    kit.dialogue.replies = [
        [
            {
                "text": REPLY,
                "act": "utter_x",
                "choices": [{"title": TITLE, "intent": "affirm", "entities": {"pick": WORDS}}],
            }
        ]
    ]
    first = await kit.say(f"I said {WORDS}", channel="sms", message_id=MESSAGE_ID, **{"from": PHONE})
    token = first["conversation"]
    code = kit.send_code(token)
    said = {"channel": "sms", "conversation": token}
    await kit.say(f"pay {CARD} and {SSN}", message_id="m-2", **said)
    await kit.say("chest pain " + WORDS, message_id="m-3", **said)
    kit.dialogue.down = True
    await kit.post(text=code, message_id="m-4", **said)
    kit.dialogue.down = False
    signed_in = await kit.say(code, message_id="m-4", **said)
    assert signed_in["signed_in"] is True
    await kit.post(text=WORDS + "x" * 1001, channel="sms")
    await kit.post(text=WORDS, channel="sms", message_id=MESSAGE_ID)
    return code


def secrets_of(code: str) -> list[str]:
    return [*WORDS.split(), *REPLY.split(), "Wombat", code, CARD, SSN, PHONE, PHONE[2:], MESSAGE_ID]


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("gateway.db*"))


async def test_d01_no_log_line_holds_what_was_said(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        code = await a_whole_conversation(kit)
    written = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert "event=turn" in written
    assert [secret for secret in secrets_of(code) if secret in written] == []


async def test_d02_no_file_of_the_database_holds_what_was_said(kit: Kit, tmp_path: Path) -> None:
    code = await a_whole_conversation(kit)
    kept = all_bytes(tmp_path)
    assert b"gateway_turns" in kept
    assert [secret for secret in secrets_of(code) if secret.encode() in kept] == []


async def test_v13_the_dialogue_never_sees_a_secret(kit: Kit) -> None:
    code = await a_whole_conversation(kit)
    seen = str(kit.dialogue.heard)
    assert [secret for secret in (code, CARD, SSN, PHONE, PHONE[2:]) if secret in seen] == []


async def test_v13_after_a_hundred_logins_no_code_is_anywhere(
    kit: Kit, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    codes: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for number in range(100):
            token = (await kit.say("good morning"))["conversation"]
            started = kit.identity.start_challenge(kit.sender(token), Patient(), "sign_in", "maria 1984-03-12")
            assert started.delivery is not None
            codes.append(started.delivery.code)
            said = (codes[-1], f"my code is {codes[-1]}", " ".join(codes[-1]))[number % 3]
            assert (await kit.say(said, conversation=token, message_id=f"m-{number}"))["signed_in"] is True
            # Said again when nobody waits for it any more.
            await kit.say(f"the code was {codes[-1]}", conversation=token)
            kit.clock.advance(timedelta(hours=9))
    written = "\n".join(record.getMessage() for record in caplog.records) + (await kit.client.get("/metrics")).text
    looked_for = [Secret("code", code) for code in codes]
    (tmp_path / "heard.log").write_text(json.dumps(kit.dialogue.heard))
    (tmp_path / "log.log").write_text(written)
    assert hits(tmp_path, looked_for) == []


async def test_d01_no_metric_holds_what_was_said(kit: Kit) -> None:
    code = await a_whole_conversation(kit)
    counted = (await kit.client.get("/metrics")).text
    assert [secret for secret in secrets_of(code) if secret in counted] == []


async def test_d01_a_failing_store_keeps_to_itself_what_it_was_given(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    with kit.engine.begin() as connection:
        connection.execute(text("DROP TABLE gateway_choices"))
    kit.dialogue.replies = [[{"text": REPLY, "act": "x", "choices": [{"title": TITLE, "intent": "affirm"}]}]]
    with caplog.at_level(logging.DEBUG):
        answer = await kit.post(text=WORDS)
    assert answer.status_code == 503
    assert not any(word in caplog.text + answer.text for word in (*WORDS.split(), *REPLY.split(), TITLE))
