"""The URIs that FHIR messages carry: HL7's own and those of this project."""

from __future__ import annotations

_OURS = "https://careline.example.org/fhir"

VISIT_TYPE = f"{_OURS}/CodeSystem/visit-type"
PORTAL_REQUEST = f"{_OURS}/CodeSystem/portal-request"
REQUEST_PARAMETER = f"{_OURS}/CodeSystem/request-parameter"
BASIC_KIND = f"{_OURS}/CodeSystem/basic-kind"
LIST_KIND = f"{_OURS}/CodeSystem/list-kind"
MESSAGE_CATEGORY = f"{_OURS}/CodeSystem/message-category"
CONSENT_CATEGORY = f"{_OURS}/CodeSystem/consent-category"
DOCUMENT_KIND = f"{_OURS}/CodeSystem/document-kind"
ACCESS_LEVEL = f"{_OURS}/CodeSystem/access-level"
REQUEST_KEY = f"{_OURS}/NamingSystem/request-key"

CONTROLLED_SUBSTANCE = f"{_OURS}/StructureDefinition/controlled-substance"
PREFERRED_PHARMACY = f"{_OURS}/StructureDefinition/preferred-pharmacy"
DUE_DATE = f"{_OURS}/StructureDefinition/due-date"
OPEN_AMOUNT = f"{_OURS}/StructureDefinition/open-amount"
HOLD_EXPIRES = f"{_OURS}/StructureDefinition/hold-expires"
NOTIFICATION_CHOICE = f"{_OURS}/StructureDefinition/notification-choice"
QUIET_HOURS = f"{_OURS}/StructureDefinition/quiet-hours"
SETTING = f"{_OURS}/StructureDefinition/setting"
ANSWER_BY = f"{_OURS}/StructureDefinition/answer-by"
PARKING = f"{_OURS}/StructureDefinition/parking"
INTERPRETER_NEEDED = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
GENDER_IDENTITY = "http://hl7.org/fhir/StructureDefinition/patient-genderIdentity"
PRONOUNS = f"{_OURS}/StructureDefinition/pronouns"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
EXISTING_REQUEST = f"{_OURS}/StructureDefinition/existing-request"
# R4 Account has no balance; this is how R5's is carried in R4.
ACCOUNT_BALANCE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Account.balance"

PARTICIPATION_MODE = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"
CANCELLATION_REASON = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
