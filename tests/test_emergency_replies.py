"""The reviewed answers: numbers from one file only, short, and without diagnosis, dose or reassurance."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from channels.emergency.numbers import Numbers
from channels.emergency.rules import rules_of
from channels.emergency.screen import ASK, ASKS
from tests.emergency_sentences import LANGUAGES, screen

LONGEST = 300
ANY_NUMBER = re.compile(r"\d[\d-]*\d")
KEYS = (
    "utter_report_emergency",
    "utter_report_emergency_ask",
    "utter_report_emergency_poison",
    "utter_report_emergency_resume",
    "utter_report_crisis",
    "utter_report_crisis_violence",
    "utter_ask_medical_advice",
)
BANNED = {
    "en": r"you (may|might|could) (be having|have)|having an? (heart|stroke|seizure|allergic)|probably|nothing serious|don't worry|it's (just|only|nothing)"
    r"|you('ll| will) be (ok|fine|okay)|heartburn|anxiety|aspirin|glucose|\bmg\b|tablet|dose|double|skip|is on (its|the) way|help is coming|wait (for|until)|appointment"
    r"|good|bad news|normal|sorry|calm down|relax",
    "es": r"puede (estar teniendo|tener|ser) (un|una) (infarto|derrame|ataque|alergia)|probablemente|no es nada|no se preocupe|tranquil|va a estar bien|acidez|ansiedad"
    r"|aspirina|glucosa|\bmg\b|tableta|dosis|doble|viene en camino|ya viene|espere (a|hasta)|su cita|normal|lo siento|c[aá]lmese|rel[aá]jese",
}


def every_text(language: str) -> dict[str, str]:
    return screen().texts(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_stands_in_both_languages(language: str) -> None:
    assert set(every_text(language)) == set(every_text("en"))
    assert set(KEYS) <= set(every_text(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_an_answer(language: str) -> None:
    acts = {rule.act for rule in rules_of(language)} | {ASK, *ASKS.values()}
    assert acts <= set(every_text(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_that_is_said_stands_in_the_one_file(language: str) -> None:
    known = Numbers.load().said
    said = {number for text in every_text(language).values() for number in ANY_NUMBER.findall(text)}
    assert said <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_is_longer_than_three_hundred_characters(language: str) -> None:
    assert {key: len(text) for key, text in every_text(language).items() if len(text) > LONGEST} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_diagnoses_doses_or_reassures(language: str) -> None:
    assert {key: text for key, text in every_text(language).items() if re.search(BANNED[language], text.lower())} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alarm_names_911_or_a_line_that_answers_at_any_hour(language: str) -> None:
    for key, text in every_text(language).items():
        assert "911" in text, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crisis_answer_names_988_beside_a_kind_sentence(language: str) -> None:
    for key in (
        "utter_report_crisis",
        "utter_report_crisis_now",
        "utter_report_crisis_ask",
        "utter_report_crisis_postpartum",
    ):
        text = every_text(language)[key]
        assert "988" in text, key
        assert text.index("988") > 20, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_repeats_the_frightening_words_or_shows_emojis(language: str) -> None:
    for text in every_text(language).values():
        assert not re.search(r"\bdie\b|\bkill|\bdead|\bmorir|\bmatar|\bmuert", text.lower())
        assert text.isprintable()
        assert max(map(ord, text)) < 0x2100


def test_numbers_are_fresh_until_their_days_are_over() -> None:
    numbers = Numbers.load()
    assert not numbers.is_stale(numbers.last_checked + timedelta(days=numbers.valid_days))
    assert numbers.is_stale(numbers.last_checked + timedelta(days=numbers.valid_days + 1))


def test_every_number_says_what_it_offers_and_where_that_was_read() -> None:
    for entry in Numbers.load().entries:
        assert entry.say
        assert entry.offers
        assert entry.source
