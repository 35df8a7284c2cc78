"""The one gate in front of every action: may this be done on the record that is acted on, at this moment?

An action belongs to the capability whose stem stands in its name. On one's own record the gate is open; on somebody
else's it opens only when the portal still gives access and the catalogue allows it for the person's age today. Whatever
the reason, it closes with the same sentence, since the reason could say that there is something to hide.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Literal

from actions.portal_client import Dependent
from assistant.capabilities import Capabilities, Capability
from identity import ActingFor, Deed, Standing, band_on, may

if TYPE_CHECKING:
    from actions.turn import Turn

Verdict = Literal["open", "closed", "ended"]
WHICH_RECORD = "switch_person"
"""Says itself whose record it is, and leads back from every one."""


@cache
def capability_of(action: str) -> Capability | None:
    """The capability that an action is part of: `action_ask_pay_bill_amount` of `pay_bill`; None for those of none."""
    stem = action.removeprefix("validate_").removeprefix("action_")
    stems = (f"{stem}_", f"{stem.removeprefix('ask_')}_")
    fitting = [row for row in Capabilities.load().rows if any(each.startswith(f"{row.id}_") for each in stems)]
    return max(fitting, key=lambda row: len(row.id), default=None)


def concerns_a_record(row: Capability) -> bool:
    """Whether it is about somebody's record; what is for anybody is not, and sees no record but one's own."""
    return row.access != "public" and row.id != WHICH_RECORD


def deed_of(row: Capability) -> Deed:
    return Deed(row.acts_for, row.area, row.kind != "write")


def standing_to(turn: Turn, person: Dependent) -> Standing:
    """How the person signed in stands to somebody else's record today."""
    return Standing(band_on(person.birth_date, turn.now.date()), person.level, person.until)


async def verdict(turn: Turn, row: Capability) -> Verdict:
    """Look anew at the record acted on, and work on it when that is allowed.

    `ended`: what held when the person switched to it holds no longer; one's own record is acted on from now on.
    """
    kept = await turn.services.acting_for(turn.sender_id)
    if kept is None:
        return "open"
    person = next((each for each in await turn.people() if each.patient_id == kept.patient_id), None)
    standing = standing_to(turn, person) if person is not None else None
    if standing is not None and may(deed_of(row), standing, turn.now.date()):
        turn.on_record(kept)
        return "open"
    if standing is not None and standing.words == kept.standing:
        return "closed"
    await go_back(turn)
    return "ended"


async def act_for(turn: Turn, person: Dependent) -> None:
    """Act on that person's record until further notice."""
    record = ActingFor(person.patient_id, person.given_name, standing_to(turn, person).words)
    await asyncio.to_thread(turn.services.identity.act_for, turn.sender_id, record)
    turn.on_record(None)
    turn.record_changed = True


async def go_back(turn: Turn) -> None:
    """Act on one's own record again."""
    await asyncio.to_thread(turn.services.identity.act_for_oneself, turn.sender_id)
    turn.on_record(None)
    turn.record_changed = True


def say_closed(turn: Turn, *, ended: bool = False) -> None:
    """The one sentence for whatever may not be done for somebody, or for somebody not known."""
    turn.utter("utter_not_for_this_person")
    if ended:
        turn.utter("utter_switch_person_back")
