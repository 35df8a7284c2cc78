"""Showing test results: the newest, or those that a name, a kind or a word like "abnormal" asks for. Never a judgement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from actions.portal_client import ResultValue, TestResult
from actions.reading.choices import matching_names
from actions.reading.words import fold
from actions.task import Question, Remark, TaskAction, TaskForm
from actions.turn import Event, Turn
from actions.verification import sign_in_questions
from actions.wording import date_words, listed

SHOWN = 3
ABNORMAL = re.compile(
    r"\b(?:abnormal|high|low|flag(?:ged)?|out of range|off|wrong|anormal(?:es)?|alt[oa]s?|baj[oa]s?|fuera de rango|mal)\b"
)
ALIASES = {
    "colesterol": "cholesterol", "lipids": "lipid", "lipidos": "lipid", "trigliceridos": "triglycerides",
    "hba1c": "a1c", "hemoglobina": "hemoglobin", "azucar": "a1c", "sugar": "a1c",
    "thyroid": "tsh", "tiroides": "tsh", "kidney": "creatinine", "rinon": "creatinine", "rinones": "creatinine", "creatinina": "creatinine",
    "strep": "strep", "estreptococo": "strep", "mamografia": "mammogram", "mamograma": "mammogram", "potasio": "potassium",
    "glucosa": "glucose", "biopsia": "biopsy", "hemograma": "cbc",
}  # fmt: skip
FLAGS = {"H": "high", "HH": "high", "L": "low", "LL": "low", "A": "abnormal", "AA": "abnormal"}
COMMON_TO_TESTS = frozenset(
    ["test", "tests", "panel", "result", "results", "total", "level", "levels", "screen", "count", "with", "and"]
)
CRITICAL = frozenset({"HH", "LL", "AA"})


class ViewTestResultsQuery(Remark):
    """What was asked for in the words that opened the task; never asked."""

    slot = "view_test_results_query"
    of_record = False

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        return turn.text or None


class ValidateViewTestResultsForm(TaskForm):
    """Needs to know who asks, and keeps the words in which it was asked."""

    capability = "view_test_results"

    def questions(self) -> Sequence[Question]:
        return [*sign_in_questions(self.capability), ViewTestResultsQuery()]


class ActionViewTestResults(TaskAction):
    """Says each result with its values, ranges and the laboratory's own flags; what is pending is said to be."""

    form = ValidateViewTestResultsForm

    async def do(self, turn: Turn) -> list[Event]:
        results = await (await turn.portal()).test_results()
        if not results:
            turn.utter("utter_view_test_results_none")
            return []
        if turn.channel == "sms":
            # No clinical word goes into a text message.
            pending = sum(result.status == "pending" for result in results)
            turn.utter("utter_view_test_results_by_text", ready=len(results) - pending, pending=pending)
            return []
        asked = results_asked_for(str(turn.slot("view_test_results_query") or ""), results)
        if asked is not None and not asked:
            turn.utter("utter_view_test_results_nothing_flagged")
            return []
        newest = newest_of_each(results if asked is None else asked)
        shown = newest[:SHOWN]
        for result in shown:
            say_result(turn, result)
        if len(newest) > len(shown):
            turn.utter("utter_view_test_results_more", count=len(newest) - len(shown))
        elif asked is not None and len(asked) > len(shown):
            turn.utter("utter_view_test_results_earlier", count=len(asked) - len(shown))
        if any(value.flag in CRITICAL for result in shown if not result.restricted for value in result.values):
            turn.utter("utter_view_test_results_call")
        return []


def results_asked_for(words: str, results: list[TestResult]) -> list[TestResult] | None:
    """The results that the words name; None when they name none, empty when only flagged ones were wanted and there are none."""
    said: list[str] = re.findall(r"[a-z0-9]+", fold(words))
    folded = " ".join(ALIASES.get(word, word) for word in said)
    named = [result for result in results if matching_names(folded, _names(result), cutoff=88)]
    if named:
        return named
    if ABNORMAL.search(folded):
        return [result for result in results if any(value.flag in FLAGS for value in result.values)]
    return None


def _names(result: TestResult) -> list[str]:
    """The words that a test and what it measures may be called by; not those that every test shares."""
    words = re.findall(r"[a-z0-9]{3,}", fold(" ".join([result.name, *(value.name for value in result.values)])))
    return [word for word in dict.fromkeys(words) if word not in COMMON_TO_TESTS]


def newest_of_each(results: list[TestResult]) -> list[TestResult]:
    """The newest result of each test; `results` is newest first."""
    newest: dict[str, TestResult] = {}
    for result in results:
        newest.setdefault(result.name, result)
    return list(newest.values())


def say_result(turn: Turn, result: TestResult) -> None:
    """One result in words; a sensitive one only by name, and where to see it."""
    values: dict[str, str] = {"test": result.name, "date": date_words(result.on, turn.language)}
    if result.status == "pending":
        turn.utter("utter_view_test_results_pending", **values)
        return
    if result.restricted and turn.heard:
        turn.utter("utter_view_test_results_private", **values)
        return
    lines = [value_words(value, turn.language) for value in result.values]
    table = [
        {
            "name": value.name,
            "value": value.value,
            "unit": value.unit,
            "range": range_words(value.reference_range, turn.language),
            "flag": value.flag,
        }
        for value in result.values
    ]
    values["values"] = listed(lines, turn.language) if turn.heard else "\n".join(f"- {line}" for line in lines)
    parts = [{"type": "result", "name": result.name, "on": result.on.isoformat(), "rows": table}]
    response = "utter_view_test_results_commented" if result.comment else "utter_view_test_results_result"
    turn.utter(response, parts=parts, comment=result.comment or "", **{"lines": values.pop("values"), **values})


def value_words(value: ResultValue, language: str) -> str:
    """'LDL cholesterol: 162 mg/dL, marked high by the lab (range: under 130)'."""
    marked = {
        "en": {
            "high": "marked high by the lab",
            "low": "marked low by the lab",
            "abnormal": "marked abnormal by the lab",
        },
        "es": {
            "high": "el laboratorio lo marcó alto",
            "low": "el laboratorio lo marcó bajo",
            "abnormal": "el laboratorio lo marcó anormal",
        },
    }[language]
    said = f"{value.name}: {value.value} {value.unit}".strip()
    if value.flag in FLAGS:
        said += f", {marked[FLAGS[value.flag]]}"
    if value.reference_range:
        said += f" ({'rango' if language == 'es' else 'range'}: {range_words(value.reference_range, language)})"
    return said


def range_words(reference: str, language: str) -> str:
    """'<=100' as '100 or less', '0-99' as '0 to 99'; any other range as the laboratory wrote it."""
    bound = re.fullmatch(r"(<=?|>=?)\s*(.+)", reference)
    if bound:
        less = bound[1].startswith("<")
        if language == "es":
            return (
                f"{bound[2]} o {'menos' if less else 'más'}"
                if "=" in bound[1]
                else f"{'menos' if less else 'más'} de {bound[2]}"
            )
        return (
            f"{bound[2]} or {'less' if less else 'more'}"
            if "=" in bound[1]
            else f"{'under' if less else 'over'} {bound[2]}"
        )
    between = re.fullmatch(r"([\d.]+)\s*-\s*([\d.]+)", reference)
    return f"{between[1]} {'a' if language == 'es' else 'to'} {between[2]}" if between else reference
