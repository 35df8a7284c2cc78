"""Hostile messages: what looks like a command is words, what is too much is refused soon, and others do not wait for it."""

from __future__ import annotations

import asyncio
import json
import statistics
import string
import time
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from timeit import timeit
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.after_alarm import means_go_on, means_yes
from channels.card_numbers import SplitCards
from channels.cleaning import clean, clean_cut, neutralise
from channels.emergency import EmergencyScreen
from channels.language import language_asked_for, letter_groups, unaccented, words_of
from channels.limits import Limits
from channels.number_runs import number_runs
from channels.problems import Problem
from channels.redaction import Redactor, redact
from channels.said_secrets import code_spans, password_spans, ssn_spans
from channels.turn_request import read_turn_request
from identity import Keys, looks_like_wrong_length, read_code
from identity.conversations import Conversation, Conversations
from identity.store import writing
from tests.gateway_fakes import NOON, SECRET, Kit, gateway, small_model

EVERYTHING: Any = dict.fromkeys(("conversation", "caller", "address", "key", "new_conversations"), 60_000)
UNSEEN = [
    chr(code)
    for code in range(0x110000)
    if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cf", "Cc", "Cn", "Co")
    and (code < 0x3000 or 0xF000 <= code < 0x10000 or 0xE0000 <= code < 0xE0200)
] + list("\u034f\u115f\u1160\u17b4\u17b5\u180b\u3000\u3164\uffa0\ufe0f")
SLASHES = "/\uff0f\u2044\u2215\u29f8\u2571\u27cb\u1735\u338d\u2100\u2101\u2105\u2106"
"""Slashes, what looks like one, and signs that have one in them when written out."""
PAYLOADS = [
    "affirm",
    " affirm",
    "\naffirm",
    "/affirm",
    "affirm@1.0",
    "affirm@0.99{}",
    "restart",
    "session_start",
    "back",
    'inform{"pick": "slot-1"}',
    'inform {"pick": ["a", {"b": 1}]} and more',
    'inform@1.0{"a": null}',
    'inform{"a":' * 90,
]


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path, limits=Limits(EVERYTHING)) as ready:
        yield ready


def is_no_command(sent: dict[str, Any]) -> bool:
    return "intent" not in sent and not sent["text"].strip().startswith("/")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.text(alphabet=st.sampled_from(UNSEEN), max_size=5),
    slashes=st.text(alphabet=st.sampled_from(SLASHES), min_size=1, max_size=3),
    between=st.text(alphabet=st.sampled_from(UNSEEN), max_size=2),
    payload=st.sampled_from(PAYLOADS),
)
async def test_r02_through_a_whole_turn_no_prefix_makes_a_command(
    kit: Kit, before: str, slashes: str, between: str, payload: str
) -> None:
    kit.dialogue.heard.clear()
    await kit.say(before + slashes + between + payload)
    assert is_no_command(kit.dialogue.heard[0])


async def test_r01_a_title_that_looks_like_a_command_is_words_and_keeps_its_meaning(kit: Kit) -> None:
    for title in ("/restart", "\u3000/affirm{}", '/inform{"pick": "x"}'):
        offered = [{"title": title, "intent": "deny", "entities": {"pick": "/affirm"}}]
        kit.dialogue.replies = [[{"text": "Which?", "act": "utter_x", "choices": offered}]]
        answer = await kit.say("good morning")
        choice = answer["replies"][0]["choices"][0]["id"]
        await kit.post(choice=choice, conversation=answer["conversation"])
        heard = kit.dialogue.heard[-1]
        assert (heard["intent"], heard["entities"]) == ("deny", {"pick": "/affirm"})
        assert not heard["text"].strip().startswith("/")


@pytest.mark.parametrize("field", ["message_id", "choice", "conversation", "from", "language", "channel"])
async def test_r01_no_other_field_brings_a_command_in(kit: Kit, field: str) -> None:
    body = {"text": "good morning", field: '/affirm{"pick": "x"}'}
    if field == "choice":
        del body["text"]
    answer = await kit.post(None, **body)
    assert answer.status_code in (200, 400)
    assert all("/affirm" not in json.dumps(each) for each in kit.dialogue.heard)
    assert all("intent" not in each for each in kit.dialogue.heard)


async def test_r07_what_a_client_says_about_channel_sender_and_rights_is_not_passed_on(kit: Kit) -> None:
    said = {
        "input_channel": "twilio_voice",
        "sender": "s-1",
        "metadata": {"verified": True},
        "known": {"card_seen": True},
    }
    said |= {"intent": "affirm", "entities": {"pick": "x"}, "parse_data": {}, "medium": "heard"}
    answer = await kit.post(text="good morning", **said)
    heard = kit.dialogue.heard[0]
    assert (heard["channel"], heard["medium"], heard["known"]) == ("web", "read", {})
    assert heard["sender"] == kit.sender(answer.json()["conversation"])
    assert set(heard) == {"sender", "channel", "language", "medium", "message_id", "text", "known"}


async def test_r05_ten_thousand_conversations_have_ids_of_their_own(kit: Kit) -> None:
    # One transaction for all, which the store's own rules allow and a test's patience wants.
    conversations, new = Conversations(Keys(SECRET)), Conversation("", "", "web", "en", None)
    with writing(kit.engine) as connection:
        opened = [conversations.open(connection, new, None, NOON) for _ in range(10_000)]
    assert len({each.id for each in opened} | {each.sender_id for each in opened}) == 20_000
    assert min(len(each.id) for each in opened) * 6 >= 128


@pytest.mark.parametrize("typed", ["/restart", "/session_start", "/back"])
async def test_r13_special_intents_typed_leave_lock_and_session_as_they_are(kit: Kit, typed: str) -> None:
    token = (await kit.say("good morning"))["conversation"]
    code = kit.send_code(token)
    wrong = "111111" if code != "111111" else "222222"
    for _ in range(4):
        await kit.say(wrong, conversation=token)
    await kit.say(typed, conversation=token)
    await kit.say(wrong, conversation=token)
    assert kit.dialogue.heard[-1]["known"]["code_check"]["outcome"] == "locked"
    assert (await kit.say(code, conversation=token))["signed_in"] is False


def raw(**fields: Any) -> bytes:
    return json.dumps({"channel": "web", "text": "good morning", **fields}).encode()


def deep(levels: int) -> bytes:
    return b'{"channel":"web","text":"hi","x":' + b"[" * levels + b"]" * levels + b"}"


HOSTILE_BODIES = {
    "brackets": b"[" * 60_000,
    "braces": b'{"a":' * 10_000,
    "deep field": deep(30_000),
    "deep, but readable": deep(400),
    "many fields": raw(**{f"field{number}": number for number in range(3000)}),
    "huge number": b'{"channel":"web","text":"hi","x":' + b"9" * 60_000 + b"}",
    "huge exponent": b'{"channel":"web","text":"hi","x":1e999999}',
    "NaN": b'{"channel":"web","text":"hi","x":NaN}',
    "Infinity": b'{"channel":"web","text":"hi","x":-Infinity}',
    "twin fields": b'{"channel":"web","text":"hi","text":"/affirm"}',
    "twin inside": b'{"channel":"web","text":"hi","x":{"a":1,"a":2}}',
    "long ascii": raw(text="a" * 64_000),
    "long blanks": raw(text=" " * 64_000 + "x"),
    "long digits": raw(text="1 " * 32_000),
    "long numbers": raw(text="one " * 16_000),
    "swelling": json.dumps({"channel": "web", "text": "\ufdfa" * 20_000}, ensure_ascii=False).encode(),
    "accents": json.dumps({"channel": "web", "text": "\u0301" * 30_000}, ensure_ascii=False).encode(),
    "unseen": json.dumps({"channel": "web", "text": "\u200b" * 20_000}, ensure_ascii=False).encode(),
    "slashes": raw(text="/" * 1000),
    "payload": raw(text="/inform" + '{"a":' * 190),
    "a thousand numbers": raw(text="double " * 140),
    "a thousand digits": raw(text="1-" * 500),
    "a thousand quotes": raw(text="password is " * 80),
    "danger in a heap": raw(text="chest " * 160),
}


async def answered_in(kit: Kit, body: bytes) -> tuple[int, float]:
    begun = time.perf_counter()
    answer = await kit.client.post("/v1/turns", content=body, headers={"Content-Type": "application/json"})
    return answer.status_code, time.perf_counter() - begun


@pytest.mark.timed
@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES.keys())
async def test_r14_a_hostile_body_is_answered_within_a_tenth_of_a_second(kit: Kit, body: bytes) -> None:
    await answered_in(kit, raw())
    runs = [await answered_in(kit, body) for _ in range(3)]
    assert {status for status, _ in runs} <= {200, 400, 413}
    assert min(seconds for _, seconds in runs) < 0.1


@pytest.mark.parametrize("name", ["NaN", "Infinity", "twin fields", "twin inside", "brackets", "huge number"])
async def test_r14_json_that_two_readers_could_read_differently_is_refused(kit: Kit, name: str) -> None:
    assert (await answered_in(kit, HOSTILE_BODIES[name]))[0] == 400


@pytest.mark.timed
async def test_r14_somebody_ordinary_hardly_waits_for_the_hostile(kit: Kit) -> None:
    async def ordinary() -> list[float]:
        return [(await answered_in(kit, raw()))[1] for _ in range(60)]

    async def flood(until: asyncio.Event) -> None:
        while not until.is_set():
            for body in HOSTILE_BODIES.values():
                await answered_in(kit, body)
                await asyncio.sleep(0.05)

    async def company(until: asyncio.Event) -> None:
        while not until.is_set():
            for _ in HOSTILE_BODIES:
                await answered_in(kit, raw())
                await asyncio.sleep(0.05)

    async def p95_beside(other: Callable[[asyncio.Event], Any]) -> float:
        until = asyncio.Event()
        beside = asyncio.create_task(other(until))
        times = await ordinary()
        until.set()
        await beside
        return statistics.quantiles(times, n=20)[-1]

    await ordinary()
    normal, beside_hostile = await p95_beside(company), await p95_beside(flood)
    assert beside_hostile < 2 * normal, (normal, beside_hostile)


UNITS = [
    "a",
    "1",
    "1 ",
    "1-",
    "one ",
    "double ",
    "\u0301",
    " ",
    "\n",
    "/",
    ".",
    "$1",
    "ssn ",
    "code is ",
    "exp 1",
    "(541) ",
    "1/1/",
]
UNITS += [
    "password is ",
    "cvv ",
    "'",
    "chest pain ",
    "my social is 1",
    "y ",
    "\u20e3",
    "1\u20e3",
    "last four ",
    "..",
    "1.",
    "é",
]
READERS: dict[str, Callable[[str], object]] = {
    "clean": clean_cut,
    "neutralise": neutralise,
    "redact": redact,
    "redactor": lambda text: Redactor().redact("s", text, NOON),
    "split": lambda text: SplitCards().completed_by("s", text, NOON),
    "runs": number_runs,
    "ssn": ssn_spans,
    "code": code_spans,
    "password": password_spans,
    "read_code": read_code,
    "wrong_length": looks_like_wrong_length,
    "guess": lambda text: small_model().guess(text),
    "asked": language_asked_for,
    "words": lambda text: list(letter_groups(words_of(text))),
    "unaccented": unaccented,
    "yes": means_yes,
    "go_on": means_go_on,
    "request": lambda text: read_turn_request(
        json.dumps({"channel": "web", "text": text or "x", "from": None}).encode()
    ),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
def test_r14_a_reader_takes_no_longer_for_one_text_of_1000_characters_than_for_another(
    reader: Callable[[str], object],
) -> None:
    small_model()
    for unit in UNITS:
        text = (unit * 1000)[:1000]
        assert best_of_three(reader, text) < 0.1, unit


@pytest.mark.timed
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
@pytest.mark.parametrize("unit", ["1", "1 ", "one ", "1/1/", "(541) ", " ", "password is "])
def test_r14_a_reader_takes_time_in_step_with_the_length(reader: Callable[[str], object], unit: str) -> None:
    small_model()
    short, long = (unit * 8000)[:8000], (unit * 64_000)[:64_000]
    # Eight times the text may take twenty times as long; what tries every end for every beginning takes 64.
    assert spent(reader, long) < 20 * min(spent(reader, short), spent(reader, short)) + 0.3


def best_of_three(reader: Callable[[str], object], text: str) -> float:
    return min(spent(reader, text) for _ in range(3))


def spent(reader: Callable[[str], object], text: str) -> float:
    def read() -> None:
        # A refusal is an answer as well.
        with suppress(Problem):
            reader(text)

    # Of this process alone and without the collection of what other tests have left.
    return timeit(read, number=1, timer=time.process_time)


@pytest.mark.timed
def test_r14_the_alarm_hears_the_longest_text_in_time() -> None:
    screen = EmergencyScreen.load()
    screen.check("warm up", "en")
    for unit in UNITS + list(string.punctuation):
        assert best_of_three(lambda text: screen.check(text, "en"), (unit * 1000)[:1000]) < 0.1, unit


def test_r02_digits_of_every_script_are_digits() -> None:
    assert clean("٤١١١ ४१११ ４１１１ ①") == "4111 4111 4111 1"


def test_r14_of_a_text_without_end_both_ends_are_heard() -> None:
    heard, is_cut = clean_cut("my chest hurts " + "a" * 60_000 + " cannot breathe")
    assert is_cut
    assert heard.startswith("my chest hurts")
    assert heard.endswith("cannot breathe")
    assert len(heard) <= 4000
