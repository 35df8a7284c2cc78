"""The health record, asked of any server, and what a person may add to it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import pytest

from actions.portal_client.errors import OutcomeUnknown, Refused
from actions.portal_client.models.records import Prism
from tests.contract.targets import Target, demo_only, if_capable
from tests.fakes import A_TUESDAY

TODAY = A_TUESDAY.date()


async def test_an_allergy_is_told_with_reaction_and_severity(target: Target) -> None:
    found = await target.portal("maria").allergies()
    (penicillin,) = found.listed
    assert found.answer == "listed"
    assert (penicillin.to, penicillin.reaction, penicillin.severity) == ("penicillin", "hives", "moderate")
    assert not penicillin.by_patient


@pytest.mark.parametrize(("patient", "answer"), [("james", "none-known"), ("wei", "never-asked")])
async def test_none_known_is_not_the_same_as_never_asked(target: Target, patient: str, answer: str) -> None:
    found = await target.portal(patient).allergies()
    assert (found.answer, found.listed) == (answer, ())


@if_capable("AllergyIntolerance.create")
async def test_an_allergy_that_is_told_is_on_the_list_as_told_by_the_person(target: Target) -> None:
    james = target.portal("james")
    receipt = await james.report_allergy("latex", "rash", "mild", "k1")
    found = await james.allergies()
    assert (receipt.grade, found.answer) == ("native", "listed")
    assert [(each.to, each.reaction, each.severity, each.by_patient) for each in found.listed] == [
        ("latex", "rash", "mild", True)
    ]


@if_capable("AllergyIntolerance.create")
async def test_the_same_allergy_with_the_same_key_is_written_once(target: Target) -> None:
    wei = target.portal("wei")
    first = await wei.report_allergy("nuts", "", None, "k1")
    assert (await wei.report_allergy("nuts", "", None, "k1")).id == first.id
    assert len((await wei.allergies()).listed) == 1


@if_capable("AllergyIntolerance.create")
async def test_an_allergy_whose_answer_is_lost_is_written_once(target: Target) -> None:
    wei = target.portal("wei")
    target.wire.loses = "POST /fhir/AllergyIntolerance"
    try:
        await wei.report_allergy("nuts", "", None, "k1")
    except OutcomeUnknown:
        await wei.report_allergy("nuts", "", None, "k1")
    assert len((await wei.allergies()).listed) == 1


@if_capable("Task.create")
async def test_a_removal_is_asked_for_and_the_allergy_stays(target: Target) -> None:
    maria = target.portal("maria")
    receipt = await maria.request_allergy_change("maria-penicillin", "remove", "", "k1")
    assert (receipt.grade, receipt.status, receipt.already_open) == ("request", "requested", False)
    assert [each.to for each in (await maria.allergies()).listed] == ["penicillin"]


@demo_only("it looks for an open request of the same kind")
async def test_a_removal_that_is_open_is_not_asked_for_again(target: Target) -> None:
    maria = target.portal("maria")
    first = await maria.request_allergy_change("maria-penicillin", "remove", "", "k1")
    second = await maria.request_allergy_change("maria-penicillin", "remove", "", "k2")
    assert (second.id, second.already_open) == (first.id, True)


@demo_only("it looks at what a request is about")
async def test_the_allergy_of_somebody_else_cannot_be_removed(target: Target) -> None:
    with pytest.raises(Refused) as caught:
        await target.portal("rosa").request_allergy_change("maria-penicillin", "remove", "", "k1")
    assert caught.value.code == "not-found"


async def test_issues_are_told_with_since_when(target: Target) -> None:
    issues = await target.portal("james").health_issues()
    assert [(each.name, each.since) for each in issues] == [
        ("Chronic kidney disease stage 3", date(2021, 11, 8)),
        ("Hypertension", date(2009, 3, 2)),
        ("Type 2 diabetes", date(2012, 5, 14)),
    ]


@if_capable("Condition.create")
async def test_an_issue_that_is_told_is_on_the_list(target: Target) -> None:
    wei = target.portal("wei")
    await wei.report_health_issue("migraine", date(2020, 5, 1), "k1")
    (migraine,) = await wei.health_issues()
    assert (migraine.name, migraine.since, migraine.by_patient) == ("migraine", date(2020, 5, 1), True)


@demo_only("its own rule about days")
@pytest.mark.parametrize("since", [TODAY + timedelta(days=1), date(1989, 12, 31)], ids=["to come", "before birth"])
async def test_an_issue_of_a_day_that_cannot_be_is_refused(target: Target, since: date) -> None:
    wei = target.portal("wei")
    with pytest.raises(Refused):
        await wei.report_health_issue("migraine", since, "k1")
    assert await wei.health_issues() == []


@if_capable("Task.create")
async def test_an_issue_is_reported_resolved_and_stays_until_the_team_has_looked(target: Target) -> None:
    maria = target.portal("maria")
    receipt = await maria.request_issue_change("maria-high-blood-pressure", "resolved", "it is gone", "k1")
    assert receipt.grade == "request"
    assert [each.name for each in await maria.health_issues()] == ["High blood pressure"]


async def test_a_child_has_the_vaccines_of_a_child_newest_first(target: Target) -> None:
    doses = await target.portal("leo").immunizations()
    days = [each.on for each in doses if each.on]
    assert len(doses) == 18
    assert days == sorted(days, reverse=True)
    assert not any(each.by_patient for each in doses)


async def test_a_school_gets_doses_by_vaccine_with_name_and_birth_date(target: Target) -> None:
    record = await target.portal("leo").immunization_record()
    dtap = [each.dose for each in record.doses if each.vaccine == "DTaP"]
    assert (record.full_name, record.birth_date, dtap) == ("Leo Lopez", date(2017, 4, 18), [1, 2, 3, 4, 5])


@if_capable("Immunization.create")
async def test_a_vaccine_from_elsewhere_is_told_apart_from_the_clinics(target: Target) -> None:
    sofia = target.portal("sofia")
    await sofia.add_immunization("flu shot", TODAY - timedelta(days=30), "Willamette Pharmacy", "k1")
    newest, hpv = await sofia.immunizations()
    assert (newest.vaccine, newest.place, newest.by_patient) == ("flu shot", "Willamette Pharmacy", True)
    assert (hpv.vaccine, hpv.dose, hpv.by_patient) == ("HPV", 1, False)


@pytest.mark.parametrize(
    ("patient", "overdue", "due"),
    [
        ("maria", ["Flu shot"], ["Cervical cancer screening"]),
        ("james", ["Colonoscopy", "Diabetic eye exam"], []),
        ("harold", ["Colonoscopy", "Flu shot"], []),
        ("wei", [], []),
    ],
)
async def test_routine_care_is_overdue_or_due(target: Target, patient: str, overdue: list[str], due: list[str]) -> None:
    care = await target.portal(patient).preventive_care()
    by_status = {status: [each.name for each in care.items if each.status == status] for status in ("overdue", "due")}
    assert (by_status["overdue"], by_status["due"], care.starts_on) == (overdue, due, None)


async def test_routine_care_says_what_can_be_booked_and_what_was_done(target: Target) -> None:
    items = {each.name: each for each in (await target.portal("james").preventive_care()).items}
    assert items["Diabetic eye exam"].visit_type == "eye_exam"
    assert items["Colonoscopy"].visit_type is None
    assert (items["Diabetic foot exam"].status, items["Diabetic foot exam"].done) == (
        "done",
        TODAY - timedelta(days=34),
    )


async def test_routine_care_is_no_ordered_test(target: Target) -> None:
    ordered = {each.name for each in await target.portal("maria").upcoming_tests()}
    assert "Cervical cancer screening" not in ordered


async def test_a_new_account_is_told_when_reminders_begin(target: Target) -> None:
    care = await target.portal("priya").preventive_care()
    assert (care.items, care.starts_on) == ((), date(2026, 8, 15))


async def test_the_summary_has_all_its_parts(target: Target) -> None:
    maria = target.portal("maria")
    summary, alone = await maria.health_summary(), await asyncio.gather(maria.allergies(), maria.preventive_care())
    assert (summary.allergies, summary.preventive) == tuple(alone)
    assert [each.name for each in summary.issues or ()] == ["High blood pressure"]
    assert {each.name for each in summary.medications or ()} == {"lisinopril", "sertraline", "cetirizine"}
    assert {each.vaccine for each in summary.immunizations or ()} == {"Flu shot", "Tdap"}


async def test_a_plan_has_goals_a_team_and_a_next_step(target: Target) -> None:
    (plan,) = await target.portal("james").care_plans()
    assert plan.title == "Diabetes"
    assert [each.target for each in plan.goals] == ["<7 %", "<130 mm[Hg]"]
    assert [each.name for each in plan.team] == ["Amy Chen, MD", "Nisha Patel, MD"]
    assert plan.next_step is not None
    assert (plan.next_step.on, plan.next_step.by) == (TODAY + timedelta(days=1), "Amy Chen, MD")
    assert "Class about eating with diabetes" not in {each.what for each in plan.activities}


async def test_the_prenatal_plan_is_aishas(target: Target) -> None:
    assert [each.title for each in await target.portal("aisha").care_plans()] == ["Prenatal"]
    assert await target.portal("maria").care_plans() == []


async def test_history_is_personal_surgical_family_and_social(target: Target) -> None:
    history = await target.portal("maria").medical_history()
    family = {(each.relative, each.what, each.age) for each in history.family}
    assert [each.what for each in history.conditions] == ["Gestational diabetes"]
    assert [(each.what, each.on) for each in history.surgeries] == [("Appendectomy", date(2003, 8, 19))]
    assert ("mother", "Type 2 diabetes", 52) in family
    assert [each.value for each in history.social] == ["Never smoked"]


@if_capable("FamilyMemberHistory.create", "Condition.create")
async def test_history_that_is_told_is_told_back(target: Target) -> None:
    wei = target.portal("wei")
    await wei.report_family_history("MTH", "asthma", 30, "k1")
    await wei.report_history("condition", "measles", date(1996, 4, 1), "k2")
    history = await wei.medical_history()
    assert [(each.what, each.age, each.by_patient) for each in history.family] == [("asthma", 30, True)]
    assert [(each.what, each.on, each.by_patient) for each in history.conditions] == [
        ("measles", date(1996, 4, 1), True)
    ]
    assert await wei.health_issues() == []


@if_capable("FamilyMemberHistory.create")
async def test_what_somebody_is_born_with_has_no_age(target: Target) -> None:
    wei = target.portal("wei")
    await wei.report_family_history("FTH", "heart defect", 0, "k1")
    (told,) = (await wei.medical_history()).family
    assert (told.what, told.age) == ("heart defect", None)


@if_capable("Task.create")
async def test_an_operation_is_for_the_clinic_to_write_down(target: Target) -> None:
    wei = target.portal("wei")
    receipt = await wei.report_history("surgery", "tonsils", date(1996, 4, 1), "k1")
    assert (receipt.grade, (await wei.medical_history()).surgeries) == ("request", ())


async def test_glasses_are_told_so_that_they_can_be_made(target: Target) -> None:
    (glasses,) = await target.portal("rosa").eye_prescriptions()
    assert (glasses.kind, glasses.prescriber, glasses.written_on) == (
        "glasses",
        "Elena Novak, OD",
        TODAY - timedelta(days=200),
    )
    right, left = glasses.right, glasses.left
    assert right is not None
    assert left is not None
    assert (str(right.sphere), str(right.cylinder), right.axis, str(right.add)) == ("-2.25", "-0.75", 90, "2.25")
    assert (str(left.sphere), left.axis, left.prisms) == ("-1.50", 85, (Prism(Decimal("0.5"), "in"),))
    assert await target.portal("maria").eye_prescriptions() == []
