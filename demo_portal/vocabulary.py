"""The URIs and codes that the portal speaks: HL7's own and those of this project."""

from __future__ import annotations

from typing import Any

Resource = dict[str, Any]
"""One FHIR resource (or data type) as JSON."""

OURS = "https://careline.example.org/fhir"

VISIT_TYPE = f"{OURS}/CodeSystem/visit-type"
PORTAL_REQUEST = f"{OURS}/CodeSystem/portal-request"
REQUEST_PARAMETER = f"{OURS}/CodeSystem/request-parameter"
REFUSAL = f"{OURS}/CodeSystem/refusal"
ACCOUNT_TYPE = f"{OURS}/CodeSystem/account-type"
ORGANIZATION_TYPE = f"{OURS}/CodeSystem/organization-type"
MEDICATION = f"{OURS}/CodeSystem/medication"
INVOICE_KIND = f"{OURS}/CodeSystem/invoice-kind"
BASIC_KIND = f"{OURS}/CodeSystem/basic-kind"
LIST_KIND = f"{OURS}/CodeSystem/list-kind"
MESSAGE_CATEGORY = f"{OURS}/CodeSystem/message-category"
CONSENT_CATEGORY = f"{OURS}/CodeSystem/consent-category"
DOCUMENT_KIND = f"{OURS}/CodeSystem/document-kind"
ACCESS_LEVEL = f"{OURS}/CodeSystem/access-level"
RECORD_TAG = f"{OURS}/CodeSystem/record-tag"
STATEMENT_NUMBER = f"{OURS}/NamingSystem/statement-number"
REQUEST_KEY = f"{OURS}/NamingSystem/request-key"

ASSISTANCE_BAND = f"{OURS}/StructureDefinition/assistance-band"
CONTROLLED_SUBSTANCE = f"{OURS}/StructureDefinition/controlled-substance"
PREFERRED_PHARMACY = f"{OURS}/StructureDefinition/preferred-pharmacy"
DUE_DATE = f"{OURS}/StructureDefinition/due-date"
OPEN_AMOUNT = f"{OURS}/StructureDefinition/open-amount"
DEDUCTIBLE_MET = f"{OURS}/StructureDefinition/deductible-met"
PORTAL_ACCOUNT_SINCE = f"{OURS}/StructureDefinition/portal-account-since"
HOLD_EXPIRES = f"{OURS}/StructureDefinition/hold-expires"
QUESTIONNAIRE_SCORE = f"{OURS}/StructureDefinition/questionnaire-score"
OFFER_EXPIRES = f"{OURS}/StructureDefinition/offer-expires"
LATE_CANCEL = f"{OURS}/StructureDefinition/late-cancel"
WHAT_TO_BRING = f"{OURS}/StructureDefinition/what-to-bring"
WAITING_AREA = f"{OURS}/StructureDefinition/waiting-area"
NOTIFICATION_CHOICE = f"{OURS}/StructureDefinition/notification-choice"
QUIET_HOURS = f"{OURS}/StructureDefinition/quiet-hours"
SETTING = f"{OURS}/StructureDefinition/setting"
ANSWER_BY = f"{OURS}/StructureDefinition/answer-by"
PARKING = f"{OURS}/StructureDefinition/parking"
INTERPRETER_NEEDED = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
GENDER_IDENTITY = "http://hl7.org/fhir/StructureDefinition/patient-genderIdentity"
PRONOUNS = f"{OURS}/StructureDefinition/pronouns"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
EXISTING_REQUEST = f"{OURS}/StructureDefinition/existing-request"
# R4 Account has no balance; this is how R5's is carried in R4.
ACCOUNT_BALANCE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Account.balance"

TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
AGENT_TYPE = "http://terminology.hl7.org/CodeSystem/extra-security-role-type"
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
ALLERGY_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
CONDITION_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CONDITION_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
DIAGNOSTIC_SERVICE = "http://terminology.hl7.org/CodeSystem/v2-0074"
ACT_REASON_TAG = "http://terminology.hl7.org/CodeSystem/v3-ActReason"


def concept(system: str, code: str, text: str | None = None) -> Resource:
    """A CodeableConcept with one coding."""
    display = {"display": text} if text else {}
    return {"coding": [{"system": system, "code": code, **display}], **({"text": text} if text else {})}


def codes_in(found: Resource | None, system: str) -> list[str]:
    """The codes of one system in a CodeableConcept."""
    return [c["code"] for c in (found or {}).get("coding", []) if c.get("system") == system and "code" in c]


def reference(rtype: str, rid: str, display: str | None = None) -> Resource:
    """A literal Reference."""
    return {"reference": f"{rtype}/{rid}", **({"display": display} if display else {})}


def extension(resource: Resource, url: str) -> Resource | None:
    """The first extension with that URL, or None."""
    return next((e for e in resource.get("extension", []) if e.get("url") == url), None)


def money(cents: int) -> Resource:
    """US dollars as FHIR Money."""
    return {"value": cents / 100, "currency": "USD"}
