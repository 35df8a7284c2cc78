"""What was said goes after its time and when somebody asks for it; nothing else does, and nothing of it stays in a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.talk_store import SealedTalk, talk
from channels.bootstrap import open_channels
from channels.keeping import Kept
from channels.store import choices, standings, turns
from identity import Keys, open_engine
from identity.store import conversations
from settings import Settings
from tests.gateway_fakes import SECRET, Kit, gateway
from tests.test_settings import PRODUCTION

WORDS = "marzipan zeppelin"
OFFERED = [{"title": "Wombat", "intent": "inform", "entities": {"pick": "1"}}]
ERASED = [{"text": "It is being deleted.", "act": "utter_x", "values": {"ended": True, "erased": True}}]
GOODBYE = [{"text": "Bye.", "act": "utter_goodbye", "values": {"ended": True}}]
NOTHING_KEPT = Kept(timedelta(0), timedelta(hours=1))


class Watched:
    """A gateway, and the dialogue's rows that the fake dialogue does not write."""

    def __init__(self, kit: Kit, folder: Path) -> None:
        self.kit = kit
        self._folder = folder
        self._talk_engine: Any = open_engine(f"sqlite:///{folder / 'talk.db'}")
        self.talk = SealedTalk(self._talk_engine, kit.clock, Keys(SECRET))

    async def conversation(self, message_id: str) -> tuple[str, str]:
        """One message with a choice offered; the client's token and the sender."""
        self.kit.dialogue.replies = [[{"text": "Well.", "act": "utter_x", "choices": OFFERED}]]
        token = (await self.kit.say(WORDS, message_id=message_id))["conversation"]
        sender = self.kit.sender(token)
        self.talk.append(sender, 0, [{"event": "user", "text": WORDS}])
        return token, sender

    def kept(self, sender: str) -> dict[str, int]:
        """How many rows of each table belong to the conversation; of the answers, all there are."""
        with self.kit.engine.connect() as at:
            found = {
                table.name: len(at.execute(sa.select(table).where(table.c.sender_id == sender)).all())
                for table in (conversations, choices, standings)
            }
            found["answers"] = len(at.execute(sa.select(turns)).all())
        return found | {"talk": len(self.talk.read(sender))}

    def bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self._folder.glob("*.db*")))

    def sealed(self, sender: str) -> list[bytes]:
        """What is kept sealed of it, to look for it afterwards."""
        with self._talk_engine.connect() as at:
            found = list(at.execute(sa.select(talk.c.sealed).where(talk.c.sender_id == sender)).scalars())
        with self.kit.engine.connect() as at:
            found += at.execute(sa.select(turns.c.answer_sealed)).scalars()
            found += at.execute(sa.select(choices.c.meaning_sealed)).scalars()
        return [each.encode() for each in found]

    def close(self) -> None:
        self._talk_engine.dispose()


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with gateway(tmp_path) as kit:
        made = Watched(kit, tmp_path)
        yield made
        made.close()


@pytest.fixture
async def forgetful(tmp_path: Path) -> AsyncIterator[Watched]:
    """A gateway that keeps nothing after the end."""
    async with gateway(tmp_path, NOTHING_KEPT) as kit:
        made = Watched(kit, tmp_path)
        yield made
        made.close()


NOTHING = {"identity_conversations": 0, "gateway_choices": 0, "gateway_conversations": 0, "talk": 0}


def without_answers(kept: dict[str, int]) -> dict[str, int]:
    return {name: rows for name, rows in kept.items() if name != "answers"}


async def test_d04_after_31_days_rows_and_bytes_are_gone_and_what_is_not_talk_stays(watched: Watched) -> None:
    _, sender = await watched.conversation("m-1")
    before = watched.sealed(sender)
    assert all(each in watched.bytes() for each in before)
    with watched.kit.engine.begin() as at:
        at.execute(sa.text("CREATE TABLE of_somebody_else (what TEXT)"))
        at.execute(sa.text("INSERT INTO of_somebody_else VALUES ('not talk')"))
    watched.kit.world.sign_ins.refuse(sender)
    watched.kit.clock.advance(timedelta(days=31))
    dropped = watched.kit.world.keeping.run()
    assert (dropped["talk"], dropped["conversations"]) == (1, 1)
    assert watched.kept(sender) == {**NOTHING, "answers": 0}
    left = watched.bytes()
    assert [each[:60] for each in [*before, sender.encode()] if each[:60] in left] == []
    with watched.kit.engine.connect() as at:
        assert at.execute(sa.text("SELECT what FROM of_somebody_else")).scalars().all() == ["not talk"]
        assert at.execute(sa.text("SELECT count(*) FROM audit_trail")).scalar_one() == 1


async def test_d04_before_its_time_nothing_goes(watched: Watched) -> None:
    _, sender = await watched.conversation("m-1")
    watched.kit.clock.advance(timedelta(days=29))
    watched.kit.world.keeping.run()
    kept = watched.kept(sender)
    assert (kept["talk"], kept["identity_conversations"], kept["gateway_conversations"]) == (1, 1, 1)


async def test_d04_a_conversation_that_is_deleted_leaves_no_row_and_no_byte(watched: Watched) -> None:
    token, sender = await watched.conversation("m-1")
    before = watched.sealed(sender)
    watched.kit.dialogue.replies = [ERASED]
    watched.kit.dialogue.meanwhile = lambda: mark(watched, sender)
    answer = await watched.kit.say("yes", conversation=token, message_id="m-2")
    assert (answer["ended"], answer["signed_in"]) == (True, False)
    assert without_answers(watched.kept(sender)) == NOTHING
    left = watched.bytes()
    assert [each[:60] for each in before if each[:60] in left] == []
    assert watched.kit.identity.conversation(token) is None


def mark(watched: Watched, sender: str) -> None:
    """What the action does in its own process."""
    watched.kit.identity.ask_erasure(sender)


async def test_d04_the_others_keep_theirs(watched: Watched) -> None:
    token, sender = await watched.conversation("m-1")
    _, other = await watched.conversation("m-other")
    before = watched.kept(other)
    watched.kit.dialogue.replies = [ERASED]
    watched.kit.dialogue.meanwhile = lambda: mark(watched, sender)
    await watched.kit.say("yes", conversation=token)
    after = watched.kept(other)
    assert (without_answers(after), after["answers"]) == (without_answers(before), before["answers"] - 1)


async def test_the_yes_sent_again_gets_the_answer_it_got(watched: Watched) -> None:
    token, sender = await watched.conversation("m-1")
    watched.kit.dialogue.replies = [ERASED]
    watched.kit.dialogue.meanwhile = lambda: mark(watched, sender)
    first = await watched.kit.say("yes", conversation=token, message_id="m-2")
    assert await watched.kit.say("yes", conversation=token, message_id="m-2") == first


async def test_whoever_goes_on_afterwards_is_in_a_new_conversation(watched: Watched) -> None:
    token, sender = await watched.conversation("m-1")
    watched.kit.dialogue.replies = [ERASED]
    watched.kit.dialogue.meanwhile = lambda: mark(watched, sender)
    await watched.kit.say("yes", conversation=token)
    watched.kit.dialogue.meanwhile = lambda: None
    answer = await watched.kit.say("hello", conversation=token)
    assert answer["replies"][0]["act"] == "utter_conversation_unknown"
    assert watched.kit.sender(answer["conversation"]) != sender


async def test_a_store_that_fails_puts_it_off_and_the_next_run_does_it(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token, sender = await watched.conversation("m-1")
    watched.kit.dialogue.replies = [ERASED]
    watched.kit.dialogue.meanwhile = lambda: mark(watched, sender)

    def fail(*_: Any) -> int:
        raise RuntimeError(WORDS)

    with monkeypatch.context() as broken:
        broken.setattr(watched.kit.world.keeping._talk, "erase", fail)
        await watched.kit.say("yes", conversation=token)
    assert watched.kept(sender)["talk"] == 1
    assert "event=erasure_put_off error=RuntimeError" in caplog.text
    assert WORDS not in caplog.text
    assert watched.kit.world.keeping.run()["erased"] == 1
    assert without_answers(watched.kept(sender)) == NOTHING


async def test_d04_a_turn_that_was_under_way_elsewhere_is_swept_later(watched: Watched) -> None:
    _, sender = await watched.conversation("m-1")
    watched.kit.identity.ask_erasure(sender)
    watched.kit.world.keeping.run()
    watched.talk.append(sender, 0, [{"event": "user", "text": WORDS}])
    watched.kit.clock.advance(timedelta(minutes=15))
    watched.kit.world.keeping.run()
    assert watched.talk.read(sender) == []


async def test_d04_where_nothing_is_kept_the_end_of_a_conversation_is_the_end_of_it(forgetful: Watched) -> None:
    token, sender = await forgetful.conversation("m-1")
    assert forgetful.kept(sender)["talk"] == 1
    forgetful.kit.dialogue.replies = [GOODBYE]
    await forgetful.kit.say("bye", conversation=token)
    assert without_answers(forgetful.kept(sender)) == NOTHING


async def test_d04_where_nothing_is_kept_an_hour_of_rest_is_the_end_of_it(forgetful: Watched) -> None:
    _, sender = await forgetful.conversation("m-1")
    forgetful.kit.clock.advance(timedelta(minutes=59))
    forgetful.kit.world.keeping.run()
    assert forgetful.kept(sender)["talk"] == 1
    forgetful.kit.clock.advance(timedelta(minutes=1))
    forgetful.kit.world.keeping.run()
    assert forgetful.kept(sender) == {**NOTHING, "answers": 0}


async def test_d04_an_ordinary_goodbye_deletes_nothing_where_talk_is_kept(watched: Watched) -> None:
    token, sender = await watched.conversation("m-1")
    watched.kit.dialogue.replies = [GOODBYE]
    await watched.kit.say("bye", conversation=token)
    assert watched.kept(sender)["talk"] == 1


async def test_without_an_agreement_with_its_carrier_a_channel_is_closed(tmp_path: Path) -> None:
    async with gateway(tmp_path, open_to=frozenset({"web", "phone"})) as kit:
        by_text: dict[str, Any] = {"channel": "sms", "from": "+15415550199"}
        answer = await kit.post(text="my results", **by_text)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:careline:problem:channel-closed")
        assert answer.json()["detail"].endswith("call 911.")
        assert kit.dialogue.heard == []
        assert kit.identity.by_caller("sms", "+15415550199") is None
        assert (await kit.post(text="my results", channel="phone")).status_code == 200


async def test_an_emergency_is_answered_on_a_closed_channel_too(tmp_path: Path) -> None:
    async with gateway(tmp_path, open_to=frozenset({"web"})) as kit:
        answer = await kit.post(text="chest pain", channel="sms")
        assert answer.status_code == 200
        assert answer.json()["replies"][0]["act"] == "utter_report_emergency"


@pytest.mark.parametrize(
    ("stated", "closed"),
    [("", {"sms", "phone", "alexa"}), ("sms", {"phone", "alexa"}), ("phone, sms,alexa", set[str]())],
)
def test_outside_demo_mode_channels_open_when_their_agreement_is_stated(stated: str, closed: set[str]) -> None:
    settings = Settings.from_environment(PRODUCTION | {"CARELINE_BAA": stated})
    assert {"web", "sms", "phone", "alexa"} - open_channels(settings) == closed


def test_in_the_demo_every_channel_is_open() -> None:
    assert open_channels(Settings.from_environment({"CARELINE_DEMO": "1"})) == {"web", "sms", "phone", "alexa"}
