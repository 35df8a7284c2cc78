"""A form that knows whose record it is for: found out before anything is read, kept to, and given up when it may not be."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Protocol

from rasa_sdk.events import FollowupAction, SlotSet

from actions import gate
from actions.task_stack import (
    END_FORM,
    REQUESTED_SLOT,
    Answered,
    already_answered,
    interrupted_task,
    is_active,
    push,
    reset,
    since_last_message,
    take_up,
    taken_off_the_stack,
)
from actions.turn import CarelineAction, Event, Prepared, Turn
from actions.whose_record import (
    OFFER,
    OPENING,
    TASK_RECORD,
    WHOM,
    Asking,
    Settled,
    back_on_its_record,
    is_at_hand,
    record_key,
    settle,
)
from assistant.capabilities import Capabilities


class OfRecord(Answered, Protocol):
    """A question that says whether its answer means something on one record alone."""

    of_record: ClassVar[bool]


class RecordForm(CarelineAction):
    """The half of every form that deals with whose record it is; what is asked on it comes with `TaskForm`."""

    capability: ClassVar[str]

    @property
    def form(self) -> str:
        return f"{self.capability}_form"

    @abstractmethod
    def questions(self) -> Sequence[OfRecord]:
        """In the order in which they are asked."""

    async def prepare(self, turn: Turn) -> Prepared:
        row = Capabilities.load()[self.capability]
        coming_back = already_answered(turn, self.form)
        if await turn.signed_in() is None:
            # Whose record it is shows when it is known who asks; what a task before this one was on means nothing.
            return Prepared([] if coming_back or not self._begins(turn) else self._no_record(turn))
        if coming_back and (turn.slot(OFFER) or {}).get("task") == self.capability:
            return Prepared([SlotSet(REQUESTED_SLOT, WHOM)], done=True)
        asking = Asking(row, opens=self._opens(turn), waits=self._waits_for_whom(turn))
        settled = Settled()
        if not coming_back and not turn.asks_for_something_else(self.capability):
            settled = await settle(turn, asking)
        if settled.outcome == "goes_on" and not turn.record_changed and (coming_back or not self._begins(turn)):
            back = await back_on_its_record(turn, row)
            settled = Settled(back.outcome, [*settled.events, *back.events])
        return await self._as_settled(turn, settled, asking)

    async def _as_settled(self, turn: Turn, settled: Settled, asking: Asking) -> Prepared:
        """What the task does once it is clear whose record it is for, or cannot be for anybody."""
        match settled.outcome:
            case "asks":
                # What else was said is read when it is known on whose record.
                opening = [SlotSet(OPENING, turn.text)] if asking.opens and not turn.slot(OPENING) else []
                pushed = self._pushed_aside(turn)
                return Prepared([*pushed, *settled.events, *opening, SlotSet(REQUESTED_SLOT, WHOM)], done=True)
            case "unclear":
                # Without a slot among the events Rasa's general rules speak, and the form comes back.
                return Prepared(done=True)
            case "nobody" | "lost":
                gate.say_closed(turn)
                drops = asking.opens or settled.outcome == "lost"
                return Prepared(self.refused(turn) if drops else self._left_open(turn), done=True)
            case _:
                return Prepared([*settled.events, *await self._kept_to(turn, settled)])

    async def _kept_to(self, turn: Turn, settled: Settled) -> list[Event]:
        """Note whose record the task is on; what was said on another one means nothing here."""
        records = dict(turn.slot(TASK_RECORD) or {})
        if self.capability in records and await is_at_hand(turn, records[self.capability]):
            return []
        changed = self.capability in records or settled.outcome == "switched"
        events = self._void(turn) if changed else []
        records[self.capability] = await record_key(turn)
        turn.remember(TASK_RECORD, records)
        return [*events, SlotSet(TASK_RECORD, records)]

    def _no_record(self, turn: Turn) -> list[Event]:
        records = dict(turn.slot(TASK_RECORD) or {})
        if records.pop(self.capability, None) is None:
            return []
        turn.remember(TASK_RECORD, records)
        return [SlotSet(TASK_RECORD, records)]

    def _void(self, turn: Turn) -> list[Event]:
        bound = [
            question for question in self.questions() if question.of_record and turn.slot(question.slot) is not None
        ]
        for question in bound:
            turn.remember(question.slot, None)
        return [SlotSet(slot, None) for question in bound for slot in (question.slot, question.offer) if slot]

    def refused(self, turn: Turn) -> list[Event]:
        return [*self._pushed_aside(turn), *reset(self.questions()), *END_FORM, *take_up(turn)]

    def _left_open(self, turn: Turn) -> list[Event]:
        """End the form and keep what was said; "continue" takes it up again."""
        return [SlotSet(OFFER, None), *END_FORM, push(turn, self.capability), FollowupAction("action_listen")]

    def _pushed_aside(self, turn: Turn) -> list[Event]:
        interrupted = interrupted_task(turn, self.form)
        pushed = [] if interrupted is None else [push(turn, interrupted)]
        return [*pushed, *taken_off_the_stack(turn, self.capability)]

    def _opens(self, turn: Turn) -> bool:
        """True when the words of this message have begun the task, or begin it now that its person is known."""
        return self._begins(turn) or turn.slot(OPENING) is not None

    def _begins(self, turn: Turn) -> bool:
        begun = [event.get("name") for event in since_last_message(turn, "active_loop")][-1:] == [self.form]
        return begun or not is_active(turn, self.form)

    def _waits_for_whom(self, turn: Turn) -> bool:
        return is_active(turn, self.form) and turn.tracker.get_slot(REQUESTED_SLOT) == WHOM
