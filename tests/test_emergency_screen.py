"""What the words around a danger phrase make of it, and what the screen does with odd text."""

from __future__ import annotations

import logging
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.emergency import learned
from channels.emergency.message import plain
from channels.emergency.screen import EmergencyScreen
from tests.emergency_sentences import heard, kind, screen

PLAIN = [
    ("I have chest pain", "emergency"),
    ("chest pain", "emergency"),
    ("my mom is having a stroke", "emergency"),
    ("i can't breathe", "emergency"),
    ("she won't wake up", "emergency"),
    ("my toddler drank bleach", "poison"),
    ("I took too many pills", "poison"),
    ("I want to kill myself", "crisis"),
    ("my boyfriend choked me", "violence"),
    ("me duele el pecho", "emergency"),
    ("a mi papá le dio un derrame", "emergency"),
    ("no puedo respirar", "emergency"),
    ("no despierta", "emergency"),
    ("mi niño se tomó cloro", "poison"),
    ("me quiero matar", "crisis"),
    ("mi esposo me golpea", "violence"),
]


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_plain_danger_raises_its_kind_of_alarm(text: str, expected: str) -> None:
    assert kind(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "CHEST PAIN!!!",
        "chset pian",
        "my cheset hurts",
        "cnt breath",
        "I can\u2019t breathe",
        "ＣＨＥＳＴ　ＰＡＩＮ",
        "chest... pain",
        "m duele el pcho",
    ],
)
def test_misspelt_shortened_and_shouted_danger_is_heard(text: str) -> None:
    assert kind(text) == "emergency"


@pytest.mark.parametrize(
    ("with_accents", "without"),
    [
        ("se desmayó mi mamá", "se desmayo mi mama"),
        ("tuve una convulsión ahora", "tuve una convulsion ahora"),
        ("se cayó y no despertó", "se callo y no desperto"),
    ],
)
def test_accents_make_no_difference(with_accents: str, without: str) -> None:
    assert kind(with_accents, "es") == kind(without, "es") == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "no chest pain, no shortness of breath",
        "denies palpitations; wants a new inhaler",
        "he has never had a seizure",
        "no tengo dolor de pecho",
        "sin falta de aire ni dolor de pecho",
    ],
)
def test_danger_that_is_denied_is_none(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "the pills aren't helping and my chest hurts",
        "i don't have my card and my husband can't speak",
        "no not tuesday, my chest hurts",
        "no me ayudan las pastillas y me duele el pecho",
        "no quiero esa cita, no puedo respirar",
    ],
)
def test_a_no_to_something_else_does_not_hide_danger(text: str) -> None:
    assert kind(text) == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "hospitalised for a clot in 2016",
        "I had a stroke in 2016, where is my bill",
        "tuve un infarto en 2018, lo agrega?",
    ],
)
def test_what_is_long_over_is_none(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "since the fall yesterday she keeps being sick",
        "had a heart attack in 2019 and this feels the same right now",
        "desde que se cayó ayer no deja de vomitar",
    ],
)
def test_what_began_earlier_and_goes_on_is_danger(text: str) -> None:
    assert kind(text) == "emergency"


@pytest.mark.parametrize(
    "text",
    ["family: two uncles with strokes", "my father died of a heart attack at 60", "mi abuelo murió de un infarto"],
)
def test_illness_in_the_family_long_ago_is_none(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize(
    "text", ["my uncle can't speak suddenly", "grandma is having a stroke", "a mi tío se le torció la boca"]
)
def test_a_relative_in_danger_now_is_danger(text: str) -> None:
    assert kind(text) == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "stroke clinic appointment",
        "the bill for my chest pain visit",
        "refill my seizure medicine",
        "cpr class this weekend",
        "la clase de prevención de derrames",
        "factura de la ambulancia",
    ],
)
def test_papers_classes_and_refills_named_after_danger_are_none(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "need more test strips and by the way dad went blue and floppy",
        "cancel my visit, my son is choking",
        "renueve mi receta y me duele el pecho",
    ],
)
def test_danger_beside_a_request_is_danger(text: str) -> None:
    assert kind(text) == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "this wait is killing me",
        "that bill nearly gave me a heart attack",
        "I'm dying to see my results",
        "my phone died",
        "me muero de risa",
        "estoy ahogada en papeleo",
        "esta espera me mata",
    ],
)
def test_figures_of_speech_are_none(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize(
    "text",
    ["what if my chest hurts at night?", "what should i do if he stops breathing", "qué hago si me duele el pecho"],
)
def test_what_may_happen_one_day_is_a_question_with_the_number(text: str) -> None:
    alarm = heard(text)
    assert alarm is not None
    assert alarm.kind == "ask"
    assert "911" in screen().replies(alarm, "en")


@pytest.mark.parametrize(
    "text",
    ["impression: no fracture seen", "the report says no acute hemorrhage", "el informe dice que no hay hemorragia"],
)
def test_a_quoted_note_is_none(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm not suicidal",
        "no thoughts of suicide today",
        "i was suicidal in 2015",
        "no he pensado en suicidarme",
    ],
)
def test_self_harm_in_any_context_is_at_least_a_question_with_988(text: str) -> None:
    alarm = heard(text)
    assert alarm is not None
    assert "988" in screen().replies(alarm, "en")


@pytest.mark.parametrize(
    "text", ["i swallowed all my pills because i want to die", "i slit my wrists", "me corté las venas"]
)
def test_an_attempt_that_has_begun_is_sent_to_911_and_988(text: str) -> None:
    alarm = heard(text)
    assert alarm is not None
    assert alarm.kind == "crisis"
    assert {"911", "988"} <= set(screen().replies(alarm, "en").replace(",", " ").replace(".", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        "my husband says it's nothing but his chest is tight and he's sweating",
        "probably just gas but there is pressure in my chest and my jaw hurts",
    ],
)
def test_somebody_playing_it_down_changes_nothing(text: str) -> None:
    assert kind(text) == "emergency"


def test_the_epipen_was_used_is_danger_even_when_all_is_better() -> None:
    assert kind("we used the epipen and she seems better now") == "emergency"


def test_spanish_danger_in_an_english_conversation_is_answered_in_spanish() -> None:
    alarm = heard("me duele mucho el pecho", "en")
    assert alarm is not None
    assert alarm.language == "es"
    assert screen().replies(alarm, "en") == screen().text("utter_report_emergency", "es")


def test_both_languages_in_one_message_are_heard() -> None:
    assert kind("el bebé se puso morado i cant wake him up") == "emergency"


def test_poisoning_with_a_person_who_does_not_wake_is_an_emergency() -> None:
    assert kind("he took a bunch of oxy and he won't wake up") == "emergency"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=1200))
def test_no_text_breaks_the_screen(text: str) -> None:
    assert heard(text) is None or heard(text) is not None


HOSTILE = [
    "chest pain " * 90,
    "no " * 333,
    "a" * 1000,
    "1 " * 500,
    "chest not " * 100,
    "(((((" * 200,
    "i want to die " * 71,
    "ab" * 500,
    "\u0301" * 1000,
]


@pytest.mark.timed
@pytest.mark.parametrize("text", HOSTILE)
def test_the_longest_and_worst_text_takes_no_more_than_a_few_milliseconds(text: str) -> None:
    def spent() -> float:
        start = time.process_time()
        heard(text)
        return time.process_time() - start

    # 5 ms is the target and is met on an idle core; the bound leaves room for a machine that does other things too.
    assert min(spent() for _ in range(7)) < 0.012


def test_only_the_first_thousand_characters_are_read() -> None:
    assert len(plain("x" * 5000)) <= 1000


def test_without_the_weights_the_patterns_go_on_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nowhere = tmp_path_factory.mktemp("empty") / "weights.json"
    monkeypatch.setattr(learned.load, "__defaults__", (nowhere,))
    alarm = EmergencyScreen.load().check("chest pain", "en")
    assert alarm is not None
    assert alarm.kind == "emergency"


def test_danger_that_no_pattern_holds_is_heard_too() -> None:
    alarm = heard("something is wrong with my dad he keeps dropping things and half his smile is gone")
    assert alarm is not None
    assert alarm.kind == "emergency"


@pytest.mark.parametrize(
    "text", ["what floor", "He's six", "ok", "yes", "sí", "el martes", "Willamette", "541 555 0101"]
)
def test_a_short_answer_is_no_danger(text: str) -> None:
    assert kind(text) is None


def test_nothing_of_a_message_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        heard("my chest hurts and my name is Zebulon Quartermain")
    assert "Zebulon" not in caplog.text
    assert "chest" not in caplog.text
