"""Booking a visit: its kind, with whom, when, which of the open times, and a yes to exactly that."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.offers import button, yes_no_buttons
from actions.portal_client import OpenSlot, Provider, SlotTaken, SlotWish
from actions.reading.choices import ANY, matching_names, read_place_in_list, wants_any
from actions.reading.times import exact_time
from actions.reading.visit_types import read_visit_type, visit_type_name, visit_types
from actions.reading.when import HORIZON, When, read_when
from actions.reading.words import fold, with_digits
from actions.reading.yes_no import read_yes_no
from actions.task import DECLINED, Confirmation, Question, TaskAction, TaskForm
from actions.turn import CarelineAction, Event, Turn
from actions.verification import sign_in_questions
from actions.wording import day_words, doctor_words, listed, phone_words, time_words, when_words

OFFERED = 3
ANYBODY = {"id": None, "name": None}


class BookAppointmentVisitType(Question):
    slot = "book_appointment_visit_type"

    async def answer(self, turn: Turn) -> Any | None:
        return turn.picked or read_visit_type(turn.text)

    async def mention(self, turn: Turn) -> Any | None:
        return None if turn.picked else read_visit_type(turn.text)


class BookAppointmentProvider(Question):
    """With whom; `{"id": None}` means anybody."""

    slot = "book_appointment_provider"

    async def answer(self, turn: Turn) -> Any | None:
        if turn.picked:
            return await self._by_id(turn, turn.picked)
        named = await self._named(turn)
        if named is not None:
            return named
        return ANYBODY if wants_any(turn.text) or read_yes_no(turn.text) is False else None

    async def mention(self, turn: Turn) -> Any | None:
        named = None if turn.picked else await self._named(turn)
        if named is not None:
            return named
        # "Any time" is about the hour; only words about people make it anybody.
        anybody = ANY.search(fold(turn.text))
        people = anybody and any(
            word in anybody[0] for word in ("one", "body", "doctor", "provider", "whoe", "whom", "quien")
        )
        return ANYBODY if people else None

    async def _named(self, turn: Turn) -> dict[str, Any] | None:
        providers = await _providers(turn)
        found = matching_names(turn.text, [provider.family_name for provider in providers])
        return _provider_value(providers[found[0]]) if found else None

    async def _by_id(self, turn: Turn, picked: str) -> dict[str, Any] | None:
        if picked == "anybody":
            return ANYBODY
        return next((_provider_value(provider) for provider in await _providers(turn) if provider.id == picked), None)


class BookAppointmentPlace(Question):
    """Where; never asked, heeded when said."""

    slot = "book_appointment_place"

    async def needed(self, turn: Turn) -> bool:
        return False

    async def answer(self, turn: Turn) -> Any | None:
        return await self.mention(turn)

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        places = await (await turn.portal()).places()
        found = matching_names(turn.text, [place.name.split()[0] for place in places], cutoff=88)
        return places[found[0]].id if found else None


class BookAppointmentWhen(Question):
    slot = "book_appointment_when"

    async def answer(self, turn: Turn) -> Any | None:
        when = read_when(turn.text, turn.now, turn.language)
        if when is None and wants_any(turn.text):
            when = When(turn.now.date(), turn.now.date() + HORIZON, any_day=True)
        return when_value(when) if when else None

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked:
            return None
        when = read_when(turn.text, turn.now, turn.language)
        if when is None or (when.any_day and not when.times):
            return None
        offered = _offered(turn)
        if offered and _picked_of(turn.text, offered, when) is not None:
            return None  # it names one of the times just offered
        return when_value(_with_earlier_day(when, turn))


class BookAppointmentSlot(Question):
    """One of the times that were offered."""

    slot = "book_appointment_slot"
    depends_on = (
        "book_appointment_visit_type",
        "book_appointment_provider",
        "book_appointment_place",
        "book_appointment_when",
    )

    async def answer(self, turn: Turn) -> Any | None:
        offered = _offered(turn)
        if turn.picked:
            return next((slot for slot in offered if slot["id"] == turn.picked), None)
        place = read_place_in_list(turn.text, len(offered))
        if place is not None:
            return offered[place]
        chosen = _picked_of(turn.text, offered, read_when(turn.text, turn.now, turn.language))
        if chosen is not None:
            return chosen
        return offered[0] if len(offered) == 1 and read_yes_no(turn.text) else None

    async def mention(self, turn: Turn) -> Any | None:
        # At the confirmation, "no, the second one" picks again.
        return (
            await self.answer(turn) if turn.slot(self.slot) is not None and not turn.picked and _offered(turn) else None
        )


class BookAppointmentConfirmed(Confirmation):
    slot = "book_appointment_confirmed"
    depends_on = ("book_appointment_slot",)


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
        common = ("physical", "follow_up", "sick_visit", "video_visit")
        buttons = [button(visit_type_name(code, turn.language), code) for code in common if code in visit_types()]
        turn.utter("utter_ask_book_appointment_visit_type", buttons=buttons)
        return []


class ActionAskBookAppointmentProvider(CarelineAction):
    def name(self) -> str:
        return "action_ask_book_appointment_provider"

    async def act(self, turn: Turn) -> list[Event]:
        earlier = {visit.provider.id for visit in await (await turn.portal()).appointments()}
        own = [provider for provider in await _providers(turn) if provider.id in earlier]
        buttons = [button(doctor_words(provider.name, turn.language), provider.id) for provider in own[:3]]
        anybody = "Anyone" if turn.language == "en" else "Cualquiera"
        turn.utter("utter_ask_book_appointment_provider", buttons=[*buttons, button(anybody, "anybody")])
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
            return [SlotSet(DECLINED, None)]
        turn.utter(
            "utter_ask_book_appointment_confirmed",
            buttons=yes_no_buttons(turn.language),
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
        language = turn.language
        values = {
            "visit": visit_type_name(booked.visit_type, language),
            "provider": doctor_words(booked.provider.name, language),
            "when": when_words(booked.start, language),
            "place": booked.place.name,
            "address": booked.place.address,
        }
        receipt = {"type": "receipt", "appointment": booked.id, "start": booked.start.isoformat(), **values}
        turn.utter(
            "utter_book_appointment_booked",
            parts=[receipt],
            phone=phone_words(booked.place.phone),
            appointment=booked.id,
            **values,
        )
        return [SlotSet("book_appointment_offer", None)]


def when_value(when: When) -> dict[str, Any]:
    """A wish as a slot keeps it."""
    return {
        "earliest": when.earliest.isoformat(),
        "latest": when.latest.isoformat(),
        "weekdays": list(when.weekdays),
        "times": [[first.isoformat("minutes"), last.isoformat("minutes")] for first, last in when.times],
        "any_day": when.any_day,
    }


def slot_value(slot: OpenSlot) -> dict[str, Any]:
    """An open time as a slot keeps it: an id of the portal and what is needed to say it."""
    return {"id": slot.id, "start": slot.start.isoformat(), "provider": slot.provider.name, "place": slot.place.name}


def offer_title(slot: dict[str, Any], language: str) -> str:
    start = datetime.fromisoformat(slot["start"])
    return f"{when_words(start, language)}, {doctor_words(slot['provider'], language)}"


def _with_earlier_day(when: When, turn: Turn) -> When:
    """ "In the afternoon" after "next week" means next week's afternoons; "Tuesday" keeps the hours said before."""
    earlier = turn.tracker.get_slot("book_appointment_when")
    if not earlier:
        return when
    if when.any_day:
        first, last = date.fromisoformat(earlier["earliest"]), date.fromisoformat(earlier["latest"])
        return When(first, last, tuple(earlier["weekdays"]), when.times, earlier["any_day"])
    times = when.times or tuple(
        (time.fromisoformat(first), time.fromisoformat(last)) for first, last in earlier["times"]
    )
    return When(when.earliest, when.latest, when.weekdays, times)


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


def _offered(turn: Turn) -> list[dict[str, Any]]:
    return list(turn.slot("book_appointment_offer") or [])


def _picked_of(text: str, offered: list[dict[str, Any]], when: When | None) -> dict[str, Any] | None:
    """The one offered time that the words fit; None when none or several do."""
    if when is None:
        return None
    at = exact_time(with_digits(text))
    fitting = [slot for slot in offered if _fits(datetime.fromisoformat(slot["start"]), when, at)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(start: datetime, when: When, at: time | None) -> bool:
    day = start.date()
    if not when.any_day and not (when.earliest <= day <= when.latest):
        return False
    if when.weekdays and day.weekday() not in when.weekdays:
        return False
    if at is not None:
        return (start.hour, start.minute) == (at.hour, at.minute)
    return not when.times or any(first <= start.time() < last for first, last in when.times)


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


async def _providers(turn: Turn) -> list[Provider]:
    return [] if await turn.signed_in() is None else await (await turn.portal()).providers()


def _provider_value(provider: Provider) -> dict[str, Any]:
    return {"id": provider.id, "name": provider.name}


def _key(sender_id: str, slot_id: str) -> str:
    """The same for every try at the same time in the same conversation."""
    return hashlib.sha256(f"book_appointment|{sender_id}|{slot_id}".encode()).hexdigest()[:40]
