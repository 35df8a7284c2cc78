"""What people type is cleaned into plain text, and no text whatever becomes an intent in Rasa."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import runtime
from channels.cleaning import clean, neutralise

runtime.install()
pytestmark = pytest.mark.rasa

HIDDEN = "".join(
    chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cf", "Cc")
)
SLASHES = "/\uff0f"


def parsed(text: str) -> str | None:
    """The intent that Rasa's own parser finds in a typed text."""
    from rasa.shared.core.trackers import DialogueStateTracker  # noqa: F401 - Rasa's modules load in this order only
    from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
    from rasa.shared.nlu.training_data.message import Message

    message = Message({"text": text})
    found = YAMLStoryReader.unpack_regex_message(message)
    return (found.get("intent") or {}).get("name")


def sent(text: str) -> str:
    """The text as the gateway would send it."""
    return neutralise(clean(text))


def test_r01_rasas_parser_does_take_a_typed_intent() -> None:
    assert parsed("/affirm") == "affirm"
    assert parsed('\u3000/inform{"pick": "slot-1"}') == "inform"


@pytest.mark.parametrize(
    "typed",
    [
        "/affirm",
        "//affirm",
        "/ affirm",
        "/\naffirm",
        "\u00a0/restart",
        "\u3000/session_start",
        "\uff0fback",
        "\u200b/affirm",
        "\ufeff\uff0faffirm",
        "\ufe0f/affirm",
        "\u115f/affirm",
        "/affirm@1.0",
        '/inform{"pick": "slot-1"}',
        '/inform{"pick": ["a", {"b": 1}]} and more',
        "/inform@0.9{}",
        "/inform" + '{"a":' * 900,
    ],
)
def test_r01_no_typed_text_is_an_intent_to_rasa(typed: str) -> None:
    assert parsed(sent(typed)) is None


@given(
    prefix=st.text(alphabet=st.sampled_from(HIDDEN), max_size=6),
    slashes=st.text(alphabet=st.sampled_from(SLASHES + HIDDEN), min_size=1, max_size=4),
    payload=st.sampled_from(["affirm", "restart", "inform{}", "inform@1.0", 'inform{"pick": "x"}', " affirm"]),
)
def test_r02_nothing_put_before_it_makes_it_one(prefix: str, slashes: str, payload: str) -> None:
    assert parsed(sent(prefix + slashes + payload)) is None


@given(st.text(max_size=40))
def test_r01_no_text_at_all_is_an_intent(text: str) -> None:
    assert parsed(sent(text)) is None


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=60))
def test_clean_text_can_be_kept_and_sent(text: str) -> None:
    cleaned = clean(text)
    assert json.loads(json.dumps(cleaned)) == cleaned
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in cleaned.replace("\n", ""))


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  hello\t there ", "hello there"),
        ("one\r\n\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("ｂｏｏｋ　ａ　ｖｉｓｉｔ", "book a visit"),
        ("se\u0301 man\u0303ana", "sé mañana"),
        ("n\u200bo", "no"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("\ud800hi", "hi"),
        ("ﬁne 👍", "fine 👍"),
        ("¿Cuándo es mi cita?", "¿Cuándo es mi cita?"),
    ],
)
def test_text_is_made_plain(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


def test_a_text_with_a_slash_inside_is_not_changed() -> None:
    assert sent("03/12/1984 and/or later") == "03/12/1984 and/or later"
