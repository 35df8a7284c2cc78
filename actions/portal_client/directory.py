"""Finds the one person with a phone number and a birth date, by `Patient/$match` (FHIR R4)."""

from __future__ import annotations

from datetime import date

import httpx
import phonenumbers

from actions.portal_client.errors import PortalUnavailable, SessionExpired
from actions.portal_client.fhir import Json, codes, parameters, reading
from actions.portal_client.models import Language, Person
from actions.portal_client.paging import Found
from actions.portal_client.server import Server
from actions.portal_client.tokens import TokenClient
from actions.portal_client.transport import FhirTransport, Reply
from clock import Clock, SystemClock


class FhirDirectory:
    """`Directory` over FHIR R4, with the assistant's own token."""

    def __init__(
        self, client: httpx.AsyncClient, tokens: TokenClient, clock: Clock | None = None, server: Server | None = None
    ) -> None:
        self._tokens = tokens
        self._fhir = FhirTransport(client, None, tokens.own_token, clock or SystemClock(), server or Server())

    async def find_person(self, phone_e164: str, birth_date: date) -> Person | None:
        asked = {
            "resourceType": "Patient",
            "telecom": [{"system": "phone", "value": phone_e164}],
            "birthDate": birth_date.isoformat(),
        }
        reply = await self._match(
            parameters(("resource", "resource", asked), ("onlyCertainMatches", "valueBoolean", True))
        )
        found = Found()
        with reading("Patient"):
            found.take(reply.of_type("Bundle"), "Patient")
            # Looked at again, since a server that ignored a part of the question would let in the wrong person.
            fitting = [each for each in found.matches if _fits(each, phone_e164, birth_date)]
            return _to_person(fitting[0], phone_e164) if len(fitting) == len(found.matches) == 1 else None

    async def _match(self, asked: Json) -> Reply:
        """Ask, once more with a new token when the portal has forgotten the old one."""
        try:
            return await self._fhir.operation("Patient/$match", asked)
        except SessionExpired:
            self._tokens.forget_own_token()
        try:
            return await self._fhir.operation("Patient/$match", asked)
        except SessionExpired:
            raise PortalUnavailable("the portal does not accept the assistant's token") from None


def _fits(patient: Json, phone: str, birth_date: date) -> bool:
    alive = patient.get("active", True) and not patient.get("deceasedBoolean") and "deceasedDateTime" not in patient
    return bool(alive) and patient.get("birthDate") == birth_date.isoformat() and bool(_lines(patient, phone))


def _lines(patient: Json, phone: str) -> list[Json]:
    """The patient's entries for that number."""
    given = [each for each in patient.get("telecom", []) if each.get("system") in ("phone", "sms")]
    return [each for each in given if each.get("use") != "old" and _e164(each.get("value", "")) == phone]


def _e164(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _to_person(patient: Json, phone: str) -> Person:
    names = sorted(patient["name"], key=lambda name: ("official", "usual").index(name.get("use", "official")))
    full = names[0]
    usual = next((each for each in patient["name"] if each.get("use") == "usual"), full)
    return Person(
        id=patient["id"],
        given_name=next(iter(usual.get("given", full.get("given", []))), ""),
        full_name=full.get("text") or " ".join([*full.get("given", []), full.get("family", "")]).strip(),
        phone=phone,
        can_text=any(line.get("system") == "sms" or line.get("use") == "mobile" for line in _lines(patient, phone)),
        language=_language(patient),
    )


def _language(patient: Json) -> Language:
    spoken = sorted(patient.get("communication", []), key=lambda each: not each.get("preferred", False))
    tags = [code.split("-")[0].lower() for each in spoken for code in codes(each.get("language"))]
    return next(("es" if tag == "es" else "en" for tag in tags if tag in ("en", "es")), "en")
