"""People and the clinic: patients, who may act for them, and who works where (FHIR R4, Patient Administration)."""

from __future__ import annotations

from demo_portal.registry.served import READ, Served, date, of_patient, ref, shared, string, token

_OWN_ID = ref("_id", "id", "Patient")

PEOPLE: tuple[Served, ...] = (
    Served(
        "Patient",
        (*READ, "update"),
        (
            token("identifier"),
            string("name"),
            string("family", "name.family"),
            string("given", "name.given"),
            date("birthdate", "birthDate"),
            token("telecom"),
            token("active"),
            ref("general-practitioner", "generalPractitioner", "Practitioner"),
            ref("link", "link.other"),
        ),
        owner=_OWN_ID,
    ),
    of_patient(
        "RelatedPerson",
        "patient",
        token("active"),
        string("name"),
        token("relationship"),
        token("telecom"),
        token("identifier"),
    ),
    shared(
        "Practitioner",
        token("identifier"),
        string("name"),
        string("family", "name.family"),
        token("active"),
        token("communication"),
    ),
    shared(
        "PractitionerRole",
        ref("practitioner", "practitioner", "Practitioner"),
        ref("location", "location", "Location"),
        ref("organization", "organization", "Organization"),
        token("specialty"),
        token("active"),
    ),
    shared("Location", string("name"), token("status"), ref("organization", "managingOrganization", "Organization")),
    shared("Organization", string("name"), token("type"), token("active"), token("identifier")),
    shared(
        "HealthcareService",
        string("name"),
        token("active"),
        token("service-type", "type"),
        ref("location", "location", "Location"),
    ),
)
