"""Results, trends, growth and past visits, asked of any server."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from actions.portal_client.errors import Refused
from actions.portal_client.models.results import GrowthKind
from tests.contract.targets import Target, demo_only, if_capable
from tests.fakes import A_TUESDAY

TODAY = A_TUESDAY.date()


async def test_results_are_told_newest_first(target: Target) -> None:
    found = await target.portal("maria").test_results()
    assert [(each.name, each.status) for each in found][0] == ("TSH", "pending")
    assert [each.on for each in found] == sorted((each.on for each in found), reverse=True)
    lipids = next(each for each in found if each.name == "Lipid panel")
    ldl = next(each for each in lipids.values if each.name == "LDL cholesterol")
    assert (ldl.value, ldl.unit, ldl.flag) == ("162", "mg/dL", "H")


async def test_a_dangerous_value_keeps_its_flag(target: Target) -> None:
    found = {each.name: each for each in await target.portal("harold").test_results()}
    assert [(each.value, each.flag) for each in found["Potassium"].values] == [("6.1", "HH")]


async def test_a_sensitive_result_is_restricted(target: Target) -> None:
    assert any(each.restricted for each in await target.portal("harold").test_results())
    assert not any(each.restricted for each in await target.portal("maria").test_results())


async def test_a_result_has_all_that_is_asked_about_it(target: Target) -> None:
    results = {each.name: each for each in await target.portal("maria").test_results()}
    lipids, pending = results["Lipid panel"], results["TSH"]
    assert (lipids.on, lipids.kind, lipids.status, lipids.provider) == (
        TODAY - timedelta(days=4),
        "laboratory",
        "final",
        "Amy Chen, MD",
    )
    assert (lipids.comment or "").startswith("LDL is above goal.")
    assert lipids.released_on is not None
    assert (pending.status, pending.values, pending.released_on) == ("pending", (), None)


@pytest.mark.parametrize(
    ("patient", "name", "kind"), [("anne", "Mammogram", "imaging"), ("harold", "Skin biopsy", "pathology")]
)
async def test_results_are_told_apart_by_kind(target: Target, patient: str, name: str, kind: str) -> None:
    found = {each.name: each.kind for each in await target.portal(patient).test_results()}
    assert found[name] == kind


async def test_words_are_told_as_values_too(target: Target) -> None:
    (panel,) = await target.portal("daniel").test_results()
    assert {each.name: each.value for each in panel.values} == {"Chlamydia": "negative", "Gonorrhea": "negative"}
    assert panel.restricted


async def test_a_series_is_told_oldest_first(target: Target) -> None:
    (a1c,) = await target.portal("james").trends(("4548-4",), None)
    assert [each.value for each in a1c.points] == [Decimal(each) for each in ("7.4", "7.9", "8.3", "8.9")]
    assert (a1c.unit, a1c.left_out, a1c.points[-1].flag) == ("%", 0, "H")
    assert a1c.points[-1].on == TODAY - timedelta(days=7)


async def test_a_series_begins_where_it_is_asked_to(target: Target) -> None:
    since = TODAY - timedelta(days=40)
    (weight,) = await target.portal("aisha").trends(("29463-7",), since)
    assert [each.value for each in weight.points] == [Decimal("67.9"), Decimal("68.8")]


async def test_a_blood_pressure_is_two_series(target: Target) -> None:
    series = {each.code: each for each in await target.portal("aisha").trends(("85354-9",), None)}
    assert {code: each.points[-1].value for code, each in series.items()} == {"8480-6": 115, "8462-4": 72}


async def test_all_series_are_listed_when_none_is_named(target: Target) -> None:
    series = await target.portal("aisha").trends((), None)
    assert {"8480-6", "8462-4", "29463-7"} <= {each.code for each in series}
    assert [len(each.points) for each in series] == sorted((len(each.points) for each in series), reverse=True)


async def test_who_was_never_measured_has_no_series(target: Target) -> None:
    assert await target.portal("wei").trends((), None) == []


@if_capable("Observation.create")
async def test_a_reading_in_pounds_is_told_in_the_unit_of_the_newest(target: Target) -> None:
    aisha = target.portal("aisha")
    await aisha.log_reading("weight", (Decimal("154.3"),), "[lb_av]", A_TUESDAY - timedelta(days=1), "k1")
    await aisha.log_reading("weight", (Decimal("70.1"),), "kg", A_TUESDAY, "k2")
    (weight,) = await aisha.trends(("29463-7",), None)
    last = weight.points[-2:]
    assert weight.unit == "kg"
    assert [(each.value, each.by_patient) for each in last] == [(Decimal("69.99"), True), (Decimal("70.1"), True)]


async def test_leos_growth_has_twelve_points_with_percentiles(target: Target) -> None:
    curves = {each.kind: each for each in await target.portal("leo").growth()}
    assert set(curves) == {"length", "weight", "head", "bmi"}
    kinds: tuple[GrowthKind, ...] = ("length", "weight", "bmi")
    for kind in kinds:
        points = curves[kind].points
        assert (len(points), curves[kind].standard) == (12, "CDC 2000")
        assert [each.months for each in points] == sorted(each.months for each in points)
        assert all(each.percentile is not None and 3 < each.percentile < 97 for each in points)
    assert all(each.percentile is None for each in curves["head"].points)


async def test_a_boy_of_128_centimeters_at_eight_years_and_ten_months_is_at_the_22nd_percentile(target: Target) -> None:
    (length,) = [each for each in await target.portal("leo").growth() if each.kind == "length"]
    last = length.points[-1]
    assert (last.months, last.value) == (105, Decimal("128.0"))
    assert last.percentile is not None
    assert round(last.percentile) == 22


async def test_an_adult_does_not_grow(target: Target) -> None:
    assert await target.portal("aisha").growth() == []


async def test_a_past_visit_leads_to_its_summary_and_note(target: Target) -> None:
    maria = target.portal("maria")
    (visit,) = await maria.past_visits()
    assert (visit.on, visit.provider, visit.place) == (
        TODAY - timedelta(days=20),
        "Amy Chen, MD",
        "Crescent Clinic",
    )
    (summary,), (note,) = await maria.visit_summaries(), await maria.clinical_notes()
    assert (visit.summary_id, visit.note_ids) == (summary.id, (note.id,))
    assert (summary.visit_id, note.visit_id, note.author) == (visit.id, visit.id, "Amy Chen, MD")


async def test_a_summary_is_read_out_and_handed_over(target: Target) -> None:
    maria = target.portal("maria")
    (summary,) = await maria.visit_summaries()
    words, file = await maria.visit_text(summary.id), await maria.document_body(summary.id)
    assert words is not None
    assert "Your blood pressure was 124 over 78" in words
    assert (file.content_type, file.content[:5]) == ("application/pdf", b"%PDF-")


async def test_past_visits_are_newest_first_and_have_a_kind(target: Target) -> None:
    visits = await target.portal("james").past_visits()
    assert [each.kind for each in visits] == ["office", "emergency"]
    assert visits[1].place == "Riverbend Hospital"


async def test_what_is_too_old_is_not_shown(target: Target) -> None:
    wei = target.portal("wei")
    assert await wei.past_visits() == []
    assert (await wei.records_window()).last_visit_before == date(2021, 10, 3)


async def test_a_letter_is_no_note_and_there_is_no_text_of_what_is_not_there(target: Target) -> None:
    harold = target.portal("harold")
    assert await harold.clinical_notes() == []
    with pytest.raises(Refused):
        await harold.visit_text("nothing")


@demo_only("its tokens are one patient's")
async def test_the_words_of_somebody_elses_visit_are_not_told(target: Target) -> None:
    (summary,) = await target.portal("maria").visit_summaries()
    with pytest.raises(Refused) as caught:
        await target.portal("rosa").visit_text(summary.id)
    assert caught.value.code == "not-found"
