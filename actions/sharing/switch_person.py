"""Going over to the record of somebody one may act for, and back; asks whom when several fit, and never guesses."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions.offers import button
from actions.portal_client import Dependent
from actions.task import Question, TaskAction, TaskForm
from actions.turn import CarelineAction, Event, Turn
from actions.verification import sign_in_questions
from actions.whose_record import OFFER, ONESELF, WHOM, say_whose
from actions.wording import listed


class ValidateSwitchPersonForm(TaskForm):
    """Needs to know who asks; whose record it is, every form finds out in the same way (actions/whose_record.py)."""

    capability = "switch_person"

    def questions(self) -> Sequence[Question]:
        return sign_in_questions(self.capability)


class ActionAskSwitchPersonWhom(CarelineAction):
    """Shows those whom it may mean, in any task."""

    def name(self) -> str:
        return f"action_ask_{WHOM}"

    async def act(self, turn: Turn) -> list[Event]:
        offered = list((turn.slot(OFFER) or {}).get("people", []))
        names = _told_apart(await turn.people())
        names[ONESELF] = "usted" if turn.language == "es" else "you"
        # Somebody may be no longer there since the question was decided on.
        shown = [each for each in offered if each in names]
        buttons = [button(self._title(each, names, turn.language), each) for each in shown]
        people = listed([names[each] for each in shown], turn.language, "or")
        turn.utter("utter_ask_switch_person_whom", buttons=buttons, people=people)
        return [SlotSet(OFFER, {**(turn.slot(OFFER) or {}), "people": shown})]

    def _title(self, person: str, names: dict[str, str], language: str) -> str:
        if person != ONESELF:
            return names[person]
        return "Para mí" if language == "es" else "Me"


def _told_apart(people: list[Dependent]) -> dict[str, str]:
    """What each is called, by patient id: the given name, or the whole one when two share it."""
    given = [person.given_name for person in people]
    return {each.patient_id: each.name if given.count(each.given_name) > 1 else each.given_name for each in people}


class ActionSwitchPerson(TaskAction):
    """Says on whose record it goes on."""

    form = ValidateSwitchPersonForm

    async def do(self, turn: Turn) -> list[Event]:
        await say_whose(turn)
        return []
