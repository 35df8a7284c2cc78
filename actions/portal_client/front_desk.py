"""The clinic itself, and what may be asked of its staff without signing in (FHIR R4: Location, Task)."""

from __future__ import annotations

from actions.portal_client.anybody import AnybodysCalls
from actions.portal_client.asking import to_receipt
from actions.portal_client.errors import NotOffered
from actions.portal_client.fhir import Json, concept, to_instant
from actions.portal_client.models.clinic import Place, Provider
from actions.portal_client.models.requests import Receipt
from actions.portal_client.port.front_desk import HelpKind
from actions.portal_client.requests import task_input
from actions.portal_client.server import Staff
from actions.portal_client.staff import ask_staff, by_family_name, by_place_name
from actions.portal_client.vocabulary import PORTAL_REQUEST


class FrontDeskCalls(AnybodysCalls):
    """The clinic itself, for anybody."""

    async def providers(self) -> list[Provider]:
        return by_family_name(await self._staff())

    async def places(self) -> list[Place]:
        return by_place_name(await self._staff())

    async def request_account_help(self, kind: HelpKind, phone_e164: str, key: str) -> Receipt:
        return await self._file(kind, key, task_input("phone", "valueString", phone_e164))

    async def request_person(self, summary: str, phone_e164: str, key: str) -> Receipt:
        said = [task_input("summary", "valueString", summary)]
        said += [task_input("phone", "valueString", phone_e164)] if phone_e164 else []
        return await self._file("person-request", key, *said)

    async def request_callback(self, reason: str, phone_e164: str, key: str) -> Receipt:
        phone = task_input("phone", "valueString", phone_e164)
        return await self._file("callback", key, phone, task_input("reason", "valueString", reason))

    async def give_feedback(self, words: str, key: str) -> Receipt:
        return await self._file("feedback", key, task_input("words", "valueString", words))

    async def _staff(self) -> Staff:
        async def fetch() -> Staff:
            return await self._asked(lambda: ask_staff(self._fhir))

        return await self._server.staff.get(self._fhir.now(), fetch)

    async def _file(self, code: str, key: str, *inputs: Json) -> Receipt:
        capabilities = await self._fhir.capabilities()
        if not capabilities.offers("Task.create"):
            raise NotOffered
        task: Json = {
            "resourceType": "Task",
            "status": "requested",
            "intent": "order",
            "code": concept(PORTAL_REQUEST, code),
            "authoredOn": to_instant(self._fhir.now()),
            "input": list(inputs),
        }
        return await self._asked(lambda: self._fhir.create(task, key, to_receipt))
