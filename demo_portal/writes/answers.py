"""What patients answer to questionnaires: checked against the questions, scored, and looked at when it is urgent."""

from __future__ import annotations

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer, new_id, stored
from demo_portal.store import criteria, searching
from demo_portal.store.indexing import target
from demo_portal.vocabulary import (
    LOINC,
    PORTAL_REQUEST,
    QUESTIONNAIRE_SCORE,
    Resource,
    codes_in,
    concept,
    extension,
    reference,
)
from demo_portal.writes.attempt import Attempt, keep, only_changes, replace, said_by_patient
from demo_portal.writes.branching import Given, answered_items, answers_in, questions, value_of

HL7 = "http://hl7.org/fhir/StructureDefinition"
ORDINAL = f"{HL7}/ordinalValue"
SELF_HARM = "44260-8"
"""LOINC: thoughts that one would be better off dead, or of hurting oneself."""
TOTALS = {"44249-1": "44261-6", "69737-5": "70274-6"}
"""LOINC: questionnaires with a total score (PHQ-9, GAD-7), and the code of that score."""
_VALUES = {
    "boolean": ("valueBoolean",),
    "decimal": ("valueDecimal",),
    "integer": ("valueInteger",),
    "date": ("valueDate",),
    "dateTime": ("valueDateTime",),
    "time": ("valueTime",),
    "string": ("valueString",),
    "text": ("valueString",),
    "url": ("valueUri",),
    "quantity": ("valueQuantity",),
    "choice": ("valueCoding",),
    "open-choice": ("valueCoding", "valueString"),
}
_SAID = ("status", "item", "authored", "extension")


def keep_answers(attempt: Attempt) -> Answer:
    """Keep the first answers, finished or not."""
    return _settle(attempt, keep(attempt, _checked(attempt)))


def change_answers(attempt: Attempt) -> Answer:
    """Keep more answers, until it is finished.

    Raises:
        Unprocessable: it is finished already.
    """
    only_changes(attempt, *_SAID)
    if attempt.before["status"] != "in-progress":
        raise Unprocessable("These answers are finished.", "not-changeable", "QuestionnaireResponse.status")
    return _settle(attempt, replace(attempt, _checked(attempt)))


def _checked(attempt: Attempt) -> Resource:
    """The answers as they are stored: fit to the questions, with who gave them and the score."""
    body = attempt.body
    if body["status"] not in ("in-progress", "completed"):
        raise Unprocessable("Answers are in-progress or completed.", "not-changeable", "QuestionnaireResponse.status")
    asked = _questionnaire(attempt)
    check(asked, body, finished=body["status"] == "completed")
    plain = {name: value for name, value in body.items() if name != "extension"}
    said = said_by_patient(attempt)
    stamped = {**plain, "authored": attempt.now, "author": said, "source": said}
    points = _points(asked, body) if body["status"] == "completed" else None
    return stamped if points is None else _with_total(stamped, asked, points)


def check(asked: Resource, response: Resource, finished: bool) -> None:
    """See that the answers fit the questions; when it is finished, that none is missing.

    Raises:
        Invalid: a question is unknown or an answer of the wrong kind.
        Unprocessable: an answer is to a question that is not asked, or one is missing.
    """
    given = answers_in(response)
    known = {item["linkId"]: parent for item, _, parent in questions(asked, given)}
    for item, parent in answered_items(response):
        if known.get(item["linkId"]) != parent:
            raise Invalid("There is no such question at this place.", "value", "QuestionnaireResponse.item")
    for item, is_asked, _ in questions(asked, given):
        answers = given.get(item["linkId"], [])
        if answers and (not is_asked or item.get("readOnly")):
            raise Unprocessable("This question is not asked.", "not-asked", "QuestionnaireResponse.item")
        if len(answers) > 1 and not item.get("repeats"):
            raise Invalid("This question has one answer.", "value", "QuestionnaireResponse.item.answer")
        for each in answers:
            _check_answer(item, each)
        if finished and is_asked and item.get("required") and item["type"] in _VALUES and not answers:
            raise Unprocessable("An answer is missing.", "incomplete", "QuestionnaireResponse.item")


def _check_answer(item: Resource, answer: Resource) -> None:
    where = "QuestionnaireResponse.item.answer"
    kind = next((name for name in answer if name.startswith("value")), "")
    if kind not in _VALUES.get(item["type"], ()):
        raise Invalid(f"This question is answered by {item['type']}.", "value", where)
    if kind == "valueCoding" and "answerOption" in item and _option(item, answer) is None:
        raise Invalid("This is none of the answers to choose from.", "code-invalid", where)
    if kind in ("valueInteger", "valueDecimal") and not _in_range(item, answer[kind]):
        raise Invalid("This number is too small or too large.", "value", where)
    if kind == "valueString" and len(answer[kind]) > item.get("maxLength", 4000):
        raise Invalid("This answer is too long.", "value", where)


def _in_range(item: Resource, number: float) -> bool:
    least, most = (extension(item, f"{HL7}/{name}") or {} for name in ("minValue", "maxValue"))
    low, high = (value_of(each, "value") for each in (least, most))
    return (low is None or low <= number) and (high is None or number <= high)


def _option(item: Resource, answer: Resource) -> Resource | None:
    """The option that was chosen."""
    chosen = answer.get("valueCoding", {})
    return next(
        (each for each in item.get("answerOption", []) if _same(each.get("valueCoding", {}), chosen)),
        None,
    )


def _same(option: Resource, chosen: Resource) -> bool:
    return bool(chosen.get("code")) and (option.get("system"), option.get("code")) == (
        chosen.get("system"),
        chosen.get("code"),
    )


def _questionnaire(attempt: Attempt) -> Resource:
    """The questionnaire that is answered, named by its address or by its id."""
    where = "QuestionnaireResponse.questionnaire"
    url = attempt.body.get("questionnaire", "").partition("|")[0]
    if not url:
        raise Invalid("Say which questionnaire it answers.", "required", where)
    found = searching.matches(attempt.resources, criteria.parse("Questionnaire", [("url", url)]))
    named = target(url)
    by_id = attempt.resources.find("Questionnaire", named.id) if named and named.rtype == "Questionnaire" else None
    asked = next(iter(found), by_id)
    if asked is None:
        raise Unprocessable("There is no such questionnaire.", "unknown-reference", where)
    return asked


def _ordinal(item: Resource, answer: Resource) -> int | None:
    """How much an answer counts; None when it does not count."""
    option = _option(item, answer) or {}
    holders = (option, option.get("valueCoding", {}))
    found = [each for holder in holders for each in holder.get("extension", []) if each.get("url") == ORDINAL]
    return int(found[0]["valueDecimal"]) if found else None


def _counts(asked: Resource, given: Given) -> list[tuple[Resource, int]]:
    """Each question whose answer counts, and how much."""
    pairs = [
        (item, _ordinal(item, each)) for item, _, _ in questions(asked, given) for each in given.get(item["linkId"], [])
    ]
    return [(item, count) for item, count in pairs if count is not None]


def _total_code(asked: Resource) -> str | None:
    return next((TOTALS[code] for each in asked.get("code", []) if (code := each.get("code")) in TOTALS), None)


def _points(asked: Resource, response: Resource) -> int | None:
    """The total score; None when the questionnaire has none."""
    if _total_code(asked) is None:
        return None
    return sum(count for _, count in _counts(asked, answers_in(response)))


def _with_total(response: Resource, asked: Resource, points: int) -> Resource:
    """The finished answers with their score, as an extension and in the item that is kept for it."""
    code = _total_code(asked) or ""
    parts = [{"url": "code", "valueCodeableConcept": concept(LOINC, code)}, {"url": "value", "valueInteger": points}]
    kept = [each for each in asked["item"] if each.get("readOnly") and any(c["code"] == code for c in each["code"])]
    total = [{"linkId": each["linkId"], "answer": [{"valueInteger": points}]} for each in kept]
    score = {"url": QUESTIONNAIRE_SCORE, "extension": parts}
    return {**response, "extension": [score], "item": [*response.get("item", []), *total]}


def _settle(attempt: Attempt, answer: Answer) -> Answer:
    """See to what follows from the answers: somebody is told at once, and what was asked for is done."""
    asked, response = _questionnaire(attempt), answer.body
    if _is_at_risk(asked, answers_in(response)):
        _tell_staff(attempt, response)
    if response["status"] == "completed":
        _finish_request(attempt, asked)
    return stored(response, attempt.call.base, answer.status)


def _is_at_risk(asked: Resource, given: Given) -> bool:
    return any(
        count > 0 and any(each.get("code") == SELF_HARM for each in item.get("code", []))
        for item, count in _counts(asked, given)
    )


def _tell_staff(attempt: Attempt, response: Resource) -> None:
    """Ask the care team, once, to look at these answers before anything else."""
    about = f"QuestionnaireResponse/{response['id']}"
    asked = [("code", f"{PORTAL_REQUEST}|self-harm-review"), ("focus", about)]
    if searching.matches(attempt.resources, criteria.parse("Task", asked)):
        return
    attempt.resources.create(
        {
            "resourceType": "Task",
            "id": new_id(),
            "status": "requested",
            "intent": "order",
            "priority": "stat",
            "code": concept(PORTAL_REQUEST, "self-harm-review"),
            "focus": {"reference": about},
            "for": reference("Patient", attempt.patient),
            "authoredOn": attempt.now,
            "lastModified": attempt.now,
        }
    )


def _finish_request(attempt: Attempt, asked: Resource) -> None:
    """Mark the request to answer this questionnaire as done."""
    wanted = [
        ("code", f"{PORTAL_REQUEST}|complete-questionnaire"),
        ("focus", f"Questionnaire/{asked['id']}"),
        ("status", "requested,received,accepted,in-progress,ready"),
    ]
    for task in searching.matches(attempt.resources, criteria.parse("Task", wanted)):
        if "complete-questionnaire" in codes_in(task["code"], PORTAL_REQUEST):
            attempt.resources.amend({**task, "status": "completed", "lastModified": attempt.now})
