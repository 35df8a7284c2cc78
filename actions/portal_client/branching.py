"""Which questions are asked, by the answers so far (FHIR R4 Questionnaire, enableWhen)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from actions.portal_client.models.tracking import Answers, AnswerValue, Condition, Question, Questionnaire

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def asked(questionnaire: Questionnaire, answers: Answers) -> list[Question]:
    """The items that are asked or shown, in order; what is inside of something left out is left out too."""
    enabled: set[str] = set()
    found: list[Question] = []
    for question in questionnaire.questions:
        if enabled.issuperset(question.inside) and _is_enabled(question, answers):
            enabled.add(question.id)
            found.append(question)
    return found


def only_asked(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """The answers without those to questions that, by other answers, are not asked or no longer asked."""
    while True:
        shown = {each.id for each in asked(questionnaire, answers)}
        kept = {name: given for name, given in answers.items() if name in shown}
        if kept == answers:
            return kept
        answers = kept


def next_question(questionnaire: Questionnaire, answers: Answers) -> Question | None:
    """The first question that is asked and not answered; None when nothing is left to ask."""
    open_ones = (each for each in asked(questionnaire, answers) if each.kind not in ("group", "display"))
    return next((each for each in open_ones if each.id not in answers), None)


def _is_enabled(question: Question, answers: Answers) -> bool:
    if not question.conditions:
        return True
    held = [_holds(each, answers.get(each.question, ())) for each in question.conditions]
    return any(held) if question.any_condition else all(held)


def _holds(condition: Condition, given: tuple[AnswerValue, ...]) -> bool:
    if condition.operator == "exists":
        return bool(given) == condition.value
    same = [each for each in given if _sort(each) == _sort(condition.value)]
    return any(_COMPARE[condition.operator](each, condition.value) for each in same)


def _sort(value: AnswerValue) -> type:
    """Numbers compare with numbers, everything else with its own kind."""
    if isinstance(value, bool):
        return bool
    if isinstance(value, int | Decimal):
        return Decimal
    return date if isinstance(value, date) else str
