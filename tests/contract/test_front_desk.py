"""What anybody may ask: the clinic itself, and help with an account."""

from __future__ import annotations

from datetime import time

import pytest

from tests.contract.targets import Target, if_capable


async def test_places_are_told_with_their_hours(target: Target) -> None:
    places = {each.id: each for each in await target.public.places()}

    assert places["southgate"].phone == "+15415550191"
    weekdays, saturday = places["southgate"].hours
    assert (weekdays.weekdays, weekdays.opens, weekdays.closes) == ((0, 1, 2, 3, 4), time(7, 30), time(18))
    assert (saturday.weekdays, saturday.opens) == ((5,), time(9))
    assert places["hospital"].hours[0].opens is None


async def test_who_works_where_is_told(target: Target) -> None:
    found = {each.id: each for each in await target.public.providers()}

    assert (found["rivera"].place_id, found["rivera"].languages) == ("southgate", ("en", "es"))
    assert len(found) == 7


@if_capable("Task.create")
@pytest.mark.parametrize("phone", ["+15415550101", "+15415559999"], ids=["on file", "not on file"])
async def test_help_with_an_account_looks_the_same_for_everybody(target: Target, phone: str) -> None:
    found = await target.public.request_account_help("username-recovery", phone, f"key-{phone[-4:]}")

    assert (found.grade, found.status, found.already_open) == ("request", "requested", False)


@if_capable("Task.create")
async def test_a_person_a_callback_and_feedback_are_asked_for(target: Target) -> None:
    asked = [
        await target.public.request_person("Wants to talk about a bill.", "", "key-1"),
        await target.public.request_callback("A bill.", "+15415550101", "key-2"),
        await target.public.give_feedback("It was quick.", "key-3"),
    ]

    assert {each.status for each in asked} == {"requested"}
    assert len({each.id for each in asked}) == 3


@if_capable("Task.create")
async def test_the_same_key_asks_once(target: Target) -> None:
    first = await target.public.give_feedback("It was quick.", "key-1")

    assert (await target.public.give_feedback("It was quick.", "key-1")).id == first.id
