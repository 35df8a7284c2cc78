"""Things in the record that the person told, and requests to change what stands there (FHIR R4)."""

from __future__ import annotations

from datetime import date

from actions.portal_client.asking import AskingCalls
from actions.portal_client.fhir import Json, checked_id, codes, reference_id
from actions.portal_client.models.requests import Receipt
from actions.portal_client.requests import task_input

UNCONFIRMED = "unconfirmed"
MISTAKEN = ("refuted", "entered-in-error")


class ToldCalls(AskingCalls):
    """What the calls share that write into the health record."""

    async def _tell(self, resource: Json, request: str, said: dict[str, str], key: str) -> Receipt:
        """Write a resource into the record; where the portal does not take it, ask the clinic to."""
        if await self._states(f"{resource['resourceType']}.create"):
            return await self._create(resource, key)
        return await self._ask_for(request, {"change": "add", **said}, key)

    async def _ask_for(self, request: str, said: dict[str, str], key: str, about: str | None = None) -> Receipt:
        inputs = [task_input(name, "valueString", value) for name, value in said.items() if value]
        return await self._request(request, key, *inputs, focus=about)

    async def _ask_to_change(self, rtype: str, rid: str, request: str, change: str, said: str, key: str) -> Receipt:
        about = f"{rtype}/{checked_id(rid)}"
        return await self._ask_for(request, {"change": change, "said": said}, key, about)


def is_mistaken(resource: Json) -> bool:
    """Whether it was taken back."""
    return any(code in MISTAKEN for code in codes(resource.get("verificationStatus")))


def is_told(resource: Json) -> bool:
    """Whether the person said it, or somebody near, and nobody has looked at it yet."""
    people = [resource[name] for name in ("asserter", "recorder") if name in resource]
    own = any(reference_id(each, rtype) for each in people for rtype in ("Patient", "RelatedPerson"))
    return own and UNCONFIRMED in codes(resource.get("verificationStatus"))


def day(on: date | None) -> str:
    """A day for a request; empty when there is none."""
    return on.isoformat() if on else ""
