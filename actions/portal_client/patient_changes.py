"""What a FHIR R4 Patient looks like after a change; everything that was not meant stays as it was."""

from __future__ import annotations

from typing import Any

from actions.portal_client.fhir import Json, codes, extension, reference
from actions.portal_client.models.account import Address, DetailsChange, EmergencyContact
from actions.portal_client.people import e164
from actions.portal_client.vocabulary import GENDER_IDENTITY, INTERPRETER_NEEDED, PREFERRED_PHARMACY, PRONOUNS

_LANGUAGE = "urn:ietf:bcp:47"
_NAMES = {"en": "English", "es": "Spanish"}
_CONTACT_ROLE = "http://terminology.hl7.org/CodeSystem/v2-0131"


def with_phone(patient: Json, old: str, new: str, mobile: bool) -> Json:
    """Another number in the place of an old one, or beside the others."""
    added = {"system": "phone", "value": new, "use": "mobile" if mobile else "home"}
    kept = [each for each in patient.get("telecom", []) if not old or e164(str(each.get("value", ""))) != old]
    return {**patient, "telecom": [added, *kept]}


def with_email(patient: Json, email: str) -> Json:
    """Another e-mail address, or none."""
    kept = [each for each in patient.get("telecom", []) if each.get("system") != "email"]
    return _with(patient, "telecom", [*kept, {"system": "email", "value": email}] if email else kept)


def with_address(patient: Json, address: Address) -> Json:
    """Another postal address; old ones stay as old."""
    old = [{**each, "use": "old"} for each in patient.get("address", [])]
    new = {
        "use": "home",
        "line": [address.line],
        "city": address.city,
        "state": address.state,
        "postalCode": address.postal_code,
        "country": "US",
    }
    return {**patient, "address": [new, *old]}


def with_emergency_contacts(patient: Json, contacts: tuple[EmergencyContact, ...]) -> Json:
    """Another list of emergency contacts."""
    return _with(patient, "contact", [_to_contact(each) for each in contacts])


def with_details(patient: Json, change: DetailsChange) -> Json:
    """Another way to be addressed and spoken to."""
    changed = _with_preferred_name(patient, change.preferred_name)
    if change.language is not None:
        changed = _with_language(changed, change.language)
    wanted = (
        (PRONOUNS, "valueString", change.pronouns),
        (GENDER_IDENTITY, "valueCodeableConcept", change.gender_identity and {"text": change.gender_identity}),
        (INTERPRETER_NEEDED, "valueBoolean", change.interpreter_needed),
    )
    for url, element, value in wanted:
        if value is not None:
            changed = with_extension(changed, url, element, value)
    return changed


def with_pharmacy(patient: Json, pharmacy_id: str) -> Json:
    """Another preferred pharmacy."""
    return with_extension(patient, PREFERRED_PHARMACY, "valueReference", reference("Organization", pharmacy_id))


def with_extension(patient: Json, url: str, element: str, value: Any) -> Json:
    """Another value of an extension; an empty text takes it away."""
    if extension(patient, url) is not None and value == "":
        return _with(patient, "extension", [each for each in patient["extension"] if each.get("url") != url])
    kept = [each for each in patient.get("extension", []) if each.get("url") != url]
    return _with(patient, "extension", kept if value == "" else [*kept, {"url": url, element: value}])


def _with_preferred_name(patient: Json, name: str | None) -> Json:
    if name is None:
        return patient
    kept = [each for each in patient.get("name", []) if each.get("use") != "usual"]
    return {**patient, "name": [*kept, {"use": "usual", "given": [name]}] if name else kept}


def _with_language(patient: Json, language: str) -> Json:
    others = [
        {name: value for name, value in each.items() if name != "preferred"}
        for each in patient.get("communication", [])
        if language not in codes(each.get("language"))
    ]
    coding = {"system": _LANGUAGE, "code": language, "display": _NAMES[language]}
    return {**patient, "communication": [{"language": {"coding": [coding]}, "preferred": True}, *others]}


def _to_contact(contact: EmergencyContact) -> Json:
    role = {"coding": [{"system": _CONTACT_ROLE, "code": "C"}], "text": contact.relationship or "Emergency contact"}
    made: Json = {"relationship": [role], "name": {"text": contact.name}}
    return {**made, "telecom": [{"system": "phone", "value": contact.phone}]} if contact.phone else made


def _with(patient: Json, name: str, value: list[Any]) -> Json:
    """The element with that value; FHIR knows no empty lists."""
    plain = {key: each for key, each in patient.items() if key != name}
    return {**plain, name: value} if value else plain
