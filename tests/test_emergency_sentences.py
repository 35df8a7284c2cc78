"""How much danger is heard, and how often talk without danger is disturbed, on hand-written sentences."""

from __future__ import annotations

import random

import pytest

from tests.emergency_sentences import GRAVEST, LANGUAGES, emergencies, heard, kind, lines, ordinary


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_three_hundred_of_each_and_no_sentence_twice(language: str) -> None:
    danger = [text for _, text in emergencies(language)]
    near = lines(f"near_misses.{language}.txt")
    assert len(danger) >= 300
    assert len(near) >= 300
    assert len({*danger, *near}) == len(danger) + len(near)


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_two_in_a_hundred_emergencies_are_missed(language: str) -> None:
    sentences = emergencies(language)
    missed = [text for _, text in sentences if heard(text, language) is None]
    assert len(missed) <= 0.02 * len(sentences), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_heart_stroke_breathing_overdose_or_suicide_is_missed(language: str) -> None:
    grave = [text for category, text in emergencies(language) if category in GRAVEST]
    assert [text for text in grave if heard(text, language) is None] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_is_heard_whatever_language_the_conversation_is_in(language: str) -> None:
    other = "es" if language == "en" else "en"
    differs = [t for _, t in emergencies(language) if (kind(t, language) is None) != (kind(t, other) is None)]
    assert differs == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_comes_in_the_language_of_the_message(language: str) -> None:
    sentences = emergencies(language)
    other = "es" if language == "en" else "en"
    astray = [t for _, t in sentences if (alarm := heard(t, other)) is not None and alarm.language != language]
    # A word that both languages have ("dizzy" alone has none) may be answered in the conversation's.
    assert len(astray) <= 0.03 * len(sentences), astray


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_five_in_a_hundred_near_misses_raise_an_alarm(language: str) -> None:
    sentences = lines(f"near_misses.{language}.txt")
    raised = [text for text in sentences if kind(text, language) not in (None, "ask")]
    assert len(raised) <= 0.05 * len(sentences), raised


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_five_in_a_thousand_ordinary_messages_are_disturbed(language: str) -> None:
    sentences = ordinary(language)
    assert len(sentences) >= 300
    disturbed = [text for text in sentences if heard(text, language) is not None]
    assert len(disturbed) <= 0.005 * len(sentences), disturbed


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_after_an_ordinary_request_is_heard(language: str) -> None:
    dice = random.Random(3)
    requests = {
        "en": "i need to refill my lisinopril and move my visit",
        "es": "quiero resurtir mi medicina y cambiar la visita",
    }
    joined = [f"{requests[language]}. {text}" for _, text in dice.sample(emergencies(language), 150)]
    missed = [text for text in joined if heard(text, language) is None]
    assert len(missed) <= 0.02 * len(joined), missed
