"""Documents on file: DocumentReference and Binary of FHIR R4; agents are RelatedPersons with the role HPOWATT."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from zoneinfo import ZoneInfo

from actions.portal_client.asking import AskingCalls
from actions.portal_client.errors import NotOffered, Refused, UnusableAnswer
from actions.portal_client.fhir import (
    Json,
    codes,
    concept,
    id_of,
    reading,
    text_in,
    to_day,
    to_instant,
    words,
    written_name,
)
from actions.portal_client.models.documents import Document, DocumentBody, HealthCareAgent
from actions.portal_client.models.requests import Receipt
from actions.portal_client.requests import task_input
from actions.portal_client.vocabulary import DOCUMENT_KIND

LETTER, DIRECTIVE, PATIENTS_OWN = "letter", "42348-3", "patient-document"
CONTENT_TYPES = ("application/pdf", "image/png", "image/jpeg")
LARGEST = 500 * 1024
"""Bytes: with its base64 form and the rest, what a portal with a limit of 1 MB takes."""
_AGENT = "HPOWATT"
_RANKS = {"1": "first", "2": "alternate"}


class DocumentsCalls(AskingCalls):
    """Documents of the patient in context."""

    async def documents(self) -> list[Document]:
        found = await self._fhir.search("DocumentReference", [("patient", self._patient_id), ("_sort", "-date")])
        with reading("DocumentReference"):
            current = [each for each in found.matches if each["status"] == "current"]
            listed = [_to_document(each, self._zone) for each in current]
        return sorted(listed, key=lambda each: each.on, reverse=True)

    async def letters(self) -> list[Document]:
        return [each for each in await self.documents() if each.kind == LETTER]

    async def directives(self) -> list[Document]:
        return [each for each in await self.documents() if each.kind == DIRECTIVE]

    async def document_body(self, document_id: str) -> DocumentBody:
        document = (await self._fhir.read("DocumentReference", document_id)).of_type("DocumentReference")
        with reading("DocumentReference"):
            attachment = document["content"][0]["attachment"]
            title, content_type = _title(document), text_in(attachment, "contentType")
            inline, address = text_in(attachment, "data"), self._fhir.own_id(text_in(attachment, "url"), "Binary")
        if not inline and address is None:
            raise UnusableAnswer("the portal keeps this document elsewhere")
        if not inline:
            binary = (await self._fhir.read("Binary", address or "")).of_type("Binary")
            with reading("Binary"):
                inline, content_type = text_in(binary, "data"), text_in(binary, "contentType")
        try:
            return DocumentBody(title, content_type, b64decode(inline, validate=True))
        except (Base64Error, ValueError):
            raise UnusableAnswer("the portal sent a document that cannot be read") from None

    async def add_document(self, title: str, content_type: str, content: bytes, key: str) -> Receipt:
        if not (await self._states("Binary.create") and await self._states("DocumentReference.create")):
            raise NotOffered
        if content_type not in CONTENT_TYPES:
            raise Refused("business-rule", "unknown-content-type")
        if len(content) > LARGEST:
            raise Refused("too-long")
        # The whole is in the document, so that nothing is left behind when only a half goes through.
        attachment = {"contentType": content_type, "title": title, "data": b64encode(content).decode()}
        document = {
            "resourceType": "DocumentReference",
            "status": "current",
            "type": concept(DOCUMENT_KIND, PATIENTS_OWN),
            "subject": {"reference": self._patient},
            "date": to_instant(self._clock.now()),
            "author": [{"reference": self._patient}],
            "description": title,
            "content": [{"attachment": attachment}],
        }
        return await self._create(document, key)

    async def health_care_agents(self) -> list[HealthCareAgent]:
        found = await self._fhir.search("RelatedPerson", [("patient", self._patient_id), ("relationship", _AGENT)])
        with reading("RelatedPerson"):
            agents = [each for each in found.matches if each.get("active", True) and _is_agent(each)]
            ranked = sorted(agents, key=_rank)
            return [_to_agent(each) for each in ranked]

    async def request_agent_change(self, name: str, phone: str, rank: str, key: str) -> Receipt:
        said = (("name", name), ("phone", phone), ("rank", rank))
        inputs = [task_input(field, "valueString", value) for field, value in said if value]
        return await self._request("agent-change", key, *inputs)


def _to_document(document: Json, zone: ZoneInfo) -> Document:
    attachment = document["content"][0]["attachment"]
    kind = next(iter(codes(document.get("type"))), "")
    author = next((text_in(each, "display") for each in document.get("author", [])), "")
    content_type = text_in(attachment, "contentType")
    return Document(id_of(document), kind, _title(document), to_day(document["date"], zone), author, content_type)


def _title(document: Json) -> str:
    return text_in(document, "description") or words(document.get("type"))


def _is_agent(person: Json) -> bool:
    return any(_AGENT in codes(each) for each in person.get("relationship", []))


def _rank(person: Json) -> str:
    ranks = [str(each.get("rank", "")) for each in person.get("telecom", [])]
    return min(ranks, default="9")


def _to_agent(person: Json) -> HealthCareAgent:
    name = next(iter(person.get("name", [])), {})
    phone = next((text_in(each, "value") for each in person.get("telecom", []) if each.get("system") == "phone"), "")
    return HealthCareAgent(id_of(person), written_name(name), phone, _RANKS.get(_rank(person), ""))
