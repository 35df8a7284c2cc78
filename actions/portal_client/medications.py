"""Medicines, pharmacies and refills: MedicationRequest, MedicationStatement, MedicationDispense and Task of FHIR R4."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from zoneinfo import ZoneInfo

from actions.portal_client.area import every_answer
from actions.portal_client.asking import AskingCalls
from actions.portal_client.errors import DuplicateRequest, OutcomeUnknown, PortalError, Refused
from actions.portal_client.fhir import (
    Json,
    codes,
    concept,
    extension,
    id_of,
    number_in,
    reading,
    reference,
    reference_id,
    text_in,
    to_day,
    words,
)
from actions.portal_client.models import Medication, Pharmacy, RefillRequest
from actions.portal_client.requests import OPEN, REFUSED, draft_task, task_about, task_input
from actions.portal_client.staff import StaffCalls
from actions.portal_client.vocabulary import CONTROLLED_SUBSTANCE, PREFERRED_PHARMACY, TASK_CODE

# A refill is asked for when a quarter of the supply is left.
_USED_BEFORE_REFILL = Decimal("0.75")
_DAYS = ("d", "day", "days")
_HANDED_OVER = ("completed", "in-progress", "unknown")
_STRENGTH = re.compile(r"\s*\b\d[\d.,/]*\s*(?:mg|mcg|g|ml|units?|iu|meq|%)(?:\s*/\s*[\d.,]*\s*\w+)?", re.IGNORECASE)


class MedicationCalls(StaffCalls, AskingCalls):
    """What the patient in context takes, and asking for more of it."""

    async def medications(self) -> list[Medication]:
        patient = ("patient", self._patient_id)
        include = ("_include", "MedicationRequest:medication")
        prescribed, stated, dispensed, asked_for = await every_answer(
            self._fhir.search(
                "MedicationRequest", [patient, ("intent", "order"), ("status", "active,on-hold"), include]
            ),
            self._fhir.search("MedicationStatement", [patient, ("status", "active")]),
            self._fhir.search("MedicationDispense", [patient]),
            self._fhir.search("Task", [patient, ("status", ",".join(sorted(OPEN)))]),
        )
        with reading("MedicationRequest"):
            named = prescribed.of("Medication")
            fills = newest_fills(dispensed.matches, self._zone)
            open_for = {task_about(task, "MedicationRequest") for task in asked_for.matches if task["status"] in OPEN}
            orders = [each for each in prescribed.matches if each["status"] in ("active", "on-hold")]
            listed = [self._prescription(each, named, fills.get(each["id"]), open_for) for each in orders]
        with reading("MedicationStatement"):
            active = [each for each in stated.matches if each["status"] == "active"]
            bought = [_over_the_counter(each, stated.of("Medication")) for each in active]
        return sorted(listed, key=_by_name) + sorted(bought, key=_by_name)

    async def pharmacies(self) -> list[Pharmacy]:
        found, patient = await every_answer(
            self._fhir.search("Organization", [("type", "pharmacy")]),
            self._fhir.read("Patient", self._patient_id),
        )
        with reading("Organization"):
            mine = extension(patient.of_type("Patient"), PREFERRED_PHARMACY)
            preferred = reference_id(mine and mine.get("valueReference"), "Organization")
            open_now = [each for each in found.matches if each.get("active", True) and _is_pharmacy(each)]
            named = [(id_of(each), text_in(each, "name")) for each in open_now]
        listed = [Pharmacy(rid, name, rid == preferred) for rid, name in named]
        return sorted(listed, key=lambda each: (not each.preferred, each.name.casefold()))

    async def request_refill(self, medication_id: str, pharmacy_id: str | None, key: str) -> RefillRequest:
        order = (await self._fhir.read("MedicationRequest", medication_id)).of_type("MedicationRequest")
        with reading("MedicationRequest"):
            # `fulfill` hands out what is prescribed; with nothing left somebody must `approve` more (R4 task-code).
            code = "approve" if _refills_left(order) == 0 else "fulfill"
        focus = reference("MedicationRequest", medication_id)
        task = draft_task(self._patient, concept(TASK_CODE, code), focus, self._clock.now())
        if pharmacy_id is not None:
            task["input"] = [task_input("pharmacy", "valueReference", reference("Organization", pharmacy_id))]
        try:
            return await self._fhir.create(task, key, _to_refill)
        except DuplicateRequest as duplicate:
            return await self._earlier_refill(duplicate, needs_approval=code == "approve")

    async def _earlier_refill(self, duplicate: DuplicateRequest, needs_approval: bool) -> RefillRequest:
        rid = reference_id(duplicate.reference, "Task")
        if rid is None:
            raise duplicate
        known = RefillRequest(rid, "requested", needs_approval, already_open=True)
        try:
            task = (await self._fhir.read("Task", rid)).of_type("Task")
            with reading("Task"):
                return _to_refill(task, already_open=True)
        except PortalError:
            # That it was asked for is certain; how far it is can be asked another time.
            return known

    def _prescription(
        self, order: Json, named: dict[str, Json], fill: Json | None, open_for: set[str | None]
    ) -> Medication:
        concept = _concept(order, named)
        name, strength = _name_and_strength(concept)
        dispense = order.get("dispenseRequest", {})
        return Medication(
            id=id_of(order),
            name=name,
            strength=strength,
            text=words(concept),
            instructions=_instructions(order.get("dosageInstruction", [])),
            refills_left=_refills_left(order),
            prescriber=text_in(order.get("requester", {}), "display"),
            over_the_counter=False,
            controlled=bool((extension(order, CONTROLLED_SUBSTANCE) or {}).get("valueBoolean")),
            next_refill_on=_next_refill(fill, dispense, self._clock.now().astimezone(self._zone).date(), self._zone),
            pharmacy_id=reference_id(dispense.get("performer"), "Organization"),
            open_request=order["id"] in open_for,
        )


def _is_pharmacy(organization: Json) -> bool:
    return any("pharmacy" in codes(each) for each in organization.get("type", []))


def _over_the_counter(statement: Json, named: dict[str, Json]) -> Medication:
    concept = _concept(statement, named)
    name, strength = _name_and_strength(concept)
    return Medication(
        # With its type, because a prescription may have the same id.
        id=f"MedicationStatement/{id_of(statement)}",
        name=name,
        strength=strength,
        text=words(concept),
        instructions=_instructions(statement.get("dosage", [])),
        refills_left=None,
        prescriber="",
        over_the_counter=True,
        controlled=False,
        next_refill_on=None,
        pharmacy_id=None,
        open_request=False,
    )


def _concept(order: Json, named: dict[str, Json]) -> Json:
    """The medicine itself, written in the order or statement, or in a Medication beside it."""
    if "medicationCodeableConcept" in order:
        return order["medicationCodeableConcept"]
    pointer = order["medicationReference"]
    inside = next(
        (each for each in order.get("contained", []) if f"#{each.get('id')}" == pointer.get("reference")), None
    )
    found = inside or named.get(reference_id(pointer, "Medication") or "")
    return found["code"] if found else {"text": text_in(pointer, "display")}


def _name_and_strength(concept: Json) -> tuple[str, str]:
    """`lisinopril` and `10 mg` of "lisinopril 10 mg tablet"."""
    text = words(concept)
    found = _STRENGTH.search(text)
    display = next((text_in(each, "display") for each in concept.get("coding", [])), "")
    plain = text[: found.start()] if found else text
    name = display if display and display.casefold() in plain.casefold() else plain
    return name.strip(), found.group().strip() if found else ""


def _instructions(dosages: list[Json]) -> str:
    texts = [text_in(each, "patientInstruction") or text_in(each, "text") for each in dosages]
    return " ".join(text for text in texts if text)


def _refills_left(order: Json) -> int | None:
    dispense = order.get("dispenseRequest", {})
    return int(number_in(dispense, "numberOfRepeatsAllowed")) if "numberOfRepeatsAllowed" in dispense else None


def newest_fills(dispenses: list[Json], zone: ZoneInfo) -> dict[str, Json]:
    """The newest MedicationDispense of each MedicationRequest, by its id."""
    dated = [each for each in dispenses if _day_of(each) and each.get("status") in _HANDED_OVER]
    newest: dict[str, Json] = {}
    for each in sorted(dated, key=lambda dispense: to_day(_day_of(dispense), zone)):
        for prescription in each.get("authorizingPrescription", []):
            rid = reference_id(prescription, "MedicationRequest")
            if rid is not None:
                newest[rid] = each
    return newest


def _day_of(dispense: Json) -> str:
    """When it was handed over, or at least prepared; empty when neither."""
    return text_in(dispense, "whenHandedOver") or text_in(dispense, "whenPrepared")


def _next_refill(fill: Json | None, dispense: Json, today: date, zone: ZoneInfo) -> date | None:
    """The local day on which three quarters of the last supply are used up; None when that is not ahead."""
    supply = (fill or {}).get("daysSupply") or dispense.get("expectedSupplyDuration") or {}
    if fill is None or "value" not in supply or supply.get("code", supply.get("unit", "d")) not in _DAYS:
        return None
    # Whole days, rounded up: a day that the pharmacy still finds too early must not be promised.
    used = timedelta(days=ceil(number_in(supply, "value") * _USED_BEFORE_REFILL))
    day = to_day(_day_of(fill), zone) + used
    return day if day > today else None


def _to_refill(task: Json, already_open: bool = False) -> RefillRequest:
    status = text_in(task, "status")
    if status in REFUSED:
        raise Refused("business-rule", next(iter(codes(task.get("statusReason"))), None))
    if status not in OPEN | {"completed"}:
        raise OutcomeUnknown
    return RefillRequest(id_of(task), status, "approve" in codes(task.get("code")), already_open)


def _by_name(medication: Medication) -> str:
    return medication.name.casefold()
