"""Paying a bill: which one, how much, with what, a yes to exactly that, and charged once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from actions.billing.pay_bill import (
    ActionAskPayBillAccount,
    ActionAskPayBillAmount,
    ActionAskPayBillConfirmed,
    ActionAskPayBillMethod,
    ActionPayBill,
    ValidatePayBillForm,
    method_named,
    method_words,
)
from actions.portal_client import OutcomeUnknown, Payment, PaymentMethod, PortalUnavailable, Refused
from tests.turns import BANK, CLINIC_BILL, HOSPITAL_BILL, VISA, Talk

MASTERCARD = PaymentMethod("pay-mc", "mastercard", "9911")


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    talk = Talk(tmp_path, act="pay_bill")
    talk.portal.accounts, talk.portal.methods = [CLINIC_BILL], [VISA, BANK]
    return talk


async def fill(talk: Talk, words: str, intent: str = "inform", **more: Any) -> str | None:
    talk.hears(words, intent, **more)
    await talk.fills(ValidatePayBillForm)
    return talk.requested


async def confirm(talk: Talk, words: str = "pay $50 of my bill with the visa") -> None:
    assert await fill(talk, words, "pay_bill") == "pay_bill_confirmed"
    await talk.does(ActionAskPayBillConfirmed)


async def pay(talk: Talk, words: str = "pay $50 of my bill with the visa") -> None:
    await confirm(talk, words)
    await fill(talk, "yes", "affirm")
    await talk.does(ActionPayBill)


async def test_nothing_owed_is_said_and_nothing_is_asked(talk: Talk) -> None:
    talk.portal.accounts = []
    await fill(talk, "pay my bill", "pay_bill")
    assert (talk.acts, talk.loop) == (["utter_pay_bill_nothing_owed"], None)


async def test_without_anything_to_pay_with_no_card_is_asked_for(talk: Talk) -> None:
    talk.portal.methods = []
    await fill(talk, "pay my bill", "pay_bill")
    assert (talk.acts, talk.loop) == (["utter_pay_bill_no_method"], None)


async def test_of_two_bills_one_is_asked_for(talk: Talk) -> None:
    talk.portal.accounts = [CLINIC_BILL, HOSPITAL_BILL]
    assert await fill(talk, "pay my bill", "pay_bill") == "pay_bill_account"
    await talk.does(ActionAskPayBillAccount)
    assert (talk.acts, talk.value("accounts")) == (
        ["utter_ask_pay_bill_account"],
        "your clinic bill, $184.50 and your hospital bill, $900.00",
    )
    assert talk.picks() == [CLINIC_BILL.id, HOSPITAL_BILL.id]


@pytest.mark.parametrize(
    ("words", "pick", "chosen"),
    [
        ("the hospital", None, HOSPITAL_BILL.id),
        ("la de la clínica", None, CLINIC_BILL.id),
        ("the second one", None, HOSPITAL_BILL.id),
        ("la primera", None, CLINIC_BILL.id),
        ("x", HOSPITAL_BILL.id, HOSPITAL_BILL.id),
        ("x", "acct-of-somebody-else", None),
        ("both", None, None),
        ("i don't know", None, None),
    ],
)
async def test_a_bill_is_chosen(talk: Talk, words: str, pick: str | None, chosen: str | None) -> None:
    talk.portal.accounts = [CLINIC_BILL, HOSPITAL_BILL]
    await fill(talk, "pay my bill", "pay_bill")
    await fill(talk, words, pick=pick)
    assert talk.slots.get("pay_bill_account") == chosen


async def test_the_amount_is_asked_with_when_it_is_due(talk: Talk) -> None:
    assert await fill(talk, "pay my bill", "pay_bill") == "pay_bill_amount"
    await talk.does(ActionAskPayBillAmount)
    assert (talk.acts, talk.value("owed"), talk.value("due")) == (
        ["utter_ask_pay_bill_amount_due"],
        "$184.50",
        "March 29, 2026",
    )
    assert talk.picks() == ["all"]


async def test_a_bill_without_a_due_day_is_asked_about_without_one(talk: Talk) -> None:
    talk.portal.accounts = [HOSPITAL_BILL]
    await fill(talk, "pay my bill", "pay_bill")
    await talk.does(ActionAskPayBillAmount)
    assert talk.acts == ["utter_ask_pay_bill_amount"]


async def test_a_bill_that_was_paid_meanwhile_is_said_to_be(talk: Talk) -> None:
    await fill(talk, "pay my bill", "pay_bill")
    talk.portal.accounts = []
    await talk.does(ActionAskPayBillAmount)
    assert talk.acts == ["utter_pay_bill_nothing_owed"]


@pytest.mark.parametrize(
    ("words", "pick", "cents"),
    [
        ("all of it", None, 18450),
        ("yes", None, 18450),
        ("sí, todo", None, 18450),
        ("All of it, $184.50", "all", 18450),
        ("just half", None, 9225),
        ("fifty", None, 5000),
        ("one eighty four fifty", None, 18450),
        ("cuarenta dólares", None, 4000),
        ("x", "some", None),
        ("no", None, None),
        ("i don't know", None, None),
    ],
)
async def test_an_amount_is_told(talk: Talk, words: str, pick: str | None, cents: int | None) -> None:
    await fill(talk, "pay my bill", "pay_bill")
    await fill(talk, words, pick=pick)
    assert talk.slots.get("pay_bill_amount") == cents


async def test_what_to_pay_with_is_asked_when_there_is_more_than_one(talk: Talk) -> None:
    assert await fill(talk, "pay $50", "pay_bill") == "pay_bill_method"
    await talk.does(ActionAskPayBillMethod)
    assert (talk.acts, talk.value("methods")) == (
        ["utter_ask_pay_bill_method"],
        "Visa ending in 4242 or the bank account ending in 6789",
    )
    assert talk.picks() == [VISA.id, BANK.id]


async def test_the_only_card_on_file_is_not_asked_for(talk: Talk) -> None:
    talk.portal.methods = [VISA]
    assert await fill(talk, "pay $50", "pay_bill") == "pay_bill_confirmed"


@pytest.mark.parametrize(
    ("words", "pick", "chosen"),
    [
        ("the visa", None, VISA.id),
        ("credit card", None, VISA.id),
        ("con la tarjeta", None, VISA.id),
        ("4242", None, VISA.id),
        ("four two four two", None, VISA.id),
        ("the bank account", None, BANK.id),
        ("my checking account", None, BANK.id),
        ("la cuenta de banco", None, BANK.id),
        ("from my account", None, BANK.id),
        ("the one ending in 6789", None, BANK.id),
        ("the second", None, BANK.id),
        ("x", BANK.id, BANK.id),
        ("x", "pay-of-somebody-else", None),
        ("paypal", None, None),
        ("yes", None, None),
    ],
)
async def test_a_method_is_chosen(talk: Talk, words: str, pick: str | None, chosen: str | None) -> None:
    await fill(talk, "pay $50", "pay_bill")
    await fill(talk, words, pick=pick)
    assert talk.slots.get("pay_bill_method") == chosen


async def test_what_will_be_charged_is_read_back_exactly(talk: Talk) -> None:
    await confirm(talk)
    said = talk.said[0]
    assert talk.acts == ["utter_ask_pay_bill_confirmed"]
    assert (said["amount"], said["account"], said["method"]) == ("$50.00", "your clinic bill", "Visa ending in 4242")


async def test_after_a_no_it_asks_what_to_change(talk: Talk) -> None:
    await confirm(talk)
    await fill(talk, "no", "deny")
    await talk.does(ActionAskPayBillConfirmed)
    assert talk.acts == ["utter_ask_pay_bill_change"]


@pytest.mark.parametrize(("words", "cents"), [("no, all of it", 18450), ("make it 60", 6000), ("no, half", 9225)])
async def test_another_amount_is_read_back_before_a_yes_counts(talk: Talk, words: str, cents: int) -> None:
    await confirm(talk)
    assert await fill(talk, words) == "pay_bill_confirmed"
    assert (talk.slots["pay_bill_amount"], talk.slots.get("pay_bill_confirmed")) == (cents, None)


@pytest.mark.parametrize(
    "words",
    ["pay $500 of my bill with the visa", "pay $0 of my bill with the visa", "pay $184.51 of my bill with the visa"],
)
async def test_an_amount_that_cannot_be_charged_is_asked_again(talk: Talk, words: str) -> None:
    await confirm(talk, words)
    assert (talk.acts, talk.value("owed")) == (["utter_ask_pay_bill_amount_not_possible"], "$184.50")
    assert (talk.slots["pay_bill_amount"], talk.requested) == (None, "pay_bill_amount")


async def test_a_card_that_was_taken_off_the_file_is_asked_again(talk: Talk) -> None:
    await fill(talk, "pay $50 of my bill with the visa", "pay_bill")
    talk.portal.methods = [BANK, MASTERCARD]
    await talk.does(ActionAskPayBillConfirmed)
    assert (talk.acts, talk.slots["pay_bill_method"], talk.requested) == (
        ["utter_ask_pay_bill_method"],
        None,
        "pay_bill_method",
    )


async def test_a_card_that_was_taken_off_after_the_yes_is_not_charged(talk: Talk) -> None:
    await confirm(talk)
    await fill(talk, "yes", "affirm")
    talk.portal.methods = [BANK]
    await talk.does(ActionPayBill)
    assert (talk.acts, talk.portal.called("pay")) == (["utter_portal_refused"], [])


async def test_a_payment_is_made_with_a_receipt(talk: Talk) -> None:
    await pay(talk)
    said = talk.said[0]
    assert talk.acts == ["utter_pay_bill_paid"]
    assert (said["amount"], said["receipt"], said["left"]) == ("$50.00", "R-0001", "$134.50")
    assert said["parts"][0]["at"] == "2026-03-17T10:00:00-07:00"
    assert [arguments[:3] for arguments in talk.portal.called("pay")] == [(CLINIC_BILL.id, 5000, VISA.id)]


async def test_a_bill_paid_in_full_leaves_nothing(talk: Talk) -> None:
    await pay(talk, "pay my full balance with the visa")
    assert talk.value("left") == "$0.00"


async def test_what_is_left_is_reckoned_when_it_cannot_be_asked(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    paying = talk.portal.pay

    async def then_break(*arguments: Any) -> Payment:
        done = await paying(*arguments)
        talk.portal.fail("balances", PortalUnavailable())
        return done

    monkeypatch.setattr(talk.portal, "pay", then_break)
    await pay(talk)
    assert (talk.acts, talk.value("left")) == (["utter_pay_bill_paid"], "$134.50")


async def test_a_bill_paid_elsewhere_after_the_yes_is_not_charged(talk: Talk) -> None:
    await confirm(talk)
    await fill(talk, "yes", "affirm")
    talk.portal.accounts = []
    await talk.does(ActionPayBill)
    assert (talk.acts, talk.portal.called("pay")) == (["utter_pay_bill_nothing_owed"], [])


@pytest.mark.parametrize(
    ("error", "act"),
    [
        (Refused("business-rule", "over-payment"), "utter_portal_refused"),
        (PortalUnavailable(), "utter_portal_unavailable"),
        (OutcomeUnknown(), "utter_outcome_unknown"),
    ],
)
async def test_what_was_not_charged_is_said_and_the_yes_is_used_up(talk: Talk, error: Exception, act: str) -> None:
    talk.portal.fail("pay", error)
    await pay(talk)
    assert (talk.acts, talk.slots["pay_bill_confirmed"], talk.slots["pay_bill_amount"]) == ([act], None, 5000)


async def test_a_payment_whose_outcome_nobody_knew_is_not_made_twice(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paying = talk.portal.pay

    async def pay_and_say_nothing(*arguments: Any) -> Payment:
        await paying(*arguments)
        raise OutcomeUnknown

    monkeypatch.setattr(talk.portal, "pay", pay_and_say_nothing)
    await pay(talk)
    monkeypatch.setattr(talk.portal, "pay", paying)
    await fill(talk, "yes", "affirm")
    await talk.does(ActionPayBill)
    assert (talk.acts, talk.value("left")) == (["utter_pay_bill_paid"], "$134.50")
    assert len(talk.portal.payments) == 1


async def test_the_same_amount_can_be_paid_once_more_when_it_is_asked_for_anew(talk: Talk) -> None:
    await pay(talk)
    await pay(talk)
    assert (talk.value("left"), len(talk.portal.payments)) == ("$84.50", 2)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("mastercard", MASTERCARD.id),
        ("the master card", MASTERCARD.id),
        ("visa", VISA.id),
        ("the card", None),
        ("ends in 9911", MASTERCARD.id),
        ("bank", BANK.id),
        ("cash", None),
    ],
)
def test_with_two_cards_the_card_is_not_clear(words: str, chosen: str | None) -> None:
    assert method_named(words, [VISA, MASTERCARD, BANK]) == chosen


@pytest.mark.parametrize(
    ("method", "english", "spanish"),
    [
        (VISA, "Visa ending in 4242", "Visa que termina en 4242"),
        (BANK, "the bank account ending in 6789", "la cuenta de banco que termina en 6789"),
    ],
)
def test_a_method_is_said_by_its_last_digits(method: PaymentMethod, english: str, spanish: str) -> None:
    assert (method_words(method, "en"), method_words(method, "es")) == (english, spanish)
