"""A patient's health in short, as a document (Patient/{id}/$summary, International Patient Summary)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from html import escape

from demo_portal.portal import Answer, Call, Portal
from demo_portal.store import criteria, searching
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import instant
from demo_portal.store.resources import Resources
from demo_portal.vocabulary import LOINC, Resource, concept, reference

SECTIONS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("11450-4", "Problems", "Condition", (("clinical-status", "active"),)),
    ("48765-2", "Allergies and Intolerances", "AllergyIntolerance", ()),
    ("10160-0", "Medications", "MedicationRequest", (("status", "active"),)),
    ("11369-6", "Immunizations", "Immunization", (("status", "completed"),)),
    ("30954-2", "Results", "DiagnosticReport", (("status", "final"), ("category", "LAB"), ("_sort", "-date"), ("_count", "10"))),
)  # fmt: skip
"""LOINC code, title, type and search of each section."""


def summary(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """The document: a Composition, the Patient, and what its sections name."""
    resources = portal.resources(conn, call.access.scope)
    return Answer(document(resources, call.base, call.rid, instant(portal.clock.now(), portal.zone)))


def document(resources: Resources, base: str, patient_id: str, now: str) -> Resource:
    """A patient's summary as a document Bundle, without what is marked as sensitive."""
    patient = resources.read("Patient", patient_id)
    sections = [(code, title, _found(resources, rtype, pairs)) for code, title, rtype, pairs in SECTIONS]
    composition = _composition(patient, sections, now)
    parts = [composition, patient, *(each for _, _, found in sections for each in found)]
    entries = [{"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each} for each in parts]
    identifier = {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid.uuid4()}"}
    return {"resourceType": "Bundle", "identifier": identifier, "type": "document", "timestamp": now, "entry": entries}


def told(resource: Resource) -> str:
    """What a resource is about, as people read it."""
    concepts = (resource.get(name) for name in ("code", "medicationCodeableConcept", "vaccineCode"))
    found = next((each for each in concepts if each), {})
    return str(found.get("text") or next((c.get("display", "") for c in found.get("coding", [])), ""))


def _found(resources: Resources, rtype: str, pairs: Sequence[tuple[str, str]]) -> list[Resource]:
    asked = criteria.parse(
        rtype, [*pairs] if any(name == "_count" for name, _ in pairs) else [*pairs, ("_count", "200")]
    )
    found = searching.matches(resources, asked)
    return [each for each in found if not each.get("meta", {}).get("security")]


def _composition(patient: Resource, sections: Sequence[tuple[str, str, list[Resource]]], now: str) -> Resource:
    return {
        "resourceType": "Composition",
        "id": f"{patient['id']}-summary"[:64],
        "status": "final",
        "type": concept(LOINC, "60591-5", "Patient summary Document"),
        "subject": reference("Patient", patient["id"]),
        "date": now,
        "author": [patient["managingOrganization"]],
        "title": "Patient Summary",
        "section": [_section(code, title, found) for code, title, found in sections],
    }


def _section(code: str, title: str, found: list[Resource]) -> Resource:
    rows = "".join(f"<li>{escape(told(each))}</li>" for each in found)
    words = f"<ul>{rows}</ul>" if rows else "<p>Nothing on file.</p>"
    text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{words}</div>'}
    section: Resource = {"title": title, "code": concept(LOINC, code, title), "text": text}
    if found:
        return {**section, "entry": [reference(each["resourceType"], each["id"]) for each in found]}
    reason = concept("http://terminology.hl7.org/CodeSystem/list-empty-reason", "nilknown", "Nil known")
    return {**section, "emptyReason": reason}
