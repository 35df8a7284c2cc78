"""What a clinic says about a kind of visit: what to bring, and until when it can be cancelled (HealthcareService)."""

from __future__ import annotations

from dataclasses import dataclass, field

from actions.portal_client.area import PatientCalls
from actions.portal_client.fhir import Json, codes, extension, id_of, number_in, reading, to_cents
from actions.portal_client.staff import in_languages
from actions.portal_client.vocabulary import LATE_CANCEL, VISIT_TYPE, WHAT_TO_BRING


@dataclass(frozen=True)
class VisitKind:
    """One kind of visit."""

    service_id: str
    bring: dict[str, str] = field(default_factory=dict)
    """By language."""
    late_hours: int | None = None
    """Hours before a visit from which cancelling is late; None when there is no such rule."""
    late_fee: int | None = None
    """US cents."""


class VisitKindCalls(PatientCalls):
    """Kinds of visits; the same for every patient."""

    async def _visit_kinds(self) -> dict[str, VisitKind]:
        """By code of the kind of visit."""
        found = await self._fhir.search("HealthcareService", [("active", "true")])
        with reading("HealthcareService"):
            return {code: _to_kind(each) for each in found.matches for code in _types(each)}


def _types(service: Json) -> list[str]:
    return [code for each in service.get("type", []) for code in codes(each, VISIT_TYPE)]


def _to_kind(service: Json) -> VisitKind:
    bring, late = extension(service, WHAT_TO_BRING), extension(service, LATE_CANCEL) or {}
    hours, fee = extension(late, "hours"), extension(late, "fee")
    return VisitKind(
        id_of(service),
        in_languages(bring, "valueString") if bring else {},
        int(number_in(hours, "valueUnsignedInt")) if hours else None,
        to_cents(fee["valueMoney"]) if fee else None,
    )
