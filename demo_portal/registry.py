"""What the portal serves: types, interactions, search parameters and whose record a resource belongs to.

Routing, search, the indexes, the compartment and the CapabilityStatement all read this one table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["token", "reference", "date", "string"]


@dataclass(frozen=True)
class Param:
    """One search parameter of one type."""

    name: str
    kind: Kind
    paths: tuple[str, ...]
    """Element paths below the resource, dots between; arrays are walked through."""
    targets: tuple[str, ...] = ()
    """Types that a reference may point to; empty means any."""


@dataclass(frozen=True)
class Served:
    """How one resource type is served."""

    rtype: str
    interactions: tuple[str, ...]
    params: tuple[Param, ...]
    owner: Param | None = None
    """Where the patient is named (compartment); None for shared types."""
    by_name: dict[str, Param] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {param.name: param for param in self.params})

    @property
    def shared(self) -> bool:
        """Whether every signed-in person may read it."""
        return self.owner is None


READ = ("read", "search-type")


def token(name: str, *paths: str) -> Param:
    """A parameter over codes, identifiers and booleans; the element has the parameter's name unless said."""
    return Param(name, "token", paths or (name,))


def date(name: str, *paths: str) -> Param:
    """A parameter over dates, moments and periods."""
    return Param(name, "date", paths or (name,))


def string(name: str, *paths: str) -> Param:
    """A parameter over names and other text."""
    return Param(name, "string", paths or (name,))


def ref(name: str, path: str, *targets: str) -> Param:
    """A parameter over references."""
    return Param(name, "reference", (path,), targets)


def of_patient(rtype: str, path: str, *params: Param, writes: tuple[str, ...] = ()) -> Served:
    """A type in the patient compartment; `path` names the patient and is searched as `patient`."""
    patient = ref("patient", path, "Patient")
    also = (ref("subject", path, "Patient"),) if path == "subject" else ()
    return Served(rtype, READ + writes, (patient, *also, *params), owner=patient)


def shared(rtype: str, *params: Param) -> Served:
    """A type that belongs to nobody and that everybody signed in may read."""
    return Served(rtype, READ, params)


_IDENTITY = ref("_id", "id", "Patient")

PATIENT = Served(
    "Patient",
    READ,
    (
        token("identifier"),
        string("name", "name"),
        string("family", "name.family"),
        string("given", "name.given"),
        date("birthdate", "birthDate"),
        token("telecom", "telecom"),
        ref("general-practitioner", "generalPractitioner", "Practitioner"),
    ),
    owner=_IDENTITY,
)

APPOINTMENT = of_patient(
    "Appointment",
    "participant.actor",
    ref("actor", "participant.actor"),
    ref("practitioner", "participant.actor", "Practitioner"),
    ref("location", "participant.actor", "Location"),
    ref("slot", "slot", "Slot"),
    date("date", "start"),
    token("status"),
    token("service-type", "serviceType"),
    token("identifier"),
    writes=("update",),
)

TASK = of_patient(
    "Task",
    "for",
    token("code"),
    token("status"),
    token("identifier"),
    ref("focus", "focus"),
    date("authored-on", "authoredOn"),
    date("modified", "lastModified"),
    writes=("create",),
)

TYPES: tuple[Served, ...] = (
    PATIENT,
    APPOINTMENT,
    TASK,
    of_patient("RelatedPerson", "patient", token("active"), string("name"), token("relationship"), date("period")),
    of_patient(
        "MedicationRequest",
        "subject",
        token("status"),
        token("intent"),
        token("code", "medicationCodeableConcept"),
        ref("requester", "requester", "Practitioner"),
        ref("intended-dispenser", "dispenseRequest.performer", "Organization"),
        date("authoredon", "authoredOn"),
    ),
    of_patient("MedicationStatement", "subject", token("status"), token("code", "medicationCodeableConcept")),
    of_patient(
        "MedicationDispense",
        "subject",
        ref("prescription", "authorizingPrescription", "MedicationRequest"),
        token("status"),
        date("whenhandedover", "whenHandedOver"),
    ),
    of_patient("AllergyIntolerance", "patient", token("clinical-status", "clinicalStatus"), token("code")),
    of_patient("Condition", "subject", token("clinical-status", "clinicalStatus"), token("category"), token("code")),
    of_patient("Immunization", "patient", token("status"), date("date", "occurrenceDateTime")),
    of_patient(
        "DiagnosticReport",
        "subject",
        token("category"),
        token("status"),
        token("code"),
        date("date", "effectiveDateTime"),
        date("issued"),
        ref("result", "result", "Observation"),
    ),
    of_patient(
        "Observation",
        "subject",
        token("category"),
        token("status"),
        token("code"),
        date("date", "effectiveDateTime"),
    ),
    of_patient("Coverage", "beneficiary", ref("beneficiary", "beneficiary", "Patient"), token("status")),
    of_patient("Account", "subject", token("status"), token("type")),
    of_patient("Invoice", "subject", ref("account", "account", "Account"), token("status"), date("date")),
    shared("Practitioner", token("identifier"), string("name", "name"), token("active")),
    shared(
        "PractitionerRole",
        ref("practitioner", "practitioner", "Practitioner"),
        ref("location", "location", "Location"),
        ref("organization", "organization", "Organization"),
        token("specialty"),
        token("active"),
    ),
    shared("Location", string("name"), token("status"), ref("organization", "managingOrganization", "Organization")),
    shared("Organization", string("name"), token("type"), token("active")),
    shared(
        "HealthcareService",
        string("name"),
        token("active"),
        token("service-type", "type"),
        ref("location", "location", "Location"),
    ),
    shared(
        "Schedule",
        ref("actor", "actor", "Practitioner", "Location"),
        token("active"),
        token("service-type", "serviceType"),
    ),
    shared("Slot", ref("schedule", "schedule", "Schedule"), token("status"), date("start")),
)

SERVED: dict[str, Served] = {served.rtype: served for served in TYPES}
SHARED_TYPES: tuple[str, ...] = tuple(served.rtype for served in TYPES if served.shared)
