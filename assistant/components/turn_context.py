"""Hands what the gateway knows of a turn (language, whether the reply is read or heard) to the dialogue as entities.

Rasa reads the annotations of graph methods at run time, so they are real types here, not postponed ones.
"""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, METADATA
from rasa.shared.nlu.training_data.message import Message

KNOWN = {"language": ("en", "es"), "medium": ("read", "heard")}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TurnContext(GraphComponent, EntityExtractorMixin):
    """Adds the entities `language` and `medium` from the message's metadata, so that slots of these names follow them.

    Without metadata, or with a value that nobody here knows, nothing is added and the slots keep what they hold.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TurnContext":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities to each message, behind those it has."""
        for message in messages:
            found = self.add_extractor_name(entities_of(message.get(METADATA) or {}))
            if found:
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def entities_of(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    """One entity for each key of KNOWN that the metadata holds with one of its values."""
    return [{"entity": name, "value": metadata[name]} for name, values in KNOWN.items() if metadata.get(name) in values]
