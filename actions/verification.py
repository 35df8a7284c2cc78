"""The questions that prove who somebody is, put in front of any task that needs it; `identity` alone decides.

A claim (phone and birth date) only selects whom a code is sent to. The same is said, and the same time is taken,
whether or not the clinic knows such a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from rasa_sdk.events import SlotSet

from actions import bootstrap
from actions.bootstrap import Services
from actions.portal_client import Person
from actions.reading.personal import read_birth_date, read_phone
from actions.task import Question
from actions.turn import CarelineAction, Event, Turn
from assistant.capabilities import Capabilities

FLOOR = timedelta(milliseconds=600)
"""Least time between a claim and its answer, so that a look-up that fails sooner does not show."""
FRESH = timedelta(minutes=5)
CLAIM_SLOTS = ("sign_in_phone", "sign_in_birth_date", "sign_in_code")
_background: set[asyncio.Task[None]] = set()


async def is_proved(turn: Turn, capability_id: str) -> bool:
    """True when the conversation is signed in as the capability needs it, at this moment."""
    access = Capabilities.load()[capability_id].access
    if access == "public":
        return True
    if await turn.signed_in() is None:
        return False
    return access == "verified" or await asyncio.to_thread(turn.services.identity.is_fresh, turn.sender_id, FRESH)


class SignInPhone(Question):
    """The number the clinic has on file, or the one that the carrier reports."""

    slot = "sign_in_phone"
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
    depends_on = ("sign_in_phone", "sign_in_birth_date")

    def __init__(self, capability_id: str) -> None:
        self._capability_id = capability_id

    async def needed(self, turn: Turn) -> bool:
        return not await is_proved(turn, self._capability_id)

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
        # At a second proof nothing is claimed: the person who is signed in stands for it.
        purpose, claim = ("sign_in", self._claim(turn)) if await turn.signed_in() is None else ("step_up", "")
        start = await asyncio.to_thread(
            turn.services.identity.start_challenge, turn.sender_id, person, purpose=purpose, claim=claim
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
        # Kept in a set so that it is not collected before it is done.
        task = asyncio.create_task(turn.services.send_code(start.delivery))
        _background.add(task)
        task.add_done_callback(_background.discard)
    match start.outcome:
        case "started":
            turn.utter("utter_ask_sign_in_code_sent")
        case "too_soon":
            turn.utter("utter_ask_sign_in_code_too_soon", seconds=max(1, round(start.wait.total_seconds())))
        case _:
            turn.utter("utter_ask_sign_in_code_too_many")
