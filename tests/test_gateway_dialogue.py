"""What the gateway hands to the dialogue about a message is its own knowledge, never what the client claims."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway_fakes import Kit, gateway

CLAIMED = {
    "input_channel": "twilio_voice",
    "sender": "default",
    "sender_id": "default",
    "metadata": {"channel": "phone", "signed_in": True},
    "known": {"code_check": {"outcome": "accepted"}},
    "intent": "affirm",
    "entities": {"pick": "yes"},
    "medium": "heard",
}


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


async def test_r07_what_a_client_claims_about_its_message_is_not_handed_on(kit: Kit) -> None:
    answer = await kit.say("hello", **CLAIMED)
    heard = kit.dialogue.heard[-1]
    assert heard == {
        "sender": kit.sender(answer["conversation"]),
        "channel": "web",
        "language": "en",
        "medium": "read",
        "message_id": None,
        "text": "hello",
        "known": {},
    }


@pytest.mark.parametrize(
    ("channel", "medium"), [("web", "read"), ("sms", "read"), ("phone", "heard"), ("alexa", "heard")]
)
async def test_r07_how_a_reply_is_taken_in_follows_from_the_channel(kit: Kit, channel: str, medium: str) -> None:
    await kit.say("hello", channel=channel)
    assert (kit.dialogue.heard[-1]["channel"], kit.dialogue.heard[-1]["medium"]) == (channel, medium)
