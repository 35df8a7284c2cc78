"""Shortcuts to visits that are booked often: List of FHIR R4, of the kind `favorite-appointments`."""

from __future__ import annotations

from actions.portal_client.asking import AskingCalls
from actions.portal_client.errors import NotOffered
from actions.portal_client.fhir import (
    Json,
    checked_id,
    codes,
    concept,
    id_of,
    reading,
    reference,
    reference_id,
    text_in,
)
from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.scheduling import Favorite
from actions.portal_client.visit_kinds import VisitKindCalls
from actions.portal_client.vocabulary import LIST_KIND

_KIND = "favorite-appointments"


class FavoriteCalls(VisitKindCalls, AskingCalls):
    """Shortcuts of the patient in context."""

    async def favorites(self) -> list[Favorite]:
        asked = [("patient", self._patient_id), ("code", f"{LIST_KIND}|{_KIND}"), ("status", "current")]
        found = await self._fhir.search("List", asked)
        types = {kind.service_id: code for code, kind in (await self._visit_kinds()).items()}
        with reading("List"):
            kept = [each for each in found.matches if each["status"] == "current" and _KIND in codes(each["code"])]
            listed = [_to_favorite(each, types) for each in kept]
        return sorted((each for each in listed if each is not None), key=lambda each: each.name.casefold())

    async def save_favorite(
        self, name: str, visit_type: str, provider_id: str | None, place_id: str | None, key: str
    ) -> Receipt:
        kind = (await self._visit_kinds()).get(visit_type)
        if kind is None or not await self._states("List.create"):
            raise NotOffered
        named = [("HealthcareService", kind.service_id), ("Practitioner", provider_id), ("Location", place_id)]
        items = [reference(rtype, checked_id(rid)) for rtype, rid in named if rid]
        return await self._create(
            {
                "resourceType": "List",
                "status": "current",
                "mode": "working",
                "title": name,
                "code": concept(LIST_KIND, _KIND),
                "subject": {"reference": self._patient},
                "entry": [{"item": item} for item in items],
            },
            key,
        )

    async def remove_favorite(self, favorite_id: str, key: str) -> None:
        if not await self._states("List.update"):
            raise NotOffered
        await self._change("List", favorite_id, lambda kept: {**kept, "status": "retired"}, key)


def _to_favorite(kept: Json, types: dict[str, str]) -> Favorite | None:
    """A shortcut; None when its kind of visit is no longer offered."""
    items = [each["item"] for each in kept.get("entry", [])]
    visit_type = types.get(_named(items, "HealthcareService") or "")
    if visit_type is None:
        return None
    provider, place = _named(items, "Practitioner"), _named(items, "Location")
    return Favorite(id_of(kept), text_in(kept, "title"), visit_type, provider, place)


def _named(items: list[Json], rtype: str) -> str | None:
    return next((rid for each in items if (rid := reference_id(each, rtype))), None)
