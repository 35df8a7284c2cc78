"""How much danger is heard, and how often talk without danger is disturbed, on sentences nobody has learned from."""

from __future__ import annotations

import random
import time

import pytest

from channels.emergency.sentences import sentences
from tests.emergency_sentences import (
    LANGUAGES,
    emergencies,
    heard,
    kind,
    near_misses,
    ordinary,
    requests,
)

# What was measured, with room for no more than a sentence or three; what was aimed at stands in docs/safety.md.
MISSED = {"en": 0.015, "es": 0.06}
RAISED = {"en": 0.03, "es": 0.04}
ASKED = {"en": 0.05, "es": 0.04}
DISTURBED = {"en": 0.02, "es": 0.01}
JOINED = {"en": 0.03, "es": 0.1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_three_hundred_of_each_and_no_sentence_twice(language: str) -> None:
    danger = [text for _, text in emergencies(language)]
    near = near_misses(language)
    assert len(danger) >= 300
    assert len(near) >= 300
    assert len({*danger, *near}) == len(danger) + len(near)


def test_nothing_that_is_measured_with_was_learned_from() -> None:
    learned = {" ".join(each.text.lower().split()) for each in sentences()}
    measured = [
        text
        for language in LANGUAGES
        for text in (*(text for _, text in emergencies(language)), *near_misses(language), *requests(language))
    ]
    assert [text for text in measured if " ".join(text.lower().split()) in learned and len(text.split()) > 4] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_any_emergency_is_missed(language: str) -> None:
    found = emergencies(language)
    missed = [text for _, text in found if heard(text, language) is None]
    assert len(missed) <= MISSED[language] * len(found), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_learned_is_heard(language: str) -> None:
    danger = [each.text for each in sentences() if each.language == language and each.group == "danger"]
    missed = [text for text in danger if heard(text, language) is None]
    assert len(missed) <= 0.01 * len(danger), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_is_heard_whatever_language_the_conversation_is_in(language: str) -> None:
    other = "es" if language == "en" else "en"
    differs = [t for _, t in emergencies(language) if (kind(t, language) is None) != (kind(t, other) is None)]
    assert differs == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_comes_in_the_language_of_the_message(language: str) -> None:
    found = emergencies(language)
    other = "es" if language == "en" else "en"
    astray = [t for _, t in found if (alarm := heard(t, other)) is not None and alarm.language != language]
    # A word that both languages have ("dizzy" alone has none) may be answered in the conversation's.
    assert len(astray) <= 0.03 * len(found), astray


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_near_misses_raise_an_alarm(language: str) -> None:
    found = near_misses(language)
    raised = [text for text in found if kind(text, language) not in (None, "ask")]
    asked = [text for text in found if kind(text, language) == "ask"]
    assert len(raised) <= RAISED[language] * len(found), raised
    assert len(asked) <= ASKED[language] * len(found), asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_any_ordinary_request_is_disturbed(language: str) -> None:
    found = requests(language)
    disturbed = [text for text in found if heard(text, language) is not None]
    assert len(disturbed) <= DISTURBED[language] * len(found), disturbed


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_five_in_a_thousand_examples_of_the_assistant_are_disturbed(language: str) -> None:
    examples = ordinary(language)
    assert len(examples) >= 300
    disturbed = [text for text in examples if heard(text, language) is not None]
    assert len(disturbed) <= 0.005 * len(examples), disturbed


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_after_an_ordinary_request_is_heard(language: str) -> None:
    dice = random.Random(3)
    asked = {
        "en": "i need to refill my lisinopril and move my visit",
        "es": "quiero resurtir mi medicina y cambiar la visita",
    }
    joined = [f"{asked[language]}. {text}" for _, text in dice.sample(emergencies(language), 150)]
    missed = [text for text in joined if heard(text, language) is None]
    assert len(missed) <= JOINED[language] * len(joined), missed


@pytest.mark.timed
def test_a_message_is_checked_in_three_milliseconds() -> None:
    spent: list[float] = []
    for language in LANGUAGES:
        for text in (*(text for _, text in emergencies(language)), *near_misses(language), *requests(language)):
            begun = time.process_time()
            heard(text, language)
            spent.append(time.process_time() - begun)
    assert sorted(spent)[int(0.95 * len(spent))] < 0.003
