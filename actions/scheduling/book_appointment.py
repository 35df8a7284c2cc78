"""Booking a visit: its kind, with whom, when, which of the open times, and a yes to exactly that."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.offers import button
from actions.portal_client import Appointment, OpenSlot, Refused, SlotTaken, SlotWish
from actions.reading.visit_types import visit_type_name
from actions.reading.when import HORIZON
from actions.scheduling.book_appointment_questions import (
    ANYBODY,
    COMMON_VISIT_TYPES,
    BookAppointmentConfirmed,
    BookAppointmentPlace,
    BookAppointmentProvider,
    BookAppointmentSlot,
    BookAppointmentVisitType,
    BookAppointmentWhen,
    providers_of,
)
from actions.task import DECLINED, Question, TaskAction, TaskForm
from actions.turn import CarelineAction, Event, Turn
from actions.verification import sign_in_questions
from actions.wording import day_words, doctor_words, listed, phone_words, time_words, when_words

OFFERED = 3


class ValidateBookAppointmentForm(TaskForm):
    """Reads what is said about a visit, all at once or one thing at a time."""

    capability = "book_appointment"

    def questions(self) -> Sequence[Question]:
        return [
            *sign_in_questions(self.capability),
            BookAppointmentVisitType(),
            BookAppointmentProvider(),
            BookAppointmentPlace(),
            BookAppointmentWhen(),
            BookAppointmentSlot(),
            BookAppointmentConfirmed(),
        ]


class ActionAskBookAppointmentVisitType(CarelineAction):
    def name(self) -> str:
        return "action_ask_book_appointment_visit_type"

    async def act(self, turn: Turn) -> list[Event]:
        buttons = [button(visit_type_name(code, turn.language), code) for code in COMMON_VISIT_TYPES]
        turn.utter("utter_ask_book_appointment_visit_type", buttons=buttons)
        return []


class ActionAskBookAppointmentProvider(CarelineAction):
    def name(self) -> str:
        return "action_ask_book_appointment_provider"

    async def act(self, turn: Turn) -> list[Event]:
        earlier = await self._seen_before(turn)
        own = [provider for provider in await providers_of(turn) if provider.id in earlier]
        open_with = [provider for provider in own if await self._has_openings(turn, provider.id)]
        buttons = [button(doctor_words(provider.name, turn.language), provider.id) for provider in open_with[:3]]
        anybody = "Anyone" if turn.language == "en" else "Cualquiera"
        turn.utter("utter_ask_book_appointment_provider", buttons=[*buttons, button(anybody, "anybody")])
        return []

    async def _seen_before(self, turn: Turn) -> set[str]:
        try:
            visits = await (await turn.portal()).appointments()
        except Refused:
            # Whoever books for a teenager does not see their visits.
            return set()
        return {visit.provider.id for visit in visits if visit.provider}

    async def _has_openings(self, turn: Turn, provider_id: str) -> bool:
        """False for somebody who does not do this kind of visit, or is booked out: no use in suggesting them."""
        visit_type = turn.slot("book_appointment_visit_type")
        wish = SlotWish(visit_type, provider_id, None, turn.now, turn.now + HORIZON, limit=1)
        return bool(await (await turn.portal()).open_slots(wish))


class ActionAskBookAppointmentWhen(CarelineAction):
    def name(self) -> str:
        return "action_ask_book_appointment_when"

    async def act(self, turn: Turn) -> list[Event]:
        turn.utter("utter_ask_book_appointment_when")
        return []


class ActionAskBookAppointmentSlot(CarelineAction):
    """Looks for open times and offers up to three; when none fits it widens the search and says so."""

    def name(self) -> str:
        return "action_ask_book_appointment_slot"

    async def act(self, turn: Turn) -> list[Event]:
        portal = await turn.portal()
        wish = _wish(turn)
        found = await portal.open_slots(wish)
        response = "utter_ask_book_appointment_slot"
        if not found:
            response = "utter_ask_book_appointment_slot_elsewhen"
            found = await portal.open_slots(_widened(wish))
        if not found:
            who = turn.slot("book_appointment_provider") or ANYBODY
            turn.utter("utter_ask_book_appointment_slot_none", provider=who["name"] or "")
            return [SlotSet("book_appointment_offer", None)]
        offer = [slot_value(slot) for slot in found]
        titles = [offer_title(slot, turn.language) for slot in offer]
        numbered = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, start=1))
        turn.utter(
            response,
            buttons=[button(title, slot["id"]) for title, slot in zip(titles, offer, strict=True)],
            parts=[
                {
                    "type": "slots",
                    "slots": [
                        {"start": slot["start"], "title": title} for slot, title in zip(offer, titles, strict=True)
                    ],
                }
            ],
            times=listed(titles, turn.language) if turn.heard else numbered,
        )
        return [SlotSet("book_appointment_offer", offer)]


class ActionAskBookAppointmentConfirmed(CarelineAction):
    """Says exactly what will be booked."""

    def name(self) -> str:
        return "action_ask_book_appointment_confirmed"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.slot(DECLINED):
            turn.utter("utter_ask_book_appointment_change")
            return []
        turn.utter(
            "utter_ask_book_appointment_confirmed",
            buttons=BookAppointmentConfirmed().buttons(turn),
            **_summary(turn, turn.slot("book_appointment_slot")),
        )
        return []


class ActionBookAppointment(TaskAction):
    """Books the time that was confirmed and gives the receipt."""

    form = ValidateBookAppointmentForm

    async def do(self, turn: Turn) -> list[Event]:
        chosen = turn.slot("book_appointment_slot")
        visit_type = turn.slot("book_appointment_visit_type")
        try:
            booked = await (await turn.portal()).book_appointment(
                chosen["id"], visit_type, _key(turn.sender_id, chosen["id"])
            )
        except SlotTaken:
            turn.utter("utter_book_appointment_taken")
            again = ["book_appointment_slot", "book_appointment_confirmed", "book_appointment_offer"]
            return [*(SlotSet(slot, None) for slot in again), FollowupAction("book_appointment_form")]
        values = _receipt_values(turn, booked, chosen)
        receipt = {"type": "receipt", "appointment": booked.id, "start": booked.start.isoformat(), **values}
        turn.utter("utter_book_appointment_booked", parts=[receipt], appointment=booked.id, **values)
        return []


def slot_value(slot: OpenSlot) -> dict[str, Any]:
    """An open time as a slot keeps it: an id of the portal and what is needed to say it."""
    return {"id": slot.id, "start": slot.start.isoformat(), "provider": slot.provider.name, "place": slot.place.name}


def offer_title(slot: dict[str, Any], language: str) -> str:
    start = datetime.fromisoformat(slot["start"])
    return f"{when_words(start, language)}, {doctor_words(slot['provider'], language)}"


def _wish(turn: Turn) -> SlotWish:
    when = turn.slot("book_appointment_when")
    zone = turn.now.tzinfo
    first = datetime.combine(date.fromisoformat(when["earliest"]), time(0), zone)
    last = datetime.combine(date.fromisoformat(when["latest"]) + timedelta(days=1), time(0), zone)
    return SlotWish(
        visit_type=turn.slot("book_appointment_visit_type"),
        provider_id=(turn.slot("book_appointment_provider") or ANYBODY)["id"],
        place_id=turn.slot("book_appointment_place"),
        earliest=max(first, turn.now),
        latest=last,
        time_ranges=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in when["times"]),
        weekdays=tuple(when["weekdays"]),
        limit=OFFERED,
    )


def _widened(wish: SlotWish) -> SlotWish:
    """The same visit with the same people, at any hour, from the wished day on."""
    return SlotWish(
        wish.visit_type, wish.provider_id, wish.place_id, wish.earliest, wish.earliest + HORIZON, (), (), wish.limit
    )


def _summary(turn: Turn, slot: dict[str, Any]) -> dict[str, str]:
    start = datetime.fromisoformat(slot["start"])
    return {
        "visit": visit_type_name(turn.slot("book_appointment_visit_type"), turn.language),
        "provider": doctor_words(slot["provider"], turn.language),
        "day": day_words(start.date(), turn.language),
        "time": time_words(start, turn.language),
        "when": when_words(start, turn.language),
        "place": slot["place"],
    }


def _receipt_values(turn: Turn, booked: Appointment, chosen: dict[str, Any]) -> dict[str, str]:
    """What was booked, as the portal confirmed it; what it does not repeat is said as it was chosen."""
    provider = booked.provider.name if booked.provider else chosen["provider"]
    place = booked.place
    values = {
        "visit": visit_type_name(booked.visit_type or turn.slot("book_appointment_visit_type"), turn.language),
        "provider": doctor_words(provider, turn.language),
        "when": when_words(booked.start, turn.language),
        "place": ", ".join(part for part in (place.name, place.address) if part) if place else chosen["place"],
    }
    # Without a number of its own the clinic's is said.
    return {**values, "phone": phone_words(place.phone)} if place and place.phone else values


def _key(sender_id: str, slot_id: str) -> str:
    """The same for every try at the same time in the same conversation."""
    return hashlib.sha256(f"book_appointment|{sender_id}|{slot_id}".encode()).hexdigest()[:40]
