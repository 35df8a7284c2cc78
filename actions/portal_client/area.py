"""What the calls of every area share: the patient in context, the way to the portal, the time and the zone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from actions.portal_client.errors import PortalError, SessionExpired
from actions.portal_client.fhir import Json, id_of, reading
from actions.portal_client.noting import AccessTrail
from actions.portal_client.server import Server
from actions.portal_client.transport import AccessToken, FhirTransport
from clock import Clock


class PatientCalls:
    """The base of each area's calls."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        patient_id: str,
        access_token: AccessToken,
        clock: Clock,
        zone: ZoneInfo,
        *,
        trail: AccessTrail,
        server: Server | None = None,
    ) -> None:
        self._server = server or Server()
        self._fhir = FhirTransport(client, patient_id, access_token, clock, self._server, trail=trail)
        self._patient_id = patient_id
        self._clock = clock
        self._zone = zone

    @property
    def _patient(self) -> str:
        return f"Patient/{self._patient_id}"

    async def _by_id(self, rtype: str, ids: set[str]) -> dict[str, Json]:
        """Resources by id, for a server that leaves out what was to be included."""
        return await by_id(self._fhir, rtype, ids)


async def by_id(fhir: FhirTransport, rtype: str, ids: set[str]) -> dict[str, Json]:
    """Resources by id, as many of them as there are."""
    if not ids:
        return {}
    found = await fhir.search(rtype, [("_id", ",".join(sorted(ids)))])
    with reading(rtype):
        return {id_of(each): each for each in found.matches if each["id"] in ids}


async def every_answer(*parts: Awaitable[Any]) -> list[Any]:
    """The answers of parts asked at once, in their order.

    Raises:
        PortalError: that of the first part that failed, once all are over: no request goes on after its call has ended.
    """
    answers = await asyncio.gather(*parts, return_exceptions=True)
    for each in answers:
        if isinstance(each, BaseException):
            raise each
    return answers


async def whichever_answer(*parts: Awaitable[Any]) -> list[Any]:
    """The answers of parts asked at once, in their order; None for a part that the portal failed to give.

    Raises:
        SessionExpired: the person has to sign in again.
        PortalError: no part was answered.
    """
    answers = await asyncio.gather(*parts, return_exceptions=True)
    failed = [each for each in answers if isinstance(each, BaseException)]
    others = [each for each in failed if not isinstance(each, PortalError) or isinstance(each, SessionExpired)]
    if others or len(failed) == len(answers):
        raise next(iter(others), failed[0])
    return [None if isinstance(each, BaseException) else each for each in answers]
