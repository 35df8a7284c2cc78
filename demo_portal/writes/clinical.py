"""What patients may add to their health record: always as said by them, for the care team to look at."""

from __future__ import annotations

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store import criteria, searching
from demo_portal.store.moments import interval, milliseconds
from demo_portal.vocabulary import (
    ALLERGY_CLINICAL,
    ALLERGY_VERIFICATION,
    CONDITION_CATEGORY,
    CONDITION_CLINICAL,
    CONDITION_VERIFICATION,
    ROLE_CODE,
    SNOMED,
    Resource,
    codes_in,
    concept,
)
from demo_portal.writes.attempt import Attempt, Rule, keep, only_changes, replace, said_by_patient
from demo_portal.writes.readings import record_reading

IMMUNIZATION_ORIGIN = "http://terminology.hl7.org/CodeSystem/immunization-origin"
RELATIVES = {
    "MTH": "mother", "FTH": "father", "PRN": "parent", "SIB": "sibling", "SIS": "sister", "BRO": "brother",
    "CHILD": "child", "SON": "son", "SONC": "son", "DAU": "daughter", "DAUC": "daughter",
    "GRMTH": "grandmother", "GRFTH": "grandfather", "MGRMTH": "maternal grandmother",
    "MGRFTH": "maternal grandfather", "PGRMTH": "paternal grandmother", "PGRFTH": "paternal grandfather",
    "AUNT": "aunt", "UNCLE": "uncle", "COUSN": "cousin",
}  # fmt: skip
LONGEST_NAME = 200
OLDEST = 120
NO_LONGER_TAKEN = ("stopped", "not-taken", "on-hold")


def add_allergy(attempt: Attempt) -> Answer:
    """Keep an allergy that the patient tells of, unconfirmed."""
    _names(attempt, "code")
    _not_in_future(attempt, "onsetDateTime")
    if codes_in(attempt.body["code"], SNOMED):
        # Such as "no known allergy": a code is what the care team finds, not what somebody says.
        raise Unprocessable("Say it in words; the care team codes it.", "not-changeable", "AllergyIntolerance.code")
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
    _names(attempt, "code")
    for name in ("onsetDateTime", "abatementDateTime"):
        _not_in_future(attempt, name)
        _not_before_birth(attempt, name)
    status = codes_in(attempt.body.get("clinicalStatus"), CONDITION_CLINICAL) or ["active"]
    if status[0] not in ("active", "resolved"):
        raise Unprocessable("An issue is active or resolved.", "not-changeable", "Condition.clinicalStatus")
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
    _names(attempt, "vaccineCode")
    _not_in_future(attempt, "occurrenceDateTime")
    _not_before_birth(attempt, "occurrenceDateTime")
    if attempt.body["status"] != "completed":
        raise Unprocessable("Only a vaccine that was given.", "not-changeable", "Immunization.status")
    if attempt.body.get("primarySource") is True:
        raise Unprocessable("What is told is no primary source.", "not-changeable", "Immunization.primarySource")
    origin = attempt.body.get("reportOrigin") or concept(IMMUNIZATION_ORIGIN, "recall")
    said = {"status": "completed", "primarySource": False, "reportOrigin": origin, "recorded": attempt.now}
    return keep(attempt, {**attempt.body, **said})


def add_family_history(attempt: Attempt) -> Answer:
    """Keep what the patient tells of the family."""
    if not any(_said(each.get("code")) for each in attempt.body.get("condition", [])):
        where = "FamilyMemberHistory.condition"
        raise Invalid("Say what the relative has or had.", "required", where)
    relationship = attempt.body["relationship"]
    if not (codes_in(relationship, ROLE_CODE) or relationship.get("text")):
        raise Invalid("Say which relative.", "required", "FamilyMemberHistory.relationship")
    _check_ages(attempt.body)
    shown = {"relationship": _with_name(relationship)}
    return keep(attempt, {**attempt.body, **shown, "status": "partial", "date": attempt.now})


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
    if attempt.body["status"] == "inactive":
        _end_agreement(attempt)
    return replace(attempt, attempt.body)


def _end_agreement(attempt: Attempt) -> None:
    """What was agreed to for a device ends with it."""
    pairs = [("actor", f"Device/{attempt.before['id']}"), ("status", "active")]
    for consent in searching.matches(attempt.resources, criteria.parse("Consent", pairs)):
        attempt.resources.amend({**consent, "status": "inactive"})


RULES: dict[str, Rule] = {
    "AllergyIntolerance": Rule(add_allergy),
    "Condition": Rule(add_condition),
    "Device": Rule(connect_device, disconnect_device),
    "FamilyMemberHistory": Rule(add_family_history),
    "Immunization": Rule(add_immunization),
    "MedicationStatement": Rule(report_medication),
    "Observation": Rule(record_reading),
}


def _said(found: Resource | None) -> bool:
    """Whether a concept says anything that people can read."""
    words = [(found or {}).get("text", ""), *(each.get("display", "") for each in (found or {}).get("coding", []))]
    return any(each.strip() for each in words)


def _names(attempt: Attempt, name: str) -> None:
    """See that it says in words what it is about, and not at endless length."""
    where = f"{attempt.body['resourceType']}.{name}"
    if not _said(attempt.body.get(name)):
        raise Invalid(f"{where} is required, in words.", "required", where)
    if len(attempt.body[name].get("text", "")) > LONGEST_NAME:
        raise Unprocessable(f"{where} is at most {LONGEST_NAME} characters long.", "too-long", where)


def _check_ages(family: Resource) -> None:
    for each in family["condition"]:
        years = each.get("onsetAge", {}).get("value")
        if years is not None and not 0 <= years <= OLDEST:
            raise Unprocessable("Nobody is that old.", "implausible", "FamilyMemberHistory.condition.onsetAge")


def _with_name(relationship: Resource) -> Resource:
    """The relationship with its name, so that people can read it."""
    known = [RELATIVES[code] for code in codes_in(relationship, ROLE_CODE) if code in RELATIVES]
    return relationship if relationship.get("text") or not known else {**relationship, "text": known[0]}


def _not_in_future(attempt: Attempt, name: str) -> None:
    """Refuse a day that is still to come."""
    if name not in attempt.body:
        return
    now = milliseconds(attempt.portal.clock.now())
    if interval(attempt.body[name], attempt.portal.zone)[0] > now:
        where = f"{attempt.body['resourceType']}.{name}"
        raise Unprocessable("This day is still to come.", "in-the-future", where)


def _not_before_birth(attempt: Attempt, name: str) -> None:
    """Refuse a day before the patient was born."""
    born = attempt.resources.read("Patient", attempt.patient).get("birthDate")
    if name not in attempt.body or born is None:
        return
    # Of a year or a month alone the end counts: born in June, ill in the same year, is possible.
    if interval(attempt.body[name], attempt.portal.zone)[1] <= interval(born, attempt.portal.zone)[0]:
        where = f"{attempt.body['resourceType']}.{name}"
        raise Unprocessable("This day is before the patient was born.", "before-birth", where)
