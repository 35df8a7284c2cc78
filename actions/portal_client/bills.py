"""What bills are made of, statements, paperless billing, plans and financial help (FHIR R4)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from actions.portal_client.area import every_answer
from actions.portal_client.asking import AskingCalls
from actions.portal_client.billing import BillingCalls, to_payment
from actions.portal_client.errors import NotOffered, Refused
from actions.portal_client.fhir import (
    Json,
    checked_id,
    codes,
    concept,
    extension,
    id_of,
    number_in,
    parameters,
    reading,
    reference,
    reference_id,
    text_in,
    to_cents,
    to_day,
    to_instant,
    to_moment,
    to_money,
    words,
)
from actions.portal_client.models.billing import (
    Assistance,
    AssistanceBand,
    BillDetails,
    Charge,
    Copay,
    Paperless,
    PastPayment,
    Payment,
    PaymentLink,
    PaymentPlan,
    PlanOffer,
    Statement,
)
from actions.portal_client.models.requests import Receipt
from actions.portal_client.requests import task_about, task_input, task_value
from actions.portal_client.vocabulary import (
    ASSISTANCE_BAND,
    BASIC_KIND,
    CONSENT_CATEGORY,
    CONSENT_SCOPE,
    DOCUMENT_KIND,
    INVOICE_KIND,
    PORTAL_REQUEST,
    SETTING,
)

PAPERLESS, PLAN, STATEMENT, COPAY = "e-statement-delivery", "payment-plan", "statement", "copay"


class BillCalls(BillingCalls, AskingCalls):
    """Bills of the patient in context."""

    async def bill_details(self, account_id: str) -> BillDetails:
        account = ("account", f"Account/{checked_id(account_id)}")
        patient = ("patient", self._patient_id)
        charged, explained, paid = await every_answer(
            self._fhir.search("ChargeItem", [patient, account]),
            self._fhir.search("ExplanationOfBenefit", [patient]),
            self._fhir.search("Task", [patient, ("code", f"{PORTAL_REQUEST}|pay"), ("status", "completed")]),
        )
        with reading("ChargeItem"):
            ours = [each for each in charged.matches if _is_of(each, account_id)]
            charges = [Charge(words(each["code"]), _on(each, self._zone), _price(each)) for each in ours]
            benefits = sum(_benefit(each) for each in explained.matches if each["status"] == "active")
            done = [each for each in paid.matches if task_about(each, "Account") == account_id]
            payments = [_to_past(each, self._zone) for each in done if each["status"] == "completed"]
        newest = sorted(charges, key=lambda each: each.on, reverse=True)
        return BillDetails(
            account_id, tuple(newest), benefits, tuple(sorted(payments, key=lambda each: each.on, reverse=True))
        )

    async def copays(self) -> list[Copay]:
        found = await self._fhir.search(
            "Invoice", [("patient", self._patient_id), ("status", "issued"), ("_sort", "date")]
        )
        with reading("Invoice"):
            mine = [each for each in found.matches if COPAY in codes(each.get("type"), INVOICE_KIND)]
            still = [each for each in mine if each["status"] == "issued"]
            return [Copay(id_of(each), to_cents(each["totalGross"]), words(each["type"])) for each in still]

    async def pay_copay(self, invoice_id: str, cents: int, method_id: str, key: str) -> Payment:
        about = reference("Invoice", checked_id(invoice_id))
        task = self._payment(about, cents, method_id)
        return await self._fhir.create(
            task, key, lambda done: to_payment(done, "Invoice", invoice_id, cents, self._zone)
        )

    async def payment_link(self, account_id: str, cents: int, key: str) -> PaymentLink:
        if not await self._states("Account.$payment-link"):
            raise NotOffered
        asked = parameters(("amount", "valueMoney", to_money(cents)))
        reply = await self._fhir.lapsing_operation(f"Account/{checked_id(account_id)}/$payment-link", asked)
        return to_payment_link(reply.of_type("Parameters"), self._zone)

    async def statements(self) -> list[Statement]:
        asked = [("patient", self._patient_id), ("type", f"{DOCUMENT_KIND}|{STATEMENT}"), ("_sort", "-date")]
        found = await self._fhir.search("DocumentReference", asked)
        with reading("DocumentReference"):
            current = [each for each in found.matches if each["status"] == "current" and _is_statement(each)]
            listed = [Statement(id_of(each), to_day(each["date"], self._zone), _title(each)) for each in current]
        return sorted(listed, key=lambda each: each.on, reverse=True)

    async def paperless(self) -> Paperless:
        consent, patient = await every_answer(self._paperless_consent(), self._fhir.read("Patient", self._patient_id))
        with reading("Patient"):
            telecom = patient.of_type("Patient").get("telecom", [])
            email = next((text_in(each, "value") for each in telecom if each.get("system") == "email"), "")
        return Paperless(consent is not None and consent["status"] == "active", email)

    async def set_paperless(self, on: bool, key: str) -> Receipt:
        status = "active" if on else "inactive"
        if not await self._states("Consent.update"):
            return await self._request("statement-delivery", key, task_input("paperless", "valueBoolean", on))
        kept = await self._paperless_consent()
        if kept is None:
            return await self._create(_consent(self._patient, status, self._clock.now()), key)
        await self._change("Consent", id_of(kept), lambda now: {**now, "status": status}, key)
        return Receipt(id_of(kept), "native", status)

    async def _paperless_consent(self) -> Json | None:
        asked = [("patient", self._patient_id), ("category", f"{CONSENT_CATEGORY}|{PAPERLESS}")]
        found = await self._fhir.search("Consent", asked)
        with reading("Consent"):
            fitting = [each for each in found.matches if any(PAPERLESS in codes(c) for c in each["category"])]
            return next((each for each in fitting if each["status"] in ("active", "inactive")), None)

    async def plan_offers(self, account_id: str) -> list[PlanOffer]:
        if not await self._states("Account.$payment-plan-offers"):
            return []
        reply = await self._fhir.operation(f"Account/{checked_id(account_id)}/$payment-plan-offers")
        with reading("Parameters"):
            given = reply.of_type("Parameters").get("parameter", [])
            return [_to_offer({part["name"]: part for part in each["part"]}, self._zone) for each in given]

    async def payment_plans(self) -> list[PaymentPlan]:
        found = await self._fhir.search("Basic", [("patient", self._patient_id), ("code", f"{BASIC_KIND}|{PLAN}")])
        with reading("Basic"):
            plans = [_to_plan(each, self._zone) for each in found.matches if PLAN in codes(each["code"], BASIC_KIND)]
        running = [each for each in plans if each is not None]
        return sorted(running, key=lambda each: each.next_due)

    async def start_plan(self, account_id: str, offer: PlanOffer, key: str) -> Receipt:
        about = f"Account/{checked_id(account_id)}"
        monthly = task_input("monthly", "valueMoney", to_money(offer.monthly_cents))
        months = task_input("months", "valueInteger", offer.months)
        return await self._request("payment-plan", key, monthly, months, focus=about)

    async def change_plan(self, plan_id: str, monthly_cents: int, key: str) -> Receipt:
        monthly = task_input("monthly", "valueMoney", to_money(monthly_cents))
        return await self._request("payment-plan-change", key, monthly, focus=f"Basic/{checked_id(plan_id)}")

    async def end_plan(self, plan_id: str, key: str) -> Receipt:
        return await self._request("payment-plan-end", key, focus=f"Basic/{checked_id(plan_id)}")

    async def assistance_bands(self) -> list[AssistanceBand]:
        found = await self._fhir.search("Organization", [("active", "true")])
        with reading("Organization"):
            bands = [
                each for org in found.matches for each in org.get("extension", []) if each["url"] == ASSISTANCE_BAND
            ]
            return sorted((_to_band(each) for each in bands), key=lambda each: each.household)

    async def assistance(self) -> Assistance | None:
        asked = [("patient", self._patient_id), ("code", f"{PORTAL_REQUEST}|financial-assistance")]
        found = await self._fhir.search("Task", [*asked, ("_sort", "-authored-on")])
        with reading("Task"):
            mine = [each for each in found.matches if "financial-assistance" in codes(each.get("code"))]
            return next((_to_assistance(each) for each in mine if each["status"] != "cancelled"), None)

    async def apply_for_assistance(self, household: int, yearly_income_cents: int, key: str) -> Receipt:
        people = task_input("household", "valueInteger", household)
        income = task_input("yearly-income", "valueMoney", to_money(yearly_income_cents))
        return await self._request("financial-assistance", key, people, income)


def to_payment_link(answer: Json, zone: ZoneInfo) -> PaymentLink:
    """The page that a portal has opened for a payment.

    Raises:
        Refused: it has opened none.
    """
    with reading("Parameters"):
        given = {each["name"]: each for each in answer.get("parameter", [])}
        if "url" not in given:
            raise Refused("not-found")
        return PaymentLink(text_in(given["url"], "valueUrl"), to_moment(given["expires"]["valueInstant"], zone))


def _is_of(charge: Json, account_id: str) -> bool:
    return any(reference_id(each, "Account") == account_id for each in charge.get("account", []))


def _on(charge: Json, zone: ZoneInfo) -> date:
    return to_day(charge["occurrenceDateTime"], zone)


def _price(charge: Json) -> int:
    return to_cents(charge["priceOverride"])


def _benefit(explanation: Json) -> int:
    paid = [each for each in explanation.get("total", []) if "benefit" in codes(each["category"])]
    return sum(to_cents(each["amount"]) for each in paid)


def _to_past(task: Json, zone: ZoneInfo) -> PastPayment:
    cents = to_cents(task_value(task, "input", "amount", "valueMoney") or {})
    at = task_value(task, "output", "payment-date", "valueDateTime") or task["lastModified"]
    return PastPayment(to_day(at, zone), cents, str(task_value(task, "output", "receipt-number", "valueString") or ""))


def _is_statement(document: Json) -> bool:
    return STATEMENT in codes(document.get("type"), DOCUMENT_KIND)


def _title(document: Json) -> str:
    return text_in(document, "description") or words(document.get("type"))


def _consent(patient: str, status: str, now: datetime) -> Json:
    """The person's wish to get statements by e-mail: a legal opt-in, so it is kept as one."""
    scope = {"system": CONSENT_SCOPE, "code": "patient-privacy"}
    return {
        "resourceType": "Consent",
        "status": status,
        "scope": {"coding": [scope]},
        "category": [concept(CONSENT_CATEGORY, PAPERLESS)],
        "patient": {"reference": patient},
        "dateTime": to_instant(now),
        "policyRule": {"text": "Statements by e-mail instead of on paper"},
    }


def _to_offer(parts: dict[str, Json], zone: ZoneInfo) -> PlanOffer:
    return PlanOffer(
        int(number_in(parts["months"], "valueInteger")),
        to_cents(parts["monthly"]["valueMoney"]),
        to_cents(parts["last"]["valueMoney"]),
        to_day(parts["first-due"]["valueDate"], zone),
    )


def _to_plan(basic: Json, zone: ZoneInfo) -> PaymentPlan | None:
    """A plan that is running; None for one that has ended."""
    said = {_inner(each, "name").get("valueCode"): _inner(each, "value") for each in basic.get("extension", [])
            if each["url"] == SETTING}  # fmt: skip
    if said.get("status", {}).get("valueCode") != "active":
        return None
    return PaymentPlan(
        id_of(basic),
        reference_id(said["account"].get("valueReference"), "Account") or "",
        to_cents(said["monthly"]["valueMoney"]),
        to_day(said["next"]["valueDate"], zone),
        bool(said.get("begun", {}).get("valueBoolean")),
    )


def _inner(element: Json, url: str) -> Json:
    return extension(element, url) or {}


def _to_band(band: Json) -> AssistanceBand:
    household = int(number_in(_inner(band, "household"), "valueInteger"))
    free, reduced = (to_cents(_inner(band, name)["valueMoney"]) for name in ("free", "reduced"))
    return AssistanceBand(household, free, reduced)


def _to_assistance(task: Json) -> Assistance:
    missing = [each for each in task.get("output", []) if "missing-document" in codes(each.get("type"))]
    return Assistance(id_of(task), text_in(task, "status"), tuple(text_in(each, "valueString") for each in missing))
