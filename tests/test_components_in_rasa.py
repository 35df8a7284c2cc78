"""The components inside Rasa's own graph: trained, packed, loaded and asked as in the running assistant."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from assistant import runtime

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor

# Rasa warns about itself in a dozen places, and its release will not change any more.
pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

CONFIG = """
recipe: default.v1
assistant_id: test
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: assistant.components.turn_context.TurnContext
  - name: assistant.components.intent_classifier.LinearIntentClassifier
    ranking_length: 2
policies:
  - name: RulePolicy
"""
DOMAIN = """
version: "3.1"
intents: [refill_medication, book_appointment, thank, nlu_fallback]
entities: [language, medium]
slots:
  language: {type: categorical, values: [en, es], mappings: [{type: from_entity, entity: language}]}
responses:
  utter_thank_welcome: [{text: "You are welcome."}]
"""
DATA = """
version: "3.1"
nlu:
- intent: refill_medication
  examples: |
    - refill my medication
    - I need a refill of my lisinopril
    - can you renew my prescription
    - I ran out of pills, refill them please
    - necesito surtir mi receta
    - quiero pedir más pastillas de mi medicina
- intent: book_appointment
  examples: |
    - book an appointment
    - I want to make an appointment with my doctor
    - can I see the doctor next week
    - schedule an appointment please
    - quiero hacer una cita con el doctor
    - necesito una cita para la próxima semana
- intent: thank
  examples: |
    - thanks
    - thank you
    - thank you very much
    - thanks a lot
    - gracias
    - muchas gracias
rules:
- rule: thank, then welcome
  steps:
  - intent: thank
  - action: utter_thank_welcome
"""


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    runtime.install()
    from rasa.core.agent import Agent
    from rasa.model_training import train

    folder = tmp_path_factory.mktemp("assistant")
    for name, content in (("config.yml", CONFIG), ("domain.yml", DOMAIN), ("data.yml", DATA)):
        (folder / name).write_text(content, encoding="utf-8")
    model = train(
        domain=str(folder / "domain.yml"),
        config=str(folder / "config.yml"),
        training_files=str(folder / "data.yml"),
        output=str(folder / "models"),
        force_training=True,
    ).model
    assert model is not None
    return Agent.load(model)


def processor_of(agent: Agent) -> MessageProcessor:
    assert agent.processor is not None
    return agent.processor


def message(text: str, sender: str = "somebody", metadata: dict[str, Any] | None = None) -> Any:
    from rasa.core.channels.channel import UserMessage

    return UserMessage(text=text, sender_id=sender, metadata=metadata)


def parse(agent: Agent, text: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return asyncio.run(processor_of(agent).parse_message(message(text, metadata=metadata)))


@pytest.mark.parametrize(
    ("text", "intent"),
    [("please book me an apointment", "book_appointment"), ("necesito surtir mis pastillas", "refill_medication")],
)
def test_a_model_trained_by_rasa_recognises_both_languages(agent: Agent, text: str, intent: str) -> None:
    assert parse(agent, text)["intent"]["name"] == intent


def test_a_message_that_does_not_belong_here_falls_back_with_its_ranking_behind(agent: Agent) -> None:
    parsed = parse(agent, "why do volcanoes erupt")
    assert parsed["intent"]["name"] == "nlu_fallback"
    assert parsed["intent_ranking"][0] == parsed["intent"]
    assert {ranked["name"] for ranked in parsed["intent_ranking"][1:]} < {
        "refill_medication",
        "book_appointment",
        "thank",
    }
    assert len(parsed["intent_ranking"]) == 3


def test_the_understanding_stands_beside_the_intent_as_numbers(agent: Agent) -> None:
    parsed = parse(agent, "refil my medication")
    first, second = (ranked["confidence"] for ranked in parsed["intent_ranking"])
    assert parsed["understanding"]["in_scope"] >= parsed["understanding"]["threshold"]
    assert parsed["understanding"]["margin"] == pytest.approx(first - second, abs=1e-3)
    assert parsed["understanding"]["known_words"] == 1.0
    assert parsed["understanding"]["mended_words"] == 1


def test_the_understanding_reaches_actions(agent: Agent) -> None:
    tracker = asyncio.run(processor_of(agent).log_message(message("thanks", "understanding")))
    latest = tracker.current_state()["latest_message"]
    assert json.loads(json.dumps(latest))["understanding"].keys() == {
        "in_scope",
        "threshold",
        "margin",
        "known_words",
        "mended_words",
    }


def test_language_and_medium_of_the_turn_become_entities(agent: Agent) -> None:
    parsed = parse(agent, "gracias", {"language": "es", "medium": "heard", "channel": "phone"})
    assert parsed["entities"] == [
        {"entity": "language", "value": "es", "extractor": "TurnContext"},
        {"entity": "medium", "value": "heard", "extractor": "TurnContext"},
    ]


@pytest.mark.parametrize("metadata", [None, {}, {"channel": "web"}, {"language": "fr", "medium": None}])
def test_a_turn_without_a_known_language_or_medium_adds_nothing(agent: Agent, metadata: dict[str, Any] | None) -> None:
    assert parse(agent, "gracias", metadata)["entities"] == []


def test_the_language_slot_follows_the_turn_and_stays_without_one(agent: Agent) -> None:
    async def turns() -> list[str | None]:
        said = []
        for metadata in ({"language": "es"}, {}, {"language": "en"}):
            await agent.handle_message(message("gracias", "slots", metadata))
            tracker = await agent.tracker_store.retrieve("slots")
            assert tracker is not None
            said.append(tracker.get_slot("language"))
        return said

    assert asyncio.run(turns()) == ["es", "es", "en"]
