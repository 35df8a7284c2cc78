"""For each rule FHIR has about resources: one that keeps it, and one that does not."""

from __future__ import annotations

from typing import Any

from tests.fhir_type_rules import LATER, NOW

Json = dict[str, Any]
MARIA = {"reference": "Patient/maria"}
TEXT = {"text": "x"}
HL7 = "http://terminology.hl7.org/CodeSystem/"
NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": HL7 + system, "code": code}]}


def visit(**more: Any) -> Json:
    start, end = "2026-03-09T09:00:00-07:00", "2026-03-09T09:30:00-07:00"
    participant = [{"actor": MARIA, "status": "accepted"}]
    made = {"status": "booked", "start": start, "end": end, "participant": participant, **more}
    return {"resourceType": "Appointment", **{name: value for name, value in made.items() if value}}


def allergy(**more: Any) -> Json:
    return {"resourceType": "AllergyIntolerance", "patient": MARIA, **more}


def problem(**more: Any) -> Json:
    return {"resourceType": "Condition", "subject": MARIA, **more}


def consent(**more: Any) -> Json:
    return {"resourceType": "Consent", "status": "active", "scope": TEXT, "category": [TEXT], **more}


def kin(**more: Any) -> Json:
    patient = {"patient": MARIA, "relationship": TEXT, "status": "completed"}
    return {"resourceType": "FamilyMemberHistory", **patient, **more}


def listing(mode: str, **more: Any) -> Json:
    return {"resourceType": "List", "status": "current", "mode": mode, **more}


def reading(**more: Any) -> Json:
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [{"code": "a"}]}, **more}


def dispense(prepared: str, handed: str) -> Json:
    moments = {"whenPrepared": prepared, "whenHandedOver": handed}
    return {"resourceType": "MedicationDispense", "status": "completed", "medicationCodeableConcept": TEXT, **moments}


def form(*items: Json) -> Json:
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items)}


def item(kind: str, **more: Any) -> Json:
    return {"linkId": "1", "type": kind, **more}


def asked_when(operator: str, **answer: Any) -> Json:
    return form(item("string", enableWhen=[{"question": "0", "operator": operator, **answer}]))


def filled(**more: Any) -> Json:
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [{"linkId": "1", **more}]}


def order(**more: Any) -> Json:
    return {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": MARIA, **more}


def errand(first: str, last: str) -> Json:
    return {"resourceType": "Task", "status": "requested", "intent": "order", "authoredOn": first, "lastModified": last}


def access(**entity: Any) -> Json:
    agent = [{"requestor": True}]
    what = {"type": {"code": "rest"}, "recorded": "2026-03-09T09:00:00Z", "source": {"observer": MARIA}}
    return {"resourceType": "AuditEvent", **what, "agent": agent, "entity": [entity]}


def plan(**activity: Any) -> Json:
    start = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": MARIA}
    return {**start, "activity": [activity]}


def paper(**section: Any) -> Json:
    head = {"status": "final", "type": TEXT, "date": "2026-03-09", "author": [MARIA], "title": "x"}
    return {"resourceType": "Composition", **head, "section": [section]}


def goal(**target: Any) -> Json:
    head = {"lifecycleStatus": "active", "description": TEXT, "subject": MARIA}
    return {"resourceType": "Goal", **head, "target": [target]}


def shot(**education: Any) -> Json:
    head = {"status": "completed", "vaccineCode": TEXT, "patient": MARIA, "occurrenceString": "as a child"}
    return {"resourceType": "Immunization", **head, "education": [education]}


def due(**more: Any) -> Json:
    recommendation = [{"forecastStatus": TEXT, **more}]
    head = {"patient": MARIA, "date": "2026-03-09"}
    return {"resourceType": "ImmunizationRecommendation", **head, "recommendation": recommendation}


def answer(**more: Any) -> Json:
    head = {"appointment": {"reference": "Appointment/1"}, "participantStatus": "accepted"}
    return {"resourceType": "AppointmentResponse", **head, **more}


def clinic(**more: Any) -> Json:
    return {"resourceType": "Organization", **more}


OF_RESOURCES: dict[tuple[str, str], tuple[Json, Json]] = {
    ("AllergyIntolerance", "ait-1"): (
        allergy(verificationStatus=coded("allergyintolerance-verification", "entered-in-error")),
        allergy(verificationStatus=coded("allergyintolerance-verification", "confirmed")),
    ),
    ("AllergyIntolerance", "ait-2"): (
        allergy(clinicalStatus=coded("allergyintolerance-clinical", "active")),
        allergy(
            clinicalStatus=coded("allergyintolerance-clinical", "active"),
            verificationStatus=coded("allergyintolerance-verification", "entered-in-error"),
        ),
    ),
    ("Appointment", "app-2"): (visit(status="proposed", start="", end=""), visit(status="proposed", end="")),
    ("Appointment", "app-3"): (visit(status="waitlist", start="", end=""), visit(start="", end="")),
    ("Appointment", "app-4"): (visit(status="noshow", cancelationReason=TEXT), visit(cancelationReason=TEXT)),
    ("Appointment.participant", "app-1"): (
        visit(participant=[{"type": [TEXT], "status": "accepted"}]),
        visit(participant=[{"status": "accepted"}]),
    ),
    ("AppointmentResponse", "apr-1"): (answer(actor=MARIA), answer()),
    ("AuditEvent.entity", "sev-1"): (access(name="x"), access(name="x", query="AAAA")),
    ("CarePlan.activity", "cpl-3"): (
        plan(reference={"reference": "Task/1"}),
        plan(reference={"reference": "Task/1"}, detail={"status": "scheduled"}),
    ),
    ("Composition.section", "cmp-1"): (paper(text=NARRATIVE), paper(title="x")),
    ("Composition.section", "cmp-2"): (paper(entry=[MARIA]), paper(entry=[MARIA], emptyReason=TEXT)),
    ("Condition", "con-4"): (
        problem(abatementString="x", clinicalStatus=coded("condition-clinical", "resolved")),
        problem(abatementString="x", clinicalStatus=coded("condition-clinical", "active")),
    ),
    ("Condition", "con-5"): (
        problem(verificationStatus=coded("condition-ver-status", "entered-in-error")),
        problem(
            verificationStatus=coded("condition-ver-status", "entered-in-error"),
            clinicalStatus=coded("condition-clinical", "active"),
        ),
    ),
    ("Condition.stage", "con-1"): (problem(stage=[{"summary": TEXT}]), problem(stage=[{"type": TEXT}])),
    ("Condition.evidence", "con-2"): (
        problem(evidence=[{"code": [TEXT]}]),
        problem(evidence=[{"extension": [{"url": "https://example.org/any", "valueString": "x"}]}]),
    ),
    ("Consent", "ppc-1"): (consent(policyRule=TEXT), consent()),
    ("FamilyMemberHistory", "fhs-1"): (kin(ageString="old"), kin(ageString="old", bornString="long ago")),
    ("FamilyMemberHistory", "fhs-2"): (kin(ageString="old", estimatedAge=True), kin(estimatedAge=True)),
    ("Goal.target", "gol-1"): (goal(measure=TEXT, detailString="x"), goal(detailString="x")),
    ("Immunization.education", "imm-1"): (
        shot(documentType="x"),
        shot(publicationDate="2026-03-09"),
    ),
    ("ImmunizationRecommendation.recommendation", "imr-1"): (due(vaccineCode=[TEXT]), due()),
    ("List", "lst-1"): (
        listing("working", emptyReason=TEXT),
        listing("working", emptyReason=TEXT, entry=[{"item": MARIA}]),
    ),
    ("List", "lst-2"): (
        listing("changes", entry=[{"item": MARIA, "deleted": True}]),
        listing("working", entry=[{"item": MARIA, "deleted": True}]),
    ),
    ("List", "lst-3"): (
        listing("working", entry=[{"item": MARIA, "date": "2026-03-09"}]),
        listing("snapshot", entry=[{"item": MARIA, "date": "2026-03-09"}]),
    ),
    ("MedicationDispense", "mdd-1"): (dispense(NOW, LATER), dispense(LATER, NOW)),
    ("Observation", "obs-6"): (
        reading(dataAbsentReason=TEXT),
        reading(dataAbsentReason=TEXT, valueQuantity={"value": 2}),
    ),
    ("Observation", "obs-7"): (
        reading(valueString="x", component=[{"code": {"coding": [{"code": "b"}]}}]),
        reading(valueString="x", component=[{"code": TEXT}, {"code": {"coding": [{"code": "a"}]}}]),
    ),
    ("Observation.referenceRange", "obs-3"): (
        reading(referenceRange=[{"high": {"value": 2}}]),
        reading(referenceRange=[{"type": TEXT}]),
    ),
    ("Organization", "org-1"): (clinic(name="x"), clinic(active=True)),
    ("Organization", "org-2"): (
        clinic(name="x", address=[{"use": "work", "city": "x"}]),
        clinic(name="x", address=[{"use": "work", "city": "x"}, {"use": "home", "city": "x"}]),
    ),
    ("Organization", "org-3"): (
        clinic(name="x", telecom=[{"use": "work", "system": "phone"}]),
        clinic(name="x", telecom=[{"use": "home", "system": "phone"}]),
    ),
    ("Patient.contact", "pat-1"): (
        {"resourceType": "Patient", "contact": [{"name": TEXT}]},
        {"resourceType": "Patient", "contact": [{"gender": "female"}]},
    ),
    ("Questionnaire", "que-2"): (
        form(item("string"), item("string", linkId="2")),
        form(item("string"), item("string")),
    ),
    ("Questionnaire.item", "que-1"): (form(item("group", item=[item("string", linkId="2")])), form(item("group"))),
    ("Questionnaire.item", "que-3"): (
        form(item("string", code=[{"code": "x"}])),
        form(item("display", code=[{"code": "x"}])),
    ),
    ("Questionnaire.item", "que-4"): (
        form(item("choice", answerValueSet="https://example.org/any")),
        form(item("choice", answerValueSet="https://example.org/any", answerOption=[{"valueString": "x"}])),
    ),
    ("Questionnaire.item", "que-5"): (
        form(item("choice", answerOption=[{"valueString": "x"}])),
        form(item("boolean", answerOption=[{"valueString": "x"}])),
    ),
    ("Questionnaire.item", "que-6"): (form(item("string", required=True)), form(item("display", required=True))),
    ("Questionnaire.item.enableWhen", "que-7"): (
        asked_when("exists", answerBoolean=True),
        asked_when("exists", answerString="x"),
    ),
    ("Questionnaire.item", "que-8"): (
        form(item("string", initial=[{"valueString": "x"}])),
        form(item("display", initial=[{"valueString": "x"}])),
    ),
    ("Questionnaire.item", "que-9"): (form(item("string", readOnly=True)), form(item("display", readOnly=True))),
    ("Questionnaire.item", "que-10"): (form(item("text", maxLength=9)), form(item("date", maxLength=9))),
    ("Questionnaire.item", "que-11"): (
        form(item("choice", answerOption=[{"valueString": "x"}])),
        form(item("choice", answerOption=[{"valueString": "x"}], initial=[{"valueString": "x"}])),
    ),
    ("Questionnaire.item", "que-12"): (
        form(
            item(
                "string",
                enableBehavior="any",
                enableWhen=[{"question": "0", "operator": "exists", "answerBoolean": True}] * 3,
            )
        ),
        form(item("string", enableWhen=[{"question": "0", "operator": "exists", "answerBoolean": True}] * 3)),
    ),
    ("Questionnaire.item", "que-13"): (
        form(item("string", repeats=True, initial=[{"valueString": "x"}] * 2)),
        form(item("string", initial=[{"valueString": "x"}] * 2)),
    ),
    ("QuestionnaireResponse.item", "qrs-1"): (
        filled(answer=[{"valueString": "x"}]),
        filled(answer=[{"valueString": "x"}], item=[{"linkId": "2"}]),
    ),
    ("ServiceRequest", "prr-1"): (order(code=TEXT, orderDetail=[TEXT]), order(orderDetail=[TEXT])),
    ("Task", "inv-1"): (errand(NOW, LATER), errand(LATER, NOW)),
}
