"""Home readings, trackers, and questionnaires that are answered one question at a time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from actions.portal_client import Refused
from actions.portal_client.branching import asked, next_question, only_asked
from actions.portal_client.models.tracking import Answers, ReadingKind
from tests.contract.targets import Target, demo_only
from tests.fakes import A_TUESDAY

A_MONTH_AGO = (A_TUESDAY - timedelta(days=30)).date()
PHQ = ("interest", "mood", "sleep", "energy", "appetite", "failure", "concentration", "movement", "self-harm")


@pytest.mark.parametrize(
    ("kind", "values", "unit"),
    [
        ("weight", ("154.5",), "[lb_av]"),
        ("blood-pressure", ("128", "82"), "mm[Hg]"),
        ("glucose", ("104",), "mg/dL"),
        ("glucose", ("5.8",), "mmol/L"),
        ("temperature", ("37.2",), "Cel"),
        ("pulse", ("71",), "/min"),
        ("oxygen", ("97",), "%"),
        ("steps", ("8412",), "{steps}/d"),
        ("sleep", ("7.5",), "h"),
    ],
)
async def test_a_reading_is_written_down_and_read_again(
    target: Target, kind: ReadingKind, values: tuple[str, ...], unit: str
) -> None:
    maria = target.portal("maria")
    measured = tuple(Decimal(each) for each in values)
    at = A_TUESDAY - timedelta(hours=2)
    written = await maria.log_reading(kind, measured, unit, at, "key-1")
    assert written.grade == "native"
    assert await maria.log_reading(kind, measured, unit, at, "key-1") == written
    (found,) = await maria.readings(kind, A_MONTH_AGO)
    assert (found.id, found.values, found.unit, found.at) == (written.id, measured, unit, at)


@demo_only("its own range of what can be true")
async def test_a_reading_that_cannot_be_true_is_refused(target: Target) -> None:
    maria = target.portal("maria")
    with pytest.raises(Refused) as caught:
        await maria.log_reading("weight", (Decimal(9000),), "kg", A_TUESDAY, "key-1")
    assert caught.value.detail == "implausible"
    assert await maria.readings("weight", A_MONTH_AGO) == []


async def test_a_reading_that_is_not_measured_so_is_not_sent(target: Target) -> None:
    maria = target.portal("maria")
    with pytest.raises(ValueError, match="measured"):
        await maria.log_reading("blood-pressure", (Decimal(120),), "mm[Hg]", A_TUESDAY, "key-1")
    with pytest.raises(ValueError, match="measured"):
        await maria.log_reading("weight", (Decimal(70),), "mm[Hg]", A_TUESDAY, "key-1")
    assert "POST /fhir/Observation" not in target.wire.sent


@demo_only("who may see what")
async def test_readings_come_newest_first_and_from_the_day_on(target: Target) -> None:
    aisha = target.portal("aisha")
    found = await aisha.readings("blood-pressure", (A_TUESDAY - timedelta(days=60)).date())
    assert [each.values for each in found] == [
        (Decimal(115), Decimal(72)), (Decimal(116), Decimal(73)), (Decimal(114), Decimal(72)),
    ]  # fmt: skip


async def test_a_tracker_is_listed_and_disconnected(target: Target) -> None:
    james = target.portal("james")
    (scale,) = await james.connected_trackers()
    assert (scale.name, scale.since) == ("Withings scale", (A_TUESDAY - timedelta(days=120)).date())
    await james.disconnect_tracker(scale.id, "key-1")
    await james.disconnect_tracker(scale.id, "key-2")
    assert await james.connected_trackers() == []


async def test_a_questionnaire_that_waits_is_told_in_both_languages(target: Target) -> None:
    maria = target.portal("maria")
    (waiting,) = await maria.assigned_questionnaires()
    assert waiting.questionnaire_id == "phq-9"
    form = await maria.questionnaire(waiting.questionnaire_id)
    assert set(form.title) == {"en", "es"}
    assert all(set(each.words) == {"en", "es"} for each in form.questions)
    mood = next(each for each in form.questions if each.id == "mood")
    assert (mood.kind, mood.required, len(mood.options)) == ("choice", True, 4)
    assert mood.options[0].words == {"en": "Not at all", "es": "Ningún día"}
    assert next(each for each in form.questions if each.id == "self-harm").loinc == "44260-8"
    assert "total" not in [each.id for each in form.questions]


async def test_answers_are_kept_after_each_question_and_resumed(target: Target) -> None:
    maria = target.portal("maria")
    form = await maria.questionnaire("phq-9")
    assert await maria.saved_answers("phq-9") is None
    answers: Answers = {}
    for place in range(3):
        question = next_question(form, answers)
        assert question is not None
        answers[question.id] = (question.options[1].code,)
        await maria.save_answers("phq-9", answers, f"key-{place}", finished=False)
    kept = await target.portal("maria").saved_answers("phq-9")
    assert kept is not None
    assert (kept.answers, kept.finished, kept.score) == (answers, False, None)
    following = next_question(form, kept.answers)
    assert following is not None
    assert following.id == PHQ[3]


@demo_only("counts the score")
async def test_finished_answers_are_scored_and_no_longer_wait(target: Target) -> None:
    maria = target.portal("maria")
    answers: Answers = {name: ("LA6568-5" if name == "self-harm" else "LA6569-3",) for name in PHQ}
    done = await maria.save_answers("phq-9", answers, "key-1", finished=True)
    assert (done.finished, done.score) == (True, 8)
    assert await maria.assigned_questionnaires() == []
    assert await maria.saved_answers("phq-9") is None


@demo_only("its own refusals")
async def test_unfinished_answers_cannot_be_handed_in(target: Target) -> None:
    maria = target.portal("maria")
    with pytest.raises(Refused) as caught:
        await maria.save_answers("phq-9", {"mood": ("LA6568-5",)}, "key-1", finished=True)
    assert caught.value.detail == "incomplete"


async def test_what_is_asked_depends_on_the_answers(target: Target) -> None:
    form = await target.portal("james").questionnaire("pre-visit")

    def ids(answers: Answers) -> set[str]:
        return {each.id for each in asked(form, answers)}

    assert "symptom-what" not in ids({})
    assert "symptom-what" in ids({"reason": ("new-symptom",)})
    assert "symptom-course" not in ids({"reason": ("new-symptom",), "symptom-strength": (3,)})
    assert "symptom-urgent" in ids({"reason": ("new-symptom",), "symptom-strength": (8,)})
    assert "symptom-urgent" in ids({"reason": ("new-symptom",), "symptom-course": ("worse",)})
    assert "fever-since" in ids({"temperature": (Decimal("100.4"),)})
    assert "new-medicines-who" in ids({"new-medicines": ("ginger",)})
    assert "new-medicines-who" not in ids({})
    left = only_asked(form, {"pain": (False,), "pain-strength": (7,), "pain-sleep": (True,)})
    assert left == {"pain": (False,)}


async def test_answers_of_every_kind_come_back_as_they_were_given(target: Target) -> None:
    james = target.portal("james")
    given: Answers = {
        "reason": ("new-symptom",),
        "symptom-what": ("itching at night",),
        "symptom-since": (A_MONTH_AGO,),
        "symptom-strength": (5,),
        "pain": (True,),
        "pain-where": ("knee", "back"),
        "pain-strength": (4,),
        "temperature": (Decimal("99.5"),),
        "sugar": (False,),
    }
    written = await james.save_answers("pre-visit", given, "key-1", finished=False)
    assert written.answers == given
    in_words = await james.save_answers("pre-visit", {"reason": ("my old knee",)}, "key-2", finished=False)
    assert (in_words.id, in_words.answers) == (written.id, {"reason": ("my old knee",)})
