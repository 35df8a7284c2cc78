"""Chooses the words of a reply: right language, heard or read, not the sentence just said, and says which reply it is."""

import copy
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.interpolator import interpolate
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from actions.wording import phone_words
from settings import Settings

LABEL = {"en": "For {record}: ", "es": "Para {record}: "}
"""Put in front of a reply about somebody else's record, unless its words were written for that."""
OTHER_RECORD = {"type": "slot", "name": "record", "value": "other"}
"""The condition of words that were: they name `{record}` themselves."""
OWN_KEYS = (
    "parts",
    "domain_responses",
    "text",
    "buttons",
    "elements",
    "quick_replies",
    "attachment",
    "image",
    "custom",
    "template",
)


class ReplyGenerator(TemplatedNaturalLanguageGenerator):
    """Fills a variant of a reply; the message carries `act`, `values` and `parts` beside its words."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        # Rasa puts the responses of the loaded model in here; at this moment the domain is still empty.
        super().__init__(domain.responses)
        # What a reply may say of the clinic without an action giving it.
        self._clinic = {"phone": phone_words(Settings.from_environment()["CLINIC_PHONE"])}

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The reply as a Rasa message; None when no variant fits, which Rasa logs.

        `kwargs` are the values an action gave, and `parts` for what is more than words.
        """
        slots = tracker.current_slot_values()
        values = {key: value for key, value in kwargs.items() if key not in OWN_KEYS}
        # Not a slot: only an action that was let onto a record says whose it is.
        known = {**slots, "record": "other" if "record" in values else "own"}
        fitting = [_labelled(each, known) for each in self._fitting(utter_action, output_channel, known)]
        filled = [_filled(variant, {**slots, **self._clinic, **values}) for variant in fitting]
        if not filled:
            return None
        message = _not_said_just_now(filled, tracker)
        return {**message, "act": utter_action, "values": values, "parts": kwargs.get("parts") or []}

    def _fitting(self, utter_action: str, output_channel: str, slots: dict[str, Any]) -> list[dict[str, Any]]:
        if utter_action not in self.responses:
            return []
        fitting = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        # A variant for this language and this ear is closer than one for the language alone.
        closest = max((len(variant.get("condition") or []) for variant in fitting), default=0)
        return [variant for variant in fitting if len(variant.get("condition") or []) == closest]


def _labelled(variant: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The variant with whose record it is about in front, when that is not one's own and not in its words."""
    if known["record"] == "own" or OTHER_RECORD in (variant.get("condition") or []) or not variant.get("text"):
        return variant
    return {**variant, "text": LABEL[known.get("language") or "en"] + variant["text"]}


def _filled(variant: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    message = {key: copy.deepcopy(value) for key, value in variant.items() if key not in ("condition", "channel", "id")}
    return {
        key: interpolate(value, values) if key in ("text", "buttons", "custom") else value
        for key, value in message.items()
    }


def _not_said_just_now(filled: list[dict[str, Any]], tracker: DialogueStateTracker) -> dict[str, Any]:
    said = next((event.text for event in reversed(tracker.events) if isinstance(event, BotUttered)), None)
    return next((message for message in filled if message.get("text") != said), filled[0])
