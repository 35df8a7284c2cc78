"""Paying at the demo portal: once, never too much, with a receipt."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from demo_portal.store.tables import CHARGE
from demo_portal.tasks.payment import balance, open_amount
from demo_portal.vocabulary import PORTAL_REQUEST, REQUEST_PARAMETER
from tests.demo_portal_case import Demo, Session, demo, refusal, seeded_file, settings, task

__all__ = ["demo", "seeded_file", "settings"]
ACCOUNT, INVOICE, VISA = "Account/maria-clinic", "Invoice/maria-clinic-1", "pm-maria-1"


def payment(amount: float, key: str = "k1", focus: str = ACCOUNT, method: str = VISA) -> dict[str, Any]:
    money = {"valueMoney": {"value": amount, "currency": "USD"}}
    return task((PORTAL_REQUEST, "pay"), "maria", focus, key, amount=money, method={"valueString": method})


async def owed(session: Session) -> int:
    return balance((await session.get(ACCOUNT)).json())


def charges(demo: Demo) -> list[int]:
    with demo.app.state.portal.database.reading() as conn:
        return list(conn.execute(sa.select(CHARGE.c.cents)).scalars())


def told(response: Any, name: str) -> Any:
    outputs = response.json()["output"]
    found = next(o for o in outputs if o["type"]["coding"][0] == {"system": REQUEST_PARAMETER, "code": name})
    return next(value for key, value in found.items() if key.startswith("value"))


async def test_a_payment_lowers_the_balance_and_gives_a_receipt(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.file(payment(84.50))

    assert (response.status_code, response.json()["status"]) == (201, "completed")
    assert told(response, "receipt-number").startswith("R260302-")
    assert told(response, "payment-date") == "2026-03-02T09:00:00-08:00"
    assert await owed(maria) == 10000


async def test_a_payment_sent_twice_charges_once(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    first, second = await maria.file(payment(84.50)), await maria.file(payment(84.50))

    assert (second.status_code, second.json()) == (200, first.json())
    assert charges(demo) == [8450]
    assert await owed(maria) == 10000


async def test_a_payment_sent_many_times_at_once_charges_once(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answers = await asyncio.gather(*(maria.file(payment(84.50)) for _ in range(10)))

    assert len({answer.json()["id"] for answer in answers}) == 1
    assert charges(demo) == [8450]


async def test_payments_that_race_never_take_more_than_is_owed(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answers = await asyncio.gather(*(maria.file(payment(100, key=f"k{n}")) for n in range(6)))

    assert sorted(answer.status_code for answer in answers) == [201, *[422] * 5]
    assert await owed(maria) == 8450


async def test_another_amount_under_the_same_key_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    await maria.file(payment(10))

    response = await maria.file(payment(20))

    assert (response.status_code, refusal(response)) == (422, "key-reused")
    assert charges(demo) == [1000]


async def test_more_than_is_owed_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.file(payment(184.51))

    assert (response.status_code, refusal(response)) == (422, "over-payment")
    assert charges(demo) == []


async def test_paying_all_of_it_balances_the_invoice(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    await maria.file(payment(184.50))

    assert (await maria.get(INVOICE)).json()["status"] == "balanced"
    assert await maria.ids("Invoice", account=ACCOUNT, status="issued") == ["maria-copay-copay-for-your-physical"]


async def test_a_part_of_one_invoice_can_be_paid(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.file(payment(25, focus=INVOICE))

    invoice = (await maria.get(INVOICE)).json()
    assert response.status_code == 201
    assert (invoice["status"], open_amount(invoice), invoice["totalGross"]["value"]) == ("issued", 15950, 184.5)
    assert await owed(maria) == 15950


@pytest.mark.parametrize("amount", [0, -5, 0.001, 10.999, 1e12, "12.00", True])
async def test_an_amount_that_is_no_amount_is_refused(demo: Demo, amount: Any) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.file(payment(amount))

    assert (response.status_code, refusal(response)) == (422, "invalid-resource")
    assert charges(demo) == []


async def test_only_an_own_way_to_pay_is_charged(demo: Demo) -> None:
    james = await demo.sign_in("james")
    body = {**payment(10, focus="Account/james-clinic"), "for": {"reference": "Patient/james"}}

    response = await james.file(body)

    assert (response.status_code, refusal(response)) == (422, "unknown-method")


async def test_somebody_elses_bill_is_not_known(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answers = [await maria.file(payment(10, focus=f)) for f in ("Account/james-clinic", "Invoice/james-clinic-1")]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_a_refused_payment_leaves_the_key_free(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    await maria.file(payment(999, key="k1"))

    response = await maria.file(payment(10, key="k1"))

    assert response.status_code == 201


async def test_a_payment_needs_its_key(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    without = await maria.post("Task", payment(10))
    other = await maria.post("Task", payment(10), Idempotency_Key="other")

    assert [(r.status_code, refusal(r)) for r in (without, other)] == [(400, "key-required"), (422, "invalid-resource")]
    assert charges(demo) == []


async def test_ways_to_pay_are_listed_without_numbers(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    listed = (await maria.get("Patient/maria/$payment-methods")).json()["parameter"]

    parts = [{p["name"]: next(v for k, v in p.items() if k != "name") for p in item["part"]} for item in listed]
    assert [(p["kind"], p["ending"]) for p in parts] == [("visa", "4242"), ("bank-account", "6789")]


async def test_nobody_sees_how_others_pay(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    assert (await maria.get("Patient/james/$payment-methods")).status_code == 404


async def test_who_has_no_way_to_pay_gets_an_empty_list(demo: Demo) -> None:
    james = await demo.sign_in("james")

    assert (await james.get("Patient/james/$payment-methods")).json() == {"resourceType": "Parameters"}
