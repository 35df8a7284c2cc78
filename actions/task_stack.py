"""The tasks that wait while another is done, and what Rasa's events tell of the one at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions.turn import Event, Turn
from actions.whose_record import OFFER, OPENING
from assistant.capabilities import Capabilities

REQUESTED_SLOT = "requested_slot"
TASK_STACK = "task_stack"
DECLINED = "declined"
END_FORM: list[Event] = [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
SILENT_ACTIONS = frozenset({"action_listen", "action_extract_slots", "action_session_start"})


class Answered(Protocol):
    """A question, as far as forgetting its answer needs it."""

    slot: ClassVar[str]
    offer: ClassVar[str | None]


def reset(questions: Sequence[Answered]) -> list[Event]:
    """Forget every answer of a form, and what was shown for it."""
    slots = [slot for question in questions for slot in (question.slot, question.offer) if slot is not None]
    return [SlotSet(slot, None) for slot in (*slots, DECLINED, OPENING, OFFER)]


def take_up(turn: Turn) -> list[Event]:
    """Go back to the task that was interrupted; without one, wait for the next message."""
    stack = list(turn.slot(TASK_STACK) or [])
    if not stack:
        return [FollowupAction("action_listen")]
    task = stack.pop()
    turn.utter("utter_task_taken_up", task=Capabilities.load()[task].title(turn.language))
    return [SlotSet(TASK_STACK, stack), FollowupAction(f"{task}_form")]


def taken_off_the_stack(turn: Turn, task: str) -> list[Event]:
    """A task that is begun anew instead of being taken up is not waiting any more."""
    stack: list[str] = turn.slot(TASK_STACK) or []
    if task not in stack:
        return []
    left = [each for each in stack if each != task]
    turn.remember(TASK_STACK, left)
    return [SlotSet(TASK_STACK, left)]


def push(turn: Turn, task: str) -> Event:
    """Let a task wait; it is taken up first."""
    stack = [*(each for each in turn.slot(TASK_STACK) or [] if each != task), task]
    turn.remember(TASK_STACK, stack)
    return SlotSet(TASK_STACK, stack)


def is_active(turn: Turn, form: str) -> bool:
    """Whether the form is the one at hand."""
    return (turn.tracker.active_loop or {}).get("name") == form


def interrupted_task(turn: Turn, form: str) -> str | None:
    """The task whose form this one has just pushed aside; None when there is none."""
    loops = [event.get("name") for event in since_last_message(turn, "active_loop")]
    if loops[-1:] != [form]:
        return None
    before = [event.get("name") for event in turn.tracker.events if event.get("event") == "active_loop"][:-1]
    if not before or before[-1] in (None, form):
        return None
    return str(before[-1]).removesuffix("_form")


def already_answered(turn: Turn, form: str) -> bool:
    """True when this message was dealt with by something else, and the form is only coming back."""
    return any(event.get("name") not in SILENT_ACTIONS | {form} for event in since_last_message(turn, "action"))


def since_last_message(turn: Turn, kind: str) -> list[Event]:
    """The events of a kind since the message that is being answered, in order."""
    events = turn.tracker.events
    start = max((index for index, event in enumerate(events) if event.get("event") == "user"), default=0)
    return [event for event in events[start:] if event.get("event") == kind]
