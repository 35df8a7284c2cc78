"""What holds a conversation together: stopping, starting over, saying it again, a yes or no to nothing, not understanding."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk.events import SlotSet

from actions.task import END_FORM, TASK_STACK, TaskForm, all_forms, forget_everything, reset, take_up
from actions.turn import CarelineAction, Event, Turn
from assistant.capabilities import Capabilities, Capability

MISUNDERSTOOD = "misunderstood"
MENU = ("book_appointment", "refill_medication", "view_test_results", "pay_bill")


class ActionStopTask(CarelineAction):
    """Leaves the task at hand; nothing is done, and that is said. The task underneath is taken up."""

    def name(self) -> str:
        return "action_stop_task"

    async def act(self, turn: Turn) -> list[Event]:
        form = active_form(turn)
        if form is None and not turn.slot(TASK_STACK):
            turn.utter("utter_stop_task_nothing")
            return []
        turn.utter("utter_stop_task_stopped")
        if form is None:
            return forget_everything()
        return [*END_FORM, *reset(form.questions()), *take_up(turn)]


class ActionStartOver(CarelineAction):
    """This task from its first question, or, outside a task, everything."""

    def name(self) -> str:
        return "action_start_over"

    async def act(self, turn: Turn) -> list[Event]:
        form = active_form(turn)
        if form is None:
            turn.utter("utter_start_over_everything")
            return forget_everything()
        turn.utter("utter_start_over_task", task=Capabilities.load()[form.capability].title(turn.language))
        return [*reset(form.questions())]


class ActionRepeatThat(CarelineAction):
    """Says again what was said last, choices included."""

    def name(self) -> str:
        return "action_repeat_that"

    async def act(self, turn: Turn) -> list[Event]:
        said = last_said(turn)
        if not said:
            turn.utter("utter_repeat_that_nothing")
            return []
        # Inside a task its question was said last, and the form asks it again by itself.
        for message in said[:-1] if active_form(turn) else said:
            turn.say_again(message)
        return []


class ActionAffirm(CarelineAction):
    """A yes to nothing: goes on with what was left open, if anything was."""

    def name(self) -> str:
        return "action_affirm"

    async def act(self, turn: Turn) -> list[Event]:
        if active_form(turn) is not None:
            return []
        if turn.slot(TASK_STACK):
            return take_up(turn)
        turn.utter("utter_affirm_nothing_asked")
        return []


class ActionDeny(CarelineAction):
    """A no to nothing."""

    def name(self) -> str:
        return "action_deny"

    async def act(self, turn: Turn) -> list[Event]:
        if active_form(turn) is None:
            turn.utter("utter_deny_nothing_asked")
        return []


class ActionGoodbye(CarelineAction):
    """Ends kindly; on the phone and on voice assistants it signs out, since others may be in the room."""

    def name(self) -> str:
        return "action_goodbye"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.heard:
            await asyncio.to_thread(turn.services.sign_ins.sign_out, turn.sender_id)
        turn.utter("utter_goodbye", ended=True)
        return forget_everything()


class ActionPlannedCapability(CarelineAction):
    """Says honestly that this is not done here yet, and where it is."""

    def name(self) -> str:
        return "action_planned_capability"

    async def act(self, turn: Turn) -> list[Event]:
        title = Capabilities.load()[turn.intent].title(turn.language)
        turn.utter("utter_planned_capability", task=title)
        return []


class ActionNotUnderstood(CarelineAction):
    """First a closer question from the two likeliest readings, then a short menu, then a person."""

    def name(self) -> str:
        return "action_not_understood"

    async def act(self, turn: Turn) -> list[Event]:
        times = int(turn.slot(MISUNDERSTOOD) or 0) + 1 if self._was_just_said(turn) else 1
        form = active_form(turn)
        if form is None and nearest(turn) == "out_of_scope":
            turn.utter("utter_out_of_scope")
        elif form is not None and times < 3:
            turn.utter("utter_not_understood_answer")
        elif times == 1 and len(likeliest(turn)) == 2:
            self._ask_which(turn)
        elif times < 3:
            self._offer_menu(turn)
        else:
            turn.utter("utter_not_understood_person")
        return [SlotSet(MISUNDERSTOOD, times % 3)]

    def _was_just_said(self, turn: Turn) -> bool:
        """True when the message before this one was not understood either."""
        return any(event.get("name") == self.name() for event in _turn_before(turn) if event.get("event") == "action")

    def _ask_which(self, turn: Turn) -> None:
        first, second = (row.title(turn.language) for row in likeliest(turn))
        buttons = [intent_button(row, turn.language) for row in likeliest(turn)]
        turn.utter("utter_not_understood_which", buttons=buttons, first=first, second=second)

    def _offer_menu(self, turn: Turn) -> None:
        rows = [Capabilities.load()[capability_id] for capability_id in MENU]
        turn.utter("utter_not_understood_menu", buttons=[intent_button(row, turn.language) for row in rows])


def active_form(turn: Turn) -> TaskForm | None:
    """The form of the task at hand; None between tasks."""
    name = (turn.tracker.active_loop or {}).get("name")
    return next((form for form in all_forms() if name == f"{form.capability}_form"), None)


def nearest(turn: Turn) -> str:
    """The intent that the words are nearest to, however far that is; empty when nothing was compared."""
    ranking = turn.tracker.latest_message.get("intent_ranking") or []
    return next((item["name"] for item in ranking if item["name"] != "nlu_fallback"), "")


def likeliest(turn: Turn) -> list[Capability]:
    """The two capabilities that the words are nearest to; fewer when nothing is near."""
    ranking: list[dict[str, Any]] = turn.tracker.latest_message.get("intent_ranking") or []
    rows = Capabilities.load()
    near = [
        rows[item["name"]]
        for item in ranking
        if item["name"] in rows and item["name"] != "out_of_scope" and item["confidence"] >= 0.12
    ]
    return [row for row in near if row.area not in ("conversation", "safety")][:2]


def intent_button(row: Capability, language: str) -> dict[str, str]:
    title = row.title(language)
    return {"title": title[:1].upper() + title[1:], "payload": f"/{row.id}"}


def last_said(turn: Turn) -> list[dict[str, Any]]:
    """What was said in the turn before this one, in order."""
    return [_as_message(event) for event in _turn_before(turn) if event.get("event") == "bot" and event.get("text")]


def _turn_before(turn: Turn) -> list[dict[str, Any]]:
    """The events from the message before this one up to this one; empty at the first message."""
    events = turn.tracker.events
    users = [index for index, event in enumerate(events) if event.get("event") == "user"]
    return events[users[-2] : users[-1]] if len(users) > 1 else []


def _as_message(event: dict[str, Any]) -> dict[str, Any]:
    kept = {**(event.get("metadata") or {}), "text": event["text"]}
    return {**kept, "buttons": (event.get("data") or {}).get("buttons")}
