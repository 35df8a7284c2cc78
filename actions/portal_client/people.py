"""Who a FHIR R4 Patient is: name, phone and language, as far as reaching and greeting somebody needs."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import phonenumbers

from actions.portal_client.area import PatientCalls
from actions.portal_client.fhir import Json, codes, id_of, reading, text_in, to_day, written_name
from actions.portal_client.models import Language, Person
from clock import CLINIC_ZONE


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
    full = official_name(patient)
    usual = next((name for name in patient["name"] if name.get("use") == "usual"), full)
    return Person(
        id=id_of(patient),
        given_name=_given(usual) or _given(full),
        full_name=written_name(full),
        phone=phone,
        can_text=any(line.get("system") == "sms" or line.get("use") == "mobile" for line in _lines(patient, phone)),
        language=preferred_language(patient),
        phone_since=_since(patient, phone, CLINIC_ZONE),
    )


def official_name(patient: Json) -> Json:
    """The HumanName somebody has on paper."""
    return min(patient["name"], key=lambda name: name.get("use", "official") != "official")


def phones_of(patient: Json) -> list[str]:
    """The numbers to reach somebody at, in E.164, mobiles before landlines."""
    best = sorted(_phones(patient), key=lambda each: (each.get("use") != "mobile", each.get("rank", 99)))
    return [e164(text_in(each, "value")) for each in best]


def _best_phone(patient: Json) -> str:
    """The number to reach somebody at; empty when there is none."""
    return next(iter(phones_of(patient)), "")


def _since(patient: Json, phone: str, zone: ZoneInfo) -> datetime | None:
    starts = [each.get("period", {}).get("start", "") for each in _lines(patient, phone)]
    days = [to_day(start, zone) for start in starts if start]
    return datetime.combine(max(days), time(0), zone) if days else None


def _lines(patient: Json, phone: str) -> list[Json]:
    """The patient's entries for that number."""
    return [each for each in _phones(patient) if e164(text_in(each, "value")) == phone]


def _phones(patient: Json) -> list[Json]:
    given = [each for each in patient.get("telecom", []) if each.get("system") in ("phone", "sms")]
    return [each for each in given if each.get("use") != "old" and e164(text_in(each, "value"))]


def e164(text: str) -> str:
    """A phone number in E.164, read as one of the United States; empty when it is none."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _given(name: Json) -> str:
    return " ".join(name.get("given", [])[:1])


def preferred_language(patient: Json) -> Language:
    """The language somebody is spoken to in."""
    spoken = sorted(patient.get("communication", []), key=lambda each: not each.get("preferred", False))
    tags = [code.split("-")[0].lower() for each in spoken for code in codes(each.get("language"))]
    return "es" if next((tag for tag in tags if tag in ("en", "es")), "en") == "es" else "en"
