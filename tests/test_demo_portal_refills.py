"""Asking the demo portal for refills."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from demo_portal.store.resources import WHOLE
from demo_portal.vocabulary import EXISTING_REQUEST, TASK_CODE
from tests.demo_portal_case import Demo, Session, demo, issue_code, refusal, seeded_file, settings, task

__all__ = ["demo", "seeded_file", "settings"]
LISINOPRIL, SERTRALINE = "MedicationRequest/maria-lisinopril", "MedicationRequest/maria-sertraline"


def refill(focus: str = LISINOPRIL, key: str = "k1", code: str = "fulfill", **inputs: Any) -> dict[str, Any]:
    return task((TASK_CODE, code), "maria", focus, key, **inputs)


async def open_requests(session: Session, focus: str = LISINOPRIL) -> list[str]:
    return await session.ids("Task", focus=focus, status="requested")


async def test_a_refill_is_filed_with_the_pharmacy(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    pharmacy = {"valueReference": {"reference": "Organization/oakway"}}

    response = await maria.file(refill(pharmacy=pharmacy))

    assert (response.status_code, response.json()["status"]) == (201, "requested")
    assert response.headers["Location"].endswith(f"/fhir/Task/{response.json()['id']}")
    assert await open_requests(maria) == [response.json()["id"]]


async def test_the_same_key_files_one_refill(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    first, second = await maria.file(refill()), await maria.file(refill())

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


async def test_a_second_refill_of_the_same_medicine_answers_duplicate(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    first = (await maria.file(refill(key="k1"))).json()["id"]

    response = await maria.file(refill(key="k2"))

    existing = response.json()["issue"][0]["extension"]
    assert (response.status_code, issue_code(response), refusal(response)) == (409, "duplicate", "open-request-exists")
    assert existing == [{"url": EXISTING_REQUEST, "valueReference": {"reference": f"Task/{first}"}}]


async def test_refills_that_race_make_one_request(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answers = await asyncio.gather(*(maria.file(refill(key=f"k{n}")) for n in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert len(await open_requests(maria)) == 1


async def test_two_medicines_are_two_requests(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answers = [await maria.file(refill(key="k1")), await maria.file(refill(SERTRALINE, "k2", "approve"))]

    assert [answer.status_code for answer in answers] == [201, 201]


async def test_one_key_for_two_kinds_of_request_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    await maria.file(refill(key="k1"))

    response = await maria.file(refill(SERTRALINE, "k1", "approve"))

    assert (response.status_code, refusal(response)) == (422, "key-reused")


async def test_without_refills_left_the_prescriber_is_asked(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    refused = await maria.file(refill(SERTRALINE, "k1", "fulfill"))
    asked = await maria.file(refill(SERTRALINE, "k2", "approve"))

    assert (refused.status_code, refusal(refused)) == (422, "no-refills-left")
    assert asked.status_code == 201


async def test_a_controlled_medicine_cannot_be_asked_for(demo: Demo) -> None:
    james = await demo.sign_in("james")

    answers = [
        await james.file(task((TASK_CODE, code), "james", "MedicationRequest/james-oxycodone", code))
        for code in ("fulfill", "approve")
    ]

    assert [(a.status_code, refusal(a)) for a in answers] == [(422, "controlled-substance")] * 2


@pytest.mark.parametrize(("supply", "opens"), [(30, "2026-03-08"), (90, "2026-04-22")])
async def test_a_refill_is_too_early_until_three_quarters_are_used_up(demo: Demo, supply: int, opens: str) -> None:
    maria = await demo.sign_in("maria")
    hand_over(demo, "maria-lisinopril-1", "2026-02-13", supply)

    response = await maria.file(refill())

    assert (response.status_code, refusal(response)) == (422, "too-early")
    assert opens in response.json()["issue"][0]["details"]["text"]


async def test_a_refill_may_be_asked_for_on_the_day_it_opens(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    hand_over(demo, "maria-lisinopril-1", "2026-02-07", 30)

    assert (await maria.file(refill())).status_code == 201


@pytest.mark.parametrize(
    "focus", ["MedicationRequest/james-metformin", "MedicationRequest/nothing", "MedicationRequest/leo-albuterol"]
)
async def test_somebody_elses_medicine_is_not_known(demo: Demo, focus: str) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.file(refill(focus))

    assert response.status_code == 404


async def test_a_request_is_only_filed_for_oneself(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    body = {**refill(), "for": {"reference": "Patient/leo"}}

    response = await maria.file(body)

    assert (response.status_code, refusal(response)) == (403, "other-patient")


async def test_an_unknown_pharmacy_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answers = [
        await maria.file(refill(key=where, pharmacy={"valueReference": {"reference": where}}))
        for where in ("Organization/cascade", "Organization/nowhere", "Location/crescent")
    ]

    assert [(a.status_code, refusal(a)) for a in answers] == [(422, "unknown-pharmacy")] * 3


async def test_an_over_the_counter_medicine_has_no_refill(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.file(refill("MedicationStatement/maria-cetirizine"))

    assert (response.status_code, refusal(response)) == (422, "invalid-resource")


async def test_a_request_of_another_kind_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.file(refill(code="abort"))

    assert (response.status_code, refusal(response)) == (422, "unknown-request")


def hand_over(demo: Demo, dispense: str, day: str, supply: int) -> None:
    portal = demo.app.state.portal
    with portal.database.writing() as conn:
        whole = portal.resources(conn, WHOLE)
        last = whole.read("MedicationDispense", dispense)
        whole.amend({**last, "whenHandedOver": day, "daysSupply": {**last["daysSupply"], "value": supply}})
