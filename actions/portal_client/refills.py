"""What became of refills, and what else a person may say about medicines (Task, MedicationDispense, FHIR R4)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from actions.portal_client.area import every_answer
from actions.portal_client.errors import Refused
from actions.portal_client.fhir import Json, checked_id, codes, id_of, reading, reference, reference_id, to_day, words
from actions.portal_client.medications import MedicationCalls, newest_fills
from actions.portal_client.models.medications import Refill, RefillStage
from actions.portal_client.models.requests import Receipt
from actions.portal_client.patient_changes import with_pharmacy
from actions.portal_client.requests import task_about, task_input, task_value
from actions.portal_client.vocabulary import TASK_CODE

_CODES = ("fulfill", "approve")
_STAGES: dict[str, RefillStage] = {
    **dict.fromkeys(("draft", "requested", "received"), "asked"),
    "accepted": "approved",
    **dict.fromkeys(("in-progress", "on-hold"), "filling"),
    **dict.fromkeys(("ready", "completed"), "ready"),
    **dict.fromkeys(("rejected", "failed"), "refused"),
    "cancelled": "withdrawn",
}


class RefillCalls(MedicationCalls):
    """Refills of the patient in context."""

    async def refills(self) -> list[Refill]:
        patient = ("patient", self._patient_id)
        code = ("code", ",".join(f"{TASK_CODE}|{each}" for each in _CODES))
        tasks, dispensed, orders, shops = await every_answer(
            self._fhir.search("Task", [patient, code, ("_sort", "-authored-on")]),
            self._fhir.search("MedicationDispense", [patient]),
            self._fhir.search("MedicationRequest", [patient, ("intent", "order")]),
            self._fhir.search("Organization", [("type", "pharmacy")]),
        )
        with reading("Task"):
            fills = newest_fills(dispensed.matches, self._zone)
            named = {id_of(each): words(each.get("medicationCodeableConcept")) for each in orders.matches}
            places = {id_of(each): str(each.get("name", "")) for each in shops.matches}
            asked = [each for each in tasks.matches if set(codes(each.get("code"))) & set(_CODES)]
            listed = [_to_refill(each, fills, named, places, self._zone) for each in asked if each["status"] in _STAGES]
        return sorted(listed, key=lambda each: each.asked_on, reverse=True)

    async def withdraw_refill(self, refill_id: str, key: str) -> Receipt:
        await self._change("Task", refill_id, lambda now: {**now, "status": "cancelled"}, key)
        return Receipt(refill_id, "native", "cancelled")

    async def report_stopped(self, medication_id: str, since: date | None, reason: str, key: str) -> Receipt:
        if "/" in medication_id:
            raise Refused("not-found")
        about = f"MedicationRequest/{checked_id(medication_id)}"
        if not await self._states("MedicationStatement.create"):
            said = f"no longer taken{f' since {since.isoformat()}' if since else ''}: {reason}"
            return await self._request(
                "reconcile-medication", key, task_input("said", "valueString", said), focus=about
            )
        order = (await self._fhir.read("MedicationRequest", medication_id)).of_type("MedicationRequest")
        return await self._create(_stopped(order, self._patient, since, reason), key)

    async def change_pharmacy(self, pharmacy_id: str, key: str) -> Receipt:
        if not await self._states("Patient.update"):
            shop = task_input("pharmacy", "valueReference", reference("Organization", checked_id(pharmacy_id)))
            return await self._request("pharmacy-change", key, shop)
        await self._change("Patient", self._patient_id, lambda now: with_pharmacy(now, checked_id(pharmacy_id)), key)
        return Receipt(self._patient_id, "native", "completed")


def _to_refill(
    task: Json, fills: dict[str, Json], named: dict[str, str], places: dict[str, str], zone: ZoneInfo
) -> Refill:
    about = task_about(task, "MedicationRequest") or ""
    asked_on = to_day(task["authoredOn"], zone)
    ready, handed = _since(fills.get(about), asked_on, zone)
    stage = _STAGES[task["status"]]
    if stage not in ("refused", "withdrawn"):
        stage = "picked-up" if handed else "ready" if ready else stage
    shop = reference_id(task_value(task, "input", "pharmacy", "valueReference"), "Organization") or ""
    return Refill(id_of(task), about, named.get(about, ""), stage, asked_on, places.get(shop, ""), ready)


def _since(fill: Json | None, asked_on: date, zone: ZoneInfo) -> tuple[date | None, date | None]:
    """Days since when it is ready and since when it is handed over, for what was prepared after it was asked for."""
    found = [to_day(fill[name], zone) if fill and name in fill else None for name in ("whenPrepared", "whenHandedOver")]
    ready, handed = (day if day is not None and day >= asked_on else None for day in found)
    return ready or handed, handed


def _stopped(order: Json, patient: str, since: date | None, reason: str) -> Json:
    """What the patient says about an order, beside it."""
    kept = {name: order[name] for name in ("medicationCodeableConcept", "medicationReference") if name in order}
    said: Json = {
        "resourceType": "MedicationStatement",
        "status": "stopped",
        **kept,
        "subject": {"reference": patient},
        "informationSource": {"reference": patient},
        "derivedFrom": [reference("MedicationRequest", id_of(order))],
    }
    if reason:
        said["statusReason"] = [{"text": reason}]
    return {**said, "effectivePeriod": {"end": since.isoformat()}} if since else said
