"""The questions that prove who somebody is, put in front of any task that needs it; `identity` alone decides.

A claim (phone and birth date) only selects whom a code is sent to. The same is said, and the same time is taken,
whether or not the clinic knows such a person.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

from rasa_sdk.events import SlotSet

from actions import bootstrap
from actions.bootstrap import Services
from actions.portal_client import Person
from actions.reading.personal import read_birth_date, read_phone
from actions.task import Question
from actions.turn import CarelineAction, Event, Turn
from actions.wording import when_words
from assistant.capabilities import Capabilities, Capability
from clock import CLINIC_ZONE
from identity import Level

FLOOR = timedelta(milliseconds=600)
"""Least time between a claim and its answer, so that a look-up that fails sooner does not show."""
HEALTH_AREAS = frozenset({"results", "medications", "records", "documents", "messaging", "sharing", "account"})
"""Where reading shows what somebody who has got hold of a number may be after."""
CLAIM_SLOTS = ("sign_in_phone", "sign_in_birth_date", "sign_in_code")
_background: set[asyncio.Task[None]] = set()


def needed_level(row: Capability) -> Level:
    """The level that a capability needs; reading the health record needs more than a number that is new on file."""
    if row.access == "verified":
        return "verified" if row.kind == "read" and row.area in HEALTH_AREAS else "limited"
    return "step_up" if row.access == "step_up" else "public"


async def is_proved(turn: Turn, capability_id: str) -> bool:
    """True when the conversation has reached what the capability needs, at this moment."""
    level = needed_level(Capabilities.load()[capability_id])
    if level == "public":
        return True
    return await asyncio.to_thread(turn.services.identity.may, turn.sender_id, level, capability_id)


class SignInPhone(Question):
    """The number the clinic has on file, or the one that the carrier reports."""

    slot = "sign_in_phone"
    of_record = False
    alone = True

    def __init__(self, capability_id: str) -> None:
        self._capability_id = capability_id

    async def needed(self, turn: Turn) -> bool:
        return await turn.signed_in() is None and not await is_proved(turn, self._capability_id)

    async def known(self, turn: Turn) -> Any | None:
        conversation = await turn.conversation()
        return conversation.caller if conversation else None

    async def answer(self, turn: Turn) -> Any | None:
        return read_phone(turn.text)

    async def mention(self, turn: Turn) -> Any | None:
        return await self.answer(turn) if await self.needed(turn) else None


class SignInBirthDate(Question):
    """The second half of the claim."""

    slot = "sign_in_birth_date"
    of_record = False
    alone = True

    def __init__(self, capability_id: str) -> None:
        self._capability_id = capability_id

    async def needed(self, turn: Turn) -> bool:
        return await turn.signed_in() is None and not await is_proved(turn, self._capability_id)

    async def answer(self, turn: Turn) -> Any | None:
        found = read_birth_date(turn.text, turn.now.date(), turn.language)
        return found.isoformat() if found else None

    async def mention(self, turn: Turn) -> Any | None:
        if not await self.needed(turn):
            return None
        # Whoever is asked for the phone number often gives both.
        asked = str(turn.tracker.get_slot("requested_slot") or "") in CLAIM_SLOTS
        found = read_birth_date(turn.text, turn.now.date(), turn.language, asked)
        return found.isoformat() if found else None


class SignInCode(Question):
    """The texted code. The gateway takes it and tells only what came of it; nothing here ever sees it."""

    slot = "sign_in_code"
    of_record = False
    depends_on = ("sign_in_phone", "sign_in_birth_date")

    def __init__(self, capability_id: str) -> None:
        self._capability_id = capability_id

    async def needed(self, turn: Turn) -> bool:
        return not await is_proved(turn, self._capability_id)

    async def in_vain(self, turn: Turn) -> bool:
        if _locked_out(turn) and await turn.signed_in() is None:
            turn.utter("utter_ask_sign_in_code_locked")
            in_background(turn.services.send_notices())
            return True
        level = needed_level(Capabilities.load()[self._capability_id])
        reach = await asyncio.to_thread(turn.services.identity.reach, turn.sender_id, self._capability_id)
        if level == "public" or reach.could_cover(level):
            return False
        if turn.channel == "alexa" or reach.phone_settles is None:
            turn.utter("utter_sign_in_not_on_this_channel")
            return True
        until = reach.phone_settles.astimezone(CLINIC_ZONE)
        turn.utter("utter_sign_in_phone_too_new", until=when_words(until, turn.language))
        return True

    async def answered(self, turn: Turn) -> bool:
        # Whatever the slot says: only a proof that holds now is one.
        return not await self.needed(turn)

    async def answer(self, turn: Turn) -> Any | None:
        if code_check(turn) is None:
            return None
        # A wrong code is an answer too: the question is asked again, in words that say what was wrong.
        return "accepted" if await is_proved(turn, self._capability_id) else "again"


def sign_in_questions(capability_id: str) -> list[Question]:
    """What has to be asked before a capability that needs proof; each knows when it is not needed."""
    return [SignInPhone(capability_id), SignInBirthDate(capability_id), SignInCode(capability_id)]


def code_check(turn: Turn) -> dict[str, Any] | None:
    """What the gateway says came of a code in this very message; None when there was none."""
    return turn.known.get("code_check")


def _locked_out(turn: Turn) -> bool:
    """True when a second proof failed too often, which ends the session and with it the question."""
    check = code_check(turn)
    return check is not None and check["outcome"] == "locked" and turn.slot("sign_in_phone") is None


class ActionAskSignInCode(CarelineAction):
    """Sends a code, or says what was wrong with the one that came."""

    def __init__(self, services: Callable[[], Services] = bootstrap.services, floor: timedelta = FLOOR) -> None:
        super().__init__(services)
        self._floor = floor

    def name(self) -> str:
        return "action_ask_sign_in_code"

    async def act(self, turn: Turn) -> list[Event]:
        check = code_check(turn)
        if check is not None:
            return self._after_check(turn, check)
        if await asyncio.to_thread(turn.services.identity.open_challenge, turn.sender_id) and not self._claim_is_new(
            turn
        ):
            turn.utter("utter_ask_sign_in_code_waiting")
            return []
        await asyncio.gather(self._start(turn), asyncio.sleep(self._floor.total_seconds()))
        return [SlotSet("sign_in_claim", self._claim(turn))]

    def _after_check(self, turn: Turn, check: dict[str, Any]) -> list[Event]:
        in_background(turn.services.send_notices())
        match check["outcome"]:
            case "wrong":
                turn.utter("utter_ask_sign_in_code_wrong", tries=check["tries_left"])
            case "wrong_length":
                turn.utter("utter_ask_sign_in_code_length")
            case "expired":
                turn.utter("utter_ask_sign_in_code_expired")
            case _:
                turn.utter("utter_ask_sign_in_code_locked")
        return []

    def _claim(self, turn: Turn) -> str:
        return f"{turn.slot('sign_in_phone')}|{turn.slot('sign_in_birth_date')}"

    def _claim_is_new(self, turn: Turn) -> bool:
        return turn.slot("sign_in_claim") != self._claim(turn)

    async def _start(self, turn: Turn) -> None:
        person = await self._person(turn)
        task = (turn.tracker.active_loop or {}).get("name")
        act = str(task).removesuffix("_form") if task else None
        # At a second proof nothing is claimed: the person who is signed in stands for it.
        first = await turn.signed_in() is None
        purpose, claim = ("sign_in", self._claim(turn)) if first else (act or "step_up", "")
        start = await asyncio.to_thread(
            turn.services.identity.start_challenge, turn.sender_id, person, purpose, claim, act
        )
        if start.outcome == "too_many":
            await asyncio.to_thread(turn.services.sign_ins.refuse, turn.sender_id, purpose)
        say_started(turn, start)

    async def _person(self, turn: Turn) -> Person | None:
        if await turn.signed_in() is not None:
            return await (await turn.portal()).person()
        born = date.fromisoformat(turn.slot("sign_in_birth_date"))
        return await turn.services.directory.find_person(turn.slot("sign_in_phone"), born)


def say_started(turn: Turn, start: Any) -> None:
    """Say that a code is on its way, or how long to wait for the next; send it in the background."""
    if start.delivery is not None:
        in_background(turn.services.send_code(start.delivery))
    match start.outcome:
        case "started":
            turn.utter("utter_ask_sign_in_code_sent")
        case "too_soon":
            turn.utter("utter_ask_sign_in_code_too_soon", seconds=max(1, round(start.wait.total_seconds())))
        case "paused":
            minutes = max(1, math.ceil(start.wait / timedelta(minutes=1)))
            turn.utter("utter_ask_sign_in_code_paused", minutes=minutes)
        case _:
            turn.utter("utter_ask_sign_in_code_too_many")


def in_background(work: Coroutine[Any, Any, None]) -> None:
    """Do something that no answer waits for or depends on."""
    # Kept in a set so that it is not collected before it is done.
    task = asyncio.create_task(work)
    _background.add(task)
    task.add_done_callback(_background.discard)
