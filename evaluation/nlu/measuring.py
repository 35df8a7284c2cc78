"""Puts the figures together: of the assistant, and of the peers beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from channels.language import LanguageModel
from evaluation.nlu.alarms import alarms
from evaluation.nlu.figures import figures, of_readings
from evaluation.nlu.readings import readings
from evaluation.nlu.scope import rounded
from evaluation.nlu.sentences import Sentence
from evaluation.nlu.understanding import understood
from evaluation.peers.asking import Peer, Unavailable, ask, lessons


def measured(sentences: Sequence[Sentence], guessed: Sequence[str], now: datetime | None = None) -> dict[str, Any]:
    """Everything about the assistant itself; `guessed` is what `guesses` says, `now` when a line was said that does not say it.

    Raises:
        NoModel: It has not been trained.
        Changed: Its model is not the one that training wrote.
    """
    languages = languages_of(sentences, guessed)
    given = [(line.language, guess) for line, guess in zip(sentences, guessed, strict=True) if line.language]
    right = sum(language == guess for language, guess in given)
    told = figures(sentences, languages, understood(sentences, languages))
    told["language"] = {
        "given": len(given),
        "guessed": len(sentences) - len(given),
        "guess_right_where_given": rounded(right / len(given)) if given else None,
    }
    told["entities"] = of_readings(readings(sentences, languages, now))
    told["emergency_screen"] = alarms(sentences, languages)
    return told | {"peers": {}}


def beside(sentences: Sequence[Sentence], guessed: Sequence[str], peers: Sequence[Peer]) -> dict[str, Any]:
    """The same figures of each peer, or, in a sentence, why there are none."""
    languages = languages_of(sentences, guessed)
    # What is measured is the understanding, so the peers too hear what the gateway lets through.
    texts = [{"text": line.heard, "language": language} for line, language in zip(sentences, languages, strict=True)]
    taught, found = lessons(), {}
    for peer in peers:
        print(f"==> {peer.title}: {len(taught)} sentences to learn, {len(texts)} to read", flush=True)
        try:
            said = ask(peer, taught, texts)
        except Unavailable as reason:
            print(reason, flush=True)
            found[peer.key] = {"title": peer.title, "available": False, "why": str(reason)}
            continue
        found[peer.key] = {
            "title": peer.title,
            "available": True,
            "training_seconds": said.training_seconds,
            "megabytes": said.megabytes,
            **figures(sentences, languages, said.predictions),
        }
    return found


def guesses(sentences: Sequence[Sentence]) -> list[str]:
    """The language that each sentence sounds like, by the gateway's own guess.

    Raises:
        ModelMissing: The language model has not been trained.
    """
    model = LanguageModel.load()
    return [model.guess(line.heard).language for line in sentences]


def languages_of(sentences: Sequence[Sentence], guessed: Sequence[str]) -> list[str]:
    """The language of each sentence: what its line says, else the guess."""
    return [line.language or guess for line, guess in zip(sentences, guessed, strict=True)]
