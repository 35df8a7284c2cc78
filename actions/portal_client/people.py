"""Who a FHIR R4 Patient is: name, phone and language, as far as reaching and greeting somebody needs."""

from __future__ import annotations

from datetime import date

import phonenumbers

from actions.portal_client.area import PatientCalls
from actions.portal_client.fhir import Json, codes, id_of, reading, text_in
from actions.portal_client.models import Language, Person


class PersonCalls(PatientCalls):
    """The patient in context, as a person."""

    async def person(self) -> Person:
        patient = (await self._fhir.read("Patient", self._patient_id)).of_type("Patient")
        with reading("Patient"):
            return to_person(patient, _best_phone(patient))


def is_person(patient: Json, phone: str, birth_date: date) -> bool:
    """Whether a Patient is alive and has that phone number (E.164) and birth date."""
    alive = patient.get("active", True) and not patient.get("deceasedBoolean") and "deceasedDateTime" not in patient
    return bool(alive) and patient.get("birthDate") == birth_date.isoformat() and bool(_lines(patient, phone))


def to_person(patient: Json, phone: str) -> Person:
    """A Patient, to be reached at that number."""
    full = min(patient["name"], key=lambda name: name.get("use", "official") != "official")
    usual = next((name for name in patient["name"] if name.get("use") == "usual"), full)
    return Person(
        id=id_of(patient),
        given_name=_given(usual) or _given(full),
        full_name=text_in(full, "text") or " ".join([*full.get("given", []), text_in(full, "family")]).strip(),
        phone=phone,
        can_text=any(line.get("system") == "sms" or line.get("use") == "mobile" for line in _lines(patient, phone)),
        language=_language(patient),
    )


def _best_phone(patient: Json) -> str:
    """The number to reach somebody at, a mobile before a landline; empty when there is none."""
    best = sorted(_phones(patient), key=lambda each: (each.get("use") != "mobile", each.get("rank", 99)))
    return _e164(text_in(best[0], "value")) if best else ""


def _lines(patient: Json, phone: str) -> list[Json]:
    """The patient's entries for that number."""
    return [each for each in _phones(patient) if _e164(text_in(each, "value")) == phone]


def _phones(patient: Json) -> list[Json]:
    given = [each for each in patient.get("telecom", []) if each.get("system") in ("phone", "sms")]
    return [each for each in given if each.get("use") != "old" and _e164(text_in(each, "value"))]


def _e164(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _given(name: Json) -> str:
    return " ".join(name.get("given", [])[:1])


def _language(patient: Json) -> Language:
    spoken = sorted(patient.get("communication", []), key=lambda each: not each.get("preferred", False))
    tags = [code.split("-")[0].lower() for each in spoken for code in codes(each.get("language"))]
    return "es" if next((tag for tag in tags if tag in ("en", "es")), "en") == "es" else "en"
