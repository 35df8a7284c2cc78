"""What booking a visit needs to know, and how each answer is recognised."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from actions.portal_client import Provider
from actions.reading.choices import ANY, matching_names, read_place_in_list, wants_any
from actions.reading.times import exact_time
from actions.reading.visit_types import read_visit_type, visit_types
from actions.reading.when import HORIZON, When, read_when, says_any_time
from actions.reading.words import fold, with_digits
from actions.reading.yes_no import read_yes_no
from actions.task import Confirmation, Question, Remark
from actions.turn import Turn

COMMON_VISIT_TYPES = ("physical", "follow_up", "sick_visit", "video_visit")
"""Those that are offered as choices, in this order."""
ANYBODY = {"id": None, "name": None}


class BookAppointmentVisitType(Question):
    slot = "book_appointment_visit_type"
    of_record = False
    said_like = frozenset(
        {"ask_medical_advice", "view_immunizations", "add_immunization", "view_upcoming_tests", "join_video_visit"}
    )

    async def answer(self, turn: Turn) -> Any | None:
        if turn.picked:
            return turn.picked if turn.picked in visit_types() else None
        named = read_visit_type(turn.text)
        if named is not None:
            return named
        place = read_place_in_list(turn.text, len(COMMON_VISIT_TYPES))
        if place is not None:
            return COMMON_VISIT_TYPES[place]
        # Whatever ails somebody who was asked what kind of visit they need, it is a visit because of it.
        return "sick_visit" if turn.intent == "ask_medical_advice" else None

    async def mention(self, turn: Turn) -> Any | None:
        return None if turn.picked else read_visit_type(turn.text)


class BookAppointmentProvider(Question):
    """With whom; `{"id": None}` means anybody."""

    slot = "book_appointment_provider"
    of_record = False

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
        providers = await providers_of(turn)
        found = matching_names(turn.text, [provider.family_name for provider in providers])
        return _provider_value(providers[found[0]]) if found else None

    async def _by_id(self, turn: Turn, picked: str) -> dict[str, Any] | None:
        if picked == "anybody":
            return ANYBODY
        return next((_provider_value(provider) for provider in await providers_of(turn) if provider.id == picked), None)


class BookAppointmentPlace(Remark):
    """Where; never asked, heeded when said."""

    slot = "book_appointment_place"
    of_record = False

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        places = await (await turn.portal()).places()
        found = matching_names(turn.text, [place.name.split()[0] for place in places], cutoff=88)
        return places[found[0]].id if found else None


class BookAppointmentWhen(Question):
    slot = "book_appointment_when"
    of_record = False

    async def answer(self, turn: Turn) -> Any | None:
        when = read_when(turn.text, turn.now, turn.language)
        if when is None and wants_any(turn.text):
            when = When(turn.now.date(), turn.now.date() + HORIZON, any_day=True)
        return when_value(when) if when else None

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked:
            return None
        when = read_when(turn.text, turn.now, turn.language)
        shown = offered(turn)
        if when is None or (when.any_day and not when.times and (shown or not says_any_time(turn.text))):
            return None
        if shown and _picked_of(turn.text, shown, when) is not None:
            return None  # it names one of the times just offered
        return when_value(_with_earlier_day(when, turn))


class BookAppointmentSlot(Question):
    """One of the times that were offered."""

    slot = "book_appointment_slot"
    of_record = False
    offer = "book_appointment_offer"
    depends_on = (
        "book_appointment_visit_type",
        "book_appointment_provider",
        "book_appointment_place",
        "book_appointment_when",
    )

    async def answer(self, turn: Turn) -> Any | None:
        shown = offered(turn)
        if turn.picked:
            return next((slot for slot in shown if slot["id"] == turn.picked), None)
        place = read_place_in_list(turn.text, len(shown))
        if place is not None:
            return shown[place]
        chosen = _picked_of(turn.text, shown, read_when(turn.text, turn.now, turn.language))
        if chosen is not None:
            return chosen
        return shown[0] if len(shown) == 1 and read_yes_no(turn.text) else None

    async def mention(self, turn: Turn) -> Any | None:
        # At the confirmation, "no, the second one" picks again.
        return (
            await self.answer(turn) if turn.slot(self.slot) is not None and not turn.picked and offered(turn) else None
        )


class BookAppointmentConfirmed(Confirmation):
    slot = "book_appointment_confirmed"
    depends_on = ("book_appointment_slot",)


def when_value(when: When) -> dict[str, Any]:
    """A wish as a slot keeps it."""
    return {
        "earliest": when.earliest.isoformat(),
        "latest": when.latest.isoformat(),
        "weekdays": list(when.weekdays),
        "times": [[first.isoformat("minutes"), last.isoformat("minutes")] for first, last in when.times],
        "any_day": when.any_day,
    }


def _with_earlier_day(when: When, turn: Turn) -> When:
    """With "next week" said before, "in the afternoon" means next week's afternoons; "Tuesday" keeps the hours said before."""
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


def offered(turn: Turn) -> list[dict[str, Any]]:
    return list(turn.slot("book_appointment_offer") or [])


def _picked_of(text: str, shown: list[dict[str, Any]], when: When | None) -> dict[str, Any] | None:
    """The one offered time that the words fit; None when none or several do."""
    if when is None:
        return None
    at = exact_time(with_digits(text))
    fitting = [slot for slot in shown if _fits(datetime.fromisoformat(slot["start"]), when, at)]
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


async def providers_of(turn: Turn) -> list[Provider]:
    return [] if await turn.signed_in() is None else await (await turn.portal()).providers()


def _provider_value(provider: Provider) -> dict[str, Any]:
    return {"id": provider.id, "name": provider.name}
