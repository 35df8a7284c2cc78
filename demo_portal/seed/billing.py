"""Builds accounts with their balances and the invoices that make them up."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.papers import Amount, Statement, statement_pdf
from demo_portal.seed.paperwork import document, letterhead
from demo_portal.seed.patients import full_name
from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.tasks.payment import with_balance, with_open_amount
from demo_portal.tasks.plans import plan
from demo_portal.vocabulary import (
    ACCOUNT_TYPE,
    CONSENT_CATEGORY,
    CONSENT_SCOPE,
    DUE_DATE,
    INVOICE_KIND,
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
            yield from _charges(seed, person, entry["type"])
            yield from _statement(seed, person, entry, cents)
            if "plan" in entry:
                yield _plan(seed, person["key"], entry)
        for entry in person.get("copays", []):
            yield _copay(seed, person["key"], entry)
        if person.get("paperless"):
            yield _paperless(seed, person["key"])


def _account(seed: Seed, patient: str, entry: Entry) -> Resource:
    return resource(
        "Account",
        f"{patient}-{entry['type']}",
        status="active",
        type=concept(ACCOUNT_TYPE, entry["type"], NAMES[entry["type"]]),
        name=f"{NAMES[entry['type']]} account",
        subject=[reference("Patient", patient)],
    )


def _plan(seed: Seed, patient: str, entry: Entry) -> Resource:
    agreed, account = entry["plan"], f"{patient}-{entry['type']}"
    cents, due = round(agreed["monthly"] * 100), seed.calendar.day(agreed["next"])
    made = plan(patient, account, cents, due, f"{account}-plan", begun=True)
    return resource("Basic", made["id"], **{n: v for n, v in made.items() if n not in ("resourceType", "id")})


def _charges(seed: Seed, person: Entry, kind: str) -> Iterator[Resource]:
    """What was done and what it costs."""
    patient = person["key"]
    for number, entry in enumerate(person.get("charges", {}).get(kind, []), start=1):
        yield resource(
            "ChargeItem",
            f"{patient}-{kind}-{number}",
            status="billed",
            code={"text": entry["what"]},
            subject=reference("Patient", patient),
            occurrenceDateTime=seed.calendar.day(entry["day"]).isoformat(),
            priceOverride=money(round(entry["amount"] * 100)),
            account=[reference("Account", f"{patient}-{kind}")],
        )


def _statement(seed: Seed, person: Entry, entry: Entry, cents: int) -> Iterator[Resource]:
    """The itemized bill as a document of its own."""
    day, kind = seed.calendar.day(entry["issued"]), entry["type"]
    paper = Statement(
        head=letterhead(seed),
        person=full_name(person),
        number=entry.get("statement", ""),
        account=NAMES[kind],
        issued=day,
        due=seed.calendar.day(entry["due"]) if "due" in entry else None,
        amounts=_amounts(seed, person, kind, cents),
    )
    body = statement_pdf(paper, person.get("language", "en"))
    title = f"{NAMES[kind]} statement, {day:%B} {day.year}"
    yield from document(seed, person, f"{person['key']}-statement-{kind}", ("statement", title), day, body)


def _amounts(seed: Seed, person: Entry, kind: str, cents: int) -> list[Amount]:
    """What was done and what it costs; where nobody said, the balance as one line."""
    told = person.get("charges", {}).get(kind, [])
    lines = [Amount(seed.calendar.day(each["day"]), each["what"], round(each["amount"] * 100)) for each in told]
    return sorted(lines, key=lambda each: each.on) or [Amount(seed.calendar.day("D-45"), "Services", cents)]


def _copay(seed: Seed, patient: str, entry: Entry) -> Resource:
    return resource(
        "Invoice",
        f"{patient}-copay-{slug(entry['what'])}",
        status="issued",
        type=concept(INVOICE_KIND, "copay", entry["what"]),
        subject=reference("Patient", patient),
        date=seed.calendar.today.isoformat(),
        account=reference("Account", f"{patient}-clinic"),
        totalGross=money(round(entry["amount"] * 100)),
    )


def _paperless(seed: Seed, patient: str) -> Resource:
    scope = concept(CONSENT_SCOPE, "patient-privacy")
    return resource(
        "Consent",
        f"{patient}-paperless",
        status="active",
        scope=scope,
        category=[concept(CONSENT_CATEGORY, "e-statement-delivery")],
        patient=reference("Patient", patient),
        dateTime=seed.calendar.day("D-200").isoformat(),
        performer=[reference("Patient", patient)],
        policyRule={"text": "Statements by e-mail instead of on paper"},
    )


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
