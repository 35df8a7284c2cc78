"""Tests and procedures still to be done: active ServiceRequests of FHIR R4 that are no referrals."""

from __future__ import annotations

from datetime import date
from typing import Literal

from actions.portal_client.fhir import Json, codes, id_of, reading, reference_id, text_in, to_day, words
from actions.portal_client.models.scheduling import Appointment, OrderedTest
from actions.portal_client.server import Staff
from actions.portal_client.staff import in_languages
from actions.portal_client.visit_day import VisitDayCalls
from actions.portal_client.vocabulary import VISIT_TYPE

Kind = Literal["laboratory", "imaging", "procedure", "other"]
# SNOMED CT and v2-0074, as US Core has them.
_KINDS: dict[str, Kind] = {
    "108252007": "laboratory",
    "LAB": "laboratory",
    "363679005": "imaging",
    "RAD": "imaging",
    "387713003": "procedure",
    "103693007": "procedure",
}
REFERRAL = "3457005"


class OrderCalls(VisitDayCalls):
    """What is ordered for the patient in context."""

    async def upcoming_tests(self) -> list[OrderedTest]:
        staff = await self._staff()
        found = await self._fhir.search("ServiceRequest", [("patient", self._patient_id), ("status", "active")])
        visits = {each.id: each for each in await self.appointments()}
        booked = await self._booked_for(visits)
        with reading("ServiceRequest"):
            active = [each for each in found.matches if each["status"] == "active" and _is_order(each)]
            listed = [self._to_order(each, staff, booked.get(id_of(each))) for each in active]
        return sorted(listed, key=lambda each: (each.until or date.max, each.name))

    async def _booked_for(self, visits: dict[str, Appointment]) -> dict[str, Appointment]:
        """Visits to come by the order that they are for, as far as they say so (Appointment.basedOn)."""
        found = await self._by_id("Appointment", set(visits))
        with reading("Appointment"):
            pairs = [
                (reference_id(each, "ServiceRequest"), rid) for rid, a in found.items() for each in a.get("basedOn", [])
            ]
        return {order: visits[rid] for order, rid in pairs if order}

    def _to_order(self, order: Json, staff: Staff, booked: Appointment | None) -> OrderedTest:
        period = order.get("occurrencePeriod", {})
        first, last = (period.get(name) or order.get("occurrenceDateTime") for name in ("start", "end"))
        places = (reference_id(each, "Location") for each in order.get("locationReference", []))
        return OrderedTest(
            id=id_of(order),
            name=words(order.get("code")),
            kind=_kind(order),
            ordered_on=to_day(order["authoredOn"], self._zone) if "authoredOn" in order else None,
            ordered_by=text_in(order.get("requester", {}), "display"),
            not_before=to_day(first, self._zone) if first else None,
            until=to_day(last, self._zone) if last else None,
            preparation=in_languages(order, "patientInstruction") if "patientInstruction" in order else {},
            visit_type=next((code for each in order.get("orderDetail", []) for code in codes(each, VISIT_TYPE)), None),
            place=next((staff.places[rid] for rid in places if rid in staff.places), None),
            booked=booked,
        )


def _categories(order: Json) -> list[str]:
    return [code for each in order.get("category", []) for code in codes(each)]


def _is_order(order: Json) -> bool:
    """Neither a referral nor what is only recommended."""
    return text_in(order, "intent").endswith("order") and REFERRAL not in _categories(order)


def _kind(order: Json) -> Kind:
    known: list[Kind] = [_KINDS[code] for code in _categories(order) if code in _KINDS]
    return known[0] if known else "other"
