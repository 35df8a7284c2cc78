"""What became of refills, and what else a person may say about medicines."""

from __future__ import annotations

from datetime import date

import pytest

from actions.portal_client import Refused
from tests.contract.targets import Target, demo_only, if_capable


async def test_without_a_refill_there_is_nothing_to_tell(target: Target) -> None:
    assert await target.portal("wei").refills() == []


@if_capable("Task.create")
async def test_a_refill_that_was_asked_for_is_told(target: Target) -> None:
    maria = target.portal("maria")
    asked = await maria.request_refill("maria-lisinopril", "oakway", "key-1")

    (found,) = await maria.refills()
    assert (found.id, found.medication, found.stage) == (asked.id, "lisinopril 10 mg tablet", "asked")
    assert (found.pharmacy, found.asked_on, found.ready_since) == ("Oakway Drugs", date(2026, 3, 17), None)


@if_capable("Task.create", "Task.update")
async def test_a_refill_can_be_taken_back_and_asked_for_again(target: Target) -> None:
    maria = target.portal("maria")
    first = await maria.request_refill("maria-lisinopril", None, "key-1")
    await maria.withdraw_refill(first.id, "key-2")
    assert [each.stage for each in await maria.refills()] == ["withdrawn"]

    second = await maria.request_refill("maria-lisinopril", None, "key-3")
    assert (second.already_open, second.id == first.id) == (False, False)


@demo_only("its own rule about what has begun")
async def test_a_refill_of_somebody_else_cannot_be_taken_back(target: Target) -> None:
    asked = await target.portal("maria").request_refill("maria-lisinopril", None, "key-1")
    with pytest.raises(Refused):
        await target.portal("james").withdraw_refill(asked.id, "key-2")


@if_capable("MedicationStatement.create")
async def test_a_medicine_no_longer_taken_is_said_beside_the_order(target: Target) -> None:
    maria = target.portal("maria")
    receipt = await maria.report_stopped("maria-lisinopril", date(2026, 3, 1), "It made me cough.", "key-1")
    again = await maria.report_stopped("maria-lisinopril", date(2026, 3, 1), "It made me cough.", "key-1")

    assert (receipt.grade, again.id) == ("native", receipt.id)
    assert "lisinopril" in {each.name for each in await maria.medications()}


@if_capable("MedicationStatement.create")
async def test_of_somebody_elses_medicine_nothing_can_be_said(target: Target) -> None:
    with pytest.raises(Exception, match="refused|somebody else"):
        await target.portal("james").report_stopped("maria-lisinopril", None, "", "key-1")


async def test_what_is_not_on_prescription_is_not_stopped_here(target: Target) -> None:
    with pytest.raises(Refused):
        await target.portal("maria").report_stopped("MedicationStatement/maria-cetirizine", None, "", "key-1")


@if_capable("Patient.update")
async def test_another_pharmacy_is_preferred(target: Target) -> None:
    maria = target.portal("maria")
    await maria.change_pharmacy("oakway", "key-1")

    found = await maria.pharmacies()
    assert [(each.id, each.preferred) for each in found][0] == ("oakway", True)
    assert sum(each.preferred for each in found) == 1
