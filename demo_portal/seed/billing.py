"""Builds accounts with their balances and the invoices that make them up."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.tasks.payment import with_balance, with_open_amount
from demo_portal.vocabulary import (
    ACCOUNT_TYPE,
    DUE_DATE,
    PAYMENT_PLAN,
    STATEMENT_NUMBER,
    Resource,
    concept,
    money,
    reference,
)

NAMES = {"clinic": "Clinic", "hospital": "Hospital"}


def billing(seed: Seed) -> Iterator[Resource]:
    """Everybody's accounts, each followed by its invoice."""
    for person in seed.people:
        for entry in person.get("accounts", []):
            cents = round(entry["balance"] * 100)
            yield with_balance(_account(seed, person["key"], entry), cents)
            yield with_open_amount(_invoice(seed, person["key"], entry, cents), cents)


def _account(seed: Seed, patient: str, entry: Entry) -> Resource:
    return resource(
        "Account",
        f"{patient}-{entry['type']}",
        extension=[_plan(seed, entry["plan"])] if "plan" in entry else [],
        status="active",
        type=concept(ACCOUNT_TYPE, entry["type"], NAMES[entry["type"]]),
        name=f"{NAMES[entry['type']]} account",
        subject=[reference("Patient", patient)],
    )


def _plan(seed: Seed, plan: Entry) -> Resource:
    inner = [
        {"url": "monthly", "valueMoney": money(round(plan["monthly"] * 100))},
        {"url": "next", "valueDate": seed.calendar.day(plan["next"]).isoformat()},
    ]
    return {"url": PAYMENT_PLAN, "extension": inner}


def _invoice(seed: Seed, patient: str, entry: Entry, cents: int) -> Resource:
    due = [{"url": DUE_DATE, "valueDate": seed.calendar.day(entry["due"]).isoformat()}] if "due" in entry else []
    number = [{"system": STATEMENT_NUMBER, "value": entry["statement"]}] if "statement" in entry else None
    return resource(
        "Invoice",
        f"{patient}-{entry['type']}-1",
        extension=due,
        identifier=number,
        status="issued",
        subject=reference("Patient", patient),
        date=seed.calendar.day(entry["issued"]).isoformat(),
        account=reference("Account", f"{patient}-{entry['type']}"),
        totalGross=money(cents),
    )
