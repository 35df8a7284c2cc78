"""The public turn interface: its answer, every refusal, and the order of one turn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from channels.turn_request import read_turn_request
from identity import IdentityUnavailable
from tests.gateway_fakes import CLINIC, IMPATIENT, Kit, gateway

YES_OR_NO: list[dict[str, Any]] = [
    {
        "text": "Book it?",
        "act": "utter_ask_book",
        "choices": [
            {"title": "Yes", "intent": "affirm", "entities": {"pick": "slot-1"}},
            {"title": "Another day", "intent": "deny"},
        ],
    }
]


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


async def test_an_answer_has_the_agreed_form(kit: Kit) -> None:
    kit.dialogue.replies = [
        [{"text": "Hello.", "act": "utter_greet", "values": {"name": "x"}, "parts": [{"kind": "text"}]}]
    ]
    answer = await kit.say("good morning to you")
    assert set(answer) == {"conversation", "language", "signed_in", "ended", "replies"}
    assert answer["signed_in"] is False
    assert answer["ended"] is False
    assert answer["replies"] == [
        {"text": "Hello.", "act": "utter_greet", "values": {"name": "x"}, "parts": [{"kind": "text"}], "choices": []}
    ]


async def test_the_dialogue_gets_the_message_with_the_private_secret(kit: Kit) -> None:
    answer = await kit.say("what are my test results", channel="phone")
    heard = kit.dialogue.heard[0]
    assert heard["sender"] == kit.sender(answer["conversation"])
    assert (heard["channel"], heard["medium"], heard["language"]) == ("phone", "heard", "en")
    assert heard["text"] == "what are my test results"
    assert kit.dialogue.secrets == ["private"]


@pytest.mark.parametrize(
    ("channel", "medium"), [("web", "read"), ("sms", "read"), ("phone", "heard"), ("alexa", "heard")]
)
async def test_every_channel_is_accepted_and_says_how_it_is_taken_in(kit: Kit, channel: str, medium: str) -> None:
    await kit.say("what are my test results", channel=channel)
    assert kit.dialogue.heard[0]["medium"] == medium


async def test_the_next_message_goes_on_in_the_same_conversation(kit: Kit) -> None:
    first = await kit.say("good morning")
    second = await kit.say("the first one", conversation=first["conversation"])
    assert second["conversation"] == first["conversation"]
    assert kit.dialogue.heard[0]["sender"] == kit.dialogue.heard[1]["sender"]


@pytest.mark.parametrize(
    "unknown",
    ["no-such-conversation", "bad id with blanks", "ñ", "x" * 5000],
)
async def test_an_unknown_conversation_is_answered_in_a_new_one_and_said(kit: Kit, unknown: str) -> None:
    answer = await kit.say("good morning", conversation=unknown)
    assert [reply["act"] for reply in answer["replies"]] == ["utter_conversation_unknown", "utter_all_right"]
    assert answer["replies"][0]["text"] == "I could not find our earlier conversation, so this is a new one."
    assert answer["conversation"] != unknown


async def test_a_conversation_of_another_channel_is_foreign(kit: Kit) -> None:
    first = await kit.say("good morning")
    answer = await kit.say("good morning", conversation=first["conversation"], channel="phone")
    assert answer["replies"][0]["act"] == "utter_conversation_unknown"


async def test_a_conversation_of_another_number_is_foreign(kit: Kit) -> None:
    first = await kit.say("good morning", channel="sms", **{"from": "+15415550101"})
    answer = await kit.say(
        "good morning", channel="sms", conversation=first["conversation"], **{"from": "+15415550102"}
    )
    assert answer["replies"][0]["act"] == "utter_conversation_unknown"


async def test_the_number_the_carrier_reports_is_kept_with_the_conversation(kit: Kit) -> None:
    answer = await kit.say("good morning", channel="sms", **{"from": "+15415550101"})
    found = kit.identity.by_sender(kit.sender(answer["conversation"]))
    assert found is not None
    assert found.caller == "+15415550101"


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "web"},
        {"channel": "web", "text": None},
        {"channel": "fax", "text": "hi"},
        {"text": "hi"},
        {"channel": ["web"], "text": "hi"},
        {"channel": "web", "text": 7},
        {"channel": "web", "text": "hi", "language": "fr"},
        {"channel": "web", "text": "hi", "language": ["en"]},
        {"channel": "web", "text": "hi", "choice": "abc"},
        {"channel": "web", "text": "hi", "from": "555"},
        {"channel": "web", "text": "hi", "message_id": ""},
        {"channel": "web", "text": "hi", "message_id": 5},
        {"channel": "web", "text": "hi", "message_id": "x" * 201},
        {"channel": "web", "text": "hi", "conversation": 5},
        {"channel": "web", "text": " \u200b\u3000 "},
        ["channel", "web"],
        "hello",
    ],
)
async def test_a_malformed_request_is_refused_with_a_sentence(kit: Kit, body: Any) -> None:
    answer = await kit.client.post("/v1/turns", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
    assert kit.dialogue.heard == []


async def test_half_a_character_in_the_json_does_no_harm(kit: Kit) -> None:
    raw = rb'{"channel": "web", "text": "hi \ud800 there", "conversation": "\ud800", "message_id": "m-1"}'
    answer = await kit.client.post("/v1/turns", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert kit.dialogue.heard[0]["text"] == "hi there"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 60_000, b'{"channel": "web", "text": "hi"'])
async def test_what_is_not_json_is_refused(kit: Kit, raw: bytes) -> None:
    answer = await kit.client.post("/v1/turns", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


async def test_a_refusal_is_in_the_language_of_whoever_asks(kit: Kit) -> None:
    answer = await kit.client.post("/v1/turns", json={"channel": "fax"}, headers={"Accept-Language": "es-MX,en;q=0.5"})
    assert answer.json()["title"] == "No se puede leer la solicitud"
    assert answer.headers["content-language"] == "es"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic key-1", "key-1", "Bearer kéy"])
async def test_a_wrong_key_is_refused(kit: Kit, authorization: str) -> None:
    answer = await kit.client.post(
        "/v1/turns", json={"channel": "web", "text": "hi"}, headers=[(b"Authorization", authorization.encode())]
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_another_content_type_is_refused(kit: Kit, kind: str) -> None:
    answer = await kit.client.post(
        "/v1/turns", content=b'{"channel":"web","text":"hi"}', headers={"Content-Type": kind}
    )
    assert answer.status_code == 415


async def test_a_compressed_body_is_refused(kit: Kit) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await kit.client.post("/v1/turns", content=b"x", headers=headers)).status_code == 415


async def test_r14_a_text_of_1000_characters_after_cleaning_is_taken(kit: Kit) -> None:
    await kit.say("\u200b" * 50 + "a" * 1000)


async def test_r14_a_longer_text_is_refused(kit: Kit) -> None:
    answer = await kit.post(text="a" * 1001)
    assert answer.status_code == 413
    assert "1,000 characters" in answer.json()["detail"]


async def test_r14_a_body_over_64_kilobytes_is_refused(kit: Kit) -> None:
    assert (await kit.post(text="hi", padding="x" * 66_000)).status_code == 413


async def test_r14_a_body_whose_length_is_not_announced_is_read_no_further_than_allowed(kit: Kit) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1024

    headers = {"Content-Type": "application/json"}
    assert (await kit.client.post("/v1/turns", content=endless(), headers=headers)).status_code == 413


async def test_r14_after_a_burst_of_twenty_a_message_has_to_wait_a_second(kit: Kit) -> None:
    token = (await kit.say("good morning"))["conversation"]
    for _ in range(19):
        await kit.say("good morning", conversation=token)
    refused = await kit.post(text="good morning", conversation=token)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    kit.clock.advance(timedelta(seconds=1))
    await kit.say("good morning", conversation=token)
    assert (await kit.post(text="good morning", conversation=token)).status_code == 429
    kit.clock.advance(timedelta(seconds=10))
    for _ in range(10):
        await kit.say("good morning", conversation=token)


async def test_one_conversation_does_not_use_up_the_pace_of_another(kit: Kit) -> None:
    for _ in range(22):
        await kit.say("good morning")


async def test_the_same_message_gets_the_same_answer_and_has_one_effect(kit: Kit) -> None:
    first = await kit.say("good morning", message_id="m-1")
    second = await kit.say("good morning", message_id="m-1")
    assert second == first
    assert len(kit.dialogue.heard) == 1


async def test_a_message_id_with_another_body_is_refused(kit: Kit) -> None:
    await kit.say("good morning", message_id="m-1")
    assert (await kit.post(text="good evening", message_id="m-1")).status_code == 409


async def test_the_same_message_sent_twenty_times_at_once_has_one_effect(kit: Kit) -> None:
    answers = await asyncio.gather(*(kit.say("good morning", message_id="m-1") for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert len(kit.dialogue.heard) == 1


async def test_another_process_working_on_the_message_is_waited_for(kit: Kit) -> None:
    body = {"channel": "web", "text": "good morning", "message_id": "m-1"}
    key = kit.store.fingerprint("turn", "key-1", "m-1")
    same = read_turn_request(json.dumps(body).encode())
    kit.store.claim(key, kit.store.fingerprint("turn body", same.without_secrets()))
    waiting = asyncio.create_task(kit.say("good morning", message_id="m-1"))
    await asyncio.sleep(0)
    kit.store.keep_answer(key, {"said": "by the other"})
    assert await waiting == {"said": "by the other"}
    assert kit.dialogue.heard == []


async def test_without_a_message_id_the_same_words_are_two_messages(kit: Kit) -> None:
    await kit.say("good morning")
    await kit.say("good morning")
    assert len(kit.dialogue.heard) == 2


async def test_when_the_dialogue_is_down_the_emergency_numbers_are_given(kit: Kit) -> None:
    kit.dialogue.down = True
    refused = await kit.post(text="good morning")
    assert refused.status_code == 503
    for number in ("911", "988", CLINIC):
        assert number in refused.json()["detail"]


async def test_when_the_dialogue_is_down_the_sentence_is_in_the_persons_language(kit: Kit) -> None:
    kit.dialogue.down = True
    refused = await kit.post(text="quiero hacer una cita con el doctor")
    assert "No puedo contestar" in refused.json()["detail"]


async def test_a_message_that_got_no_answer_can_be_sent_again(kit: Kit) -> None:
    kit.dialogue.down = True
    assert (await kit.post(text="good morning", message_id="m-1")).status_code == 503
    kit.dialogue.down = False
    await kit.say("good morning", message_id="m-1")
    assert len(kit.dialogue.heard) == 1


@pytest.mark.parametrize("broken", [{"replies": 5}, {"said": []}, {"replies": [{"choices": [{}]}]}, []])
async def test_an_answer_of_the_dialogue_that_makes_no_sense_is_not_passed_on(kit: Kit, broken: Any) -> None:
    import httpx

    async def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=broken)

    kit.dialogue.handle = handle  # type: ignore[method-assign]
    kit.dialogue.replies = [broken["replies"]] if isinstance(broken, dict) and "replies" in broken else [[7]]  # type: ignore[list-item]
    assert (await kit.post(text="good morning")).status_code == 503


async def test_a_dialogue_that_says_nothing_is_made_up_for(kit: Kit) -> None:
    kit.dialogue.replies = [[]]
    answer = await kit.say("good morning")
    assert answer["replies"][0]["act"] == "utter_nothing_to_say"


async def test_a_slow_turn_is_answered_later_under_the_same_message_id(tmp_path: Path) -> None:
    async with gateway(tmp_path, patience=IMPATIENT) as kit:
        kit.dialogue.busy = asyncio.Event()
        assert (await kit.post(text="good morning", message_id="m-1")).status_code == 503
        kit.dialogue.busy.set()
        await kit.say("good morning", message_id="m-1")
        assert len(kit.dialogue.heard) == 1


async def test_a_message_behind_a_slow_one_is_not_run_after_it_was_refused(tmp_path: Path) -> None:
    async with gateway(tmp_path, patience=IMPATIENT) as kit:
        token = (await kit.say("good morning"))["conversation"]
        kit.dialogue.busy = asyncio.Event()
        await kit.post(text="the first one", conversation=token)
        assert (await kit.post(text="the second one", conversation=token)).status_code == 503
        kit.dialogue.busy.set()
        await kit.say("thank you", conversation=token)
        assert [each["text"] for each in kit.dialogue.heard] == ["good morning", "the first one", "thank you"]


async def test_turns_of_one_conversation_come_one_after_the_other(kit: Kit) -> None:
    token = (await kit.say("good morning"))["conversation"]
    kit.dialogue.busy = asyncio.Event()
    both = asyncio.gather(*(kit.say(text, conversation=token) for text in ("the first one", "thank you")))
    await kit.dialogue.reached.wait()
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(kit.dialogue.heard) == 2
    kit.dialogue.busy.set()
    await both
    assert len(kit.dialogue.heard) == 3


async def test_when_the_session_store_is_gone_nobody_is_answered_as_somebody(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise IdentityUnavailable("gone")

    monkeypatch.setattr(kit.identity, "open_conversation", gone)
    assert (await kit.post(text="good morning")).status_code == 503


async def test_goodbye_ends_the_conversation_for_the_client(kit: Kit) -> None:
    kit.dialogue.replies = [[{"text": "Bye.", "act": "utter_goodbye"}]]
    assert (await kit.say("thank you that is all"))["ended"] is True


async def test_any_reply_can_say_that_it_was_the_last(kit: Kit) -> None:
    kit.dialogue.replies = [[{"text": "Bye.", "act": "utter_x", "values": {"ended": True}}]]
    assert (await kit.say("thank you that is all"))["ended"] is True


async def test_a_client_gets_only_id_and_title_of_a_choice(kit: Kit) -> None:
    kit.dialogue.replies = [YES_OR_NO]
    offered = (await kit.say("book a visit"))["replies"][0]["choices"]
    assert [set(choice) for choice in offered] == [{"id", "title"}, {"id", "title"}]
    assert [choice["title"] for choice in offered] == ["Yes", "Another day"]


async def offered(kit: Kit, token: str = "") -> tuple[str, str]:
    kit.dialogue.replies = [YES_OR_NO]
    answer = await kit.say("book a visit", conversation=token)
    return answer["conversation"], answer["replies"][0]["choices"][0]["id"]


async def test_a_picked_choice_reaches_the_dialogue_as_what_it_means(kit: Kit) -> None:
    token, choice = await offered(kit)
    await kit.post(choice=choice, conversation=token)
    heard = kit.dialogue.heard[-1]
    assert (heard["intent"], heard["entities"], heard["text"]) == ("affirm", {"pick": "slot-1"}, "Yes")


async def test_r01_a_choice_works_once(kit: Kit) -> None:
    token, choice = await offered(kit)
    await kit.post(choice=choice, conversation=token)
    again = (await kit.post(choice=choice, conversation=token)).json()
    assert [reply["act"] for reply in again["replies"]] == ["utter_choice_gone"]
    assert len(kit.dialogue.heard) == 2


async def test_r01_a_choice_of_somebody_elses_conversation_does_not_work(kit: Kit) -> None:
    _, choice = await offered(kit)
    other = await kit.say("good morning")
    again = (await kit.post(choice=choice, conversation=other["conversation"])).json()
    assert again["replies"][0]["act"] == "utter_choice_gone"


async def test_r01_a_choice_is_gone_once_somebody_else_is_signed_in(kit: Kit) -> None:
    token, choice = await offered(kit)
    token = (await kit.say(kit.send_code(token), conversation=token))["conversation"]
    gone = (await kit.post(choice=choice, conversation=token)).json()
    assert gone["replies"][0]["act"] == "utter_choice_gone"


async def test_r01_a_choice_is_gone_once_nobody_is_signed_in(kit: Kit) -> None:
    token, _ = await offered(kit)
    token = (await kit.say(kit.send_code(token), conversation=token))["conversation"]
    _, choice = await offered(kit, token)
    kit.dialogue.meanwhile = lambda: kit.identity.sign_out(kit.sender(token))
    await kit.say("sign me out", conversation=token)
    gone = (await kit.post(choice=choice, conversation=token)).json()
    assert gone["replies"][0]["act"] == "utter_choice_gone"


async def test_r01_a_choice_is_gone_after_30_minutes(kit: Kit) -> None:
    token, choice = await offered(kit)
    kit.clock.advance(timedelta(minutes=30))
    assert (await kit.post(choice=choice, conversation=token)).json()["replies"][0]["act"] == "utter_choice_gone"


@pytest.mark.parametrize(("turns_between", "act"), [(1, "utter_all_right"), (2, "utter_choice_gone")])
async def test_r01_a_choice_lasts_for_two_turns(kit: Kit, turns_between: int, act: str) -> None:
    token, choice = await offered(kit)
    for _ in range(turns_between):
        await kit.say("what time is it", conversation=token)
    assert (await kit.post(choice=choice, conversation=token)).json()["replies"][0]["act"] == act


async def test_a_choice_can_be_picked_again_when_the_dialogue_was_down(kit: Kit) -> None:
    token, choice = await offered(kit)
    kit.dialogue.down = True
    assert (await kit.post(choice=choice, conversation=token)).status_code == 503
    kit.dialogue.down = False
    assert (await kit.post(choice=choice, conversation=token)).json()["replies"][0]["act"] == "utter_all_right"


@pytest.mark.parametrize("typed", ["another day", "ANOTHER  DAY!", "Another day."])
async def test_typing_the_title_of_a_choice_picks_it(kit: Kit, typed: str) -> None:
    token, _ = await offered(kit)
    await kit.say(typed, conversation=token)
    assert kit.dialogue.heard[-1]["intent"] == "deny"


async def test_r04_typing_the_title_of_an_older_choice_is_words(kit: Kit) -> None:
    token, _ = await offered(kit)
    await kit.say("what time is it", conversation=token)
    await kit.say("yes", conversation=token)
    assert "intent" not in kit.dialogue.heard[-1]


async def test_what_has_been_done_is_said_even_when_its_choices_cannot_be_kept(kit: Kit) -> None:
    def fail() -> None:
        with kit.engine.begin() as connection:
            connection.execute(text("DROP TABLE gateway_choices"))

    kit.dialogue.replies, kit.dialogue.meanwhile = [YES_OR_NO], fail
    answer = await kit.say("book a visit")
    assert (answer["replies"][0]["text"], answer["replies"][0]["choices"]) == ("Book it?", [])


async def test_r01_an_invented_choice_is_answered_in_words(kit: Kit) -> None:
    answer = await kit.post(choice="invented")
    assert answer.status_code == 200
    assert "your own words" in answer.json()["replies"][0]["text"]
    assert kit.dialogue.heard == []
