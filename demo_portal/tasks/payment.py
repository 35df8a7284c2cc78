"""Takes one payment, once: charge, balance, invoices and receipt in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from demo_portal import codes, proxies
from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer, new_id
from demo_portal.store import criteria, idempotency, searching
from demo_portal.store.engine import lock
from demo_portal.store.moments import milliseconds
from demo_portal.store.resources import Resources
from demo_portal.store.tables import CHARGE, PAYMENT_METHOD
from demo_portal.tasks import inputs
from demo_portal.tasks.inputs import output
from demo_portal.vocabulary import (
    ACCOUNT_BALANCE,
    DUE_DATE,
    INVOICE_KIND,
    OPEN_AMOUNT,
    Resource,
    codes_in,
    extension,
    money,
)
from demo_portal.writes.attempt import Attempt, keep

# Without letters and digits that sound or look alike: receipts are read out on the phone.


@dataclass(frozen=True)
class Bill:
    """What is paid: an account, and one of its invoices if only that one is meant."""

    account: Resource
    invoice: Resource | None
    cents: int
    method: str

    @property
    def is_copay(self) -> bool:
        """Whether it is for a visit to come, and so no part of the account's balance."""
        return self.invoice is not None and _is_copay(self.invoice)


def pay(attempt: Attempt) -> Answer:
    """Charge the method on file and lower the balance; the same key charges once."""
    _check_key(attempt)
    about = inputs.focus(attempt.body)
    cents, method = _amount(attempt.body), inputs.one(attempt.body, "method", "valueString")
    bill = _bill(attempt.resources, about.rtype, about.id, cents, method)
    _check(attempt.resources, proxies.payers(attempt.whole, attempt.patient, attempt.call.access.person), bill)
    charge = _charge(attempt.resources, attempt.patient, bill)
    return keep(attempt, _complete(attempt, charge))


def balance(account: Resource) -> int:
    """What is owed on an account, in cents."""
    found = extension(account, ACCOUNT_BALANCE)
    amount = extension(found, "amount") if found else None
    return cents_of(amount["valueMoney"]["value"]) if amount else 0


def open_amount(invoice: Resource) -> int:
    """What is still open of an invoice, in cents."""
    found = extension(invoice, OPEN_AMOUNT)
    return cents_of(found["valueMoney"]["value"] if found else invoice["totalGross"]["value"])


def with_balance(account: Resource, cents: int) -> Resource:
    """The account with another balance."""
    others = [item for item in account.get("extension", []) if item["url"] != ACCOUNT_BALANCE]
    inner = [{"url": "amount", "valueMoney": money(cents)}]
    return {**account, "extension": [*others, {"url": ACCOUNT_BALANCE, "extension": inner}]}


def with_open_amount(invoice: Resource, cents: int) -> Resource:
    """The invoice with another open amount, balanced when nothing is left."""
    others = [item for item in invoice.get("extension", []) if item["url"] != OPEN_AMOUNT]
    status = "issued" if cents else "balanced"
    return {**invoice, "status": status, "extension": [*others, {"url": OPEN_AMOUNT, "valueMoney": money(cents)}]}


def take_by_page(resources: Resources, patient: str, account_id: str, cents: int) -> str | None:
    """Take a payment that was made on the portal's own page; the receipt number, or None when less is owed now."""
    lock(resources.conn, f"account {account_id}")
    account = resources.read("Account", account_id)
    if cents > balance(account):
        return None
    return _charge(resources, patient, Bill(account, None, cents, "page"))["receipt"]


def _check_key(attempt: Attempt) -> None:
    """A payment without a key could be made twice; one that does not carry it could not be found again."""
    key = idempotency.required_key(attempt.call.headers.get("idempotency-key"))
    if key not in [identifier["value"] for identifier in attempt.body.get("identifier", [])]:
        raise Invalid("Task.identifier must carry the Idempotency-Key.", "value", "Task.identifier")


def _amount(task: Resource) -> int:
    asked = inputs.one(task, "amount", "valueMoney")
    if asked is None or asked["currency"] != "USD":
        raise Invalid("The input amount is required, in USD.", "required", "Task.input")
    exact = Decimal(asked["value"]) * 100
    if exact != exact.to_integral_value() or not 0 < exact < 100_000_000:
        raise Invalid("The amount must be more than nothing and in whole cents.", "value", "Task.input")
    return int(exact)


def _bill(resources: Resources, rtype: str, rid: str, cents: int, method: str | None) -> Bill:
    if rtype not in ("Account", "Invoice"):
        raise Invalid("A payment is for an Account or an Invoice.", "value", "Task.focus")
    if method is None:
        raise Invalid("The input method is required.", "required", "Task.input")
    invoice = resources.read("Invoice", rid) if rtype == "Invoice" else None
    account_id = invoice["account"]["reference"].removeprefix("Account/") if invoice else rid
    # Two payments of one balance with two keys must not both see the old balance.
    lock(resources.conn, f"account {account_id}")
    return Bill(resources.read("Account", account_id), _again(resources, invoice), cents, method)


def _again(resources: Resources, invoice: Resource | None) -> Resource | None:
    """The invoice as it is now that the account is locked."""
    return resources.read("Invoice", invoice["id"]) if invoice else None


def _check(resources: Resources, payers: list[str], bill: Bill) -> None:
    columns = PAYMENT_METHOD.c
    own = sa.select(columns.token).where(columns.token == bill.method, columns.patient_id.in_(payers))
    if resources.conn.execute(own).first() is None:
        raise Unprocessable("This way to pay is not on file.", "unknown-method", "Task.input")
    owed = balance(bill.account)
    if bill.invoice is not None:
        owed = open_amount(bill.invoice) if bill.is_copay else min(owed, open_amount(bill.invoice))
    if bill.cents > owed:
        raise Unprocessable("This is more than is owed.", "over-payment", "Task.input")


def _charge(resources: Resources, patient: str, bill: Bill) -> Resource:
    """Write the charge and lower what is owed; returns what the receipt says."""
    account_id = bill.account["id"]
    if not bill.is_copay:
        resources.amend(with_balance(bill.account, balance(bill.account) - bill.cents))
    left = bill.cents
    for invoice in [bill.invoice] if bill.invoice else _open_invoices(resources, account_id):
        part = min(left, open_amount(invoice))
        if part:
            resources.amend(with_open_amount(invoice, open_amount(invoice) - part))
        left -= part
    row = {
        "task_id": new_id(),
        "patient_id": patient,
        "account_id": account_id,
        "cents": bill.cents,
        "method_token": bill.method,
        "receipt": _receipt(resources),
        "at": milliseconds(resources.now),
    }
    resources.conn.execute(sa.insert(CHARGE), row)
    return row


def _complete(attempt: Attempt, charge: Resource) -> Resource:
    outputs = [
        output("receipt-number", "valueString", charge["receipt"]),
        output("payment-date", "valueDateTime", attempt.now),
    ]
    times = {"authoredOn": attempt.now, "lastModified": attempt.now}
    return {**attempt.body, "id": charge["task_id"], "status": "completed", **times, "output": outputs}


def _open_invoices(resources: Resources, account_id: str) -> list[Resource]:
    """Open invoices of an account, the one due first first; those without a due date last."""
    pairs = [("account", f"Account/{account_id}"), ("status", "issued"), ("_sort", "date"), ("_count", "200")]
    found = [each for each in searching.matches(resources, criteria.parse("Invoice", pairs)) if not _is_copay(each)]
    return sorted(found, key=lambda invoice: (extension(invoice, DUE_DATE) or {}).get("valueDate", "9999"))


def _is_copay(invoice: Resource) -> bool:
    return "copay" in codes_in(invoice.get("type"), INVOICE_KIND)


def _receipt(resources: Resources) -> str:
    day = resources.now.astimezone(resources.zone).strftime("%y%m%d")
    return f"R{day}-{codes.drawn(6)}"


def cents_of(amount: int | float | Decimal) -> int:
    """A FHIR amount in dollars as cents."""
    return int((Decimal(str(amount)) * 100).to_integral_value())
