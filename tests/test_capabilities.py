"""The catalogue against every layer, both ways: nothing is missing, and nothing is there without a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.capabilities import Capabilities, Capability

ROOT = Path(__file__).parent.parent
LANGUAGES = ("en", "es")
NOT_IN_THE_CATALOGUE = {"inform", "code_checked", "nlu_fallback"}
ROWS = Capabilities.load().rows
BUILT = [row for row in ROWS if not row.planned]
MIN_SENTENCES = 40


def files(*parts: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(ROOT.joinpath(*parts).rglob("*.yml")):
        yield path, yaml.safe_load(path.read_text(encoding="utf-8"))


@cache
def sentences(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, content in files("assistant", "data", "nlu", language):
        for block in content["nlu"]:
            found.setdefault(block["intent"], []).extend(line[2:] for line in block["examples"].splitlines())
    return found


@cache
def replies(language: str) -> set[str]:
    return {key for _, content in files("assistant", "responses", language) for key in content["responses"]}


@cache
def intents_with_a_rule() -> set[str]:
    found: set[str] = set()
    for _, content in files("assistant", "data", "stories"):
        for rule in content["rules"]:
            steps = [step for outer in rule["steps"] for step in outer.get("or", [outer])]
            found |= {step["intent"] for step in steps if "intent" in step}
    return found


@cache
def python_of_actions() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "actions").rglob("*.py")))


@cache
def languages_played() -> dict[str, set[str]]:
    """Capability -> the languages in which a conversation plays it."""
    found: dict[str, set[str]] = {}
    for _, content in files("tests", "conversations"):
        for conversation in content["conversations"]:
            for capability in conversation["plays"]:
                found.setdefault(capability, set()).add(conversation["language"])
    return found


def said_in_conversations() -> set[str]:
    """What people say in the conversation tests, from four words on; shorter ones are common property."""
    said = (
        turn["say"]
        for _, content in files("tests", "conversations")
        for each in content["conversations"]
        for turn in each["turns"]
        if "say" in turn
    )
    return {line.casefold() for line in said if len(line.split()) >= 4}


def test_no_sentence_of_the_conversations_is_a_training_sentence() -> None:
    trained = {line.casefold() for language in LANGUAGES for lines in sentences(language).values() for line in lines}
    assert said_in_conversations() & trained == set()


def test_the_catalogue_holds_the_108_promises_once() -> None:
    ids = [row.id for row in ROWS]
    assert len(ids) == len(set(ids)) == 108


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_has_known_words_only(row: Capability) -> None:
    assert row.access in ("public", "verified", "step_up")
    assert row.kind in ("read", "write", "guide")
    assert set(row.acts_for) <= {"self", "child", "teen", "adult"}
    assert row.title_en
    assert row.title_es


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_capability_has_training_sentences(row: Capability, language: str) -> None:
    assert len(sentences(language).get(row.id, [])) >= MIN_SENTENCES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_training_intent_has_a_row(language: str) -> None:
    assert set(sentences(language)) - NOT_IN_THE_CATALOGUE <= set(Capabilities.load().ids)


def test_every_training_file_lies_in_the_folder_of_its_area() -> None:
    for language in LANGUAGES:
        for path, content in files("assistant", "data", "nlu", language):
            for block in content["nlu"]:
                if block["intent"] not in NOT_IN_THE_CATALOGUE:
                    assert Capabilities.load()[block["intent"]].area in (path.stem, path.parent.name), path


def test_every_capability_has_a_rule_and_every_rule_a_capability() -> None:
    assert intents_with_a_rule() - NOT_IN_THE_CATALOGUE == set(Capabilities.load().ids)


def test_exactly_the_planned_rows_are_on_the_planned_list() -> None:
    content = yaml.safe_load((ROOT / "assistant/data/stories/_planned.yml").read_text(encoding="utf-8"))
    listed = {step["intent"] for step in content["rules"][0]["steps"][0]["or"]}
    # talk_to_person says already how to reach one; it is complete only with transfer and ticket.
    assert listed | {"talk_to_person"} == {row.id for row in ROWS if row.planned}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", BUILT, ids=lambda row: row.id)
def test_a_built_capability_has_replies_of_its_own(row: Capability, language: str) -> None:
    stem = re.compile(rf"utter_(ask_)?{row.id}(_|$)")
    assert any(stem.match(reply) for reply in replies(language))


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row.id)
def test_a_built_capability_is_played_in_both_languages(row: Capability) -> None:
    assert languages_played().get(row.id, set()) == set(LANGUAGES)


def test_every_reply_that_an_action_says_exists_and_every_reply_is_said() -> None:
    said = set(re.findall(r'"(utter_\w+)"', python_of_actions()))
    # Two replies are named by their language.
    said |= {"utter_change_language_en", "utter_change_language_es"}
    rules = {
        step["action"]
        for _, content in files("assistant", "data", "stories")
        for rule in content["rules"]
        for step in rule["steps"]
        if "action" in step
    }
    by_rule = {action for action in rules if action.startswith("utter_")}
    gateway = {key for key in replies("en") if key.startswith(("utter_report_emergency", "utter_report_crisis"))}
    questions = {
        f"utter_ask_{slot}"
        for _, content in files("assistant", "data", "stories")
        for form in content.get("forms", {}).values()
        for slot in form["required_slots"]
    }
    assert said - replies("en") == set()
    assert replies("en") - said - by_rule - gateway - questions == set()


def test_every_slot_that_a_form_asks_for_has_its_question() -> None:
    never_asked = {
        "book_appointment_place",
        "view_test_results_query",
        "view_access_log_query",
        "privacy_question_erase",
    }
    for path, content in files("assistant", "data", "stories"):
        for form in content.get("forms", {}).values():
            for slot in set(form["required_slots"]) - never_asked:
                assert f"utter_ask_{slot}" in replies("en") or f'"action_ask_{slot}"' in python_of_actions(), (
                    path,
                    slot,
                )
