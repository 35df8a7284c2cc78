"""Visits that are over, their summaries and notes: Encounter and DocumentReference of FHIR R4 (US Core)."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from html import unescape
from zoneinfo import ZoneInfo

from actions.portal_client.area import PatientCalls
from actions.portal_client.errors import UnusableAnswer
from actions.portal_client.fhir import Json, codes, id_of, reading, reference_id, text_in, to_day, to_moment, words
from actions.portal_client.models.results import PastVisit, VisitDocument, VisitKind
from actions.portal_client.sensitivity import is_restricted
from actions.portal_client.vocabulary import RECORD_TAG

SUMMARY_TYPES = frozenset(("visit-summary", "34133-9", "18842-5"))
"""Our own code; LOINC: summary of episode, discharge summary."""
CLINICAL_NOTE = "clinical-note"
HIDDEN = "legacy-hidden"
"""Tag of what is on file and too old to be shown."""
_KINDS: dict[str, VisitKind] = {
    "VR": "video",
    "EMER": "emergency",
    **dict.fromkeys(("IMP", "ACUTE", "NONAC", "OBSENC", "SS"), "hospital"),
}
_TEXT_TYPES = ("text/plain", "text/html", "application/xhtml+xml")


class PastVisitCalls(PatientCalls):
    """Past visits of the patient in context."""

    async def past_visits(self) -> list[PastVisit]:
        found = await self._fhir.search("Encounter", [("patient", self._patient_id), ("_sort", "-date")])
        documents = await self._clinical_documents()
        with reading("Encounter"):
            shown = [each for each in found.matches if each["status"] == "finished" and not _is_hidden(each)]
            listed = [_to_visit(each, documents, self._zone) for each in shown]
        return sorted(listed, key=lambda each: (each.on, each.start.timestamp() if each.start else 0.0), reverse=True)

    async def visit_summaries(self) -> list[VisitDocument]:
        found = await self._clinical_documents()
        with reading("DocumentReference"):
            return [_to_document(each, self._zone) for each in found if _is_summary(each)]

    async def clinical_notes(self) -> list[VisitDocument]:
        found = await self._clinical_documents()
        with reading("DocumentReference"):
            return [_to_document(each, self._zone) for each in found if not _is_summary(each)]

    async def visit_text(self, document_id: str) -> str | None:
        document = (await self._fhir.read("DocumentReference", document_id)).of_type("DocumentReference")
        with reading("DocumentReference"):
            attachment = next((each for each in _attachments(document) if _media_type(each) in _TEXT_TYPES), None)
            if attachment is None:
                return None
            kind, inline = _media_type(attachment), text_in(attachment, "data")
            body = self._fhir.own_id(text_in(attachment, "url"), "Binary")
        if not inline and body is not None:
            binary = (await self._fhir.read("Binary", body)).of_type("Binary")
            with reading("Binary"):
                inline = text_in(binary, "data")
        return _plain(inline, kind) if inline else None

    async def _clinical_documents(self) -> list[Json]:
        """Summaries and notes as they are on file, newest first."""
        asked = [("patient", self._patient_id), ("category", CLINICAL_NOTE), ("_sort", "-date")]
        found = await self._fhir.search("DocumentReference", asked)
        with reading("DocumentReference"):
            current = [each for each in found.matches if each["status"] == "current" and _is_clinical(each)]
            return sorted(current, key=lambda each: to_day(each["date"], self._zone), reverse=True)


def _is_hidden(encounter: Json) -> bool:
    tags = encounter.get("meta", {}).get("tag", [])
    return any(each.get("system") == RECORD_TAG and each.get("code") == HIDDEN for each in tags)


def _is_clinical(document: Json) -> bool:
    return any(CLINICAL_NOTE in codes(each) for each in document.get("category", []))


def _is_summary(document: Json) -> bool:
    return not SUMMARY_TYPES.isdisjoint(codes(document.get("type")))


def _attachments(document: Json) -> Iterator[Json]:
    return (each["attachment"] for each in document["content"])


def _media_type(attachment: Json) -> str:
    return text_in(attachment, "contentType").partition(";")[0].strip()


def _visit_of(document: Json) -> str | None:
    found = (reference_id(each, "Encounter") for each in document.get("context", {}).get("encounter", []))
    return next((rid for rid in found if rid), None)


def _to_document(document: Json, zone: ZoneInfo) -> VisitDocument:
    return VisitDocument(
        id=id_of(document),
        title=text_in(document, "description") or words(document.get("type")),
        on=to_day(document["date"], zone),
        author=next((text_in(each, "display") for each in document.get("author", [])), ""),
        visit_id=_visit_of(document),
        content_type=_media_type(next(_attachments(document))),
        restricted=is_restricted(document),
    )


def _to_visit(encounter: Json, documents: list[Json], zone: ZoneInfo) -> PastVisit:
    rid, period = id_of(encounter), encounter["period"]
    own = [each for each in documents if _visit_of(each) == rid]
    start, end = period["start"], period.get("end") or period["start"]
    return PastVisit(
        id=rid,
        on=to_day(start, zone),
        start=to_moment(start, zone) if "T" in start else None,
        until=max(to_day(start, zone), to_day(end, zone)),
        kind=_KINDS.get(text_in(encounter["class"], "code"), "office"),
        name=next((words(each) for each in encounter.get("type", [])), ""),
        provider=_name_in(encounter.get("participant", []), "individual", "Practitioner"),
        place=_name_in(encounter.get("location", []), "location", "Location"),
        reason=next((words(each) for each in encounter.get("reasonCode", [])), ""),
        summary_id=next((id_of(each) for each in own if _is_summary(each)), None),
        note_ids=tuple(id_of(each) for each in own if not _is_summary(each)),
        restricted=is_restricted(encounter),
    )


def _name_in(parts: list[Json], name: str, rtype: str) -> str:
    named = [each[name] for each in parts if name in each]
    return next((text_in(each, "display") for each in named if reference_id(each, rtype)), "")


def _plain(inline: str, kind: str) -> str:
    """Text as text; of a page, what stands between its tags."""
    try:
        text = b64decode(inline, validate=True).decode()
    except (Base64Error, ValueError):
        raise UnusableAnswer("the portal sent a document that cannot be read") from None
    if kind == "text/plain":
        return text
    body = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", text)
    lines = re.sub(r"(?i)<(br|/p|/div|/li|/h\d|/tr)\b[^>]*>", "\n", body)
    return unescape(re.sub(r"<[^>]*>", "", lines)).strip()
