"""Asks the trained assistant itself, loaded as the dialogue process loads it, one sentence after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from assistant.__main__ import newest_model
from channels.dialogue import HEARD, medium_of
from checksums import verify
from evaluation.nlu.predictions import FALLBACK, Prediction
from evaluation.nlu.sentences import Sentence


class NoModel(Exception):
    """Nothing has been trained yet; the message says what to do."""


def understood(sentences: Sequence[Sentence], languages: Sequence[str]) -> list[Prediction]:
    """What the newest model makes of each sentence, alone and with no dialogue around it.

    `languages` are those of the conversations, as the gateway tells them with each message.

    Raises:
        NoModel: There is no model.
        Changed: It is not the one that training wrote.
    """
    model = newest_model()
    if model is None:
        raise NoModel("There is no model yet: run `make train`.")
    verify(model)
    return asyncio.run(_ask(str(model), sentences, languages))


async def _ask(model: str, sentences: Sequence[Sentence], languages: Sequence[str]) -> list[Prediction]:
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage

    processor = (await load_agent(model)).processor
    if processor is None:
        raise NoModel("The model could not be loaded: run `make train`.")
    # The first sentence pays for what is built when it is first needed.
    await processor.parse_message(UserMessage(text="hello"))
    found = []
    for sentence, language in zip(sentences, languages, strict=True):
        channel = sentence.style if sentence.style in HEARD else "web"
        metadata = {"channel": channel, "language": language, "medium": medium_of(channel)}
        begun = perf_counter()
        parsed = await processor.parse_message(UserMessage(text=sentence.heard, metadata=metadata))
        found.append(_prediction(dict(parsed), (perf_counter() - begun) * 1000))
    return found


def _prediction(parsed: dict[str, Any], milliseconds: float) -> Prediction:
    ranking = tuple((each["name"], each["confidence"]) for each in parsed["intent_ranking"] if each["name"] != FALLBACK)
    decided = parsed["intent"]
    belonging = parsed["understanding"]["in_scope"]
    return Prediction(decided["name"], decided["confidence"], ranking, belonging, milliseconds)
