"""What patients may add to their health record: always as said by them, for the care team to look at."""

from __future__ import annotations

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store.moments import interval, milliseconds
from demo_portal.vocabulary import Resource, codes_in, concept
from demo_portal.writes.attempt import Attempt, Rule, keep, only_changes, replace, said_by_patient
from demo_portal.writes.readings import record_reading

ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
ALLERGY_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
CONDITION_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CONDITION_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
IMMUNIZATION_ORIGIN = "http://terminology.hl7.org/CodeSystem/immunization-origin"
NO_LONGER_TAKEN = ("stopped", "not-taken", "on-hold")


def add_allergy(attempt: Attempt) -> Answer:
    """Keep an allergy that the patient tells of, unconfirmed."""
    _needs(attempt.body, "code")
    said = {
        "clinicalStatus": concept(ALLERGY_CLINICAL, "active"),
        "verificationStatus": concept(ALLERGY_VERIFICATION, "unconfirmed"),
        "recordedDate": attempt.now,
        "recorder": said_by_patient(attempt),
        "asserter": said_by_patient(attempt),
    }
    return keep(attempt, {**attempt.body, **said})


def add_condition(attempt: Attempt) -> Answer:
    """Keep a health issue that the patient tells of, unconfirmed; what is over is history."""
    _needs(attempt.body, "code")
    _not_in_future(attempt, "onsetDateTime")
    status = codes_in(attempt.body.get("clinicalStatus"), CONDITION_CLINICAL) or ["active"]
    said = {
        "clinicalStatus": concept(CONDITION_CLINICAL, status[0]),
        "verificationStatus": concept(CONDITION_VERIFICATION, "unconfirmed"),
        "category": [concept(CONDITION_CATEGORY, "problem-list-item")],
        "recordedDate": attempt.now,
        "recorder": said_by_patient(attempt),
        "asserter": said_by_patient(attempt),
    }
    return keep(attempt, {**attempt.body, **said})


def add_immunization(attempt: Attempt) -> Answer:
    """Keep a vaccine that the patient had elsewhere."""
    _not_in_future(attempt, "occurrenceDateTime")
    origin = attempt.body.get("reportOrigin") or concept(IMMUNIZATION_ORIGIN, "recall")
    said = {"status": "completed", "primarySource": False, "reportOrigin": origin, "recorded": attempt.now}
    return keep(attempt, {**attempt.body, **said})


def add_family_history(attempt: Attempt) -> Answer:
    """Keep what the patient tells of the family."""
    return keep(attempt, {**attempt.body, "status": "partial", "date": attempt.now})


def report_medication(attempt: Attempt) -> Answer:
    """Keep that a medicine is no longer taken; the order itself stays as the prescriber wrote it."""
    if attempt.body["status"] not in NO_LONGER_TAKEN:
        raise Unprocessable("Only that a medicine is no longer taken.", "not-changeable", "MedicationStatement.status")
    if not attempt.body.get("derivedFrom"):
        raise Invalid("Say which order it is about.", "required", "MedicationStatement.derivedFrom")
    said = {"dateAsserted": attempt.now, "informationSource": said_by_patient(attempt)}
    return keep(attempt, {**attempt.body, **said})


def connect_device(attempt: Attempt) -> Answer:
    """Keep a tracker or health program that sends readings."""
    return keep(attempt, {**attempt.body, "status": "active"})


def disconnect_device(attempt: Attempt) -> Answer:
    """Note that it sends readings no longer, or again."""
    only_changes(attempt, "status")
    if attempt.body["status"] not in ("active", "inactive"):
        raise Unprocessable("A device is active or inactive.", "not-changeable", "Device.status")
    return replace(attempt, attempt.body)


RULES: dict[str, Rule] = {
    "AllergyIntolerance": Rule(add_allergy),
    "Condition": Rule(add_condition),
    "Device": Rule(connect_device, disconnect_device),
    "FamilyMemberHistory": Rule(add_family_history),
    "Immunization": Rule(add_immunization),
    "MedicationStatement": Rule(report_medication),
    "Observation": Rule(record_reading),
}


def _needs(resource: Resource, name: str) -> None:
    if name not in resource:
        where = f"{resource['resourceType']}.{name}"
        raise Invalid(f"{where} is required.", "required", where)


def _not_in_future(attempt: Attempt, name: str) -> None:
    """Refuse a day that is still to come."""
    if name not in attempt.body:
        return
    now = milliseconds(attempt.portal.clock.now())
    if interval(attempt.body[name], attempt.portal.zone)[0] > now:
        where = f"{attempt.body['resourceType']}.{name}"
        raise Unprocessable("This day is still to come.", "in-the-future", where)
