"""Paying a bill with what is on file: which account, how much, with what, and a yes to exactly that. Charged once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import SlotSet

from actions.offers import button
from actions.portal_client import AccountBalance, PaymentMethod, PortalError, Refused
from actions.reading.choices import read_place_in_list
from actions.reading.money import read_amount
from actions.reading.words import fold, with_digits
from actions.reading.yes_no import read_yes_no
from actions.task import DECLINED, Confirmation, Question, TaskAction, TaskForm
from actions.turn import CarelineAction, Event, Turn
from actions.verification import sign_in_questions
from actions.wording import date_words, listed, money_words

ACCOUNT_WORDS = {"clinic": ("clinic", "doctor", "office", "clinica", "consultorio"), "hospital": ("hospital",)}
METHOD_WORDS = {
    "visa": ("visa",), "mastercard": ("mastercard", "master card", "master"), "amex": ("amex", "american express"), "discover": ("discover",),
    "bank account": ("bank", "checking", "savings", "banco", "cheques", "ahorros"),
}  # fmt: skip
# A bill is an account too, so these mean the bank only when it was asked what to pay with.
ACCOUNT_IS_BANK = ("account", "cuenta")
CARD_WORDS = ("card", "credit", "debit", "tarjeta", "credito", "debito")
METHOD_NAMES_ES = {"bank account": "la cuenta de banco"}


class PayBillAccount(Question):
    """Id of the account; asked only when money is owed on more than one."""

    slot = "pay_bill_account"

    async def known(self, turn: Turn) -> Any | None:
        owed = await owed_accounts(turn)
        return owed[0].id if len(owed) == 1 else None

    async def answer(self, turn: Turn) -> Any | None:
        owed = await owed_accounts(turn)
        if turn.picked:
            return turn.picked if turn.picked in {account.id for account in owed} else None
        named = await self.mention(turn)
        if named is not None:
            return named
        place = read_place_in_list(turn.text, len(owed))
        return owed[place].id if place is not None else None

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        folded = fold(turn.text)
        named = [
            account
            for account in await owed_accounts(turn)
            if any(word in folded for word in ACCOUNT_WORDS.get(account.name, (account.name,)))
        ]
        return named[0].id if len(named) == 1 else None


class PayBillAmount(Question):
    """Cents."""

    slot = "pay_bill_amount"
    depends_on = ("pay_bill_account",)

    async def answer(self, turn: Turn) -> Any | None:
        account = await chosen_account(turn)
        if account is None:
            return None
        if turn.picked:
            return account.cents if turn.picked == "all" else None
        if read_yes_no(turn.text) and read_amount(turn.text, account.cents) is None:
            return account.cents  # the question was whether to pay all of it
        return read_amount(turn.text, account.cents, asked=True)

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        account = await chosen_account(turn)
        # Once an amount was said, "no, all of it" and "make it 50" are about it.
        return read_amount(turn.text, account.cents, asked=turn.slot(self.slot) is not None) if account else None


class PayBillMethod(Question):
    """Id of a card or bank account on file."""

    slot = "pay_bill_method"

    async def known(self, turn: Turn) -> Any | None:
        methods = await (await turn.portal()).payment_methods()
        return methods[0].id if len(methods) == 1 else None

    async def answer(self, turn: Turn) -> Any | None:
        methods = await (await turn.portal()).payment_methods()
        if turn.picked:
            return turn.picked if turn.picked in {method.id for method in methods} else None
        named = await self.mention(turn)
        if named is not None:
            return named
        place = read_place_in_list(turn.text, len(methods))
        if place is not None:
            return methods[place].id
        banks = [method.id for method in methods if method.kind == "bank account"]
        return banks[0] if len(banks) == 1 and any(word in fold(turn.text) for word in ACCOUNT_IS_BANK) else None

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        return method_named(turn.text, await (await turn.portal()).payment_methods())


class PayBillConfirmed(Confirmation):
    slot = "pay_bill_confirmed"
    depends_on = ("pay_bill_account", "pay_bill_amount", "pay_bill_method")


class ValidatePayBillForm(TaskForm):
    """Reads what is said about a payment; ends when nothing is owed or nothing is on file to pay with."""

    capability = "pay_bill"

    def questions(self) -> Sequence[Question]:
        return [
            *sign_in_questions(self.capability),
            PayBillAccount(),
            PayBillAmount(),
            PayBillMethod(),
            PayBillConfirmed(),
        ]

    async def ends_early(self, turn: Turn) -> bool:
        if await turn.signed_in() is None:
            return False
        if not await owed_accounts(turn):
            turn.utter("utter_pay_bill_nothing_owed")
            return True
        if await (await turn.portal()).payment_methods():
            return False
        turn.utter("utter_pay_bill_no_method")
        return True


class ActionAskPayBillAccount(CarelineAction):
    def name(self) -> str:
        return "action_ask_pay_bill_account"

    async def act(self, turn: Turn) -> list[Event]:
        owed = await owed_accounts(turn)
        said = [
            f"{account_words(account, turn.language, turn.record_name)}, {money_words(account.cents)}"
            for account in owed
        ]
        buttons = [button(title, account.id) for title, account in zip(said, owed, strict=True)]
        turn.utter("utter_ask_pay_bill_account", buttons=buttons, accounts=listed(said, turn.language))
        return []


class ActionAskPayBillAmount(CarelineAction):
    """Says what is owed and asks whether to pay it all; an amount that cannot be paid is said first."""

    def name(self) -> str:
        return "action_ask_pay_bill_amount"

    async def act(self, turn: Turn) -> list[Event]:
        account = await chosen_account(turn)
        if account is None:
            turn.utter("utter_pay_bill_nothing_owed")
            return []
        owed = money_words(account.cents)
        due = date_words(account.due, turn.language) if account.due else ""
        whole = f"{'Todo' if turn.language == 'es' else 'All of it'}, {owed}"
        response = "utter_ask_pay_bill_amount_due" if due else "utter_ask_pay_bill_amount"
        turn.utter(
            response,
            buttons=[button(whole, "all")],
            account=account_words(account, turn.language, turn.record_name),
            owed=owed,
            due=due,
        )
        return []


class ActionAskPayBillMethod(CarelineAction):
    def name(self) -> str:
        return "action_ask_pay_bill_method"

    async def act(self, turn: Turn) -> list[Event]:
        methods = await (await turn.portal()).payment_methods()
        said = [method_words(method, turn.language) for method in methods]
        buttons = [button(title, method.id) for title, method in zip(said, methods, strict=True)]
        turn.utter("utter_ask_pay_bill_method", buttons=buttons, methods=listed(said, turn.language, "or"))
        return []


class ActionAskPayBillConfirmed(CarelineAction):
    """Says exactly what will be charged to what."""

    def name(self) -> str:
        return "action_ask_pay_bill_confirmed"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.slot(DECLINED):
            turn.utter("utter_ask_pay_bill_change")
            return []
        account = await chosen_account(turn)
        cents = turn.slot("pay_bill_amount")
        if account is None or not 0 < cents <= account.cents:
            owed = money_words(account.cents) if account else money_words(0)
            turn.utter("utter_ask_pay_bill_amount_not_possible", owed=owed)
            return [SlotSet("pay_bill_amount", None), SlotSet("requested_slot", "pay_bill_amount")]
        method = await chosen_method(turn)
        if method is None:
            # It was taken off the file meanwhile.
            await ActionAskPayBillMethod(self._services).act(turn)
            return [SlotSet("pay_bill_method", None), SlotSet("requested_slot", "pay_bill_method")]
        turn.utter(
            "utter_ask_pay_bill_confirmed",
            buttons=PayBillConfirmed().buttons(turn),
            amount=money_words(cents),
            account=account_words(account, turn.language, turn.record_name),
            method=method_words(method, turn.language),
        )
        return []


class ActionPayBill(TaskAction):
    """Pays what was confirmed, once, and gives the receipt."""

    form = ValidatePayBillForm

    async def do(self, turn: Turn) -> list[Event]:
        account = await chosen_account(turn)
        if account is None:
            turn.utter("utter_pay_bill_nothing_owed")
            return []
        cents, method = turn.slot("pay_bill_amount"), await chosen_method(turn)
        if method is None:
            raise Refused("not-found")
        payment = await (await turn.portal()).pay(account.id, cents, method.id, _key(turn, account, cents))
        values = {
            "amount": money_words(payment.cents),
            "account": account_words(account, turn.language, turn.record_name),
            "method": method_words(method, turn.language),
            "receipt": payment.receipt,
            "left": money_words(await _left(turn, account, payment.cents)),
        }
        turn.utter("utter_pay_bill_paid", parts=[{"type": "receipt", **values, "at": payment.at.isoformat()}], **values)
        return []


async def owed_accounts(turn: Turn) -> list[AccountBalance]:
    """The accounts on which something is owed."""
    return [account for account in await (await turn.portal()).balances() if account.cents > 0]


async def chosen_account(turn: Turn) -> AccountBalance | None:
    """The account that was chosen, or the only one with something owed."""
    owed, chosen = await owed_accounts(turn), turn.slot("pay_bill_account")
    if chosen is None:
        return owed[0] if len(owed) == 1 else None
    return next((account for account in owed if account.id == chosen), None)


async def chosen_method(turn: Turn) -> PaymentMethod | None:
    """The card or bank account that was chosen; None when it is not on file any more."""
    methods = await (await turn.portal()).payment_methods()
    return next((method for method in methods if method.id == turn.slot("pay_bill_method")), None)


async def _left(turn: Turn, account: AccountBalance, paid: int) -> int:
    """What is still owed, in cents; asked for, because a payment tried twice was counted before."""
    try:
        balances = await (await turn.portal()).balances()
    except PortalError:
        return account.cents - paid
    return next((each.cents for each in balances if each.id == account.id), 0)


def method_named(text: str, methods: list[PaymentMethod]) -> str | None:
    """Id of the one method that a text means: by its last digits, its brand, or card against bank."""
    folded, digits = fold(text), with_digits(text).replace(" ", "")
    ending = [method for method in methods if method.ending in digits]
    if len(ending) == 1:
        return ending[0].id
    brand = [
        method for method in methods if any(word in folded for word in METHOD_WORDS.get(method.kind, (method.kind,)))
    ]
    if len(brand) == 1:
        return brand[0].id
    cards = [method for method in methods if method.kind != "bank account"]
    return cards[0].id if len(cards) == 1 and any(word in folded for word in CARD_WORDS) else None


def account_words(account: AccountBalance, language: str, whose: str = "") -> str:
    """'your clinic bill' or 'su cuenta de la clínica'; of somebody else "Ada's clinic bill"."""
    if language != "es":
        return f"{whose}'s {account.name} bill" if whose else f"your {account.name} bill"
    known = {"clinic": "cuenta de la clínica", "hospital": "cuenta del hospital"}
    name = known.get(account.name, f"cuenta de {account.name}")
    return f"la {name} de {whose}" if whose else f"su {name}"


def method_words(method: PaymentMethod, language: str) -> str:
    """'Visa ending in 4242' or 'Visa que termina en 4242'."""
    if language == "es":
        return f"{METHOD_NAMES_ES.get(method.kind, method.kind.title())} que termina en {method.ending}"
    return f"{method.kind.title() if method.kind != 'bank account' else 'the bank account'} ending in {method.ending}"


def _key(turn: Turn, account: AccountBalance, cents: int) -> str:
    """The same for every try at the same payment, and another once a payment was made in this conversation.

    The balance is not part of it: after a try whose outcome nobody knows it may have changed by that very payment.
    """
    made = sum((event.get("metadata") or {}).get("act") == "utter_pay_bill_paid" for event in turn.tracker.events)
    parts = ("pay_bill", turn.sender_id, account.id, str(made), str(cents), turn.now.date().isoformat())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:40]
