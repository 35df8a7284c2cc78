"""The language of a conversation: guessed from the first message, changed only on a clear sign."""

from __future__ import annotations

import json
import os
import random
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest

import checksums
from channels.language import (
    LanguageModel,
    ModelMissing,
    first_language,
    language_asked_for,
    next_language,
    words_of,
)
from channels.language_training import examples, is_stale, model_of, train
from tests.gateway_fakes import Kit, gateway

ENGLISH = """
appointment|refill|results|balance|insurance|pharmacy|tomorrow|medicine|lab results|book appointment|pay my bill
see my results|next tuesday|the first one|talk to someone|cancel my visit|I need help|for my son|in the morning
how much|not that one|send it again|my phone changed|start over|ready for pickup|what's my copay|shot records
"""
SPANISH = """
cita|resurtido|resultados|seguro|farmacia|mañana|medicina|ver resultados|hacer cita|pagar mi cuenta|mis resultados
el próximo martes|la primera|hablar con alguien|cancelar mi cita|necesito ayuda|para mi hijo|por la mañana|cuánto debo
esa no|mándelo otra vez|cambié de teléfono|empezar de nuevo|ya está listo|me llegó un cobro|cuál es mi copago|análisis
"""
NO_SIGN = """
ok|no|no no|si|sí|yes yes|hmm|10:30|541-555-0101|12/03/1984|March 12 1984|A1c|COVID
Maria Elena Lopez|Rosa Martínez|Luis Rivera|james o'connor|Guadalupe Hernández Soto|Michael Smith|Xochitl Quintanilla
Ignacio Benítez|Brittany Hopkins|de la Cruz|Dr. Rivera|doctora Patel|Santa Rosa|San Luis Obispo|Los Angeles California
El Paso Texas|88 Southgate Ave|Willamette Pharmacy|lisinopril 10 mg|losartan potasico|gracias|thank you|hola
"""


def listed(text: str) -> list[str]:
    return text.strip().replace("\n", "|").split("|")


@cache
def kept() -> dict[str, Any]:
    """A model trained on two fifths of the assistant's examples, which is enough to test it and quicker."""
    return train(split()[0][::2])


def split() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    every = examples()
    random.Random(1).shuffle(every)
    held_out, rest = every[: len(every) // 5], every[len(every) // 5 :]
    known = {text.lower() for text, _ in rest}
    return rest, [(text, language) for text, language in held_out if text.lower() not in known and words_of(text)]


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return model_of(kept())


def test_sentences_it_has_not_seen_are_told_apart(model: LanguageModel) -> None:
    held_out = split()[1]
    right = sum(model.guess(text).language == language for text, language in held_out)
    assert right / len(held_out) > 0.98


def test_short_messages_are_told_apart(model: LanguageModel) -> None:
    said = [(text, "en") for text in listed(ENGLISH)] + [(text, "es") for text in listed(SPANISH)]
    wrong = [text for text, language in said if model.guess(text).language != language]
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize("current", ["en", "es"])
@pytest.mark.parametrize("text", listed(NO_SIGN))
def test_names_numbers_and_bare_answers_change_nothing(model: LanguageModel, current: str, text: str) -> None:
    assert next_language(current, text, model.guess(text)) == current


def test_hardly_any_sentence_of_the_same_language_changes_it(model: LanguageModel) -> None:
    held_out = [(text, language) for text, language in split()[1] if language_asked_for(text) is None]
    changed = [text for text, language in held_out if next_language(language, text, model.guess(text)) != language]
    assert len(changed) / len(held_out) < 0.002, changed


def test_whole_sentences_of_the_other_language_change_it(model: LanguageModel) -> None:
    other = {"en": "es", "es": "en"}
    said = [(text, language) for text, language in split()[1] if len(words_of(text)) > 4]
    changed = sum(next_language(other[language], text, model.guess(text)) == language for text, language in said)
    assert changed / len(said) > 0.97


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("español", "es"),
        ("espanol", "es"),
        ("en español, por favor", "es"),
        ("¿habla español?", "es"),
        ("do you speak Spanish?", "es"),
        ("in english", "en"),
        ("English please", "en"),
        ("cambia a inglés", "en"),
        ("I need a doctor who speaks Spanish", None),
        ("quiero la carta en inglés", None),
        ("english or spanish", None),
        ("es", None),
        ("", None),
    ],
)
def test_a_language_is_changed_by_asking_for_it_and_nothing_else(text: str, language: str | None) -> None:
    assert language_asked_for(text) == language


@pytest.mark.parametrize(("text", "language"), [("hola", "es"), ("hello", "en"), ("12345", "en"), ("👍", "en")])
def test_the_first_message_decides_and_english_when_it_does_not(model: LanguageModel, text: str, language: str) -> None:
    assert first_language(model.guess(text)) == language


@pytest.mark.timed
def test_the_model_is_small_and_quick(model: LanguageModel) -> None:
    assert len(json.dumps(kept(), ensure_ascii=False).encode()) < 600_000
    text = "I would like to book a visit with Dr. Chen next Tuesday morning for a physical, please"
    assert median(seconds_for(model, text) for _ in range(50)) < 0.001


def seconds_for(model: LanguageModel, text: str) -> float:
    begun = perf_counter()
    model.guess(text)
    return perf_counter() - begun


def test_a_missing_model_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="channels.language_training"):
        LanguageModel.load(tmp_path / "language.json")


def test_a_model_is_stale_until_it_is_newer_than_what_it_is_made_from(tmp_path: Path) -> None:
    path = tmp_path / "language.json"
    assert is_stale(path)
    path.write_text("{}")
    os.utime(path, (0, 0))
    assert is_stale(path)
    os.utime(path, (2**33, 2**33))
    # Without its checksum it would not be used.
    assert is_stale(path)
    checksums.write(path)
    assert not is_stale(path)


def test_a_model_that_was_kept_guesses_alike(model: LanguageModel, tmp_path: Path) -> None:
    (tmp_path / "language.json").write_text(json.dumps(kept()), encoding="utf-8")
    loaded = LanguageModel.load(tmp_path / "language.json")
    assert loaded.guess("quiero una cita") == model.guess("quiero una cita")


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


async def test_the_language_that_the_client_gives_comes_first(kit: Kit) -> None:
    assert (await kit.say("hola", language="en"))["language"] == "en"
    assert (await kit.say("ok", language="es"))["language"] == "es"


async def test_without_one_the_first_message_decides(kit: Kit) -> None:
    assert (await kit.say("quiero hacer una cita con el doctor"))["language"] == "es"
    assert (await kit.say("41"))["language"] == "en"


async def test_the_language_stays_with_the_conversation(kit: Kit) -> None:
    token = (await kit.say("quiero hacer una cita con el doctor"))["conversation"]
    assert (await kit.say("ok", conversation=token))["language"] == "es"
    assert kit.dialogue.heard[-1]["language"] == "es"


async def test_a_clear_sentence_changes_it(kit: Kit) -> None:
    token = (await kit.say("i want to book a visit with the doctor", language="en"))["conversation"]
    for text in ("me puede decir cuándo es mi cita con el doctor", "gracias"):
        assert (await kit.say(text, conversation=token, language="en"))["language"] == "es"


async def test_a_client_that_changes_what_it_asks_for_changes_it(kit: Kit) -> None:
    token = (await kit.say("ok", language="en"))["conversation"]
    assert (await kit.say("ok", conversation=token, language="es"))["language"] == "es"
    assert (await kit.say("ok", conversation=token))["language"] == "es"


async def test_a_language_asked_for_later_is_taken(kit: Kit) -> None:
    token = (await kit.say("ok"))["conversation"]
    assert (await kit.say("ok", conversation=token, language="es"))["language"] == "es"


async def test_a_task_that_changes_the_language_shows_in_its_answer(kit: Kit) -> None:
    token = (await kit.say("ok"))["conversation"]
    sender = kit.sender(token)
    kit.dialogue.meanwhile = lambda: kit.identity.set_language(sender, "es")
    assert (await kit.say("41", conversation=token))["language"] == "es"
