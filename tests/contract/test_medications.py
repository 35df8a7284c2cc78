"""Medicines, refills and pharmacies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from actions.portal_client import Medication, PortalError, Refused
from clock import CLINIC_ZONE
from tests.contract.targets import Target, demo_only


async def _medicine(target: Target, patient: str, name: str) -> Medication:
    return next(each for each in await target.portal(patient).medications() if each.name == name)


async def test_medicines_are_told_with_what_is_left(target: Target) -> None:
    found = {each.name: each for each in await target.portal("maria").medications()}
    assert (found["lisinopril"].refills_left, found["lisinopril"].strength) == (2, "10 mg")
    assert found["sertraline"].refills_left == 0
    assert found["cetirizine"].over_the_counter


async def test_a_controlled_substance_is_known(target: Target) -> None:
    assert [each.name for each in await target.portal("james").medications() if each.controlled] == ["oxycodone"]


@demo_only("it refills no controlled substances by itself")
async def test_a_controlled_substance_is_not_refilled(target: Target) -> None:
    oxycodone = await _medicine(target, "james", "oxycodone")
    with pytest.raises(Refused) as caught:
        await target.portal("james").request_refill(oxycodone.id, None, "key-1")
    assert caught.value.detail == "controlled-substance"


async def test_a_refill_is_asked_for_once_with_one_key(target: Target) -> None:
    maria = target.portal("maria")
    lisinopril = await _medicine(target, "maria", "lisinopril")
    first = await maria.request_refill(lisinopril.id, "oakway", "key-1")
    assert (first.status, first.needs_approval, first.already_open) == ("requested", False, False)
    assert await maria.request_refill(lisinopril.id, "oakway", "key-1") == first
    assert (await _medicine(target, "maria", "lisinopril")).open_request


@demo_only("it takes one open request for a medicine")
async def test_a_refill_asked_for_again_under_another_key_is_the_same(target: Target) -> None:
    maria = target.portal("maria")
    lisinopril = await _medicine(target, "maria", "lisinopril")
    first = await maria.request_refill(lisinopril.id, "oakway", "key-1")
    assert await maria.request_refill(lisinopril.id, None, "key-2") == replace(first, already_open=True)


async def test_a_refill_with_none_left_goes_to_the_prescriber(target: Target) -> None:
    sertraline = await _medicine(target, "maria", "sertraline")
    assert (await target.portal("maria").request_refill(sertraline.id, None, "key-1")).needs_approval


async def test_a_refill_whose_answer_is_lost_is_found_by_its_key(target: Target) -> None:
    lisinopril = await _medicine(target, "maria", "lisinopril")
    filed = f"POST /{target.server.fhir_path}Task"
    target.wire.loses = filed
    found = await target.portal("maria").request_refill(lisinopril.id, None, "key-1")
    assert not found.already_open
    assert target.wire.sent.count(filed) == 1


async def test_somebody_elses_medicine_is_not_refilled(target: Target) -> None:
    his = await _medicine(target, "james", "oxycodone")
    with pytest.raises(PortalError):
        await target.portal("maria").request_refill(his.id, None, "key-1")
    assert not (await _medicine(target, "james", "oxycodone")).open_request


@demo_only("it says on which day a refill is too early")
async def test_a_refill_is_accepted_on_the_day_it_was_promised_and_not_before(target: Target) -> None:
    target.clock.advance(-timedelta(days=10))
    lisinopril = await _medicine(target, "maria", "lisinopril")
    assert lisinopril.next_refill_on is not None
    day_before = lisinopril.next_refill_on - timedelta(days=1)
    target.clock.advance(datetime.combine(day_before, time(12), CLINIC_ZONE) - target.clock.now())
    with pytest.raises(Refused) as caught:
        await target.portal("maria").request_refill(lisinopril.id, None, "key-1")
    assert caught.value.detail == "too-early"
    target.clock.advance(timedelta(days=1))
    assert (await target.portal("maria").request_refill(lisinopril.id, None, "key-2")).status == "requested"


async def test_the_preferred_pharmacy_comes_first(target: Target) -> None:
    found = await target.portal("maria").pharmacies()
    assert [each.preferred for each in found] == [True, False, False]
    assert found[0].name == "Willamette Pharmacy"
