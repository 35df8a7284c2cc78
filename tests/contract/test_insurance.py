"""Coverage, claims and referrals."""

from __future__ import annotations

from datetime import date

import pytest

from actions.portal_client import Refused
from actions.portal_client.models.insurance import CoverageChange
from tests.contract.targets import Target, demo_only, if_capable


async def test_a_plan_is_told_with_its_costs(target: Target) -> None:
    (found,) = await target.portal("maria").coverages()

    assert (found.plan, found.member_id, found.active) == ("Cascade Choice PPO", "CCP-448-1029", True)
    assert (found.copay_cents, found.deductible_cents, found.deductible_met_cents) == (2500, 150_000, 62_000)


async def test_a_plan_that_has_ended_is_not_active(target: Target) -> None:
    (found,) = await target.portal("harold").coverages()

    assert (found.active, found.ends) == (False, date(2026, 3, 7))


async def test_somebody_without_insurance_has_none(target: Target) -> None:
    assert await target.portal("wei").coverages() == []


async def test_claims_are_told_with_what_was_decided(target: Target) -> None:
    found = await target.portal("harold").claims()

    assert [(each.what, each.status) for each in found] == [
        ("Dermatology visit", "denied"),
        ("Blood test", "paid"),
        ("Office visit", "paid"),
    ]
    assert found[0].reason == "The visit had no referral on file."
    assert (found[2].billed_cents, found[2].allowed_cents, found[2].paid_cents, found[2].owed_cents) == (
        24_000,
        18_000,
        15_500,
        2500,
    )


async def test_referrals_are_told_with_what_is_left(target: Target) -> None:
    (james,) = await target.portal("james").referrals()

    assert (james.to, james.status, james.visits_left, james.until) == ("Optometry", "authorized", 1, date(2026, 5, 16))
    assert [each.to for each in await target.portal("harold").referrals()] == ["Dermatology"]


@if_capable("Task.create")
async def test_a_new_insurance_is_handed_to_the_office(target: Target) -> None:
    wei = target.portal("wei")
    change = CoverageChange("add", payer="Pacific Health", member_id="PH-1", from_day=date(2026, 3, 1))
    receipt = await wei.report_coverage(change, "key-1")

    assert receipt.grade == "request"
    assert await wei.coverages() == []


@demo_only("what the office needs to know")
async def test_a_new_insurance_without_its_number_is_refused(target: Target) -> None:
    with pytest.raises(Refused):
        await target.portal("wei").report_coverage(CoverageChange("add", payer="Pacific Health"), "key-1")
    with pytest.raises(Refused):
        await target.portal("wei").report_coverage(CoverageChange("end", coverage_id="maria-1"), "key-2")
