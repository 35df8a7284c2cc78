"""Whose a resource is: nothing about another patient may pass, even when the portal sends it.

A server may ignore a search parameter in silence, and would then answer with everybody's records. So every resource of
every answer is looked at, and one that does not name the patient in context spoils the whole answer.
"""

from __future__ import annotations

from typing import Any

from actions.portal_client.errors import UnusableAnswer
from actions.portal_client.fhir import Json, reading

# They hold nothing about a patient.
SHARED = frozenset(
    {
        "CapabilityStatement",
        "HealthcareService",
        "Library",
        "Location",
        "Medication",
        "OperationOutcome",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Questionnaire",
        "Schedule",
        "Slot",
    }
)
# Where a type names its patient; all others do it in `subject`.
_OWNER = {
    "AppointmentResponse": "actor",
    "Binary": "securityContext",
    "Coverage": "beneficiary",
    "Provenance": "target",
    "Task": "for",
    **dict.fromkeys(
        (
            "AllergyIntolerance",
            "Consent",
            "Device",
            "ExplanationOfBenefit",
            "FamilyMemberHistory",
            "Immunization",
            "ImmunizationRecommendation",
            "RelatedPerson",
            "VisionPrescription",
        ),
        "patient",
    ),
}


def check_owner(resource: Json, patient_id: str, base: str) -> None:
    """Look at a resource and at all it carries; `base` is the address of the server, with a slash at the end.

    Raises:
        UnusableAnswer: something in it is not shared and not this patient's.
    """
    with reading("resource"):
        belongs = all(_belongs(each, patient_id, base) for each in _carried(resource))
    if not belongs:
        raise UnusableAnswer("the portal sent something about somebody else")


def _carried(resource: Json) -> list[Json]:
    rtype = resource["resourceType"]
    if rtype == "Bundle":
        return [
            each for entry in resource.get("entry", []) if "resource" in entry for each in _carried(entry["resource"])
        ]
    if rtype == "Parameters":
        return [each["resource"] for each in resource.get("parameter", []) if "resource" in each]
    return [resource]


def _belongs(resource: Json, patient_id: str, base: str) -> bool:
    rtype = resource["resourceType"]
    if rtype in SHARED:
        return True
    if rtype == "Patient":
        return resource.get("id") == patient_id
    named = _patients(resource, rtype)
    if rtype == "Appointment" and resource.get("status") == "proposed" and not named:
        return True  # an offer, not yet anybody's
    own = (f"Patient/{patient_id}", f"{base}Patient/{patient_id}")
    return bool(named) and all(text.split("/_history/")[0] in own for text in named)


def _patients(resource: Json, rtype: str) -> list[str]:
    """References to patients, as written, where the type names its patient."""
    if rtype == "Appointment":
        found: list[Any] = [each.get("actor") for each in resource.get("participant", [])]
    elif rtype == "AuditEvent":
        found = [each.get("what") for each in resource.get("entity", [])]
    else:
        subject = resource.get(_OWNER.get(rtype, "subject"))
        found = subject if isinstance(subject, list) else [subject]
    return [each.get("reference", "") for each in found if each and _is_patient(each)]


def _is_patient(actor: Json) -> bool:
    return actor.get("type") == "Patient" or "Patient/" in actor.get("reference", "")
