"""The forms: what a task needs to know, read from whatever was said, asked for one thing at a time.

A `Question` says how its answer is recognised and refuses what is none, so that Rasa's general rules answer a side
question and the form goes on by itself. A task started inside another is put on `task_stack`; the one underneath is
taken up again when it ends.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk.events import FollowupAction, SlotSet

from actions import gate
from actions.offers import button
from actions.reading.words import tokens
from actions.reading.yes_no import read_yes_no
from actions.record_form import RecordForm
from actions.task_stack import (
    DECLINED,
    END_FORM,
    REQUESTED_SLOT,
    TASK_STACK,
    already_answered,
    interrupted_task,
    is_active,
    push,
    reset,
    take_up,
    taken_off_the_stack,
)
from actions.turn import CarelineAction, Event, Turn
from actions.whose_record import OPENING, TASK_RECORD

SURE_OF_INTENT = 0.9
BARE_ANSWER = 3
"""Words up to which a message holds an answer and nothing else."""


class Question(ABC):
    """One thing a task needs to know; None from any reading means: not an answer to this."""

    slot: ClassVar[str]
    depends_on: ClassVar[tuple[str, ...]] = ()
    """Slots whose change makes this answer void."""
    offer: ClassVar[str | None] = None
    """Slot in which its asking action keeps what it has shown."""
    of_record: ClassVar[bool] = True
    """Whether the answer means something on this record alone, as a medicine does; a wish for Tuesday is anybody's."""
    alone: ClassVar[bool] = False
    """True when its answer is searched only for others of its kind: a birth date is no day for a visit."""
    said_like: ClassVar[frozenset[str]] = frozenset()
    """Intents that an answer to this may well look like ("my ear hurts" to the kind of visit)."""

    async def needed(self, turn: Turn) -> bool:
        return True

    async def answered(self, turn: Turn) -> bool:
        """True when it need not be asked (again)."""
        return turn.slot(self.slot) is not None

    async def known(self, turn: Turn) -> Any | None:
        """What need not be asked because it is known from elsewhere."""
        return None

    @abstractmethod
    async def answer(self, turn: Turn) -> Any | None:
        """The value in a message that was asked for it."""

    async def mention(self, turn: Turn) -> Any | None:
        """The value in a message that was about something else, or everything at once."""
        return None

    async def in_vain(self, turn: Turn) -> bool:
        """True when no answer to this would let the task go on; the reason has been said."""
        return False


class Remark(Question):
    """Something that is never asked, but heeded whenever it is said."""

    async def needed(self, turn: Turn) -> bool:
        return False

    async def answer(self, turn: Turn) -> Any | None:
        return await self.mention(turn)


class Confirmation(Question):
    """The yes before anything is written; its asking action has said exactly what will be."""

    def buttons(self, turn: Turn) -> list[dict[str, str]]:
        """Yes and no to what is in the slots now; picked after something has changed, they mean nothing."""
        yes, no = ("Sí", "No") if turn.language == "es" else ("Yes", "No")
        return [button(yes, f"yes {self._what(turn)}"), button(no, f"no {self._what(turn)}")]

    async def answer(self, turn: Turn) -> Any | None:
        yes = self._picked(turn) if turn.picked else _yes_or_no(turn)
        # After a no the question was what to change, and a yes is no answer to that.
        return None if yes and turn.slot(DECLINED) else yes

    def _picked(self, turn: Turn) -> bool | None:
        said, _, what = (turn.picked or "").partition(" ")
        return said == "yes" if what == self._what(turn) else None

    def _what(self, turn: Turn) -> str:
        # Whose record it is belongs to what is confirmed.
        values = json.dumps([turn.slot(name) for name in (*self.depends_on, TASK_RECORD)], sort_keys=True)
        return hashlib.sha256(values.encode()).hexdigest()[:16]


class TaskForm(RecordForm):
    """Fills the slots of `<capability>_form`; Rasa knows it as `validate_<capability>_form`."""

    begun_by_rule: ClassVar[bool] = True
    """False when a rule answers its intent with an action, which begins the form if need be."""

    def name(self) -> str:
        return f"validate_{self.form}"

    @abstractmethod
    def questions(self) -> Sequence[Question]:
        """In the order in which they are asked."""

    async def ends_early(self, turn: Turn) -> bool:
        """True when nothing is left to ask because the task cannot be done; the reason has been said."""
        return False

    async def act(self, turn: Turn) -> list[Event]:
        questions = list(self.questions())
        interrupted = interrupted_task(turn, self.form)
        events: list[Event] = [] if interrupted is None else [push(turn, interrupted)]
        events += taken_off_the_stack(turn, self.capability)
        coming_back = already_answered(turn, self.form)
        if await _in_vain(turn, questions):
            return [*events, *reset(questions), *END_FORM, *take_up(turn)]
        read = {} if coming_back else await self._read(turn, questions)
        events += [SlotSet(slot, value) for slot, value in read.items()]
        if self.begun_by_rule and turn.intent == self.capability and not read:
            # A form that sets nothing hands over to a rule, and for its own request asked again there is none: Rasa
            # would run in circles and never listen again.
            events.append(SlotSet(DECLINED, turn.slot(DECLINED)))
        events += await self._opening(turn, questions)
        if await self.ends_early(turn):
            return [*events, *reset(questions), *END_FORM, *take_up(turn)]
        asked = await self._next(turn, questions, events)
        if asked is None:
            # Said here and not by a rule, because a form that needs to ask nothing is over before a rule sees it.
            return [*events, SlotSet(REQUESTED_SLOT, None), FollowupAction(f"action_{self.capability}")]
        return [*events, SlotSet(REQUESTED_SLOT, asked)]

    def failed(self, turn: Turn, response: str) -> list[Event]:
        super().failed(turn, response)
        opens = not turn.slot(OPENING) and turn.tracker.get_slot(REQUESTED_SLOT) is None
        # A yes is not kept: it was given to something that has not happened, and is asked for again.
        dropped = {
            TASK_STACK,
            DECLINED,
            *(question.slot for question in self.questions() if isinstance(question, Confirmation)),
        }
        kept = [SlotSet(slot, value) for slot, value in turn.read_now.items() if slot not in dropped]
        # What could not be looked up in the words that began the task is, once it goes on.
        kept += [SlotSet(OPENING, turn.text)] if opens else []
        return [*kept, *END_FORM, push(turn, self.capability), FollowupAction("action_listen")]

    async def _read(self, turn: Turn, questions: list[Question]) -> dict[str, Any]:
        requested = turn.tracker.get_slot(REQUESTED_SLOT) if is_active(turn, self.form) else None
        if turn.intent == gate.WHICH_RECORD or turn.record_changed:
            # "No, for my son" says whose record; it is no answer to what was asked.
            requested = None
        asked = next((question for question in questions if question.slot == requested), None)
        if turn.asks_for_something_else(self.capability) and not await _answers_all_the_same(turn, asked):
            return {}
        found: dict[str, Any] = {}
        if asked is not None and asked.alone and await asked.answer(turn) is not None:
            questions = [question for question in questions if question.alone or asked.slot in question.depends_on]
        for question in questions:
            value = await (question.answer(turn) if question.slot == requested else question.mention(turn))
            if value is not None and (question is asked or value != turn.slot(question.slot)):
                found[question.slot] = value
                turn.remember(question.slot, value)
        return _without_what_is_void(turn, questions, found)

    async def _opening(self, turn: Turn, questions: list[Question]) -> list[Event]:
        """Keep the words that started the task until its person is known, then read from them what only the chart explains."""
        opening = turn.slot(OPENING)
        if await turn.signed_in() is None:
            return [] if opening else [SlotSet(OPENING, turn.text)]
        if not opening:
            return []
        then = turn.as_if_now_said(opening)
        events: list[Event] = [SlotSet(OPENING, None)]
        for question in questions:
            value = await question.mention(then) if turn.slot(question.slot) is None else None
            if value is not None:
                turn.remember(question.slot, value)
                events.append(SlotSet(question.slot, value))
        return events

    async def _next(self, turn: Turn, questions: list[Question], events: list[Event]) -> str | None:
        for question in questions:
            if await question.answered(turn) or not await question.needed(turn):
                continue
            known = await question.known(turn)
            if known is None:
                return question.slot
            turn.remember(question.slot, known)
            events.append(SlotSet(question.slot, known))
        return None


class TaskAction(CarelineAction):
    """Does what a finished form asked for, then forgets its slots and takes up the task underneath."""

    form: ClassVar[type[TaskForm]]

    def name(self) -> str:
        return f"action_{self.form.capability}"

    @abstractmethod
    async def do(self, turn: Turn) -> list[Event]:
        """Write or show, and say so; the events beside the tidying."""

    async def act(self, turn: Turn) -> list[Event]:
        events = await self.do(turn)
        if any(event.get("event") == "followup" for event in events):
            return events
        return [*events, *reset(self.form().questions()), *take_up(turn)]

    def refused(self, turn: Turn) -> list[Event]:
        return [*reset(self.form().questions()), *take_up(turn)]

    def failed(self, turn: Turn, response: str) -> list[Event]:
        super().failed(turn, response)
        # What was said stays, except the yes: it was given to something that has not happened.
        confirmations = [question for question in self.form().questions() if isinstance(question, Confirmation)]
        return [*reset(confirmations), push(turn, self.form.capability), FollowupAction("action_listen")]


def forget_everything() -> list[Event]:
    """End the task at hand and forget those that wait, with all that was said for them; then wait for the next message."""
    answers = [event for form in all_forms() for event in reset(form.questions())]
    return [*END_FORM, *answers, SlotSet(TASK_RECORD, None), SlotSet(TASK_STACK, []), FollowupAction("action_listen")]


def all_forms() -> list[TaskForm]:
    """One of each kind of form there is."""
    return [form() for form in _below(TaskForm)]


async def _in_vain(turn: Turn, questions: Sequence[Question]) -> bool:
    for question in questions:
        if await question.in_vain(turn):
            return True
    return False


def _below(base: type[TaskForm]) -> list[type[TaskForm]]:
    return [form for direct in base.__subclasses__() for form in (direct, *_below(direct))]


def _yes_or_no(turn: Turn) -> bool | None:
    """What the words say; when they are few and not on our list, what the classifier is sure of."""
    read = read_yes_no(turn.text)
    if read is not None or len(tokens(turn.text)) > BARE_ANSWER or turn.confidence < SURE_OF_INTENT:
        return read
    return {"affirm": True, "deny": False}.get(turn.intent)


async def _answers_all_the_same(turn: Turn, asked: Question | None) -> bool:
    """True when words that look like another request are an answer: too few to be a request, or like this answer."""
    if asked is None or await asked.answer(turn) is None:
        return False
    return asked.alone or len(tokens(turn.text)) <= BARE_ANSWER or turn.intent in asked.said_like


def _without_what_is_void(turn: Turn, questions: list[Question], found: dict[str, Any]) -> dict[str, Any]:
    """Drop answers that rest on something that has just changed; keep a refused confirmation out of the slots."""
    for question in questions:
        if (
            question.slot not in found
            and set(question.depends_on) & set(found)
            and turn.slot(question.slot) is not None
        ):
            found[question.slot] = None
            turn.remember(question.slot, None)
    for question in questions:
        if not isinstance(question, Confirmation) or found.get(question.slot) is None:
            continue
        agreed = found.pop(question.slot)
        if agreed and not set(question.depends_on) & set(found):
            found[question.slot] = True
            continue
        # A no, or a yes to something else than what was read back ("yes, but at the other pharmacy").
        turn.remember(question.slot, None)
        if not found:
            turn.remember(DECLINED, True)
            return {DECLINED: True}
    return {**found, DECLINED: None} if found else {}
