"""Whose record a task is for: read from what is said, asked when several fit, switched to, and kept to.

A task remembers the record it was begun on by a fingerprint in `task_record`, which opens nothing; on whose record the
session acts stands in `identity` alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from rasa_sdk.events import SlotSet

from actions import gate
from actions.portal_client import Dependent
from actions.reading.choices import read_place_in_list
from actions.reading.kinship import KIN_EN, KIN_ES
from actions.reading.people import Speaker, Whom, read_whom
from actions.reading.words import fold
from actions.turn import Event, Turn
from assistant.capabilities import Capability
from identity import may

WHOM = "switch_person_whom"
OFFER = "switch_person_offer"
TASK_RECORD = "task_record"
OPENING = "opening"
ONESELF = "oneself"
"""Stands for one's own record among the choices."""
SURE_OF_CHANGE = 0.7
# Without one of these no message inside a task names a person; so the portal is not asked for each.
MAY_NAME = re.compile(
    rf"\b(?:for|para|pa|about|sobre|por|de|a|to|of|myself|mine|mi|mio|yo|conmigo|{KIN_EN}|{KIN_ES})\b|'s\b"
)


@dataclass
class Settled:
    """What came of it."""

    outcome: Literal["goes_on", "switched", "asks", "nobody", "lost", "unclear"] = "goes_on"
    """`nobody`: it may not be done for whoever was named. `lost`: nor any more for whom the task was begun. `unclear`: it
    was asked whose record, and this is no answer."""
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Asking:
    """In which situation somebody speaks."""

    row: Capability
    opens: bool
    """Whether the words begin the task."""
    waits: bool
    """Whether it was asked whose record it is for."""


async def settle(turn: Turn, asking: Asking) -> Settled:
    """Find out on whose record a task is to be done, and switch to it when that is clear and allowed."""
    opening = str(turn.slot(OPENING) or "")
    changes = turn.intent == gate.WHICH_RECORD
    if not (asking.opens or asking.waits or changes or opening or MAY_NAME.search(fold(turn.text))):
        return Settled()
    people = await turn.people()
    whom, picked = await _whom(turn, asking, people, opening)
    if picked is not None:
        return await _switch(turn, asking.row, picked)
    if whom is None and asking.waits:
        return Settled("unclear")
    if whom is None:
        return await _nobody_named(turn, asking, people)
    return await _act_on(turn, asking, people, whom)


async def _nobody_named(turn: Turn, asking: Asking, people: list[Dependent]) -> Settled:
    """Ask when a change is wished for all the same."""
    wished = turn.intent == gate.WHICH_RECORD and turn.confidence >= SURE_OF_CHANGE
    if asking.row.id != gate.WHICH_RECORD and not wished:
        return Settled()
    acting = await turn.services.acting_for(turn.sender_id)
    others = [at for at, each in enumerate(people) if acting is None or each.patient_id != acting.patient_id]
    if not others and acting is None:
        return Settled("nobody")
    return _ask(asking.row, others, people, oneself=acting is not None)


async def _whom(
    turn: Turn, asking: Asking, people: list[Dependent], opening: str
) -> tuple[Whom | None, Dependent | None]:
    """Of whom it is spoken: read from the words, or picked from what was offered."""
    if turn.picked and asking.waits:
        if turn.picked == ONESELF:
            return Whom("self"), None
        picked = next((each for each in people if each.patient_id == turn.picked), None)
        return (None, picked) if picked is not None else (Whom("nobody"), None)
    if turn.picked:
        return None, None
    speaker = await _speaker(turn, people)
    about_people = asking.waits or turn.intent == gate.WHICH_RECORD
    whom = read_whom(turn.text, people, speaker, about_people=about_people)
    if whom is None and asking.waits:
        offered = list((turn.slot(OFFER) or {}).get("people", []))
        place = read_place_in_list(turn.text, len(offered))
        picked = next((each for each in people if place is not None and each.patient_id == offered[place]), None)
        return None, picked
    if whom is None and opening and not asking.waits:
        whom = read_whom(opening, people, speaker, about_people=asking.row.id == gate.WHICH_RECORD)
    return whom, None


async def _act_on(turn: Turn, asking: Asking, people: list[Dependent], whom: Whom) -> Settled:
    acting = await turn.services.acting_for(turn.sender_id)
    if whom.kind == "nobody":
        return Settled("nobody")
    if whom.kind == "whose":
        return await _say_whose(turn, asking.row)
    if whom.kind == "self":
        if acting is None:
            return Settled("goes_on", _asked_no_more(turn))
        current = [index for index, each in enumerate(people) if each.patient_id == acting.patient_id]
        return await _to_oneself(turn, asking.row) if whom.sure else _ask(asking.row, current, people, oneself=True)
    fitting = [people[index] for index in whom.fitting]
    already = acting is not None and acting.patient_id in [each.patient_id for each in fitting]
    # Inside a task "my son" is the son whose record is open.
    if already and (len(fitting) == 1 or asking.row.id != gate.WHICH_RECORD):
        return Settled("goes_on", _asked_no_more(turn))
    if len(fitting) == 1 and whom.sure:
        return await _switch(turn, asking.row, fitting[0])
    return _ask(asking.row, list(whom.fitting), people)


async def _switch(turn: Turn, row: Capability, person: Dependent) -> Settled:
    """Switch to somebody, unless this may not be done for them."""
    standing = gate.standing_to(turn, person)
    if gate.concerns_a_record(row) and not may(gate.deed_of(row), standing, turn.now.date()):
        return Settled("nobody")
    acting = await turn.services.acting_for(turn.sender_id)
    if acting is not None and acting.patient_id == person.patient_id:
        return Settled("goes_on", _asked_no_more(turn))
    await gate.act_for(turn, person)
    if row.id != gate.WHICH_RECORD:
        turn.utter("utter_switch_person_for_task", person=person.given_name)
    return Settled("switched", _asked_no_more(turn))


async def _to_oneself(turn: Turn, row: Capability) -> Settled:
    await gate.go_back(turn)
    if row.id != gate.WHICH_RECORD:
        turn.utter("utter_switch_person_back")
    return Settled("switched", _asked_no_more(turn))


async def _say_whose(turn: Turn, row: Capability) -> Settled:
    if row.id != gate.WHICH_RECORD:
        await say_whose(turn)
    # A slot among the events tells Rasa that the words were dealt with.
    return Settled("goes_on", [SlotSet(OFFER, turn.slot(OFFER))])


async def say_whose(turn: Turn) -> None:
    """Say on whose record it goes on."""
    acting = await turn.services.acting_for(turn.sender_id)
    if acting is None:
        turn.utter("utter_switch_person_own")
    else:
        turn.utter("utter_switch_person_done", person=acting.given_name)


async def back_on_its_record(turn: Turn, row: Capability) -> Settled:
    """Return to the record that a task taken up again was begun on."""
    begun_on = (turn.slot(TASK_RECORD) or {}).get(row.id)
    if begun_on is None or await is_at_hand(turn, begun_on):
        return Settled()
    is_record, who = turn.services.identity.is_record, await turn.signed_in()
    if who is not None and is_record(begun_on, who.patient_id):
        return await _to_oneself(turn, row)
    person = next((each for each in await turn.people() if is_record(begun_on, each.patient_id)), None)
    settled = Settled("lost") if person is None else await _switch(turn, row, person)
    return Settled("lost") if settled.outcome == "nobody" else settled


async def record_key(turn: Turn) -> str:
    """The fingerprint of the record that is acted on; empty when nobody is signed in."""
    patient = await _at_hand(turn)
    return turn.services.identity.record_key(patient) if patient is not None else ""


async def is_at_hand(turn: Turn, key: str) -> bool:
    """Whether the fingerprint is that of the record that is acted on."""
    patient = await _at_hand(turn)
    return turn.services.identity.is_record(key, patient) if patient is not None else key == ""


async def _at_hand(turn: Turn) -> str | None:
    acting, who = await turn.services.acting_for(turn.sender_id), await turn.signed_in()
    return acting.patient_id if acting is not None else who.patient_id if who is not None else None


def _ask(row: Capability, indices: list[int], people: list[Dependent], *, oneself: bool = False) -> Settled:
    offered = [people[index].patient_id for index in indices] + ([ONESELF] if oneself else [])
    return Settled("asks", [SlotSet(OFFER, {"task": row.id, "people": offered})])


def _asked_no_more(turn: Turn) -> list[Event]:
    return [SlotSet(OFFER, None)] if turn.slot(OFFER) is not None else []


async def _speaker(turn: Turn, people: list[Dependent]) -> Speaker:
    who, acting = await turn.signed_in(), await turn.services.acting_for(turn.sender_id)
    current = next((at for at, each in enumerate(people) if acting and each.patient_id == acting.patient_id), None)
    return Speaker(who.given_name if who else "", turn.now.date(), current)
