"""Opens pages on which a bill is paid: for who is signed in, and for anybody who holds the statement."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from demo_portal.codes import digest
from demo_portal.operations import parameters
from demo_portal.outcomes import BadRequest, NotKnown, TooMany, Unprocessable
from demo_portal.portal import Answer, Call, Portal
from demo_portal.store import criteria, searching
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import instant, milliseconds
from demo_portal.store.resources import WHOLE, Resources
from demo_portal.store.tables import GUEST_TRY, PAYMENT_LINK
from demo_portal.tasks.payment import balance, cents_of, open_amount
from demo_portal.vocabulary import STATEMENT_NUMBER, Resource, money

LASTS = timedelta(minutes=30)
MOST_TRIES, WINDOW = 5, timedelta(minutes=15)
"""Guesses at one statement's birth date, right or wrong."""
NAMES = ("statement", "birth-date", "amount")


def payment_link(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """A page on which the patient pays a part or all of an account with another card."""
    given = parameters.named(call.body or {}, ("amount",))
    account = portal.resources(conn, call.access.scope).read("Account", call.rid)
    cents = _cents(parameters.value(given, "amount", "Money"), balance(account))
    return _opened(portal, conn, call.access.patient or "", account["id"], cents)


def guest_bill(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """What is open on a statement; nothing else about the patient."""
    invoice, number = _found(portal, conn, call)
    told = [{"name": "statement", "valueString": number}, {"name": "amount", "valueMoney": money(open_amount(invoice))}]
    return Answer({"resourceType": "Parameters", "parameter": told})


def guest_payment_link(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """A page on which anybody who holds the statement pays it."""
    invoice, _ = _found(portal, conn, call)
    given = parameters.named(call.body or {}, NAMES)
    cents = _cents(parameters.value(given, "amount", "Money"), open_amount(invoice))
    account = invoice["account"]["reference"].removeprefix("Account/")
    patient = invoice["subject"]["reference"].removeprefix("Patient/")
    # A transaction of its own: in a longer one the count of guesses would go with a refusal.
    with portal.database.writing() as own:
        return _opened(portal, own, patient, account, cents)


def _found(portal: Portal, conn: Transaction, call: Call) -> tuple[Resource, str]:
    """The invoice of a statement number, if the birth date is its patient's.

    Raises:
        NotKnown: they do not fit; a wrong number and a wrong date look the same.
        TooMany: it was tried too often.
    """
    given = parameters.named(call.body or {}, NAMES)
    number, born = (
        parameters.value(given, name, kind) for name, kind in (("statement", "String"), ("birth-date", "Date"))
    )
    if not isinstance(number, str) or not isinstance(born, str) or not 0 < len(number) <= 40:
        raise BadRequest("Send statement and birth-date.", "malformed")
    _count_try(portal, number)
    whole = portal.resources(conn, WHOLE)
    invoice = _invoice(whole, number)
    patient = whole.find("Patient", invoice["subject"]["reference"].removeprefix("Patient/")) if invoice else None
    if invoice is None or patient is None or patient.get("birthDate") != born:
        raise NotKnown("No open bill has this statement number and birth date.")
    return invoice, number


def _invoice(whole: Resources, number: str) -> Resource | None:
    escaped = number.strip().upper().replace("\\", "\\\\").replace(",", "\\,")
    asked = [("identifier", f"{STATEMENT_NUMBER}|{escaped}"), ("status", "issued"), ("_count", "2")]
    found = searching.matches(whole, criteria.parse("Invoice", asked))
    return found[0] if len(found) == 1 else None


def _count_try(portal: Portal, number: str) -> None:
    """Count a guess, in a transaction of its own, so that a refusal does not undo the count."""
    now, key = milliseconds(portal.clock.now()), digest(number.strip().upper())
    since = now - WINDOW // timedelta(milliseconds=1)
    columns = GUEST_TRY.c
    with portal.database.writing() as conn:
        conn.execute(sa.delete(GUEST_TRY).where(columns.at < since))
        tries = conn.execute(sa.select(sa.func.count()).where(columns.statement == key)).scalar_one()
        if tries < MOST_TRIES:
            conn.execute(sa.insert(GUEST_TRY), {"statement": key, "at": now})
    if tries >= MOST_TRIES:
        raise TooMany("This was tried too often: try again in a quarter of an hour.", WINDOW)


def _cents(amount: Resource | None, owed: int) -> int:
    if amount is None or amount.get("currency") != "USD":
        raise BadRequest("amount must be given as valueMoney in USD.", "malformed", "amount")
    cents = cents_of(amount.get("value", 0))
    if not 0 < cents <= owed:
        raise Unprocessable("The amount must be more than nothing and at most what is owed.", "over-payment", "amount")
    return cents


def _opened(portal: Portal, conn: Transaction, patient: str, account: str, cents: int) -> Answer:
    token, expires = secrets.token_urlsafe(24), portal.clock.now() + LASTS
    row = {"digest": digest(token), "patient_id": patient, "account_id": account, "cents": cents}
    conn.execute(sa.insert(PAYMENT_LINK), {**row, "expires_at": milliseconds(expires)})
    told = [
        {"name": "url", "valueUrl": f"{portal.settings.origin}/pay/{token}"},
        {"name": "expires", "valueInstant": instant(expires, portal.zone)},
    ]
    return Answer({"resourceType": "Parameters", "parameter": told})
