"""What is owed and paying it, over FHIR: to the cent, and once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import httpx
import pytest

from actions.portal_client import AccountBalance, OutcomeUnknown, Payment, PaymentMethod, Refused, UnusableAnswer
from clock import CLINIC_ZONE
from tests.portal_client_fakes import MARIA, OURS, FhirServer, bundle, fhir, paid, portal, sent, task

BALANCE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Account.balance"


def money(value: float, currency: str = "USD") -> dict[str, Any]:
    return {"value": value, "currency": currency}


def account(rid: str = "clinic", stated: dict | None = None, **more: Any) -> dict[str, Any]:
    found = {"resourceType": "Account", "id": rid, "status": "active", "subject": [{"reference": MARIA}]}
    if stated is not None:
        found["extension"] = [{"url": BALANCE, "extension": [{"url": "amount", "valueMoney": stated}]}]
    return {**found, "type": {"coding": [{"code": rid}]}, **more}


def invoice(total: float, due: str | None = None, left: float | None = None, of: str = "clinic") -> dict[str, Any]:
    found: dict[str, Any] = {"resourceType": "Invoice", "id": "i", "status": "issued", "subject": {"reference": MARIA}}
    extensions = []
    if due:
        extensions.append({"url": f"{OURS}/StructureDefinition/due-date", "valueDate": due})
    if left is not None:
        extensions.append({"url": f"{OURS}/StructureDefinition/open-amount", "valueMoney": money(left)})
    return {**found, "account": {"reference": f"Account/{of}"}, "totalGross": money(total), "extension": extensions}


async def balances(*accounts: dict, invoices: list[dict] | None = None) -> list[AccountBalance]:
    server = FhirServer().on("GET Account", bundle(*accounts)).on("GET Invoice", bundle(*(invoices or [])))
    return await portal(server).balances()


async def test_a_balance_has_its_earliest_due_day() -> None:
    owed = [invoice(100, "2026-04-30"), invoice(84.5, "2026-03-29"), invoice(5, "2026-01-01", of="hospital")]
    assert await balances(account(stated=money(184.5)), invoices=owed) == [
        AccountBalance("clinic", "clinic", 18450, date(2026, 3, 29))
    ]


async def test_the_clinic_comes_before_the_hospital() -> None:
    found = await balances(account("hospital", money(900)), account("clinic", money(340)))
    assert [(each.name, each.cents) for each in found] == [("clinic", 34000), ("hospital", 90000)]


async def test_without_a_stated_balance_the_open_invoices_are_added_up() -> None:
    owed = [invoice(100, left=40.1), invoice(0.2), invoice(77, of="hospital")]
    assert (await balances(account(), invoices=owed))[0].cents == 4030


async def test_nothing_owed_has_no_due_day() -> None:
    assert (await balances(account(stated=money(0)), invoices=[invoice(0, "2026-03-29")]))[0].due is None


@pytest.mark.parametrize("amount", [19.99, 0.1, 0.29, 1.1, 1234567.89, -12.34])
async def test_money_is_exact(amount: float) -> None:
    assert (await balances(account(stated=money(amount))))[0].cents == round(amount * 100)


@pytest.mark.parametrize("amount", [money(1, "EUR"), money(0.005), {"value": "much"}, {}])
async def test_money_that_cannot_be_told_in_cents_is_not_told(amount: dict) -> None:
    with pytest.raises(UnusableAnswer):
        await balances(account(stated=amount))


async def test_payment_methods_are_tokens_with_their_last_digits() -> None:
    def method(rid: str, kind: str, ending: str) -> dict:
        parts = [("id", "valueString", rid), ("kind", "valueCode", kind), ("ending", "valueString", ending)]
        return {"name": "method", "part": [{"name": name, element: value} for name, element, value in parts]}

    given = [method("pm1", "visa", "4242"), method("pm2", "bank-account", "6789")]
    server = FhirServer().on(
        "GET Patient/maria/$payment-methods", fhir({"resourceType": "Parameters", "parameter": given})
    )
    assert await portal(server).payment_methods() == [
        PaymentMethod("pm1", "visa", "4242"),
        PaymentMethod("pm2", "bank account", "6789"),
    ]


async def test_no_payment_methods_is_an_empty_list() -> None:
    server = FhirServer().on("GET Patient/maria/$payment-methods", fhir({"resourceType": "Parameters"}))
    assert await portal(server).payment_methods() == []


async def test_a_payment_brings_its_receipt() -> None:
    server = FhirServer().on("POST Task", fhir(paid(5010), 201))
    done = await portal(server).pay("clinic", 5010, "pm1", "k1")
    assert done == Payment("R-7", 5010, datetime(2026, 3, 17, 10, 0, 5, tzinfo=CLINIC_ZONE))
    asked = sent(server.calls("POST Task")[0])
    assert asked["focus"] == {"reference": "Account/clinic"}
    given = {each["type"]["coding"][0]["code"]: each for each in asked["input"]}
    assert given["amount"]["valueMoney"] == {"value": 50.1, "currency": "USD"}
    assert given["method"]["valueString"] == "pm1"


async def test_a_payment_without_an_answer_is_found_by_its_key() -> None:
    server = (
        FhirServer().on("POST Task", httpx.ReadTimeout("slow")).on("GET Task", bundle(paid(5000, "k0"), paid(5000)))
    )
    assert (await portal(server).pay("clinic", 5000, "pm1", "k1")).receipt == "R-7"
    assert len(server.calls("POST Task")) == 1


async def test_two_payments_under_one_key_are_not_called_one() -> None:
    server = FhirServer().on("POST Task", httpx.ReadTimeout("slow")).on("GET Task", bundle(paid(5000), paid(5000)))
    with pytest.raises(OutcomeUnknown):
        await portal(server).pay("clinic", 5000, "pm1", "k1")


@pytest.mark.parametrize(
    "answer",
    [paid(4000), paid(5000, status="in-progress"), task("pay"), paid(5000) | {"focus": {"reference": "Account/x"}}],
)
async def test_a_payment_that_is_not_what_was_agreed_is_not_called_paid(answer: dict) -> None:
    server = FhirServer().on("POST Task", fhir(answer, 201)).on("GET Task", bundle(answer))
    with pytest.raises(OutcomeUnknown):
        await portal(server).pay("clinic", 5000, "pm1", "k1")


@pytest.mark.parametrize("status", ["failed", "rejected", "cancelled"])
async def test_a_payment_that_failed_is_refused_with_its_reason(status: str) -> None:
    answer = paid(5000, status=status) | {"statusReason": {"coding": [{"code": "card-declined"}]}}
    with pytest.raises(Refused) as caught:
        await portal(FhirServer().on("POST Task", fhir(answer, 201))).pay("clinic", 5000, "pm1", "k1")
    assert caught.value.detail == "card-declined"


@pytest.mark.parametrize("cents", [0, -1])
async def test_nothing_and_less_cannot_be_paid(cents: int) -> None:
    server = FhirServer()
    with pytest.raises(Refused):
        await portal(server).pay("clinic", cents, "pm1", "k1")
    assert server.asked == []
