"""Questionnaires of the demo portal are valid FHIR, told in both languages, and their branches and scores hold together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from demo_portal.seed import sources
from demo_portal.seed.calendar import Calendar
from demo_portal.seed.folders import entries
from demo_portal.seed.questionnaires import HIDDEN, LEAST, MOST, ORDINAL, assigned, questionnaire, questionnaires
from demo_portal.validation import issues
from demo_portal.vocabulary import LOINC, PORTAL_REQUEST, TRANSLATION, codes_in, extension

ZONE = ZoneInfo("America/Los_Angeles")
SEED = sources.read(Calendar(date(2026, 3, 2), ZONE))
FORMS = {form["id"]: form for form in questionnaires(SEED)}
ANSWER_OF = {
    "boolean": "answerBoolean",
    "integer": "answerInteger",
    "decimal": "answerDecimal",
    "date": "answerDate",
    "string": "answerString",
    "text": "answerString",
    "choice": "answerCoding",
    "open-choice": "answerCoding",
}


def items(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in form.get("item", []):
        yield item
        yield from items(item)


def every_item() -> list[tuple[str, dict[str, Any]]]:
    return [(form["id"], item) for form in FORMS.values() for item in items(form)]


def by_code(form: dict[str, Any], loinc: str) -> dict[str, Any]:
    return next(item for item in items(form) for code in item.get("code", []) if code["code"] == loinc)


def scores(item: dict[str, Any]) -> list[float]:
    found = [extension(option, ORDINAL) for option in item.get("answerOption", [])]
    return [each["valueDecimal"] for each in found if each is not None]


def test_the_questionnaires_are_there_and_valid() -> None:
    assert set(FORMS) == {"phq-9", "gad-7", "pre-visit", "check-in"}
    assert {rid: [str(each) for each in issues(form, ZONE)] for rid, form in FORMS.items()} == dict.fromkeys(FORMS, [])
    assert all(form["subjectType"] == ["Patient"] and form["status"] == "active" for form in FORMS.values())
    assert len({form["url"] for form in FORMS.values()}) == len(FORMS)


@pytest.mark.parametrize("rid", FORMS)
def test_every_link_id_is_used_once(rid: str) -> None:
    counted = Counter(item["linkId"] for item in items(FORMS[rid]))

    assert max(counted.values()) == 1


@pytest.mark.parametrize("rid", FORMS)
def test_every_branch_depends_on_an_earlier_question_with_an_answer_it_can_have(rid: str) -> None:
    earlier: dict[str, dict[str, Any]] = {}
    for item in items(FORMS[rid]):
        for condition in item.get("enableWhen", []):
            asked = earlier[condition["question"]]
            name = "answerBoolean" if condition["operator"] == "exists" else ANSWER_OF[asked["type"]]
            assert name in condition
            if name == "answerCoding":
                options = [option["valueCoding"] for option in asked["answerOption"]]
                given = (condition[name]["system"], condition[name]["code"])
                assert given in [(option["system"], option["code"]) for option in options]
        earlier[item["linkId"]] = item


@pytest.mark.parametrize("rid", FORMS)
def test_numbers_that_branches_ask_for_can_be_given(rid: str) -> None:
    found = {item["linkId"]: item for item in items(FORMS[rid])}
    for item in found.values():
        for condition in item.get("enableWhen", []):
            for name in ("answerInteger", "answerDecimal"):
                if name in condition:
                    edges = [extension(found[condition["question"]], url) for url in (LEAST, MOST)]
                    least, most = (next(v for n, v in edge.items() if n != "url") for edge in edges if edge)
                    assert least <= condition[name] <= most


def test_the_forms_have_what_a_dialogue_must_cope_with() -> None:
    seen = [item for rid, item in every_item() if rid in ("pre-visit", "check-in")]
    types = {item["type"] for item in seen}
    operators = {condition["operator"] for item in seen for condition in item.get("enableWhen", [])}
    behaviors = {item.get("enableBehavior") for item in seen}

    assert types == {
        "choice", "boolean", "integer", "date", "string", "text", "decimal", "open-choice", "group", "display",
    }  # fmt: skip
    assert {"exists", "=", ">", "<", ">="} <= operators
    assert {"any", "all"} <= behaviors
    assert any(item.get("repeats") for item in seen)
    assert any(item.get("repeats") and item["type"] == "choice" for item in seen)
    assert any(item.get("required") for item in seen)
    assert any("enableWhen" in item and item["type"] == "group" for item in seen)


def test_every_text_is_told_in_spanish_too() -> None:
    for form in FORMS.values():
        assert_in_both(form, "title")
        assert_in_both(form, "description")
    for _, item in every_item():
        assert_in_both(item, "text")
        for option in item.get("answerOption", []):
            assert_in_both(option["valueCoding"], "display")


def assert_in_both(element: dict[str, Any], name: str) -> None:
    parts = element[f"_{name}"]["extension"][0]
    assert element[name].strip() == element[name] != ""
    assert parts["url"] == TRANSLATION
    assert parts["extension"][0] == {"url": "lang", "valueCode": "es"}
    assert parts["extension"][1]["valueString"].strip()
    assert element[name] == "No" or parts["extension"][1]["valueString"] != element[name]


@pytest.mark.parametrize(
    ("rid", "panel", "total", "questions", "highest"),
    [("phq-9", "44249-1", "44261-6", 9, 27), ("gad-7", "69737-5", "70274-6", 7, 21)],
)
def test_scores_come_from_the_options(rid: str, panel: str, total: str, questions: int, highest: int) -> None:
    form = FORMS[rid]
    scored = [item for item in items(form) if scores(item)]

    assert codes_in({"coding": form["code"]}, LOINC) == [panel]
    assert len(scored) == questions
    assert all(scores(item) == [0, 1, 2, 3] and item["required"] for item in scored)
    assert sum(max(scores(item)) for item in scored) == highest
    assert by_code(form, total)["readOnly"] is True
    assert extension(by_code(form, total), HIDDEN) == {"url": HIDDEN, "valueBoolean": True}


def test_the_phq_9_has_the_codes_of_loinc_in_order() -> None:
    asked = [item["code"][0]["code"] for item in items(FORMS["phq-9"]) if item["type"] == "choice"]
    options = by_code(FORMS["phq-9"], "44250-9")["answerOption"]

    assert asked == [
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8", "69722-7",
    ]  # fmt: skip
    assert [option["valueCoding"]["code"] for option in options] == ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]
    assert scores(by_code(FORMS["phq-9"], "69722-7")) == []


def test_the_question_about_self_harm_is_found_by_its_code() -> None:
    item = by_code(FORMS["phq-9"], "44260-8")

    assert item["required"] is True
    assert item["text"].startswith("Thoughts that you would be better off dead")
    assert "lastimarse" in item["_text"]["extension"][0]["extension"][1]["valueString"]


def test_the_last_question_of_the_phq_9_is_for_whoever_has_marked_something() -> None:
    item = by_code(FORMS["phq-9"], "69722-7")

    assert item["enableBehavior"] == "any"
    assert len(item["enableWhen"]) == 9
    assert {condition["operator"] for condition in item["enableWhen"]} == {"!="}


def test_people_are_given_a_questionnaire_by_a_request_for_them() -> None:
    people = [
        {"key": "a", "pcp": "chen", "questionnaires": ["phq-9"]},
        {"key": "b", "questionnaires": [{"form": "pre-visit", "visit": "b-chen-next", "until": "D+1"}]},
        {"key": "c"},
    ]
    mood, visit = assigned(sources.Seed(SEED.clinic, people, SEED.calendar))

    assert [issues(task, ZONE) for task in (mood, visit)] == [[], []]
    assert codes_in(mood["code"], PORTAL_REQUEST) == ["complete-questionnaire"]
    assert (mood["id"], mood["status"], mood["intent"]) == ("a-phq-9", "requested", "order")
    assert mood["for"] == {"reference": "Patient/a"}
    assert mood["focus"]["reference"] == "Questionnaire/phq-9"
    assert mood["restriction"] == {"period": {"end": "2026-03-16"}}
    assert mood["requester"]["reference"] == "Practitioner/chen"
    assert "basedOn" not in mood
    assert visit["basedOn"] == [{"reference": "Appointment/b-chen-next"}]
    assert visit["restriction"] == {"period": {"end": "2026-03-03"}}
    assert "requester" not in visit


def test_an_unknown_questionnaire_cannot_be_given() -> None:
    people = [{"key": "a", "questionnaires": ["phq-8"]}]

    with pytest.raises(ValueError, match="no questionnaire phq-8"):
        list(assigned(sources.Seed(SEED.clinic, people, SEED.calendar)))


def pre_visit() -> dict[str, Any]:
    return deepcopy(entries("questionnaires")["pre-visit"])


def item_of(form: dict[str, Any], key: str) -> dict[str, Any]:
    return next(item for item in form["items"] if item["id"] == key)


def test_a_question_without_spanish_stops_the_seed() -> None:
    form = pre_visit()
    del item_of(form, "pain")["es"]

    with pytest.raises(ValueError, match="pain is not told in es"):
        questionnaire(form, "Clinic")


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"question": "nothing", "is": "=", "answer": True}, "which is not asked"),
        ({"question": "pain", "is": "=", "answer": "yes"}, "cannot have"),
        ({"question": "pain", "is": ">", "answer": True}, "cannot have"),
        ({"question": "pain-strength", "is": ">", "answer": True}, "cannot have"),
        ({"question": "reason", "is": "=", "answer": "pain"}, "cannot have"),
        ({"question": "welcome", "is": "=", "answer": "yes"}, "cannot have"),
    ],
)
def test_a_branch_that_cannot_be_taken_stops_the_seed(when: dict[str, Any], said: str) -> None:
    form = pre_visit()
    item_of(form, "ask")["when"] = [when]

    with pytest.raises(ValueError, match=said):
        questionnaire(form, "Clinic")


def test_a_choice_without_options_stops_the_seed() -> None:
    form = pre_visit()
    item_of(form, "reason")["scale"] = "colors"

    with pytest.raises(ValueError, match="reason has no options"):
        questionnaire(form, "Clinic")
