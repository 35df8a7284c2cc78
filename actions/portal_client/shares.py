"""One-time codes with which any provider can open the record: operations of ours."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from actions.portal_client.asking import AskingCalls
from actions.portal_client.errors import NotOffered
from actions.portal_client.fhir import Json, checked_id, parameters, reading, text_in, to_moment
from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.sharing import Share, ShareCode


class ShareCalls(AskingCalls):
    """Share codes of the patient in context."""

    async def make_share(self, key: str) -> ShareCode:
        if not await self._states("Patient.$share"):
            raise NotOffered
        reply = await self._fhir.lapsing_operation(f"{self._own}/$share", parameters())
        with reading("Parameters"):
            told = {each["name"]: each for each in reply.of_type("Parameters")["parameter"]}
            return ShareCode(
                text_in(told["id"], "valueString"),
                text_in(told["code"], "valueString"),
                text_in(told["url"], "valueUrl"),
                to_moment(told["expires"]["valueInstant"], self._zone),
            )

    async def shares(self) -> list[Share]:
        if not await self._states("Patient.$shares"):
            return []
        reply = await self._fhir.operation(f"{self._own}/$shares")
        with reading("Parameters"):
            made = [_to_share(each["part"], self._zone) for each in reply.of_type("Parameters").get("parameter", [])]
        return sorted(made, key=lambda each: each.made_at.timestamp(), reverse=True)

    async def revoke_share(self, share_id: str, key: str) -> Receipt:
        if not await self._states("Patient.$revoke-share"):
            raise NotOffered
        await self._fhir.lapsing_operation(f"{self._own}/$revoke-share", parameters(("id", "valueString", share_id)))
        return Receipt(share_id, "native", "revoked")

    @property
    def _own(self) -> str:
        return f"Patient/{checked_id(self._patient_id)}"


def _to_share(parts: list[Json], zone: ZoneInfo) -> Share:
    said = {each["name"]: each for each in parts}
    return Share(
        text_in(said["id"], "valueString"),
        to_moment(said["made"]["valueInstant"], zone),
        to_moment(said["expires"]["valueInstant"], zone),
        to_moment(said["opened"]["valueInstant"], zone) if "opened" in said else None,
        text_in(said.get("opened-by", {}), "valueString"),
        bool(said["revoked"]["valueBoolean"]),
    )
