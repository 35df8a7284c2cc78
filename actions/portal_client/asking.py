"""Asks for things the way the portal can: by FHIR itself, by a request to the clinic's staff, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from actions.portal_client.area import PatientCalls
from actions.portal_client.errors import DuplicateRequest, NotOffered, OutcomeUnknown, Refused
from actions.portal_client.fhir import Json, codes, concept, id_of, reference_id, text_in
from actions.portal_client.models.requests import Receipt
from actions.portal_client.requests import OPEN, REFUSED, draft_task
from actions.portal_client.vocabulary import PORTAL_REQUEST


class AskingCalls(PatientCalls):
    """What the areas share that write."""

    async def _states(self, interaction: str) -> bool:
        """Whether the server states an interaction, such as `Patient.update` or `Appointment.$book`."""
        return (await self._fhir.capabilities()).offers(interaction)

    async def _request(self, code: str, key: str, *inputs: Json, focus: str | None = None, note: str = "") -> Receipt:
        """File a request for the clinic's staff, once per key.

        Raises:
            NotOffered: the portal takes no requests either.
        """
        if not await self._states("Task.create"):
            raise NotOffered
        about = {"reference": focus} if focus else None
        task = draft_task(self._patient, concept(PORTAL_REQUEST, code), about, self._clock.now())
        task |= {"input": list(inputs)} if inputs else {}
        task |= {"description": note} if note else {}
        try:
            return await self._fhir.create(task, key, to_receipt)
        except DuplicateRequest as duplicate:
            return already_open(duplicate, "Task", "request", "requested")

    async def _create(self, resource: Json, key: str) -> Receipt:
        """Write a new resource into the record, once per key."""
        return await self._fhir.create(resource, key, _to_written)

    async def _change(self, rtype: str, rid: str, change: Callable[[Json], Json], key: str) -> Json:
        """Read a resource, change it and write it back; once more when somebody was faster.

        Raises:
            Refused: `conflict` when it changed twice meanwhile.
            OutcomeUnknown: it may or may not be changed.
        """
        try:
            return await self._change_once(rtype, rid, change, key)
        except Refused as refused:
            if refused.code != "conflict":
                raise
        return await self._change_once(rtype, rid, change, key)

    async def _change_once(self, rtype: str, rid: str, change: Callable[[Json], Json], key: str) -> Json:
        found = await self._fhir.read(rtype, rid)
        wanted = change(found.of_type(rtype))
        reply = await self._fhir.update(wanted, found.etag, key)
        return reply.resource or wanted


def to_receipt(task: Json) -> Receipt:
    """What a Task that was filed says.

    Raises:
        Refused: the clinic has said no already.
        OutcomeUnknown: its state is none that a new request can have.
    """
    status = text_in(task, "status")
    if status in REFUSED:
        raise Refused("business-rule", next(iter(codes(task.get("statusReason"))), None))
    if status not in OPEN | {"completed", "draft"}:
        raise OutcomeUnknown
    return Receipt(id_of(task), "request", status)


def already_open(duplicate: DuplicateRequest, rtype: str, how: Literal["native", "request"], status: str) -> Receipt:
    """What was asked for before, as receipt.

    Raises:
        DuplicateRequest: the portal does not say which it is.
    """
    earlier = reference_id(duplicate.reference, rtype)
    if earlier is None:
        raise duplicate
    return Receipt(earlier, how, status, already_open=True)


def _to_written(resource: Json) -> Receipt:
    return Receipt(id_of(resource), "native", text_in(resource, "status"))
