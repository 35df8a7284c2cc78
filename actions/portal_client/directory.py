"""Finds the one person with a phone number and a birth date, by `Patient/$match` (FHIR R4)."""

from __future__ import annotations

from datetime import date

import httpx

from actions.portal_client.calls import Reply
from actions.portal_client.errors import PortalUnavailable, SessionExpired
from actions.portal_client.fhir import Json, parameters, reading
from actions.portal_client.models import Person
from actions.portal_client.paging import Found
from actions.portal_client.people import is_person, to_person
from actions.portal_client.server import Server
from actions.portal_client.tokens import TokenClient
from actions.portal_client.transport import FhirTransport


class FhirDirectory:
    """`Directory` over FHIR R4, with the assistant's own token."""

    def __init__(self, client: httpx.AsyncClient, tokens: TokenClient, server: Server | None = None) -> None:
        self._tokens = tokens
        self._fhir = FhirTransport(client, None, tokens.own_token, tokens.clock, server or Server())

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
            fitting = [each for each in found.matches if is_person(each, phone_e164, birth_date)]
            return to_person(fitting[0], phone_e164) if len(fitting) == len(found.matches) == 1 else None

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
