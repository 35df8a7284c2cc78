"""The words of a reply: whose record it is about is said in every language, heard or read, or in words of its own."""

from __future__ import annotations

from typing import Any

import pytest

from assistant import runtime

runtime.install()

from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import SlotSet  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from assistant.generator import OTHER_RECORD, ReplyGenerator  # noqa: E402
from assistant.importer import HERE, join_domain  # noqa: E402

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

RESPONSES: dict[str, list[dict[str, Any]]] = {
    "utter_plain": [{"text": "You have {count}."}, {"text": "Tiene {count}.", "condition": [{"type": "slot", "name": "language", "value": "es"}]}],
    "utter_own_words": [
        {"text": "You owe {count}."},
        {"text": "{record} owes {count}.", "condition": [OTHER_RECORD]},
        {"text": "Debe {count}.", "condition": [{"type": "slot", "name": "language", "value": "es"}]},
        {"text": "{record} debe {count}.", "condition": [OTHER_RECORD, {"type": "slot", "name": "language", "value": "es"}]},
    ],
}  # fmt: skip
SHARED = {
    "slots": {
        name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
        for name in ("language", "medium", "record")
    }
}
REAL: dict[str, list[dict[str, Any]]] = join_domain({}, HERE)["responses"]


@pytest.fixture(autouse=True)
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARELINE_DEMO", "1")


async def words(response: str, language: str = "en", **values: Any) -> str:
    domain = Domain.from_dict({**SHARED, "responses": RESPONSES})
    generator = ReplyGenerator(None, domain)  # type: ignore[arg-type]
    tracker = DialogueStateTracker.from_events("x", [SlotSet("language", language)], slots=domain.slots)
    message = await generator.generate(response, tracker, "careline", **values)
    assert message is not None
    return str(message["text"])


@pytest.mark.parametrize(("language", "said"), [("en", "For Leo: You have 2."), ("es", "Para Leo: Tiene 2.")])
async def test_whose_record_it_is_stands_in_front(language: str, said: str) -> None:
    assert await words("utter_plain", language, count=2, record="Leo") == said


@pytest.mark.parametrize(("language", "said"), [("en", "Leo owes 2."), ("es", "Leo debe 2.")])
async def test_words_of_its_own_need_nothing_in_front(language: str, said: str) -> None:
    assert await words("utter_own_words", language, count=2, record="Leo") == said


@pytest.mark.parametrize(("response", "said"), [("utter_plain", "You have 2."), ("utter_own_words", "You owe 2.")])
async def test_ones_own_record_is_not_named(response: str, said: str) -> None:
    assert await words(response, count=2) == said


async def test_a_slot_cannot_say_whose_record_it_is() -> None:
    domain = Domain.from_dict({**SHARED, "responses": RESPONSES})
    tracker = DialogueStateTracker.from_events("x", [SlotSet("record", "other")], slots=domain.slots)
    message = await ReplyGenerator(None, domain).generate("utter_own_words", tracker, "careline", count=2)  # type: ignore[arg-type]
    assert message is not None
    assert message["text"] == "You owe 2."


@pytest.mark.parametrize("response", sorted(REAL))
def test_words_for_anothers_record_name_it_and_stand_in_both_languages(response: str) -> None:
    own = [variant for variant in REAL[response] if OTHER_RECORD in (variant.get("condition") or [])]
    assert all("{record}" in variant["text"] or "{account}" in variant["text"] for variant in own)
    spanish = [variant for variant in own if any(each["name"] == "language" for each in variant["condition"])]
    assert len(own) == 2 * len(spanish)
    assert all("{record}" not in variant["text"] for variant in REAL[response] if variant not in own)
