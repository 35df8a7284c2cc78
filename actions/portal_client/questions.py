"""Reads FHIR R4 Questionnaire and QuestionnaireResponse, and drafts the response of some answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from actions.portal_client.fhir import Json, extension, id_of, number_in, text_in, to_day
from actions.portal_client.models.tracking import (
    OPERATORS,
    Answers,
    AnswerValue,
    Condition,
    Option,
    Question,
    QuestionKind,
    Questionnaire,
    SavedAnswers,
)
from actions.portal_client.staff import in_languages
from actions.portal_client.vocabulary import LOINC, QUESTIONNAIRE_SCORE

_HL7 = "http://hl7.org/fhir/StructureDefinition"
_KINDS: dict[str, QuestionKind] = {
    "group": "group",
    "display": "display",
    "boolean": "yes-no",
    "integer": "whole-number",
    "decimal": "number",
    "quantity": "number",
    "date": "date",
    "choice": "choice",
    "open-choice": "open-choice",
}
_ELEMENTS: dict[QuestionKind, str] = {
    "yes-no": "valueBoolean",
    "whole-number": "valueInteger",
    "number": "valueDecimal",
    "date": "valueDate",
}


def to_questionnaire(resource: Json, zone: ZoneInfo) -> Questionnaire:
    """A Questionnaire, its items laid out one after the other."""
    title = in_languages(resource, "title") if "title" in resource else {}
    questions = tuple(_to_question(item, around, zone) for item, around in _items(resource, ()))
    address = text_in(resource, "url") or f"Questionnaire/{id_of(resource)}"
    return Questionnaire(id_of(resource), address, title, questions)


def to_saved(response: Json, questionnaire: Questionnaire, zone: ZoneInfo) -> SavedAnswers:
    """Answers that were kept."""
    known = {each.id for each in questionnaire.questions}
    answers: Answers = {}
    for item in _answered(response):
        given = tuple(value for each in item.get("answer", []) if (value := _value(each, "value", zone)) is not None)
        if given and text_in(item, "linkId") in known:
            answers[text_in(item, "linkId")] = given
    finished = response["status"] in ("completed", "amended")
    return SavedAnswers(id_of(response), questionnaire.id, finished, answers, _score(response))


def to_items(questionnaire: Questionnaire, answers: Answers, around: tuple[str, ...] = ()) -> list[Json]:
    """The items of a response, nested as the questions are; groups without answers are left out."""
    items: list[Json] = []
    for question in questionnaire.questions:
        if question.inside != around:
            continue
        inner = to_items(questionnaire, answers, (*around, question.id))
        given = [_answer(question, value) for value in answers.get(question.id, ())]
        if given or inner:
            answered = {"answer": given} if given else {}
            items.append({"linkId": question.id, **answered, **({"item": inner} if inner else {})})
    return items


def _items(holder: Json, around: tuple[str, ...]) -> Iterator[tuple[Json, tuple[str, ...]]]:
    for item in holder.get("item", []):
        # What the portal computes by itself is nobody's to answer.
        if item.get("readOnly"):
            continue
        yield item, around
        yield from _items(item, (*around, text_in(item, "linkId")))


def _to_question(item: Json, around: tuple[str, ...], zone: ZoneInfo) -> Question:
    codings = [each for each in item.get("code", []) if each.get("system") == LOINC]
    return Question(
        id=text_in(item, "linkId"),
        kind=_KINDS.get(item["type"], "text"),
        words=in_languages(item, "text") if "text" in item else {},
        required=item.get("required") is True,
        repeats=item.get("repeats") is True,
        options=tuple(_to_option(each) for each in item.get("answerOption", [])),
        conditions=tuple(_to_condition(each, zone) for each in item.get("enableWhen", [])),
        any_condition=item.get("enableBehavior") == "any",
        inside=around,
        longest=int(number_in(item, "maxLength")) if "maxLength" in item else None,
        least=_bound(item, "minValue"),
        most=_bound(item, "maxValue"),
        unit=text_in((extension(item, f"{_HL7}/questionnaire-unit") or {}).get("valueCoding", {}), "code"),
        loinc=text_in(codings[0], "code") if codings else None,
    )


def _bound(item: Json, name: str) -> Decimal | None:
    found = extension(item, f"{_HL7}/{name}")
    return Decimal(_plain(found, "value")) if found else None


def _to_option(option: Json) -> Option:
    coding = option.get("valueCoding")
    if coding is None:
        said = str(_plain(option, "value"))
        return Option(said, "", {"en": said})
    words = in_languages(coding, "display") if "display" in coding else {"en": text_in(coding, "code")}
    return Option(text_in(coding, "code"), text_in(coding, "system"), words)


def _to_condition(rule: Json, zone: ZoneInfo) -> Condition:
    value = _value(rule, "answer", zone)
    how = text_in(rule, "operator")
    if value is None or how not in OPERATORS:
        raise ValueError("a condition without a value, or of no kind that there is")
    return Condition(text_in(rule, "question"), how, value)


def _plain(holder: Json, name: str) -> Any:
    return next((holder[each] for each in holder if each.startswith(name) and each != name), None)


def _value(holder: Json, name: str, zone: ZoneInfo) -> AnswerValue | None:
    """A value[x] or answer[x]; None when it is of a kind that is not asked for here."""
    kind = next((each for each in holder if each.startswith(name)), "").removeprefix(name)
    value = holder.get(f"{name}{kind}")
    if kind == "Coding" and isinstance(value, dict):
        return text_in(value, "code") or None
    if kind == "Quantity" and isinstance(value, dict):
        return number_in(value, "value")
    if kind in ("Date", "DateTime") and isinstance(value, str):
        return to_day(value, zone)
    return value if isinstance(value, bool | int | Decimal | str) else None


def _answered(holder: Json) -> Iterator[Json]:
    for item in holder.get("item", []):
        yield item
        yield from _answered(item)
        for answer in item.get("answer", []):
            yield from _answered(answer)


def _answer(question: Question, value: AnswerValue) -> Json:
    option = next((each for each in question.options if each.code == value), None)
    if option is not None and option.system:
        return {"valueCoding": {"system": option.system, "code": option.code, "display": option.words.get("en", "")}}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {"valueDate": value.isoformat()}
    return {_ELEMENTS.get(question.kind, "valueString"): value}


def _score(response: Json) -> int | None:
    kept = extension(extension(response, QUESTIONNAIRE_SCORE) or {}, "value")
    return int(number_in(kept, "valueInteger")) if kept else None
