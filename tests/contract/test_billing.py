"""What is owed, and paying it."""

from __future__ import annotations

import asyncio

import pytest

from actions.portal_client import OutcomeUnknown, PortalError, Refused
from tests.contract.targets import Target, demo_only, if_capable

# A server that keeps payment methods is one that charges them.
charges = if_capable("Patient.$payment-methods")


async def test_what_is_owed_is_told_by_account(target: Target) -> None:
    found = await target.portal("james").balances()
    assert [(each.name, each.cents) for each in found] == [("clinic", 34000), ("hospital", 90000)]


@charges
async def test_paying_twice_with_one_key_charges_once(target: Target) -> None:
    maria = target.portal("maria")
    account, method = (await maria.balances())[0], (await maria.payment_methods())[0]
    paid = await asyncio.gather(*(maria.pay(account.id, 5000, method.id, "key-1") for _ in range(2)))
    assert paid[0] == paid[1]
    assert paid[0].cents == 5000
    assert (await maria.balances())[0].cents == account.cents - 5000


@charges
async def test_a_payment_whose_answer_is_lost_is_found_and_charged_once(target: Target) -> None:
    maria = target.portal("maria")
    account, method = (await maria.balances())[0], (await maria.payment_methods())[0]
    target.wire.loses = f"POST /{target.server.fhir_path}Task"
    paid = await maria.pay(account.id, 5000, method.id, "key-1")
    assert (await maria.pay(account.id, 5000, method.id, "key-1")).receipt == paid.receipt
    assert (await maria.balances())[0].cents == account.cents - 5000


@charges
async def test_another_amount_under_the_same_key_is_not_paid(target: Target) -> None:
    maria = target.portal("maria")
    account, method = (await maria.balances())[0], (await maria.payment_methods())[0]
    await maria.pay(account.id, 5000, method.id, "key-1")
    with pytest.raises((Refused, OutcomeUnknown)):
        await maria.pay(account.id, 6000, method.id, "key-1")
    assert (await maria.balances())[0].cents == account.cents - 5000


@demo_only("its rules and their names")
@pytest.mark.parametrize(
    ("cents", "method", "reason"), [(18451, None, "over-payment"), (100, "nope", "unknown-method")]
)
async def test_a_payment_against_the_rules_is_refused(
    target: Target, cents: int, method: str | None, reason: str
) -> None:
    maria = target.portal("maria")
    known = (await maria.payment_methods())[0].id
    with pytest.raises(Refused) as caught:
        await maria.pay((await maria.balances())[0].id, cents, method or known, "key-1")
    assert caught.value.detail == reason


@charges
async def test_nobody_pays_on_somebody_elses_account(target: Target) -> None:
    his = (await target.portal("james").balances())[0]
    maria = target.portal("maria")
    with pytest.raises(PortalError):
        await maria.pay(his.id, 100, (await maria.payment_methods())[0].id, "key-1")
    assert (await target.portal("james").balances())[0].cents == his.cents


async def test_a_payment_that_nobody_has_taken_is_not_called_paid(target: Target) -> None:
    """A server without a till keeps the request and charges nothing."""
    if target.capabilities.offers("Patient.$payment-methods"):
        pytest.skip("the server charges by itself")
    maria = target.portal("maria")
    account = (await maria.balances())[0]
    with pytest.raises(PortalError):
        await maria.pay(account.id, 5000, "any", "key-1")
    assert (await maria.balances())[0] == account
