"""Rasa's intent classifier for Careline: a thin frame around `intent_model`.

Rasa reads the annotations of graph methods at run time, so they are real types here, not postponed ones.
"""

import logging
from collections.abc import Callable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.capabilities import Capabilities
from assistant.components.intent_model import IntentModel, Reading, Recipe

logger = logging.getLogger(__name__)

UNDERSTANDING = "understanding"
"""Key of the message (and of `tracker.latest_message`) under which the diagnostics stand."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks the intents of a message; puts `nlu_fallback` first when the message does not belong here.

    Beside intent and ranking, the message gets `understanding`: `in_scope` with its `threshold`, `margin` between the
    two likeliest intents, `known_words` (a share) and `mended_words` (a number). There are no words of the user in it.
    """

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`C` and `in_scope_reject` as in `Recipe`; `ranking_length` counts the real intents."""
        return {"C": Recipe.c, "in_scope_reject": Recipe.reject, "ranking_length": 5}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntentClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearIntentClassifier":
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has a text and an intent, whatever its language."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = IntentModel.trained_on(
            texts=[example.get(TEXT) for example in examples],
            intents=[example.get(INTENT) for example in examples],
            recipe=Recipe(self._config["C"], self._config["in_scope_reject"], groupings=groupings(Capabilities.load())),
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        logger.info("%s intents learnt from %s sentences.", len(self._model.intents), len(examples))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add intent, ranking and understanding to each message."""
        if self._model is None:
            raise RuntimeError("The intent classifier was asked before it was trained or loaded.")
        for message in messages:
            reading = self._model.read(message.get(TEXT) or "")
            ranking = self._ranking(reading)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(UNDERSTANDING, understanding(reading, self._model.threshold), add_to_output=True)
        return messages

    def _ranking(self, reading: Reading) -> list[dict[str, Any]]:
        ranking = [_named(*ranked) for ranked in reading.ranking[: self._config["ranking_length"]]]
        if self._model is None or reading.in_scope >= self._model.threshold:
            return ranking
        # The real ranking stays behind it, for "did you mean A or B?".
        return [_named(DEFAULT_NLU_FALLBACK_INTENT_NAME, 1.0 - ranking[0]["confidence"]), *ranking]


def groupings(catalogue: Capabilities) -> tuple[Callable[[str], str], ...]:
    """What intents can have in common: the verb and the thing in their name; as capabilities, also area and kind."""

    def area(intent: str) -> str:
        return catalogue[intent].area if intent in catalogue else ""

    def kind(intent: str) -> str:
        return catalogue[intent].kind if intent in catalogue else ""

    def verb(intent: str) -> str:
        return intent.partition("_")[0]

    def thing(intent: str) -> str:
        return intent.rpartition("_")[2]

    return area, kind, verb, thing


def understanding(reading: Reading, threshold: float) -> dict[str, float | int]:
    """How well a message was understood, in numbers that later parts can decide by in any language."""
    first, second = reading.ranking[0][1], reading.ranking[1][1]
    return {
        "in_scope": round(reading.in_scope, 4),
        "threshold": round(threshold, 4),
        "margin": round(first - second, 4),
        "known_words": round(reading.known_words, 4),
        "mended_words": reading.mended_words,
    }


def _named(intent: str, confidence: float) -> dict[str, Any]:
    return {"name": intent, "confidence": confidence}
