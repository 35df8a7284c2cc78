"""FHIR servers of ten lines behind httpx.MockTransport, and the calls that the tests of portal_client make."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import httpx

from actions.portal_client import Asked, FhirPortal, NotRecorded, Server, SlotWish, portal_http_client
from actions.portal_client.models.scheduling import AppointmentRequest, StepProof
from clock import CLINIC_ZONE, FixedClock
from tests.fakes import A_TUESDAY

Json = dict[str, Any]
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]

MARIA = "Patient/maria"
OURS = "https://careline.example.org/fhir"
KEY_SYSTEM = f"{OURS}/NamingSystem/request-key"
VISIT_TYPE = f"{OURS}/CodeSystem/visit-type"
OPERATIONS = ("find", "hold", "book")
WRITTEN_TYPES = (
    "AllergyIntolerance", "Appointment", "AppointmentResponse", "Condition", "Device", "FamilyMemberHistory",
    "Immunization", "List", "Observation", "QuestionnaireResponse", "Task",
)  # fmt: skip
"""Types that a server with operations lets patients create and update."""
_WRITTEN = [{"code": "create"}, {"code": "update"}]


class FhirServer:
    """Answers by method and address, several answers one after the other and the last for ever; anything else is 404."""

    def __init__(self, operations: tuple[str, ...] = OPERATIONS, searchable: tuple[str, ...] = ()) -> None:
        self.asked: list[httpx.Request] = []
        self._answers: dict[str, list[Answer]] = {}
        self.on("GET metadata", capabilities(operations, searchable))
        self.on("GET PractitionerRole", bundle(CHEN_ROLE, included=[CHEN]))
        self.on("GET Location", bundle(CRESCENT))

    def on(self, address: str, *answers: Answer) -> FhirServer:
        self._answers[address] = list(answers)
        return self

    def calls(self, address: str) -> list[httpx.Request]:
        return [request for request in self.asked if _address(request) == address]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answers = self._answers.get(_address(request), [outcome("not-found", 404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return answer(request)


@dataclass
class Notes:
    """An `AccessTrail` that is a list; what is `broken` raises."""

    rows: list[Asked] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """`ready`, `note`, or both."""
    looked: int = 0
    """How often it was asked whether it is ready."""

    async def ready(self) -> None:
        self.looked += 1
        if "ready" in self.broken:
            raise NotRecorded

    async def note(self, asked: Sequence[Asked]) -> None:
        if "note" in self.broken:
            raise NotRecorded
        self.rows += asked


def portal(server: Callable[[httpx.Request], httpx.Response], trail: Notes | None = None) -> FhirPortal:
    """Maria's portal before that server."""
    client = portal_http_client("https://portal.test", httpx.MockTransport(server))
    clock = FixedClock(A_TUESDAY)
    return FhirPortal(client, "maria", token, clock, CLINIC_ZONE, server=Server(), trail=trail or Notes())


async def token() -> str:
    return "token-of-maria"


def fhir(body: Json, status: int = 200, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps(body).encode()
    return httpx.Response(status, content=content, headers={"content-type": "application/fhir+json", **named})


def bundle(*resources: Json, included: list[Json] | None = None, **more: Any) -> httpx.Response:
    matches = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    others = [{"resource": each, "search": {"mode": "include"}} for each in included or []]
    body = {"resourceType": "Bundle", "type": "searchset", "entry": matches + others, **more}
    return fhir(body)


def outcome(code: str, status: int, detail: str | None = None, **issue: Any) -> httpx.Response:
    details = {"details": {"coding": [{"code": detail}]}} if detail else {}
    issues = [{"severity": "error", "code": code, **details, **issue}]
    return fhir({"resourceType": "OperationOutcome", "issue": issues}, status)


def capabilities(operations: tuple[str, ...], searchable: tuple[str, ...]) -> httpx.Response:
    resources = [{"type": each, "interaction": [{"code": "search-type"}]} for each in searchable]
    resources += [{"type": each, "interaction": _WRITTEN} for each in WRITTEN_TYPES if operations]
    appointment = {"type": "Appointment", "operation": [{"name": each} for each in operations]}
    rest = [{"mode": "server", "resource": [appointment, *resources]}]
    return fhir({"resourceType": "CapabilityStatement", "rest": rest})


def sent(request: httpx.Request) -> Any:
    """The body of a request."""
    return json.loads(request.content)


def form(request: httpx.Request) -> dict[str, str]:
    """The form in a request."""
    return dict(parse_qsl(request.content.decode()))


def _address(request: httpx.Request) -> str:
    return f"{request.method} {request.url.path.removeprefix('/fhir/')}"


CHEN: Json = {
    "resourceType": "Practitioner",
    "id": "chen",
    "name": [{"text": "Amy Chen, MD", "family": "Chen", "given": ["Amy"]}],
    "communication": [{"coding": [{"code": "en-US"}]}],
}
CHEN_ROLE: Json = {
    "resourceType": "PractitionerRole",
    "id": "chen-role",
    "practitioner": {"reference": "Practitioner/chen"},
    "location": [{"reference": "Location/crescent"}],
    "specialty": [{"text": "Family Medicine"}],
}
CRESCENT: Json = {
    "resourceType": "Location",
    "id": "crescent",
    "name": "Crescent Clinic",
    "address": {"line": ["1500 Crescent Way"], "city": "Eugene", "state": "OR", "postalCode": "97401"},
    "telecom": [{"system": "phone", "value": "+15415550190"}],
}


def appointment(rid: str = "a1", status: str = "booked", patient: str = MARIA, **more: Any) -> Json:
    actors = [patient, "Practitioner/chen", "Location/crescent"]
    return {
        "resourceType": "Appointment",
        "id": rid,
        "meta": {"versionId": "1"},
        "status": status,
        "serviceType": [{"coding": [{"system": VISIT_TYPE, "code": "physical"}]}],
        "slot": [{"reference": "Slot/s1"}],
        "start": "2026-03-20T09:00:00-07:00",
        "end": "2026-03-20T09:30:00-07:00",
        "participant": [{"actor": {"reference": each}, "status": "accepted"} for each in actors],
        **more,
    }


def offer(slot_id: str, start: str, end: str, practitioner: str = "chen") -> Json:
    actors = [f"Practitioner/{practitioner}", "Location/crescent"]
    return {
        "resourceType": "Appointment",
        "status": "proposed",
        "slot": [{"reference": f"Slot/{slot_id}"}],
        "start": start,
        "end": end,
        "participant": [{"actor": {"reference": each}, "status": "needs-action"} for each in actors],
    }


def order(rid: str = "m1", **more: Any) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": rid,
        "status": "active",
        "intent": "order",
        "subject": {"reference": MARIA},
        "medicationCodeableConcept": {"text": "lisinopril 10 mg tablet", "coding": [{"display": "lisinopril"}]},
        "dosageInstruction": [{"text": "Take 1 tablet once a day."}],
        "requester": {"reference": "Practitioner/chen", "display": "Amy Chen, MD"},
        "dispenseRequest": {"numberOfRepeatsAllowed": 2, "performer": {"reference": "Organization/willamette"}},
        **more,
    }


def task(code: str, status: str = "requested", key: str = "k1", **more: Any) -> Json:
    return {
        "resourceType": "Task",
        "id": "t1",
        "status": status,
        "intent": "order",
        "identifier": [{"system": KEY_SYSTEM, "value": key}],
        "code": {"coding": [{"code": code}]},
        "for": {"reference": MARIA},
        "lastModified": "2026-03-17T17:00:00Z",
        **more,
    }


def paid(cents: int, key: str = "k1", status: str = "completed") -> Json:
    def part(name: str, **value: Any) -> Json:
        return {"type": {"coding": [{"system": f"{OURS}/CodeSystem/request-parameter", "code": name}]}, **value}

    return task(
        "pay",
        status,
        key,
        focus={"reference": "Account/clinic"},
        input=[part("amount", valueMoney={"value": cents / 100, "currency": "USD"}), part("method", valueString="pm1")],
        output=[part("receipt-number", valueString="R-7"), part("payment-date", valueDateTime="2026-03-17T17:00:05Z")],
    )


ANY_TIME = SlotWish("physical", None, None, A_TUESDAY, A_TUESDAY + timedelta(days=14))

READS: dict[str, Callable[[FhirPortal], Awaitable[Any]]] = {
    "person": lambda its: its.person(),
    "open_slots": lambda its: its.open_slots(ANY_TIME),
    "appointments": lambda its: its.appointments(),
    "providers": lambda its: its.providers(),
    "places": lambda its: its.places(),
    "medications": lambda its: its.medications(),
    "pharmacies": lambda its: its.pharmacies(),
    "test_results": lambda its: its.test_results(),
    "balances": lambda its: its.balances(),
    "payment_methods": lambda its: its.payment_methods(),
    "trends": lambda its: its.trends((), None),
    "growth": lambda its: its.growth(),
    "past_visits": lambda its: its.past_visits(),
    "visit_summaries": lambda its: its.visit_summaries(),
    "clinical_notes": lambda its: its.clinical_notes(),
    "visit_text": lambda its: its.visit_text("dr1"),
    "allergies": lambda its: its.allergies(),
    "health_issues": lambda its: its.health_issues(),
    "immunizations": lambda its: its.immunizations(),
    "immunization_record": lambda its: its.immunization_record(),
    "preventive_care": lambda its: its.preventive_care(),
    "health_summary": lambda its: its.health_summary(),
    "care_plans": lambda its: its.care_plans(),
    "medical_history": lambda its: its.medical_history(),
    "eye_prescriptions": lambda its: its.eye_prescriptions(),
    "appointment_details": lambda its: its.appointment_details("a1"),
    "waitlist": lambda its: its.waitlist(),
    "waitlist_offers": lambda its: its.waitlist_offers(),
    "favorites": lambda its: its.favorites(),
    "echeckin": lambda its: its.echeckin("a1"),
    "upcoming_tests": lambda its: its.upcoming_tests(),
    "readings": lambda its: its.readings("weight", A_TUESDAY.date() - timedelta(days=30)),
    "connected_trackers": lambda its: its.connected_trackers(),
    "assigned_questionnaires": lambda its: its.assigned_questionnaires(),
    "questionnaire": lambda its: its.questionnaire("q1"),
    "saved_answers": lambda its: its.saved_answers("q1"),
}
WRITES: dict[str, Callable[[FhirPortal], Awaitable[Any]]] = {
    "hold_slot": lambda its: its.hold_slot("s1", "physical"),
    "book_appointment": lambda its: its.book_appointment("s1", "physical", "k1"),
    "cancel_appointment": lambda its: its.cancel_appointment("a1", "k1"),
    "request_refill": lambda its: its.request_refill("m1", None, "k1"),
    "pay": lambda its: its.pay("clinic", 5000, "pm1", "k1"),
    "report_allergy": lambda its: its.report_allergy("latex", "rash", "mild", "k1"),
    "request_allergy_change": lambda its: its.request_allergy_change("ai1", "remove", "", "k1"),
    "report_health_issue": lambda its: its.report_health_issue("migraine", None, "k1"),
    "request_issue_change": lambda its: its.request_issue_change("co1", "resolved", "", "k1"),
    "add_immunization": lambda its: its.add_immunization("flu shot", A_TUESDAY.date(), "a pharmacy", "k1"),
    "report_history": lambda its: its.report_history("condition", "measles", None, "k1"),
    "report_family_history": lambda its: its.report_family_history("MTH", "asthma", 30, "k1"),
    "reschedule_appointment": lambda its: its.reschedule_appointment("a1", "s1", "physical", "k1"),
    "request_appointment": lambda its: its.request_appointment(AppointmentRequest("knee", "any", "+15415550101"), "k1"),
    "join_waitlist": lambda its: its.join_waitlist("a1", "k1"),
    "leave_waitlist": lambda its: its.leave_waitlist("a1", "k1"),
    "accept_offer": lambda its: its.accept_offer("a1", "k1"),
    "decline_offer": lambda its: its.decline_offer("a1", "k1"),
    "save_favorite": lambda its: its.save_favorite("mine", "physical", "chen", None, "k1"),
    "remove_favorite": lambda its: its.remove_favorite("l1", "k1"),
    "start_echeckin": lambda its: its.start_echeckin("a1", "k1"),
    "complete_echeckin_step": lambda its: its.complete_echeckin_step("t2", StepProof(), "k1"),
    "announce_arrival": lambda its: its.announce_arrival("a1", "k1"),
    "log_reading": lambda its: its.log_reading("weight", (Decimal("70.5"),), "kg", A_TUESDAY, "k1"),
    "disconnect_tracker": lambda its: its.disconnect_tracker("d1", "k1"),
    "save_answers": lambda its: its.save_answers("q1", {"i1": (True,)}, "k1", finished=False),
}
EVERY_CALL = READS | WRITES
