"""What bills are made of, plans, paperless billing, financial help, and paying as a guest."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions.portal_client import PortalUnavailable, Refused
from tests.contract.targets import Target, demo_only, if_capable

ROBERT = ("ST-2048-7731", date(1979, 1, 15))


async def test_a_balance_is_explained(target: Target) -> None:
    maria = target.portal("maria")
    (account,) = await maria.balances()
    found = await maria.bill_details(account.id)

    assert sorted((each.what, each.cents) for each in found.charges) == [
        ("Lipid panel", 3950),
        ("Office visit", 14_500),
    ]
    assert found.payments == ()


@if_capable("Task.create")
@demo_only("the portal takes the money")
async def test_a_payment_is_among_the_past_ones(target: Target) -> None:
    maria = target.portal("maria")
    (account,), method = await maria.balances(), (await maria.payment_methods())[0]
    paid = await maria.pay(account.id, 5000, method.id, "key-1")

    assert [(each.cents, each.receipt) for each in (await maria.bill_details(account.id)).payments] == [
        (5000, paid.receipt)
    ]


async def test_what_insurance_paid_is_told(target: Target) -> None:
    assert (await target.portal("harold").bill_details("harold-clinic")).insurance_paid_cents == 21_600


@demo_only("the portal takes the money")
async def test_a_copay_is_paid_and_leaves_the_balance(target: Target) -> None:
    maria = target.portal("maria")
    (copay,), method = await maria.copays(), (await maria.payment_methods())[0]
    assert (copay.cents, copay.what) == (2500, "Copay for your physical")
    paid = await maria.pay_copay(copay.invoice_id, 2500, method.id, "key-1")

    assert paid.cents == 2500
    assert await maria.copays() == []
    assert (await maria.balances())[0].cents == 18_450


async def test_statements_are_listed_and_opened(target: Target) -> None:
    james = target.portal("james")
    found = await james.statements()

    assert [each.title.split(" ")[0] for each in found] == ["Clinic", "Hospital"]
    assert (await james.document_body(found[0].document_id)).content.startswith(b"%PDF-")


async def test_how_statements_come_is_told(target: Target) -> None:
    assert ((await target.portal("maria").paperless()).on, (await target.portal("rosa").paperless()).on) == (
        True,
        False,
    )


@if_capable("Consent.create", "Consent.update")
async def test_paperless_goes_both_ways(target: Target) -> None:
    for patient, wanted in (("maria", False), ("rosa", True)):
        its = target.portal(patient)
        await its.set_paperless(wanted, "key-1")
        assert (await its.paperless()).on == wanted
        await its.set_paperless(not wanted, "key-2")
        assert (await its.paperless()).on != wanted


async def test_a_running_plan_is_told(target: Target) -> None:
    (plan,) = await target.portal("james").payment_plans()

    assert (plan.account_id, plan.monthly_cents, plan.next_due, plan.begun) == (
        "james-clinic",
        6000,
        date(2026, 3, 27),
        True,
    )


@if_capable("Account.$payment-plan-offers")
async def test_plans_add_up_to_what_is_owed(target: Target) -> None:
    offers = await target.portal("maria").plan_offers("maria-clinic")

    assert [each.months for each in offers] == [3, 6]
    assert {each.monthly_cents * (each.months - 1) + each.last_cents for each in offers} == {18_450}
    assert all(0 < each.last_cents <= each.monthly_cents for each in offers)


@if_capable("Account.$payment-plan-offers")
async def test_a_plan_begins_as_offered_and_ends_before_its_first_payment(target: Target) -> None:
    maria = target.portal("maria")
    offer = (await maria.plan_offers("maria-clinic"))[1]
    assert (await maria.start_plan("maria-clinic", offer, "key-1")).status == "completed"
    (plan,) = await maria.payment_plans()
    assert (plan.monthly_cents, plan.next_due, plan.begun) == (offer.monthly_cents, offer.first_due, False)
    with pytest.raises(Refused):
        await maria.start_plan("maria-clinic", offer, "key-2")

    assert (await maria.end_plan(plan.id, "key-3")).status == "completed"
    assert await maria.payment_plans() == []


@if_capable("Account.$payment-plan-offers")
async def test_a_plan_that_is_not_offered_is_refused(target: Target) -> None:
    maria = target.portal("maria")
    offer = (await maria.plan_offers("maria-clinic"))[0]
    with pytest.raises(Refused) as caught:
        await maria.start_plan("maria-clinic", type(offer)(36, 500, 500, offer.first_due), "key-1")
    assert caught.value.detail == "plan-not-offered"


@demo_only("the clinic ends a plan that has begun")
async def test_a_plan_that_has_begun_is_ended_by_the_clinic(target: Target) -> None:
    james = target.portal("james")
    (plan,) = await james.payment_plans()

    assert (await james.end_plan(plan.id, "key-1")).status == "requested"
    assert len(await james.payment_plans()) == 1
    assert (await james.change_plan(plan.id, 5000, "key-2")).status == "requested"


async def test_the_limits_for_help_are_published(target: Target) -> None:
    bands = {each.household: each for each in await target.portal("tom").assistance_bands()}

    assert bands[3].free_cents < bands[3].reduced_cents
    assert sorted(bands) == [1, 2, 3, 4, 5, 6]


@if_capable("Task.create")
async def test_help_is_applied_for_once(target: Target) -> None:
    tom = target.portal("tom")
    assert await tom.assistance() is None
    receipt = await tom.apply_for_assistance(3, 4_000_000, "key-1")

    found = await tom.assistance()
    assert found is not None
    assert (found.id, found.status) == (receipt.id, "requested")


@demo_only("the papers that the clinic asks for, and one application at a time")
async def test_an_application_says_what_to_bring(target: Target) -> None:
    tom = target.portal("tom")
    first = await tom.apply_for_assistance(3, 4_000_000, "key-1")
    found = await tom.assistance()
    assert found is not None
    assert len(found.missing) == 2
    second = await tom.apply_for_assistance(4, 4_000_000, "key-2")

    assert (second.id, second.already_open) == (first.id, True)


@demo_only("pages to pay on are operations of ours")
async def test_a_page_takes_a_payment_once(target: Target) -> None:
    maria = target.portal("maria")
    link = await maria.payment_link("maria-clinic", 5000, "key-1")
    page = link.url.removeprefix("http://127.0.0.1:8010")

    assert "$50.00" in (await target.client.get(page)).text
    form = {"content-type": "application/x-www-form-urlencoded"}
    paid = await target.client.post(page, content=b"", headers=form)
    again = await target.client.post(page, content=b"", headers=form)
    assert (paid.status_code, again.status_code) == (200, 404)
    assert (await maria.balances())[0].cents == 13_450


@demo_only("pages to pay on are operations of ours")
async def test_a_page_lapses(target: Target) -> None:
    link = await target.portal("maria").payment_link("maria-clinic", 5000, "key-1")
    target.clock.advance(timedelta(minutes=31))

    assert (await target.client.get(link.url.removeprefix("http://127.0.0.1:8010"))).status_code == 404


@demo_only("pages to pay on are operations of ours")
@pytest.mark.parametrize("cents", [0, 18_451])
async def test_no_page_for_nothing_or_too_much(target: Target, cents: int) -> None:
    with pytest.raises(Refused):
        await target.portal("maria").payment_link("maria-clinic", cents, "key-1")


@if_capable("Invoice.$guest-bill")
async def test_a_guest_learns_the_open_amount_and_nothing_else(target: Target) -> None:
    found = await target.public.guest_bill(*ROBERT)

    assert found is not None
    assert (found.statement, found.cents) == ("ST-2048-7731", 7500)


@if_capable("Invoice.$guest-bill")
async def test_a_wrong_number_and_a_wrong_date_look_the_same(target: Target) -> None:
    assert await target.public.guest_bill("ST-2048-7732", ROBERT[1]) is None
    assert await target.public.guest_bill(ROBERT[0], date(1979, 1, 16)) is None


@demo_only("guesses are counted")
async def test_a_guest_cannot_guess_for_long(target: Target) -> None:
    for day in range(1, 6):
        await target.public.guest_bill(ROBERT[0], date(1979, 2, day))
    with pytest.raises(PortalUnavailable):
        await target.public.guest_bill(*ROBERT)
    target.clock.advance(timedelta(minutes=16))

    assert await target.public.guest_bill(*ROBERT) is not None


@demo_only("pages to pay on are operations of ours")
async def test_a_guest_pays(target: Target) -> None:
    link = await target.public.guest_payment_link(*ROBERT, 7500, "key-1")
    form = {"content-type": "application/x-www-form-urlencoded"}
    await target.client.post(link.url.removeprefix("http://127.0.0.1:8010"), content=b"", headers=form)

    assert (await target.portal("robert").balances())[0].cents == 0
    assert await target.public.guest_bill(*ROBERT) is None
