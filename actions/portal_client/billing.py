"""What is owed and paying it: Account, Invoice and a Task `pay` (FHIR R4); card numbers never come here."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from actions.portal_client.area import PatientCalls, every_answer
from actions.portal_client.errors import OutcomeUnknown, Refused
from actions.portal_client.fhir import (
    Json,
    checked_id,
    codes,
    concept,
    extension,
    id_of,
    reading,
    reference,
    reference_id,
    text_in,
    to_cents,
    to_day,
    to_moment,
    to_money,
)
from actions.portal_client.models import AccountBalance, Payment, PaymentMethod
from actions.portal_client.requests import REFUSED, draft_task, task_about, task_input, task_value
from actions.portal_client.vocabulary import ACCOUNT_BALANCE, DUE_DATE, OPEN_AMOUNT, PORTAL_REQUEST

_KINDS = ("clinic", "hospital")


class BillingCalls(PatientCalls):
    """Accounts of the patient in context."""

    async def balances(self) -> list[AccountBalance]:
        patient = ("patient", self._patient_id)
        accounts, invoices = await every_answer(
            self._fhir.search("Account", [patient, ("status", "active")]),
            self._fhir.search("Invoice", [patient, ("status", "issued")]),
        )
        with reading("Account"):
            issued = [each for each in invoices.matches if each["status"] == "issued"]
            active = [each for each in accounts.matches if each["status"] == "active"]
            found = [_to_balance(each, _invoices_of(id_of(each), issued), self._zone) for each in active]
        return sorted(found, key=lambda each: (each.name not in _KINDS[:1], each.name))

    async def payment_methods(self) -> list[PaymentMethod]:
        reply = await self._fhir.operation(f"Patient/{checked_id(self._patient_id)}/$payment-methods")
        with reading("Parameters"):
            given = reply.of_type("Parameters").get("parameter", [])
            return [_to_method(each["part"]) for each in given if each["name"] == "method"]

    async def pay(self, account_id: str, cents: int, method_id: str, key: str) -> Payment:
        if cents <= 0:
            raise Refused("business-rule", "not-positive")
        task = self._payment(reference("Account", checked_id(account_id)), cents, method_id)

        def read(done: Json) -> Payment:
            return to_payment(done, "Account", account_id, cents, self._zone)

        return await self._fhir.create(task, key, read)

    def _payment(self, focus: Json, cents: int, method_id: str) -> Json:
        task = draft_task(self._patient, concept(PORTAL_REQUEST, "pay"), focus, self._clock.now())
        amount = task_input("amount", "valueMoney", to_money(cents))
        return {**task, "input": [amount, task_input("method", "valueString", method_id)]}


def _to_balance(account: Json, invoices: list[Json], zone: ZoneInfo) -> AccountBalance:
    dues = [extension(each, DUE_DATE) for each in invoices]
    days = [to_day(each["valueDate"], zone) for each in dues if each]
    cents = _stated_balance(account)
    if cents is None:
        cents = sum(_open_amount(each) for each in invoices)
    return AccountBalance(id_of(account), _kind(account), cents, _first(days) if cents > 0 else None)


def _stated_balance(account: Json) -> int | None:
    """The balance as R5 carries it; None when the portal does not state it."""
    stated = extension(account, ACCOUNT_BALANCE)
    amount = extension(stated, "amount") or stated if stated else None
    return to_cents(amount["valueMoney"]) if amount else None


def _open_amount(invoice: Json) -> int:
    left = extension(invoice, OPEN_AMOUNT)
    return to_cents(left["valueMoney"] if left else invoice["totalGross"])


def _kind(account: Json) -> str:
    return next((code for code in codes(account.get("type")) if code in _KINDS), text_in(account, "name"))


def _invoices_of(account_id: str, invoices: list[Json]) -> list[Json]:
    return [each for each in invoices if reference_id(each.get("account"), "Account") == account_id]


def _first(days: list[date]) -> date | None:
    return min(days, default=None)


def _to_method(parts: list[Json]) -> PaymentMethod:
    said = {text_in(each, "name"): text_in(each, "valueString") or text_in(each, "valueCode") for each in parts}
    return PaymentMethod(said["id"], said["kind"].replace("-", " "), said["ending"])


def to_payment(task: Json, rtype: str, rid: str, cents: int, zone: ZoneInfo) -> Payment:
    """A Task `pay` that is done, and for what was agreed."""
    if task["status"] in REFUSED:
        raise Refused("business-rule", next(iter(codes(task.get("statusReason"))), None))
    paid = to_cents(task_value(task, "input", "amount", "valueMoney") or {})
    if task["status"] != "completed" or paid != cents or task_about(task, rtype) not in (rid, None):
        raise OutcomeUnknown
    at = task_value(task, "output", "payment-date", "valueDateTime")
    receipt = task_value(task, "output", "receipt-number", "valueString")
    return Payment(str(receipt or id_of(task)), cents, to_moment(at or task["lastModified"], zone))
