"""Whatever the portal or the network does wrong becomes one error of our own tree, the right one."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import dataclasses
import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.portal_client import (
    OutcomeUnknown,
    PortalError,
    PortalUnavailable,
    Refused,
    SessionExpired,
    SlotTaken,
    UnusableAnswer,
    area,
)
from tests.portal_client_fakes import (
    CHEN,
    CHEN_ROLE,
    CRESCENT,
    EVERY_CALL,
    OURS,
    READS,
    WRITES,
    FhirServer,
    appointment,
    bundle,
    capabilities,
    fhir,
    offer,
    order,
    outcome,
    paid,
    portal,
)

MINE = {"reference": "Patient/maria"}
PHARMACY = {"coding": [{"code": "pharmacy"}]}
WILLAMETTE = {"resourceType": "Organization", "id": "willamette", "name": "Willamette Pharmacy", "type": [PHARMACY]}
FILL = {
    "resourceType": "MedicationDispense",
    "id": "d",
    "status": "completed",
    "subject": MINE,
    "authorizingPrescription": [{"reference": "MedicationRequest/m1"}],
    "whenHandedOver": "2026-03-10T10:00:00-07:00",
    "daysSupply": {"value": 30, "unit": "d"},
}
PREFERRED = {
    "url": f"{OURS}/StructureDefinition/preferred-pharmacy",
    "valueReference": {"reference": "Organization/willamette"},
}
MARIAS_CHART = {
    "resourceType": "Patient",
    "id": "maria",
    "extension": [PREFERRED],
    "name": [{"use": "official", "text": "Maria Elena Lopez", "given": ["Maria", "Elena"], "family": "Lopez"}],
    "telecom": [{"system": "phone", "value": "+15415550101", "use": "mobile", "rank": 1}],
    "communication": [{"language": {"coding": [{"code": "en"}]}, "preferred": True}],
    "birthDate": "2017-04-18",
    "gender": "female",
}
REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "r1",
    "status": "final",
    "subject": MINE,
    "code": {"text": "Lipid panel"},
    "effectiveDateTime": "2026-03-13T09:00:00-07:00",
    "result": [{"reference": "Observation/o1"}],
    "meta": {"security": [{"system": "x", "code": "R"}]},
}
LDL = {
    "resourceType": "Observation",
    "id": "o1",
    "subject": MINE,
    "code": {"coding": [{"display": "LDL cholesterol"}]},
    "valueQuantity": {"value": 162, "unit": "mg/dL"},
    "referenceRange": [{"low": {"value": 0}, "high": {"value": 99}}],
    "interpretation": [{"coding": [{"code": "H"}]}],
    "component": [{"code": {"text": "x"}, "valueString": "y"}],
}
BALANCE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Account.balance"
OWED = {"value": 184.5, "currency": "USD"}
ACCOUNT = {
    "resourceType": "Account",
    "id": "clinic",
    "status": "active",
    "subject": [MINE],
    "type": {"coding": [{"code": "clinic"}]},
    "extension": [{"url": BALANCE, "extension": [{"url": "amount", "valueMoney": OWED}]}],
}
INVOICE = {
    "resourceType": "Invoice",
    "id": "i",
    "status": "issued",
    "subject": MINE,
    "account": {"reference": "Account/clinic"},
    "totalGross": OWED,
    "extension": [{"url": f"{OURS}/StructureDefinition/due-date", "valueDate": "2026-03-29"}],
}
METHOD = {
    "name": "method",
    "part": [
        {"name": "id", "valueString": "pm1"},
        {"name": "kind", "valueCode": "visa"},
        {"name": "ending", "valueString": "4242"},
    ],
}

# Lists of one type each, and the address they are read from.
LISTS = [("appointments", "GET Appointment"), ("test_results", "GET DiagnosticReport"), ("balances", "GET Account")]
# Writes, the address they write to, and where their key is looked for.
KEYED = [
    ("book_appointment", "POST Appointment/$book", "GET Appointment"),
    ("request_refill", "POST Task", "GET Task"),
    ("pay", "POST Task", "GET Task"),
]


def a_server() -> FhirServer:
    """Everything that is read on the way to a write is there."""
    server = FhirServer().on("GET MedicationRequest/m1", fhir(order())).on("GET Invoice", bundle())
    server.on("GET Appointment/a1", fhir(appointment(), etag='W/"1"'))
    return server


def every_answer(answer: httpx.Response | Exception) -> Callable[[httpx.Request], httpx.Response]:
    """A server that answers everything alike, but says what it can do."""

    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/metadata"):
            return capabilities(("find", "hold", "book"), ())
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return serve


def httpx_errors() -> list[Exception]:
    request = httpx.Request("GET", "https://portal.test")
    found: list[Exception] = [httpx.InvalidURL("no"), httpx.CookieConflict("no"), httpx.StreamConsumed()]
    for kind in vars(httpx).values():
        if inspect.isclass(kind) and issubclass(
            kind, httpx.TransportError | httpx.TooManyRedirects | httpx.DecodingError
        ):
            found.append(kind("no", request=request))
    return found


@pytest.mark.parametrize("call", EVERY_CALL)
async def test_a_token_that_is_no_longer_accepted_means_signing_in_again(call: str) -> None:
    with pytest.raises(SessionExpired):
        await EVERY_CALL[call](portal(every_answer(outcome("login", 401))))


@pytest.mark.parametrize("call", EVERY_CALL)
async def test_what_is_forbidden_is_refused(call: str) -> None:
    with pytest.raises(Refused) as caught:
        await EVERY_CALL[call](portal(every_answer(outcome("forbidden", 403))))
    assert caught.value.code == "forbidden"


@pytest.mark.parametrize("call", sorted(EVERY_CALL.keys() - {"hold_slot", "book_appointment"}))
async def test_what_is_not_there_is_refused_as_not_found(call: str) -> None:
    with pytest.raises(Refused) as caught:
        await EVERY_CALL[call](portal(every_answer(outcome("processing", 404))))
    assert caught.value.code == "not-found"


@pytest.mark.parametrize("call", ["hold_slot", "book_appointment"])
@pytest.mark.parametrize("status", [404, 409, 412])
async def test_a_time_that_somebody_else_has_is_taken(call: str, status: int) -> None:
    address = "POST Appointment/$hold" if call == "hold_slot" else "POST Appointment/$book"
    server = a_server().on(address, outcome("processing", status, "slot-taken"))
    with pytest.raises(SlotTaken) as caught:
        await WRITES[call](portal(server))
    assert caught.value.detail == "slot-taken"


@pytest.mark.parametrize("call", ["request_refill", "pay"])
async def test_a_rule_of_the_portal_is_told_with_its_finer_code(call: str) -> None:
    server = a_server().on("POST Task", outcome("business-rule", 422, "over-payment"))
    with pytest.raises(Refused) as caught:
        await WRITES[call](portal(server))
    assert (caught.value.code, caught.value.detail) == ("business-rule", "over-payment")


@pytest.mark.parametrize(("call", "address", "_look"), KEYED)
async def test_a_failed_precondition_of_a_write_is_a_conflict(call: str, address: str, _look: str) -> None:
    with pytest.raises(Refused) as caught:
        await WRITES[call](portal(a_server().on(address, outcome("processing", 412))))
    assert caught.value.code == "conflict"


async def test_a_refusal_without_an_outcome_is_told_by_its_status() -> None:
    page = httpx.Response(403, content=b"<h1>No</h1>", headers={"content-type": "text/html"})
    with pytest.raises(Refused) as caught:
        await portal(every_answer(page)).appointments()
    assert caught.value.code == "forbidden"


@pytest.mark.parametrize("call", EVERY_CALL)
async def test_too_many_requests_means_later_and_says_when(call: str) -> None:
    busy = fhir({"resourceType": "OperationOutcome", "issue": []}, 429, retry_after="17")
    with pytest.raises(PortalUnavailable) as caught:
        await EVERY_CALL[call](portal(every_answer(busy)))
    assert caught.value.retry_after == timedelta(seconds=17)


async def test_a_date_to_come_back_is_counted_from_the_portals_own_clock() -> None:
    dates = {"date": "Tue, 17 Mar 2026 17:00:00 GMT", "retry-after": "Tue, 17 Mar 2026 17:02:00 GMT"}
    with pytest.raises(PortalUnavailable) as caught:
        await portal(every_answer(httpx.Response(503, headers=dates))).balances()
    assert caught.value.retry_after == timedelta(minutes=2)


@pytest.mark.parametrize(("call", "address"), LISTS)
async def test_a_read_is_tried_again_once_after_a_server_error(call: str, address: str) -> None:
    server = a_server().on(address, outcome("exception", 500), bundle())
    assert await READS[call](portal(server)) == []
    assert len(server.calls(address)) == 2


@pytest.mark.parametrize(("call", "address"), LISTS)
async def test_a_read_is_tried_again_once_after_a_lost_connection(call: str, address: str) -> None:
    server = a_server().on(address, httpx.ReadError("gone"), bundle())
    assert await READS[call](portal(server)) == []
    assert len(server.calls(address)) == 2


@pytest.mark.parametrize(("call", "address"), LISTS)
async def test_a_read_is_not_tried_a_third_time(call: str, address: str) -> None:
    server = a_server().on(address, outcome("exception", 500))
    with pytest.raises(PortalUnavailable):
        await READS[call](portal(server))
    assert len(server.calls(address)) == 2


@pytest.mark.parametrize(("call", "address", "look"), KEYED)
@pytest.mark.parametrize("trouble", [outcome("exception", 500), httpx.ReadTimeout("slow"), httpx.ReadError("gone")])
async def test_a_write_without_an_answer_is_looked_for_once_and_not_sent_again(
    call: str, address: str, look: str, trouble: httpx.Response | Exception
) -> None:
    server = a_server().on(address, trouble).on(look, bundle())
    with pytest.raises(OutcomeUnknown):
        await WRITES[call](portal(server))
    assert (len(server.calls(address)), len(server.calls(look))) == (1, 1)


@pytest.mark.parametrize(("call", "address", "look"), KEYED)
async def test_a_write_stays_open_when_it_cannot_be_looked_for(call: str, address: str, look: str) -> None:
    server = a_server().on(address, httpx.ReadTimeout("slow")).on(look, outcome("exception", 500))
    with pytest.raises(OutcomeUnknown):
        await WRITES[call](portal(server))


@pytest.mark.parametrize(("call", "address", "_look"), KEYED)
async def test_a_write_that_never_left_changed_nothing(call: str, address: str, _look: str) -> None:
    server = a_server().on(address, httpx.ConnectError("no route"))
    with pytest.raises(PortalUnavailable):
        await WRITES[call](portal(server))


BROKEN = {
    "half JSON": httpx.Response(
        200, content=b'{"resourceType": "Bun', headers={"content-type": "application/fhir+json"}
    ),
    "NaN": httpx.Response(200, content=b'{"resourceType": NaN}', headers={"content-type": "application/fhir+json"}),
    "deep": httpx.Response(200, content=b"[" * 200_000, headers={"content-type": "application/fhir+json"}),
    "a page": httpx.Response(200, content=b"<html></html>", headers={"content-type": "text/html"}),
    "FHIR that says it is a page": httpx.Response(
        200, content=bundle().content, headers={"content-type": "text/html; charset=utf-8"}
    ),
    "no type": httpx.Response(200, content=b"{}"),
    "a list": httpx.Response(200, content=b"[]", headers={"content-type": "application/json"}),
    "nothing": httpx.Response(200, content=b"", headers={"content-type": "application/fhir+json"}),
    "another resource": fhir({"resourceType": "Location", "id": "x"}),
    "redirect": httpx.Response(302, headers={"location": "https://portal.test/fhir/elsewhere"}),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("call", READS)
async def test_an_answer_that_is_no_answer_is_not_used(call: str, broken: httpx.Response) -> None:
    with pytest.raises(UnusableAnswer):
        await READS[call](portal(every_answer(broken)))


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(("call", "address", "look"), KEYED)
async def test_a_broken_answer_to_a_write_leaves_it_open(
    call: str, address: str, look: str, broken: httpx.Response
) -> None:
    server = a_server().on(address, broken).on(look, bundle())
    with pytest.raises(OutcomeUnknown):
        await WRITES[call](portal(server))


async def test_d09_a_redirect_is_not_followed() -> None:
    server = a_server().on("GET Appointment", httpx.Response(302, headers={"location": "/fhir/elsewhere"}))
    with pytest.raises(UnusableAnswer):
        await portal(server).appointments()
    assert server.calls("GET elsewhere") == []


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65536
            yield b" " * 65536

    huge = httpx.Response(200, content=endless(), headers={"content-type": "application/fhir+json"})
    with pytest.raises(PortalUnavailable):
        await portal(FhirServer().on("GET Account", lambda _: huge)).balances()
    assert read < 6 * 1024 * 1024


@pytest.mark.parametrize("error", httpx_errors(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", EVERY_CALL)
async def test_no_error_of_the_http_library_escapes(call: str, error: Exception) -> None:
    with pytest.raises(PortalError):
        await EVERY_CALL[call](portal(every_answer(error)))


WISH = {
    **appointment("w1", "waitlist"),
    "requestedPeriod": [{"start": "2026-03-17T17:00:00Z", "end": "2026-03-20T09:00:00-07:00"}],
    "supportingInformation": [{"reference": "Appointment/a1"}],
}
OFFERED = appointment(
    "o1",
    "proposed",
    extension=[{"url": f"{OURS}/StructureDefinition/offer-expires", "valueInstant": "2026-03-17T17:30:00Z"}],
    supportingInformation=[{"reference": "Appointment/w1"}],
)
PHYSICAL = {
    "resourceType": "HealthcareService",
    "id": "physical",
    "type": [{"coding": [{"system": f"{OURS}/CodeSystem/visit-type", "code": "physical"}]}],
    "extension": [
        {
            "url": f"{OURS}/StructureDefinition/late-cancel",
            "extension": [
                {"url": "hours", "valueUnsignedInt": 24},
                {"url": "fee", "valueMoney": {"value": 40, "currency": "USD"}},
            ],
        },
        {"url": f"{OURS}/StructureDefinition/what-to-bring", "valueString": "A list of your medicines."},
    ],
}
SHORTCUT = {
    "resourceType": "List",
    "id": "l1",
    "meta": {"versionId": "1"},
    "status": "current",
    "mode": "working",
    "title": "mine",
    "code": {"coding": [{"system": f"{OURS}/CodeSystem/list-kind", "code": "favorite-appointments"}]},
    "subject": MINE,
    "entry": [{"item": {"reference": "HealthcareService/physical"}}, {"item": {"reference": "Practitioner/chen"}}],
}
STEP = {
    "resourceType": "Task",
    "id": "t2",
    "meta": {"versionId": "1"},
    "status": "requested",
    "intent": "order",
    "code": {"coding": [{"system": f"{OURS}/CodeSystem/portal-request", "code": "echeckin-consent"}]},
    "for": MINE,
    "focus": {"reference": "Appointment/a1"},
    "partOf": [{"reference": "Task/t0"}],
}
TESTS_TO_DO = {
    "resourceType": "ServiceRequest",
    "id": "sr1",
    "status": "active",
    "intent": "order",
    "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "108252007"}]}],
    "code": {"text": "Lipid panel"},
    "subject": MINE,
    "authoredOn": "2026-03-13",
    "requester": {"reference": "Practitioner/chen", "display": "Amy Chen, MD"},
    "occurrencePeriod": {"start": "2026-04-01", "end": "2026-05-01"},
    "locationReference": [{"reference": "Location/crescent"}],
    "patientInstruction": "Do not eat before.",
}
WEIGHT = {
    "resourceType": "Observation",
    "id": "w",
    "status": "final",
    "subject": MINE,
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "effectiveDateTime": "2026-03-16T07:00:00-07:00",
    "valueQuantity": {"value": 70.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
}
SCALE = {
    "resourceType": "Device",
    "id": "d1",
    "meta": {"versionId": "1"},
    "status": "active",
    "patient": MINE,
    "deviceName": [{"name": "Scale", "type": "user-friendly-name"}],
}
AGREED = {
    "resourceType": "Consent",
    "id": "c1",
    "status": "active",
    "patient": MINE,
    "dateTime": "2026-01-05",
    "provision": {"actor": [{"reference": {"reference": "Device/d1"}}]},
}
ASSIGNED = {
    **STEP,
    "id": "t3",
    "code": {"coding": [{"system": f"{OURS}/CodeSystem/portal-request", "code": "complete-questionnaire"}]},
    "focus": {"reference": "Questionnaire/q1", "display": "About you"},
    "restriction": {"period": {"end": "2026-03-31"}},
}
ASKED = {
    "resourceType": "Questionnaire",
    "id": "q1",
    "url": f"{OURS}/Questionnaire/q1",
    "title": "About you",
    "item": [
        {"linkId": "i1", "type": "boolean", "text": "Do you smoke?"},
        {
            "linkId": "i2",
            "type": "choice",
            "text": "How much?",
            "enableWhen": [{"question": "i1", "operator": "=", "answerBoolean": True}],
            "answerOption": [{"valueCoding": {"system": "x", "code": "some", "display": "Some"}}],
        },
    ],
}
ANSWERED = {
    "resourceType": "QuestionnaireResponse",
    "id": "qr1",
    "meta": {"versionId": "1"},
    "status": "in-progress",
    "questionnaire": f"{OURS}/Questionnaire/q1",
    "subject": MINE,
    "authored": "2026-03-16T07:00:00-07:00",
    "item": [{"linkId": "i1", "answer": [{"valueBoolean": True}]}],
}
YES = {
    "resourceType": "AppointmentResponse",
    "id": "ar1",
    "appointment": {"reference": "Appointment/o1"},
    "actor": MINE,
    "participantStatus": "accepted",
}

SUMMARY = {
    "resourceType": "DocumentReference",
    "id": "dr1",
    "status": "current",
    "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]},
    "category": [{"coding": [{"code": "clinical-note"}]}],
    "subject": MINE,
    "date": "2026-02-25T12:00:00-08:00",
    "description": "Summary of your visit",
    "author": [{"reference": "Practitioner/chen", "display": "Amy Chen, MD"}],
    "content": [{"attachment": {"contentType": "text/html", "url": "Binary/b1", "title": "Summary"}}],
    "context": {"encounter": [{"reference": "Encounter/e1"}]},
}
WORDS = {
    "resourceType": "Binary",
    "id": "b1",
    "contentType": "text/html",
    "securityContext": MINE,
    "data": "PHA+QWxsIGlzIHdlbGwuPC9wPg==",
}
VISIT = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": {"code": "AMB"},
    "type": [{"text": "Follow-up"}],
    "subject": MINE,
    "participant": [{"individual": {"reference": "Practitioner/chen", "display": "Amy Chen, MD"}}],
    "location": [{"location": {"reference": "Location/crescent", "display": "Crescent Clinic"}}],
    "period": {"start": "2026-02-25T09:00:00-08:00", "end": "2026-02-25T09:30:00-08:00"},
    "reasonCode": [{"text": "Blood pressure"}],
}
SMOKING = {
    **WEIGHT,
    "id": "smoking",
    "category": [{"coding": [{"code": "social-history"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "72166-2", "display": "Smoking"}]},
    "valueCodeableConcept": {"text": "Never"},
}
ALLERGY = {
    "resourceType": "AllergyIntolerance",
    "id": "ai1",
    "patient": MINE,
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "verificationStatus": {"coding": [{"code": "unconfirmed"}]},
    "code": {"text": "latex"},
    "asserter": MINE,
    "onsetDateTime": "2020",
    "reaction": [{"manifestation": [{"text": "rash"}], "severity": "mild"}],
}
ISSUE = {
    "resourceType": "Condition",
    "id": "co1",
    "subject": MINE,
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "category": [{"coding": [{"code": "problem-list-item"}]}],
    "code": {"text": "asthma"},
    "onsetDateTime": "2020-05",
}
OVER = {**ISSUE, "id": "co2", "clinicalStatus": {"coding": [{"code": "resolved"}]}}
VACCINE = {
    "resourceType": "Immunization",
    "id": "im1",
    "status": "completed",
    "patient": MINE,
    "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "88", "display": "flu shot"}]},
    "occurrenceDateTime": "2025-10-01",
    "primarySource": False,
    "location": {"display": "a pharmacy"},
    "protocolApplied": [{"doseNumberPositiveInt": 1}],
}
FORECAST = {
    "resourceType": "ImmunizationRecommendation",
    "id": "ir1",
    "patient": MINE,
    "date": "2026-03-17",
    "recommendation": [
        {
            "vaccineCode": [{"text": "flu shot"}],
            "forecastStatus": {"coding": [{"code": "due"}]},
            "dateCriterion": [{"code": {"coding": [{"code": "30980-7"}]}, "value": "2026-03-01"}],
        }
    ],
}
SCREENING = {
    **TESTS_TO_DO,
    "id": "sr2",
    "intent": "plan",
    "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "20135006"}]}],
    "orderDetail": [{"coding": [{"system": f"{OURS}/CodeSystem/visit-type", "code": "physical"}]}],
}
PLAN = {
    "resourceType": "CarePlan",
    "id": "cp1",
    "status": "active",
    "intent": "plan",
    "title": "Diabetes",
    "subject": MINE,
    "goal": [{"reference": "Goal/g1"}],
    "careTeam": [{"reference": "CareTeam/ct1"}],
    "activity": [
        {
            "detail": {
                "status": "scheduled",
                "description": "a visit",
                "scheduledPeriod": {"start": "2026-03-20"},
                "performer": [{"display": "Amy Chen, MD"}],
            }
        }
    ],
}
GOAL = {
    "resourceType": "Goal",
    "id": "g1",
    "lifecycleStatus": "active",
    "achievementStatus": {"coding": [{"code": "in-progress"}]},
    "description": {"text": "lower A1c"},
    "subject": MINE,
    "target": [{"dueDate": "2026-09-01", "detailQuantity": {"comparator": "<", "value": 7, "unit": "%"}}],
}
TEAM = {
    "resourceType": "CareTeam",
    "id": "ct1",
    "status": "active",
    "subject": MINE,
    "participant": [{"role": [{"text": "Primary care"}], "member": {"display": "Amy Chen, MD"}}],
}
OPERATION = {
    "resourceType": "Procedure",
    "id": "pr1",
    "status": "completed",
    "code": {"text": "Appendectomy"},
    "subject": MINE,
    "performedDateTime": "2003-08-19",
}
MOTHER = {
    "resourceType": "FamilyMemberHistory",
    "id": "fh1",
    "status": "partial",
    "patient": MINE,
    "relationship": {"text": "mother"},
    "condition": [{"code": {"text": "asthma"}, "onsetAge": {"value": 30, "code": "a"}}],
}
GLASSES = {
    "resourceType": "VisionPrescription",
    "id": "vp1",
    "status": "active",
    "patient": MINE,
    "dateWritten": "2025-09-01",
    "prescriber": {"display": "Elena Novak, OD"},
    "lensSpecification": [
        {
            "product": {"coding": [{"code": "lens"}]},
            "eye": "right",
            "sphere": -2.25,
            "axis": 90,
            "prism": [{"amount": 0.5, "base": "in"}],
        }
    ],
}

HEALTHY: dict[str, httpx.Response] = {
    "POST Appointment/$find": bundle(offer("s9", "2026-03-18T09:00:00-07:00", "2026-03-18T09:30:00-07:00")),
    "POST Appointment/$hold": fhir(appointment("h1", "pending")),
    "POST Appointment/$book": fhir(appointment()),
    "GET Appointment": bundle(appointment(), WISH, OFFERED),
    "POST Appointment": fhir(WISH, 201),
    "POST AppointmentResponse": fhir(YES, 201),
    "GET HealthcareService": bundle(PHYSICAL),
    "GET List": bundle(SHORTCUT),
    "GET List/l1": fhir(SHORTCUT),
    "PUT List/l1": fhir({**SHORTCUT, "status": "retired"}),
    "POST List": fhir(SHORTCUT, 201),
    "GET Task/t2": fhir(STEP),
    "PUT Task/t2": fhir({**STEP, "status": "completed"}),
    "GET ServiceRequest": bundle(TESTS_TO_DO, SCREENING),
    "GET Observation": bundle(WEIGHT, SMOKING),
    "GET Encounter": bundle(VISIT),
    "GET DocumentReference": bundle(SUMMARY),
    "GET DocumentReference/dr1": fhir(SUMMARY),
    "GET Binary/b1": fhir(WORDS),
    "GET AllergyIntolerance": bundle(ALLERGY),
    "POST AllergyIntolerance": fhir(ALLERGY, 201),
    "GET Condition": bundle(ISSUE, OVER),
    "POST Condition": fhir(ISSUE, 201),
    "GET Immunization": bundle(VACCINE),
    "POST Immunization": fhir(VACCINE, 201),
    "GET ImmunizationRecommendation": bundle(FORECAST),
    "GET CarePlan": bundle(PLAN),
    "GET Goal": bundle(GOAL),
    "GET CareTeam": bundle(TEAM),
    "GET Procedure": bundle(OPERATION),
    "GET FamilyMemberHistory": bundle(MOTHER),
    "POST FamilyMemberHistory": fhir(MOTHER, 201),
    "GET VisionPrescription": bundle(GLASSES),
    "POST Observation": fhir(WEIGHT, 201),
    "GET Device": bundle(SCALE),
    "GET Device/d1": fhir(SCALE),
    "PUT Device/d1": fhir({**SCALE, "status": "inactive"}),
    "GET Consent": bundle(AGREED),
    "GET Questionnaire/q1": fhir(ASKED),
    "GET QuestionnaireResponse": bundle(ANSWERED),
    "GET QuestionnaireResponse/qr1": fhir(ANSWERED),
    "PUT QuestionnaireResponse/qr1": fhir(ANSWERED),
    "GET Appointment/a1": fhir(appointment()),
    "PUT Appointment/a1": fhir(appointment(status="cancelled")),
    "GET PractitionerRole": bundle(CHEN_ROLE, included=[CHEN]),
    "GET Location": bundle(CRESCENT),
    "GET MedicationRequest": bundle(order()),
    "GET MedicationRequest/m1": fhir(order()),
    "GET MedicationDispense": bundle(FILL),
    "GET MedicationStatement": bundle(order() | {"resourceType": "MedicationStatement", "dosage": [{"text": "x"}]}),
    "GET Organization": bundle(WILLAMETTE),
    "GET Patient/maria": fhir(MARIAS_CHART),
    "GET DiagnosticReport": bundle(REPORT, included=[LDL]),
    "GET Account": bundle(ACCOUNT),
    "GET Invoice": bundle(INVOICE),
    "GET Patient/maria/$payment-methods": fhir({"resourceType": "Parameters", "parameter": [METHOD]}),
    "POST Task": fhir(paid(5000), 201),
    "GET Task": bundle(STEP, ASSIGNED),
}
TOUCHES = {
    "person": ["GET Patient/maria"],
    "open_slots": ["POST Appointment/$find", "GET PractitionerRole", "GET Location"],
    "appointments": ["GET Appointment"],
    "providers": ["GET PractitionerRole"],
    "places": ["GET Location"],
    "medications": ["GET MedicationRequest", "GET MedicationDispense", "GET MedicationStatement"],
    "pharmacies": ["GET Organization", "GET Patient/maria"],
    "test_results": ["GET DiagnosticReport"],
    "balances": ["GET Account", "GET Invoice"],
    "payment_methods": ["GET Patient/maria/$payment-methods"],
    "hold_slot": ["POST Appointment/$hold"],
    "book_appointment": ["POST Appointment/$book"],
    "cancel_appointment": ["GET Appointment/a1", "PUT Appointment/a1"],
    "request_refill": ["GET MedicationRequest/m1", "POST Task"],
    "pay": ["POST Task"],
    "trends": ["GET Observation"],
    "growth": ["GET Observation", "GET Patient/maria"],
    "past_visits": ["GET Encounter", "GET DocumentReference"],
    "visit_summaries": ["GET DocumentReference"],
    "clinical_notes": ["GET DocumentReference"],
    "visit_text": ["GET DocumentReference/dr1", "GET Binary/b1"],
    "allergies": ["GET AllergyIntolerance"],
    "health_issues": ["GET Condition"],
    "immunizations": ["GET Immunization"],
    "immunization_record": ["GET Immunization", "GET Patient/maria"],
    "preventive_care": ["GET ImmunizationRecommendation", "GET ServiceRequest", "GET Patient/maria"],
    "health_summary": ["GET Condition", "GET AllergyIntolerance", "GET Immunization", "GET ServiceRequest"],
    "care_plans": ["GET CarePlan", "GET Goal", "GET CareTeam"],
    "medical_history": ["GET Condition", "GET Procedure", "GET FamilyMemberHistory", "GET Observation"],
    "eye_prescriptions": ["GET VisionPrescription"],
    "report_allergy": ["POST AllergyIntolerance"],
    "request_allergy_change": ["POST Task"],
    "report_health_issue": ["POST Condition"],
    "request_issue_change": ["POST Task"],
    "add_immunization": ["POST Immunization"],
    "report_history": ["POST Condition"],
    "report_family_history": ["POST FamilyMemberHistory"],
    "appointment_details": ["GET Appointment/a1", "GET HealthcareService", "GET Task", "GET Appointment"],
    "waitlist": ["GET Appointment"],
    "waitlist_offers": ["GET Appointment"],
    "favorites": ["GET List", "GET HealthcareService"],
    "echeckin": ["GET Task"],
    "upcoming_tests": ["GET ServiceRequest", "GET Appointment"],
    "readings": ["GET Observation"],
    "connected_trackers": ["GET Device", "GET Consent"],
    "assigned_questionnaires": ["GET Task"],
    "questionnaire": ["GET Questionnaire/q1"],
    "saved_answers": ["GET Questionnaire/q1", "GET QuestionnaireResponse"],
    "reschedule_appointment": ["POST Appointment/$book", "GET Appointment/a1", "PUT Appointment/a1"],
    "request_appointment": ["POST Task"],
    "join_waitlist": ["GET Appointment/a1", "POST Appointment"],
    "leave_waitlist": ["GET Appointment/a1", "PUT Appointment/a1"],
    "accept_offer": ["GET Appointment/a1", "POST AppointmentResponse"],
    "decline_offer": ["GET Appointment/a1", "POST AppointmentResponse"],
    "save_favorite": ["GET HealthcareService", "POST List"],
    "remove_favorite": ["GET List/l1", "PUT List/l1"],
    "start_echeckin": ["POST Task"],
    "complete_echeckin_step": ["GET Task/t2", "PUT Task/t2"],
    "announce_arrival": ["GET Appointment/a1", "PUT Appointment/a1"],
    "log_reading": ["POST Observation"],
    "disconnect_tracker": ["GET Device/d1", "PUT Device/d1"],
    "save_answers": ["GET Questionnaire/q1", "GET QuestionnaireResponse", "PUT QuestionnaireResponse/qr1"],
}
NONSENSE = st.sampled_from(
    [None, True, -1, 7.5, "", "x", "2026-99-99T99:00:00Z", [], {}, [None], ["x"], [{}], [[]], {"x": 1}]
)


def healthy() -> FhirServer:
    server = FhirServer()
    for address, answer in HEALTHY.items():
        server.on(address, answer)
    return server


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield value, key
        yield from places_in(part)


@st.composite
def damaged(draw: st.DrawFn, address: str) -> httpx.Response:
    """A healthy answer in which one or two things are replaced by nonsense."""
    body = json.loads(HEALTHY[address].content)
    for _ in range(draw(st.integers(1, 2))):
        container, key = draw(st.sampled_from(list(places_in(body)) or [(body, "x")]))
        container[key] = copy.deepcopy(draw(NONSENSE))
    return fhir(body, HEALTHY[address].status_code)


def fits(held: Any, kind: Any) -> bool:
    """Whether a value is of that kind."""
    return held in get_args(kind) if get_origin(kind) is Literal else isinstance(held, get_origin(kind) or kind)


def assert_well_typed(value: Any) -> None:
    """What leaves is what its dataclass says, all the way down."""
    for each in value if isinstance(value, list | tuple) else [value]:
        if dataclasses.is_dataclass(each):
            for name, kind in get_type_hints(type(each)).items():
                held = getattr(each, name)
                parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
                assert any(fits(held, part) for part in parts)
                assert_well_typed(held)


@pytest.mark.parametrize("call", EVERY_CALL)
async def test_every_call_works_on_a_healthy_server(call: str) -> None:
    await EVERY_CALL[call](portal(healthy()))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("call", EVERY_CALL)
async def test_whatever_is_damaged_only_errors_of_our_own_leave(call: str, data: st.DataObject) -> None:
    address = data.draw(st.sampled_from(TOUCHES[call]))
    server = healthy().on(address, data.draw(damaged(address)))
    with contextlib.suppress(PortalError):
        assert_well_typed(await EVERY_CALL[call](portal(server)))


async def test_d05_no_request_goes_on_after_the_call_that_asked_for_it_has_failed() -> None:
    ended: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0.01)
        ended.append("slow")

    async def refused() -> None:
        raise Refused("forbidden")

    with pytest.raises(Refused):
        await area.every_answer(refused(), slow())
    assert ended == ["slow"]
