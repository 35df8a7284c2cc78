"""Reads FHIR R4 Appointment, Slot and Schedule, and drafts the Appointment that a booking asks for."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from actions.portal_client.fhir import (
    Json,
    codes,
    concept,
    extension,
    id_of,
    reference,
    reference_id,
    text_in,
    to_moment,
)
from actions.portal_client.models import Appointment, OpenSlot, Place, Provider
from actions.portal_client.paging import Found
from actions.portal_client.server import Staff
from actions.portal_client.staff import to_place, to_provider
from actions.portal_client.vocabulary import HOLD_EXPIRES, OFFER_EXPIRES, VIRTUAL_SERVICE, VISIT_TYPE


def to_appointment(resource: Json, staff: Staff, zone: ZoneInfo) -> Appointment:
    """An Appointment that has a time."""
    actors = _actors(resource)
    return Appointment(
        id=id_of(resource),
        start=to_moment(resource["start"], zone),
        end=to_moment(resource.get("end") or resource["start"], zone),
        visit_type=visit_type_of(resource),
        status=text_in(resource, "status"),
        provider=_provider(actors, staff),
        place=_place(actors, staff),
        by_video=is_by_video(resource),
    )


def to_offer(resource: Json, staff: Staff, zone: ZoneInfo) -> OpenSlot | None:
    """A proposed Appointment; None when it does not say which slot, with whom and where."""
    slots = [rid for each in resource.get("slot", []) if (rid := reference_id(each, "Slot"))]
    return _open_slot(",".join(slots), resource, _actors(resource), staff, zone)


def to_open_slot(resource: Json, schedule: Json, staff: Staff, zone: ZoneInfo) -> OpenSlot | None:
    """A free Slot; None when its Schedule does not say with whom and where."""
    return _open_slot(id_of(resource), resource, schedule.get("actor", []), staff, zone)


def offers_visit(resource: Json, visit_type: str | None) -> bool:
    """Whether a Slot or Schedule is for that type of visit; one that names no type is for all."""
    named = [code for each in resource.get("serviceType", []) for code in codes(each, VISIT_TYPE)]
    return visit_type is None or not named or visit_type in named


def is_hold(resource: Json) -> bool:
    """Whether an Appointment only keeps a time for somebody who has not decided."""
    return extension(resource, HOLD_EXPIRES) is not None


def is_offer(resource: Json) -> bool:
    """Whether an Appointment is a time that was offered to somebody who waits."""
    return extension(resource, OFFER_EXPIRES) is not None


def is_by_video(resource: Json) -> bool:
    """Whether an Appointment takes place by video."""
    named = [code for each in resource.get("serviceType", []) for code in codes(each, VISIT_TYPE)]
    return "video_visit" in named or extension(resource, VIRTUAL_SERVICE) is not None


def about(resource: Json) -> str | None:
    """The id of the Appointment that a wish or an offer of the wait list points to."""
    named = (reference_id(each, "Appointment") for each in resource.get("supportingInformation", []))
    return next((rid for rid in named if rid), None)


def visit_type_of(resource: Json) -> str | None:
    """The code of the kind of visit; None when there is none."""
    return next((code for each in resource.get("serviceType", []) for code in codes(each, VISIT_TYPE)), None)


def takes(resource: Json, slot_ids: Iterable[str]) -> bool:
    """Whether an Appointment is in all these slots."""
    return {reference_id(each, "Slot") for each in resource.get("slot", [])}.issuperset(slot_ids)


def draft(patient: str, slot_ids: Iterable[str], visit_type: str) -> Json:
    """The Appointment that a hold or a booking asks for."""
    return {
        "resourceType": "Appointment",
        "status": "proposed",
        "serviceType": [concept(VISIT_TYPE, visit_type)],
        "slot": [reference("Slot", each) for each in slot_ids],
        "participant": [{"actor": {"reference": patient}, "status": "accepted"}],
    }


def with_included(staff: Staff, found: Found) -> Staff:
    """The staff, and whoever else came with a search."""
    providers = {rid: to_provider(each) for rid, each in found.of("Practitioner").items()}
    places = {rid: to_place(each) for rid, each in found.of("Location").items()}
    return Staff(providers | staff.providers, places | staff.places)


def _open_slot(slot_id: str, times: Json, actors: list[Json], staff: Staff, zone: ZoneInfo) -> OpenSlot | None:
    provider = _provider(actors, staff)
    place = _place(actors, staff) or staff.places.get((provider and provider.place_id) or "")
    if not slot_id or provider is None or place is None:
        return None
    return OpenSlot(slot_id, to_moment(times["start"], zone), to_moment(times["end"], zone), provider, place)


def _actors(resource: Json) -> list[Json]:
    return [each["actor"] for each in resource.get("participant", []) if "actor" in each]


def _provider(actors: list[Json], staff: Staff) -> Provider | None:
    for actor in actors:
        rid = reference_id(actor, "Practitioner")
        if rid is not None:
            return staff.providers.get(rid) or _by_display(rid, text_in(actor, "display"))
    return None


def _by_display(rid: str, display: str) -> Provider | None:
    """Somebody who is not on the list, for example because they have left."""
    names = display.split(",")[0].split()
    return Provider(rid, display, names[-1], "", None) if names else None


def _place(actors: list[Json], staff: Staff) -> Place | None:
    for actor in actors:
        rid = reference_id(actor, "Location")
        if rid is not None:
            display = text_in(actor, "display")
            return staff.places.get(rid) or (Place(rid, display, "", "") if display else None)
    return None
