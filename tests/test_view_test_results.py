"""Showing test results: which ones, in which words, and what is not said where others may see or hear it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from actions.portal_client import ResultValue
from actions.results.view_test_results import (
    ActionViewTestResults,
    ValidateViewTestResultsForm,
    range_words,
    results_asked_for,
    value_words,
)
from tests.turns import Talk, result

LDL = ResultValue("LDL cholesterol", "162", "mg/dL", "<130", "H")
HDL = ResultValue("HDL cholesterol", "51", "mg/dL", ">=40", "N")
A1C = ResultValue("Hemoglobin A1c", "5.4", "%", "4.0-5.6", "N")
POTASSIUM = ResultValue("Potassium", "6.8", "mmol/L", "3.5-5.1", "HH")
STREP = ResultValue("Strep", "negative", "", "", None)
LIPIDS = result("Lipid panel", 13, LDL, HDL, comment="Let us talk about it.")
HEMOGLOBIN = result("Hemoglobin A1c", 12, A1C)
TSH = result("TSH", 16, status="pending")
SCREEN = result("STI screen", 11, ResultValue("HIV", "negative", "", "", "N"), restricted=True)


def talk_of(folder: Path, *results: Any, **more: Any) -> Talk:
    talk = Talk(folder, **more)
    talk.portal.results = list(results)
    return talk


async def see(talk: Talk, words: str = "my test results") -> None:
    talk.hears(words, "view_test_results")
    await talk.fills(ValidateViewTestResultsForm)
    await talk.does(ActionViewTestResults)


async def test_a_result_is_said_with_values_ranges_and_the_flags_of_the_lab(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, result("Lipid panel", 13, LDL, HDL))
    await see(talk)
    assert talk.acts == ["utter_view_test_results_result"]
    assert talk.value("test") == "Lipid panel"
    assert talk.value("date") == "March 13, 2026"
    assert talk.value("lines") == (
        "- LDL cholesterol: 162 mg/dL, marked high by the lab (range: under 130)\n- HDL cholesterol: 51 mg/dL (range: 40 or more)"
    )


async def test_a_result_comes_with_its_table(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, HEMOGLOBIN)
    await see(talk)
    rows = [{"name": "Hemoglobin A1c", "value": "5.4", "unit": "%", "range": "4.0 to 5.6", "flag": "N"}]
    assert talk.value("parts") == [{"type": "result", "name": "Hemoglobin A1c", "on": "2026-03-12", "rows": rows}]


async def test_what_the_provider_wrote_is_said_as_it_was_written(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, LIPIDS)
    await see(talk)
    assert (talk.acts, talk.value("comment")) == (["utter_view_test_results_commented"], "Let us talk about it.")


async def test_a_result_that_is_not_ready_is_said_to_be(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, TSH)
    await see(talk)
    assert (talk.acts, talk.value("test")) == (["utter_view_test_results_pending"], "TSH")


async def test_without_results_that_is_said(tmp_path: Path) -> None:
    talk = talk_of(tmp_path)
    await see(talk)
    assert talk.acts == ["utter_view_test_results_none"]


@pytest.mark.parametrize("channel", ["phone", "alexa"])
async def test_a_sensitive_result_is_not_read_aloud(tmp_path: Path, channel: str) -> None:
    talk = talk_of(tmp_path, SCREEN, channel=channel)
    await see(talk)
    assert talk.acts == ["utter_view_test_results_private"]
    assert "HIV" not in str(talk.said)
    assert "negative" not in str(talk.said)


async def test_a_sensitive_result_is_shown_on_the_screen(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, SCREEN)
    await see(talk)
    assert talk.acts == ["utter_view_test_results_result"]


@pytest.mark.parametrize("words", ["my test results", "my cholesterol", "anything abnormal"])
async def test_no_clinical_word_goes_into_a_text(tmp_path: Path, words: str) -> None:
    talk = talk_of(tmp_path, TSH, LIPIDS, SCREEN, channel="sms")
    await see(talk, words)
    assert (talk.acts, talk.value("ready"), talk.value("pending")) == (["utter_view_test_results_by_text"], 2, 1)
    assert all(word not in str(talk.said) for word in ("Lipid", "LDL", "162", "TSH", "STI"))


async def test_the_newest_three_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    many = [result(f"Test{number}", 10 - number, A1C) for number in range(5)]
    talk = talk_of(tmp_path, *many)
    await see(talk)
    assert talk.acts == ["utter_view_test_results_result"] * 3 + ["utter_view_test_results_more"]
    assert [message["test"] for message in talk.said[:3]] == ["Test0", "Test1", "Test2"]
    assert talk.said[-1]["count"] == 2


async def test_of_one_test_the_newest_is_shown_and_the_earlier_counted(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, HEMOGLOBIN, result("Hemoglobin A1c", 2, A1C), result("Hemoglobin A1c", 1, A1C))
    await see(talk, "my a1c")
    assert talk.acts == ["utter_view_test_results_result", "utter_view_test_results_earlier"]
    assert (talk.said[0]["date"], talk.said[1]["count"]) == ("March 12, 2026", 2)


async def test_only_what_the_lab_has_flagged_is_shown_when_that_is_asked(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, LIPIDS, HEMOGLOBIN, TSH)
    await see(talk, "are any of them abnormal")
    assert [message["test"] for message in talk.said] == ["Lipid panel"]


async def test_nothing_flagged_is_said_without_a_judgement(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, HEMOGLOBIN, TSH)
    await see(talk, "is anything out of range")
    assert talk.acts == ["utter_view_test_results_nothing_flagged"]


async def test_a_critical_value_adds_who_to_call(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, result("Potassium", 16, POTASSIUM))
    await see(talk)
    assert talk.acts == ["utter_view_test_results_result", "utter_view_test_results_call"]


async def test_a_critical_value_that_is_not_said_aloud_is_not_hinted_at(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, result("Potassium", 16, POTASSIUM, restricted=True), channel="phone")
    await see(talk)
    assert talk.acts == ["utter_view_test_results_private"]


async def test_aloud_the_values_are_one_sentence(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, result("Lipid panel", 13, LDL, HDL), channel="phone")
    await see(talk)
    assert " and HDL cholesterol" in talk.value("lines")
    assert "\n" not in talk.value("lines")


async def test_the_portal_is_asked_once(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, LIPIDS, HEMOGLOBIN)
    await see(talk)
    assert len(talk.portal.called("test_results")) == 1


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("did my cholesterol numbers come in", ["Lipid panel"]),
        ("my lipid panel", ["Lipid panel"]),
        ("cómo salió mi colesterol", ["Lipid panel"]),
        ("what's my a1c", ["Hemoglobin A1c"]),
        ("mi azúcar", ["Hemoglobin A1c"]),
        ("hemoglobina", ["Hemoglobin A1c"]),
        ("is the thyroid test back", ["TSH"]),
        ("la tiroides", ["TSH"]),
        ("the tsh and the cholesterol", ["TSH", "Lipid panel"]),
        ("cholestrol", ["Lipid panel"]),
        ("show me my results", None),
        ("mis resultados", None),
        ("which are high", ["Lipid panel"]),
        ("alguno salió mal", ["Lipid panel"]),
        ("", None),
    ],
)
def test_results_are_found_by_the_names_people_use(words: str, names: list[str] | None) -> None:
    found = results_asked_for(words, [TSH, LIPIDS, HEMOGLOBIN])
    assert (None if found is None else [each.name for each in found]) == names


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        (LDL, "en", "LDL cholesterol: 162 mg/dL, marked high by the lab (range: under 130)"),
        (LDL, "es", "LDL cholesterol: 162 mg/dL, el laboratorio lo marcó alto (rango: menos de 130)"),
        (STREP, "en", "Strep: negative"),
        (
            ResultValue("Sodium", "128", "mmol/L", "135-145", "L"),
            "en",
            "Sodium: 128 mmol/L, marked low by the lab (range: 135 to 145)",
        ),
        (ResultValue("Culture", "growth", "", "", "A"), "es", "Culture: growth, el laboratorio lo marcó anormal"),
        (ResultValue("X", "1", "", "", "WEIRD"), "en", "X: 1"),
    ],
)
def test_a_value_is_said_as_the_lab_wrote_it(value: ResultValue, language: str, words: str) -> None:
    assert value_words(value, language) == words


@pytest.mark.parametrize(
    ("reference", "english", "spanish"),
    [
        ("<=100", "100 or less", "100 o menos"),
        (">= 40", "40 or more", "40 o más"),
        ("<130", "under 130", "menos de 130"),
        (">60", "over 60", "más de 60"),
        ("0-99", "0 to 99", "0 a 99"),
        ("3.5 - 5.1", "3.5 to 5.1", "3.5 a 5.1"),
        ("negative", "negative", "negative"),
        ("", "", ""),
    ],
)
def test_a_range_is_said_in_words(reference: str, english: str, spanish: str) -> None:
    assert (range_words(reference, "en"), range_words(reference, "es")) == (english, spanish)
