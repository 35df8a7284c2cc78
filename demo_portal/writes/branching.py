"""Which questions of a questionnaire are asked, by the answers so far (FHIR R4 Questionnaire, enableWhen)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from demo_portal.vocabulary import Resource

Given = dict[str, list[Resource]]
"""Answers by linkId."""
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def answers_in(response: Resource) -> Given:
    """All answers of a response, by the question they belong to."""
    found: Given = {}
    for item, _ in answered_items(response):
        found.setdefault(item["linkId"], []).extend(item.get("answer", []))
    return found


def answered_items(holder: Resource, parent: str = "") -> Iterator[tuple[Resource, str]]:
    """Every item of a response with the linkId of the one around it."""
    for item in holder.get("item", []):
        yield item, parent
        yield from answered_items(item, item["linkId"])
        for answer in item.get("answer", []):
            yield from answered_items(answer, item["linkId"])


def questions(
    holder: Resource, given: Given, asked: bool = True, parent: str = ""
) -> Iterator[tuple[Resource, bool, str]]:
    """Every item of a questionnaire, whether it is asked, and the linkId of the one around it."""
    for item in holder.get("item", []):
        here = asked and is_enabled(item, given)
        yield item, here, parent
        yield from questions(item, given, here, item["linkId"])


def is_enabled(item: Resource, given: Given) -> bool:
    """Whether the conditions of an item hold; without conditions it is always asked."""
    rules = item.get("enableWhen", [])
    if not rules:
        return True
    held = [_holds(rule, given.get(rule["question"], [])) for rule in rules]
    return any(held) if item.get("enableBehavior") == "any" else all(held)


def value_of(holder: Resource, name: str) -> Any:
    """A value[x] or answer[x] as something that can be compared; None when there is none."""
    kind = next((each for each in holder if each.startswith(name) and each != name), None)
    if kind is None:
        return None
    value = holder[kind]
    if isinstance(value, dict):
        return value.get("code", value.get("value"))
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


def _holds(rule: Resource, answers: list[Resource]) -> bool:
    if rule["operator"] == "exists":
        return bool(answers) == rule["answerBoolean"]
    wanted = value_of(rule, "answer")
    found = [value_of(each, "value") for each in answers]
    same = [each for each in found if type(each) is type(wanted)]
    return any(_COMPARE[rule["operator"]](each, wanted) for each in same)
