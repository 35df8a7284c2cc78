"""Messages and calls: Communication of FHIR R4, in threads by `partOf`; a call has the medium PHONE."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from actions.portal_client.asking import AskingCalls, to_receipt
from actions.portal_client.errors import NotOffered
from actions.portal_client.fhir import (
    Json,
    checked_id,
    codes,
    concept,
    extension,
    id_of,
    reading,
    reference,
    reference_id,
    text_in,
    to_day,
    to_instant,
    to_moment,
    words,
)
from actions.portal_client.models.messaging import ClinicCall, Message, MessageCategory, SentMessage
from actions.portal_client.models.requests import Receipt
from actions.portal_client.requests import draft_task, task_input
from actions.portal_client.vocabulary import ANSWER_BY, MESSAGE_CATEGORY, PARTICIPATION_MODE, PORTAL_REQUEST

_PHONE = "PHONE"
_SENT = ("completed", "in-progress", "stopped")


class MessagingCalls(AskingCalls):
    """Messages of the patient in context."""

    async def messages(self) -> list[Message]:
        found = await self._communications()
        with reading("Communication"):
            written = [each for each in found if not _is_call(each)]
            listed = [_to_message(each, self._patient, self._zone) for each in written]
        return sorted(listed, key=lambda each: (not each.unread, -each.sent.timestamp()))

    async def mark_read(self, message_id: str, key: str) -> None:
        if not await self._states("Communication.update"):
            raise NotOffered
        found = await self._fhir.read("Communication", message_id)
        if "received" in found.of_type("Communication"):
            return
        read = {**found.of_type("Communication"), "received": to_instant(self._clock.now())}
        await self._fhir.update(read, found.etag, key)

    async def send_message(
        self,
        category: MessageCategory,
        subject: str,
        body: str,
        key: str,
        recipient_id: str | None = None,
        reply_to: str | None = None,
    ) -> SentMessage:
        if not await self._states("Communication.create"):
            return SentMessage(await self._ask_staff(category, subject, body, key), None)
        message: Json = {
            "resourceType": "Communication",
            "status": "completed",
            "category": [concept(MESSAGE_CATEGORY, category)],
            "subject": {"reference": self._patient},
            "sender": {"reference": self._patient},
            "topic": {"text": subject},
            "payload": [{"contentString": body}],
            "sent": to_instant(self._clock.now()),
        }
        if recipient_id is not None:
            message["recipient"] = [reference("Practitioner", checked_id(recipient_id))]
        if reply_to is not None:
            message["partOf"] = [reference("Communication", checked_id(reply_to))]
        return await self._fhir.create(message, key, lambda each: _to_sent(each, self._zone))

    async def clinic_calls(self) -> list[ClinicCall]:
        found = await self._communications()
        with reading("Communication"):
            calls = [_to_call(each, self._zone) for each in found if _is_call(each)]
        return sorted(calls, key=lambda each: each.at.timestamp(), reverse=True)

    async def _communications(self) -> list[Json]:
        found = await self._fhir.search("Communication", [("patient", self._patient_id), ("_sort", "-sent")])
        with reading("Communication"):
            return [each for each in found.matches if each["status"] in _SENT and "sent" in each]

    async def _ask_staff(self, category: str, subject: str, body: str, key: str) -> Receipt:
        """Where no messages are taken, a request carries the words."""
        if not await self._states("Task.create"):
            raise NotOffered
        task = draft_task(self._patient, concept(PORTAL_REQUEST, "message"), None, self._clock.now())
        task["input"] = [
            task_input("category", "valueString", category),
            task_input("words", "valueString", f"{subject}\n\n{body}" if subject else body),
        ]
        return await self._fhir.create(task, key, to_receipt)


def _is_call(communication: Json) -> bool:
    return any(_PHONE in codes(each, PARTICIPATION_MODE) for each in communication.get("medium", []))


def _to_message(communication: Json, patient: str, zone: ZoneInfo) -> Message:
    sender = communication.get("sender", {})
    mine = text_in(sender, "reference").endswith(patient) or "RelatedPerson/" in text_in(sender, "reference")
    to_me = any(text_in(each, "reference").endswith(patient) for each in communication.get("recipient", []))
    earlier = next((reference_id(each, "Communication") for each in communication.get("partOf", [])), None)
    return Message(
        id=id_of(communication),
        thread_id=earlier or id_of(communication),
        sender=text_in(sender, "display"),
        sender_id=reference_id(sender, "Practitioner"),
        subject=words(communication.get("topic")),
        body="\n".join(_texts(communication)),
        sent=to_moment(communication["sent"], zone),
        unread=to_me and not mine and "received" not in communication,
        from_me=mine,
        attachments=tuple(_titles(communication)),
    )


def _texts(communication: Json) -> list[str]:
    return [text_in(each, "contentString") for each in communication.get("payload", []) if "contentString" in each]


def _titles(communication: Json) -> list[str]:
    attached = [each["contentAttachment"] for each in communication.get("payload", []) if "contentAttachment" in each]
    return [text_in(each, "title") for each in attached]


def _to_sent(communication: Json, zone: ZoneInfo) -> SentMessage:
    stated = extension(communication, ANSWER_BY)
    receipt = Receipt(id_of(communication), "native", text_in(communication, "status"))
    return SentMessage(receipt, to_day(stated["valueDate"], zone) if stated else None)


def _to_call(communication: Json, zone: ZoneInfo) -> ClinicCall:
    return ClinicCall(
        id=id_of(communication),
        at=to_moment(communication["sent"], zone),
        topic=words(communication.get("topic")),
        by=text_in(communication.get("sender", {}), "display"),
        note="\n".join(_texts(communication)),
    )
