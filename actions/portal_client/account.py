"""What is on file about a person, and changing it: Patient of FHIR R4 with US Core's extensions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from actions.portal_client.errors import Refused
from actions.portal_client.fhir import Json, codes, extension, id_of, reading, text_in, to_day, words, written_name
from actions.portal_client.models.account import (
    Address,
    ConnectedApp,
    DetailsChange,
    EmergencyContact,
    PersonalInfo,
    RecordsWindow,
)
from actions.portal_client.models.requests import Receipt
from actions.portal_client.patient_changes import (
    with_address,
    with_details,
    with_email,
    with_emergency_contacts,
    with_phone,
)
from actions.portal_client.people import PersonCalls, official_name, phones_of, preferred_language
from actions.portal_client.requests import task_input
from actions.portal_client.settings_kept import SettingCalls
from actions.portal_client.vocabulary import CONSENT_CATEGORY, GENDER_IDENTITY, INTERPRETER_NEEDED, PRONOUNS

# The help page of the portal: records begin on this day, and three years of them are shown.
RECORDS_BEGIN = date(2022, 2, 1)
YEARS_SHOWN = 3
APP_ACCESS = "app-access"
_Change = Callable[[Json], Json]


class AccountCalls(PersonCalls, SettingCalls):
    """What is on file about the patient in context."""

    async def personal_info(self) -> PersonalInfo:
        patient = (await self._fhir.read("Patient", self._patient_id)).of_type("Patient")
        with reading("Patient"):
            return _to_info(patient, self._zone)

    async def change_phone(self, old: str, new: str, mobile: bool, key: str) -> Receipt:
        return await self._change_patient(lambda now: with_phone(now, old, new, mobile), f"phone {new}", key)

    async def change_email(self, email: str, key: str) -> Receipt:
        return await self._change_patient(lambda now: with_email(now, email), f"e-mail {email}", key)

    async def change_address(self, address: Address, key: str) -> Receipt:
        said = f"{address.line}, {address.city}, {address.state} {address.postal_code}"
        return await self._change_patient(lambda now: with_address(now, address), f"address {said}", key)

    async def set_emergency_contacts(self, contacts: tuple[EmergencyContact, ...], key: str) -> Receipt:
        said = "; ".join(f"{each.name} ({each.relationship}) {each.phone}" for each in contacts)
        change = f"emergency contacts {said or 'none'}"
        return await self._change_patient(lambda now: with_emergency_contacts(now, contacts), change, key)

    async def change_details(self, change: DetailsChange, key: str) -> Receipt:
        said = ", ".join(f"{name} {value}" for name, value in vars(change).items() if value is not None)
        return await self._change_patient(lambda now: with_details(now, change), said, key)

    async def request_name_change(self, legal_name: str, key: str) -> Receipt:
        return await self._request("legal-name-change", key, task_input("change", "valueString", legal_name))

    async def connected_apps(self) -> list[ConnectedApp]:
        asked = [("patient", self._patient_id), ("status", "active"), ("category", f"{CONSENT_CATEGORY}|{APP_ACCESS}")]
        found = await self._fhir.search("Consent", asked)
        with reading("Consent"):
            mine = [each for each in found.matches if each["status"] == "active" and _is_app(each)]
            return sorted((_to_app(each, self._zone) for each in mine), key=lambda each: each.name.casefold())

    async def revoke_app(self, app_id: str, key: str) -> Receipt:
        if not await self._states("Consent.update"):
            return await self._request("app-revoke", key, task_input("app", "valueString", app_id))
        await self._change("Consent", app_id, lambda now: {**now, "status": "inactive"}, key)
        return Receipt(app_id, "native", "inactive")

    async def records_window(self) -> RecordsWindow:
        today = self._clock.now().astimezone(self._zone).date()
        since = max(RECORDS_BEGIN, _years_before(today, YEARS_SHOWN))
        found = await self._fhir.search("Encounter", [("patient", self._patient_id), ("_sort", "date")])
        with reading("Encounter"):
            days = sorted(to_day(each["period"]["start"], self._zone) for each in found.matches if "period" in each)
        shown, before = [day for day in days if day >= since], [day for day in days if day < since]
        return RecordsWindow(since, shown[0] if shown else None, before[-1] if before else None)

    async def _change_patient(self, change: _Change, said: str, key: str) -> Receipt:
        """Change the Patient, or ask the clinic to where the portal cannot."""
        if not await self._states("Patient.update"):
            return await self._request("demographics-update", key, task_input("change", "valueString", said))
        try:
            await self._change("Patient", self._patient_id, change, key)
        except Refused as refused:
            if refused.code not in ("forbidden", "not-supported"):
                raise
            return await self._request("demographics-update", key, task_input("change", "valueString", said))
        return Receipt(self._patient_id, "native", "completed")


def _to_info(patient: Json, zone: ZoneInfo) -> PersonalInfo:
    usual = next((name for name in patient["name"] if name.get("use") == "usual"), {})
    email = next((point for point in patient.get("telecom", []) if point.get("system") == "email"), {})
    interpreter = extension(patient, INTERPRETER_NEEDED)
    return PersonalInfo(
        full_name=written_name(official_name(patient)),
        preferred_name=" ".join(usual.get("given", [])) or text_in(usual, "text"),
        birth_date=to_day(patient["birthDate"], zone) if "birthDate" in patient else None,
        pronouns=_said(patient, PRONOUNS),
        gender_identity=_said(patient, GENDER_IDENTITY),
        language=preferred_language(patient),
        interpreter_needed=bool(interpreter and interpreter.get("valueBoolean")),
        phones=tuple(phones_of(patient)),
        email=text_in(email, "value"),
        address=next((_to_address(each) for each in patient.get("address", [])), None),
        emergency_contacts=tuple(_to_contact(each) for each in patient.get("contact", [])),
    )


def _said(patient: Json, url: str) -> str:
    found = extension(patient, url) or {}
    return text_in(found, "valueString") or words(found.get("valueCodeableConcept"))


def _to_address(address: Json) -> Address:
    line = ", ".join(address.get("line", []))
    return Address(line, text_in(address, "city"), text_in(address, "state"), text_in(address, "postalCode"))


def _to_contact(contact: Json) -> EmergencyContact:
    name = contact.get("name", {})
    relationship = next((words(each) for each in contact.get("relationship", [])), "")
    phone = next((text_in(each, "value") for each in contact.get("telecom", [])), "")
    return EmergencyContact(written_name(name), relationship, phone)


def _is_app(consent: Json) -> bool:
    return any(APP_ACCESS in codes(each, CONSENT_CATEGORY) for each in consent.get("category", []))


def _to_app(consent: Json, zone: ZoneInfo) -> ConnectedApp:
    provision = consent.get("provision", {})
    actor = next((each["reference"] for each in provision.get("actor", [])), {})
    since, until = (provision.get("period", {}).get(name) for name in ("start", "end"))
    days = [to_day(day, zone) if day else None for day in (since, until)]
    return ConnectedApp(id_of(consent), text_in(actor, "display"), days[0], days[1])


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
