"""Who a FHIR R4 Patient is: name, phone and language, as far as reaching and greeting somebody needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers

from actions.portal_client.area import PatientCalls
from actions.portal_client.fhir import Json, codes, id_of, reading, text_in, to_moment, written_name
from actions.portal_client.models import Language, Person
from clock import CLINIC_ZONE

TEEN_FROM, ADULT_FROM = 12, 18


class PersonCalls(PatientCalls):
    """The patient in context, as a person."""

    async def person(self) -> Person:
        patient = (await self._fhir.read("Patient", self._patient_id)).of_type("Patient")
        with reading("Patient"):
            phone, guardians = _best_phone(patient), []
            if is_teenager(patient, self._clock.now().astimezone(self._zone).date()):
                guardians = (await self._fhir.search("RelatedPerson", [("patient", self._patient_id)])).matches
            return to_person(patient, phone, reaches_guardian(patient, phone, guardians))


def is_person(patient: Json, phone: str, birth_date: date) -> bool:
    """Whether a Patient is alive and has that phone number (E.164) and birth date."""
    alive = patient.get("active", True) and not patient.get("deceasedBoolean") and "deceasedDateTime" not in patient
    return bool(alive) and patient.get("birthDate") == birth_date.isoformat() and bool(_lines(patient, phone))


def is_teenager(patient: Json, today: date) -> bool:
    """Whether somebody is from 12 to 17 on a day; one whose birth date is not certain may be."""
    year, month, day = (int(part) for part in (*patient["birthDate"].split("-"), "0", "0")[:3])
    had_birthday = (month, day) <= (today.month, today.day)
    age = today.year - year - (0 if had_birthday else 1)
    return TEEN_FROM <= age < ADULT_FROM


def reaches_guardian(patient: Json, phone: str, guardians: Sequence[Json]) -> bool:
    """Whether a teenager's number also reaches somebody who acts for them (RelatedPerson), or a contact on file."""
    acting = [each for each in guardians if each.get("active", True)]
    theirs = [*acting, *patient.get("contact", [])]
    return bool(phone) and any(_lines(each, phone) for each in theirs)


def to_person(patient: Json, phone: str, shares_phone_with_guardian: bool = False) -> Person:
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
        shares_phone_with_guardian=shares_phone_with_guardian,
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
    return max((_latest(start, zone) for start in starts if start), default=None)


def _latest(start: str, zone: ZoneInfo) -> datetime:
    """The moment that a FHIR dateTime says; of a day, month or year alone its last, since nothing may open too early."""
    if "T" in start:
        return to_moment(start, zone)
    year, month, day = (int(part) for part in (*start.split("-"), "0", "0")[:3])
    until = date(year, month, day) + timedelta(days=1) if day else date(year + month // 12, month % 12 + 1, 1)
    return datetime.combine(until if month else date(year + 1, 1, 1), time(0), zone) - timedelta(microseconds=1)


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
