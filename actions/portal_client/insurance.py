"""Insurance: Coverage, ExplanationOfBenefit and ServiceRequest of FHIR R4."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from actions.portal_client.asking import AskingCalls
from actions.portal_client.fhir import (
    Json,
    checked_id,
    codes,
    extension,
    id_of,
    number_in,
    reading,
    text_in,
    to_cents,
    to_day,
    words,
)
from actions.portal_client.models.insurance import Claim, ClaimStatus, Coverage, CoverageChange, Referral
from actions.portal_client.models.requests import Receipt
from actions.portal_client.orders import REFERRAL
from actions.portal_client.requests import task_input
from actions.portal_client.vocabulary import DEDUCTIBLE_MET

"""SNOMED CT: patient referral."""
_USABLE = ("active", "draft", "on-hold")
_MONEY = {"submitted": "billed", "eligible": "allowed", "benefit": "paid", "copay": "owed"}


class InsuranceCalls(AskingCalls):
    """Insurance of the patient in context."""

    async def coverages(self) -> list[Coverage]:
        found = await self._fhir.search("Coverage", [("patient", self._patient_id)])
        today = self._clock.now().astimezone(self._zone).date()
        with reading("Coverage"):
            kept = [each for each in found.matches if each["status"] in ("active", "cancelled")]
            listed = [_to_coverage(each, today, self._zone) for each in kept]
        return sorted(listed, key=lambda each: (not each.active, each.plan.casefold()))

    async def report_coverage(self, change: CoverageChange, key: str) -> Receipt:
        said = [(name, value) for name, value in vars(change).items() if value is not None and name != "coverage_id"]
        inputs = [task_input(name.replace("_", "-"), "valueString", str(value)) for name, value in said]
        about = f"Coverage/{checked_id(change.coverage_id)}" if change.coverage_id else None
        return await self._request("coverage-update", key, *inputs, focus=about)

    async def claims(self) -> list[Claim]:
        found = await self._fhir.search("ExplanationOfBenefit", [("patient", self._patient_id), ("_sort", "-created")])
        with reading("ExplanationOfBenefit"):
            told = [each for each in found.matches if each["status"] == "active"]
            listed = [_to_claim(each, self._zone) for each in told]
        return sorted(listed, key=lambda each: each.on, reverse=True)

    async def referrals(self) -> list[Referral]:
        found = await self._fhir.search("ServiceRequest", [("patient", self._patient_id), ("category", REFERRAL)])
        today = self._clock.now().astimezone(self._zone).date()
        with reading("ServiceRequest"):
            mine = [each for each in found.matches if each["status"] in _USABLE and _is_referral(each)]
            listed = [_to_referral(each, self._zone) for each in mine]
        usable = [each for each in listed if each.until is None or each.until >= today]
        return sorted(usable, key=lambda each: each.until or date.max)


def _to_coverage(coverage: Json, today: date, zone: ZoneInfo) -> Coverage:
    ends = coverage.get("period", {}).get("end")
    last = to_day(ends, zone) if ends else None
    costs = {code: to_cents(each["valueMoney"]) for each in coverage.get("costToBeneficiary", [])
             for code in codes(each.get("type"))}  # fmt: skip
    met = extension(coverage, DEDUCTIBLE_MET)
    plan = next((each for each in coverage.get("class", []) if "plan" in codes(each.get("type"))), {})
    return Coverage(
        id=id_of(coverage),
        plan=text_in(plan, "name") or text_in(plan, "value"),
        payer=next((text_in(each, "display") for each in coverage.get("payor", [])), ""),
        member_id=text_in(coverage, "subscriberId"),
        active=coverage["status"] == "active" and (last is None or last >= today),
        ends=last,
        copay_cents=costs.get("copay"),
        deductible_cents=costs.get("deductible"),
        deductible_met_cents=to_cents(met["valueMoney"]) if met else None,
    )


def _to_claim(benefit: Json, zone: ZoneInfo) -> Claim:
    totals = {_MONEY[code]: to_cents(each["amount"]) for each in benefit.get("total", [])
              for code in codes(each["category"]) if code in _MONEY}  # fmt: skip
    item = next(iter(benefit.get("item", [])), {})
    on = item.get("servicedDate") or benefit.get("billablePeriod", {}).get("start") or benefit["created"]
    denied = benefit["outcome"] == "error" or (totals.get("paid") == 0 and bool(benefit.get("disposition")))
    status: ClaimStatus = "denied" if denied else "pending" if benefit["outcome"] in ("queued", "partial") else "paid"
    return Claim(
        id=id_of(benefit),
        on=to_day(on, zone),
        what=words(item.get("productOrService")) or words(benefit["type"]),
        status=status,
        billed_cents=totals.get("billed"),
        allowed_cents=totals.get("allowed"),
        paid_cents=totals.get("paid"),
        owed_cents=totals.get("owed"),
        reason=text_in(benefit, "disposition") if denied else "",
    )


def _is_referral(request: Json) -> bool:
    return any(REFERRAL in codes(each) for each in request.get("category", []))


def _to_referral(request: Json, zone: ZoneInfo) -> Referral:
    period, quantity = request.get("occurrencePeriod", {}), request.get("quantityQuantity")
    performer = next((text_in(each, "display") for each in request.get("performer", [])), "")
    return Referral(
        id=id_of(request),
        to=words(request.get("performerType")) or performer or words(request.get("code")),
        why=next((words(each) for each in request.get("reasonCode", [])), ""),
        status={"active": "authorized", "draft": "pending", "on-hold": "pending"}[request["status"]],
        visits_left=int(number_in(quantity, "value")) if quantity else None,
        until=to_day(period["end"], zone) if "end" in period else None,
    )
