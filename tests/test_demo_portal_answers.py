"""Answers to questionnaires in the demo portal: checked, scored, and looked at when it is urgent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from demo_portal.vocabulary import LOINC, OURS, PORTAL_REQUEST, QUESTIONNAIRE_SCORE, extension
from tests.demo_portal_case import Demo, Session, demo, matches, refusal, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]
NOT_AT_ALL, SEVERAL_DAYS = "LA6568-5", "LA6569-3"
PHQ = ("interest", "mood", "sleep", "energy", "appetite", "failure", "concentration", "movement", "self-harm")


def phq(**chosen: str) -> list[dict[str, Any]]:
    return [choice(name, chosen.get(name.replace("-", "_"), NOT_AT_ALL)) for name in PHQ]


def choice(name: str, code: str, system: str = LOINC) -> dict[str, Any]:
    return {"linkId": name, "answer": [{"valueCoding": {"system": system, "code": code}}]}


def said(name: str, **value: Any) -> dict[str, Any]:
    return {"linkId": name, "answer": [value]}


def response(
    form: str, items: list[dict[str, Any]], status: str = "in-progress", patient: str = "maria"
) -> dict[str, Any]:
    found = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{OURS}/Questionnaire/{form}",
        "status": status,
        "subject": {"reference": f"Patient/{patient}"},
        "item": items,
    }
    return {name: value for name, value in found.items() if value != []}


async def change(session: Session, kept: httpx.Response, **changes: Any) -> httpx.Response:
    rid = kept.json()["id"]
    now = await session.get(f"QuestionnaireResponse/{rid}")
    return await session.put(f"QuestionnaireResponse/{rid}", {**now.json(), **changes}, If_Match=now.headers["ETag"])


async def urgent(session: Session) -> list[dict[str, Any]]:
    return matches((await session.get("Task", code=f"{PORTAL_REQUEST}|self-harm-review")).json())


async def test_maria_has_a_questionnaire_to_answer(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    (asked,) = matches((await maria.get("Task", code="complete-questionnaire")).json())

    assert (asked["status"], asked["focus"]["reference"]) == ("requested", "Questionnaire/phq-9")


async def test_answers_are_kept_one_by_one_and_scored_at_the_end(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    items = phq(mood=SEVERAL_DAYS, sleep="LA6571-9")
    kept = await maria.post("QuestionnaireResponse", response("phq-9", items[:1]))
    assert kept.status_code == 201
    more = await change(maria, kept, item=items[:5])
    assert (more.status_code, extension(more.json(), QUESTIONNAIRE_SCORE)) == (200, None)

    done = await change(maria, kept, item=items, status="completed")

    score = extension(extension(done.json(), QUESTIONNAIRE_SCORE) or {}, "value")
    assert score is not None
    assert score["valueInteger"] == 4
    assert done.json()["item"][-1] == {"linkId": "total", "answer": [{"valueInteger": 4}]}
    (asked,) = matches((await maria.get("Task", code="complete-questionnaire")).json())
    assert asked["status"] == "completed"
    assert await urgent(maria) == []
    assert refusal(await change(maria, kept, status="in-progress")) == "not-changeable"


async def test_what_is_missing_keeps_it_from_being_finished(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answer = await maria.post("QuestionnaireResponse", response("phq-9", phq()[:8], "completed"))

    assert (answer.status_code, refusal(answer)) == (422, "incomplete")


async def test_thoughts_of_self_harm_are_told_to_the_staff_at_once_and_once(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    kept = await maria.post("QuestionnaireResponse", response("phq-9", [choice("self-harm", SEVERAL_DAYS)]))
    await change(maria, kept, item=phq(self_harm=SEVERAL_DAYS), status="completed")

    (told,) = await urgent(maria)

    assert (told["priority"], told["status"]) == ("stat", "requested")
    assert told["focus"]["reference"] == f"QuestionnaireResponse/{kept.json()['id']}"


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([choice("nope", NOT_AT_ALL)], "invalid-resource"),
        ([choice("mood", "LA6572-7")], "invalid-resource"),
        ([choice("mood", NOT_AT_ALL, "http://example.org")], "invalid-resource"),
        ([said("mood", valueBoolean=True)], "invalid-resource"),
        ([said("mood", valueString="fine")], "invalid-resource"),
        ([said("intro", valueString="hello")], "invalid-resource"),
        ([said("total", valueInteger=0)], "not-asked"),
        ([choice("difficulty", "LA6572-7")], "not-asked"),
        (
            [{"linkId": "mood", "answer": [{"valueCoding": {"system": LOINC, "code": NOT_AT_ALL}}] * 2}],
            "invalid-resource",
        ),
    ],
    ids=["unknown", "other option", "other system", "other kind", "words", "no question", "computed", "branch", "two"],
)
async def test_an_answer_that_does_not_fit_its_question_is_refused(
    demo: Demo, items: list[dict[str, Any]], code: str
) -> None:
    maria = await demo.sign_in("maria")

    answer = await maria.post("QuestionnaireResponse", response("phq-9", items))

    assert (answer.status_code, refusal(answer)) == (422, code)
    assert await maria.ids("QuestionnaireResponse") == []


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([said("reason", valueString="my knee")], ""),
        ([said("pain", valueBoolean=True), said("pain-where", valueString="knee")], ""),
        ([said("pain", valueBoolean=False), said("pain-where", valueString="knee")], "not-asked"),
        ([said("pain-where", valueString="knee")], "not-asked"),
        ([said("temperature", valueDecimal=200)], "invalid-resource"),
        ([said("temperature", valueDecimal=101.2), said("fever-since", valueDate="2026-03-01")], ""),
        ([said("temperature", valueDecimal=99.0), said("fever-since", valueDate="2026-03-01")], "not-asked"),
        ([said("symptom-what", valueString="itching")], "invalid-resource"),
        ([said("ask", valueString="x" * 1001)], "invalid-resource"),
    ],
    ids=["own words", "branch", "no branch", "no answer", "range", ">=", "less", "place", "length"],
)
async def test_branches_places_and_bounds(demo: Demo, items: list[dict[str, Any]], code: str) -> None:
    maria = await demo.sign_in("maria")

    answer = await maria.post("QuestionnaireResponse", response("pre-visit", items))

    assert (answer.is_success, refusal(answer)) == (not code, code)


async def test_what_is_inside_a_group_is_asked_with_it(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    inside = {"linkId": "symptom", "item": [said("symptom-what", valueString="itching")]}
    because = choice("reason", "new-symptom", f"{OURS}/CodeSystem/questionnaire-answer")

    asked = await maria.post("QuestionnaireResponse", response("pre-visit", [because, inside]))
    not_asked = await maria.post("QuestionnaireResponse", response("pre-visit", [inside]))

    assert (asked.status_code, refusal(not_asked)) == (201, "not-asked")


@pytest.mark.parametrize("form", ["nope", ""])
async def test_answers_to_no_questionnaire_are_refused(demo: Demo, form: str) -> None:
    maria = await demo.sign_in("maria")

    assert (await maria.post("QuestionnaireResponse", response(form, []))).status_code == 422


async def test_answers_belong_to_who_gave_them(demo: Demo) -> None:
    maria, rosa = await demo.sign_in("maria"), await demo.sign_in("rosa")
    kept = await maria.post("QuestionnaireResponse", response("phq-9", phq()[:1]))

    theirs = await rosa.get(f"QuestionnaireResponse/{kept.json()['id']}")
    for_maria = await rosa.post("QuestionnaireResponse", response("phq-9", phq()[:1]))

    assert (theirs.status_code, for_maria.is_success) == (404, False)
    assert kept.json()["source"] == {"reference": "Patient/maria"}
