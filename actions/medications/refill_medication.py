"""Asking for a refill: which medicines, sent where, and a yes; what stands in the way is said instead."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import SlotSet

from actions.offers import button
from actions.portal_client import DuplicateRequest, Medication, OutcomeUnknown, Pharmacy, PortalError
from actions.reading.choices import matching_names, read_place_in_list, wants_all
from actions.reading.words import fold
from actions.task import DECLINED, Confirmation, Question, TaskAction, TaskForm
from actions.turn import CarelineAction, Event, Turn
from actions.verification import sign_in_questions
from actions.wording import day_words, listed

ALL_OF_WHAT = re.compile(
    r"\b(?:med|pill|prescription|refill|drug|script|everything|medic|pastilla|receta|resurt|todo\b)"
)


class RefillMedicationMedications(Question):
    """Ids of the medicines to refill."""

    slot = "refill_medication_medications"
    offer = "refill_medication_offer"

    async def answer(self, turn: Turn) -> Any | None:
        if turn.picked:
            listed_now = {medication.id for medication in await (await turn.portal()).medications()}
            return [turn.picked] if turn.picked in listed_now else None
        named = await self.mention(turn)
        if named is not None:
            return named
        offered = list(turn.slot("refill_medication_offer") or [])
        place = read_place_in_list(turn.text, len(offered))
        if place is not None:
            return [offered[place]]
        return offered if offered and wants_all(turn.text) else None

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        medications = await (await turn.portal()).medications()
        found = matching_names(turn.text, [spoken_name(medication) for medication in medications])
        if found:
            return [medications[index].id for index in found]
        if wants_all(turn.text) and ALL_OF_WHAT.search(fold(turn.text)):
            return [medication.id for medication in medications if can_be_asked(medication)] or None
        return None


class RefillMedicationPharmacy(Question):
    """Where it goes; the pharmacy on file unless another is said."""

    slot = "refill_medication_pharmacy"

    async def known(self, turn: Turn) -> Any | None:
        pharmacies = await (await turn.portal()).pharmacies()
        return next((_pharmacy_value(pharmacy) for pharmacy in pharmacies if pharmacy.preferred), None)

    async def answer(self, turn: Turn) -> Any | None:
        pharmacies = await (await turn.portal()).pharmacies()
        if turn.picked:
            return next((_pharmacy_value(pharmacy) for pharmacy in pharmacies if pharmacy.id == turn.picked), None)
        found = matching_names(turn.text, [_short_name(pharmacy) for pharmacy in pharmacies])
        if found:
            return _pharmacy_value(pharmacies[found[0]])
        place = read_place_in_list(turn.text, len(pharmacies))
        return _pharmacy_value(pharmacies[place]) if place is not None else None

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        pharmacies = await (await turn.portal()).pharmacies()
        found = matching_names(turn.text, [_short_name(pharmacy) for pharmacy in pharmacies])
        return _pharmacy_value(pharmacies[found[0]]) if found else None


class RefillMedicationConfirmed(Confirmation):
    slot = "refill_medication_confirmed"
    depends_on = ("refill_medication_medications", "refill_medication_pharmacy")


class ValidateRefillMedicationForm(TaskForm):
    """Reads what is said about a refill; ends at once when none of it can be asked for here."""

    capability = "refill_medication"

    def questions(self) -> Sequence[Question]:
        return [
            *sign_in_questions(self.capability),
            RefillMedicationMedications(),
            RefillMedicationPharmacy(),
            RefillMedicationConfirmed(),
        ]

    async def ends_early(self, turn: Turn) -> bool:
        wanted = await _wanted(turn)
        if await turn.signed_in() is not None and not await (await turn.portal()).medications():
            turn.utter("utter_refill_medication_none")
            return True
        if not wanted or any(can_be_asked(medication) for medication in wanted):
            return False
        for medication in wanted:
            say_obstacle(turn, medication)
        return True


class ActionAskRefillMedicationMedications(CarelineAction):
    def name(self) -> str:
        return "action_ask_refill_medication_medications"

    async def act(self, turn: Turn) -> list[Event]:
        medications = [
            medication for medication in await (await turn.portal()).medications() if not medication.over_the_counter
        ]
        names = [spoken_name(medication) for medication in medications]
        buttons = [button(name, medication.id) for name, medication in zip(names, medications, strict=True)]
        turn.utter("utter_ask_refill_medication_medications", buttons=buttons, medications=listed(names, turn.language))
        return [SlotSet("refill_medication_offer", [medication.id for medication in medications])]


class ActionAskRefillMedicationPharmacy(CarelineAction):
    def name(self) -> str:
        return "action_ask_refill_medication_pharmacy"

    async def act(self, turn: Turn) -> list[Event]:
        pharmacies = await (await turn.portal()).pharmacies()
        buttons = [button(pharmacy.name, pharmacy.id) for pharmacy in pharmacies]
        turn.utter(
            "utter_ask_refill_medication_pharmacy",
            buttons=buttons,
            pharmacies=listed([pharmacy.name for pharmacy in pharmacies], turn.language, "or"),
        )
        return []


class ActionAskRefillMedicationConfirmed(CarelineAction):
    """Says what will be sent where, and first what will not."""

    def name(self) -> str:
        return "action_ask_refill_medication_confirmed"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.slot(DECLINED):
            turn.utter("utter_ask_refill_medication_change")
            return []
        wanted = await _wanted(turn)
        for medication in wanted:
            if not can_be_asked(medication):
                say_obstacle(turn, medication)
        names = [full_name(medication) for medication in wanted if can_be_asked(medication)]
        turn.utter(
            "utter_ask_refill_medication_confirmed",
            buttons=RefillMedicationConfirmed().buttons(turn),
            medications=listed(names, turn.language),
            pharmacy=turn.slot("refill_medication_pharmacy")["name"],
        )
        return []


class ActionRefillMedication(TaskAction):
    """Sends one request for each medicine and says what happens next."""

    form = ValidateRefillMedicationForm

    async def do(self, turn: Turn) -> list[Event]:
        portal, pharmacy, wanted = await turn.portal(), turn.slot("refill_medication_pharmacy"), await _wanted(turn)
        if not any(can_be_asked(medication) for medication in wanted):
            # Since the yes something has come in between.
            for medication in wanted:
                say_obstacle(turn, medication)
        sent: list[str] = []
        approval: list[str] = []
        failure: PortalError | None = None
        for medication in [medication for medication in wanted if can_be_asked(medication)]:
            try:
                request = await portal.request_refill(medication.id, pharmacy["id"], _key(turn, medication))
            except DuplicateRequest:
                turn.utter("utter_refill_medication_already_open", medication=spoken_name(medication))
                continue
            except PortalError as error:
                failure = error
                break
            if request.already_open:
                turn.utter("utter_refill_medication_already_open", medication=spoken_name(medication))
            else:
                (approval if request.needs_approval else sent).append(full_name(medication))
        _say_sent(turn, sent, approval, pharmacy["name"])
        if failure is not None:
            # "Nothing was changed" would be untrue once a part of it has been sent.
            raise OutcomeUnknown if sent or approval else failure
        return []


def _say_sent(turn: Turn, sent: list[str], approval: list[str], pharmacy: str) -> None:
    for response, names in (
        ("utter_refill_medication_sent", sent),
        ("utter_refill_medication_needs_approval", approval),
    ):
        if names:
            receipt = {"type": "receipt", "medications": names, "pharmacy": pharmacy}
            parts = [{**receipt, "needs_approval": True} if names is approval else receipt]
            turn.utter(response, parts=parts, medications=listed(names, turn.language), pharmacy=pharmacy)


def can_be_asked(medication: Medication) -> bool:
    """True when a request may be sent now; a doctor may still have to approve it."""
    return not (
        medication.over_the_counter or medication.controlled or medication.open_request or medication.next_refill_on
    )


def say_obstacle(turn: Turn, medication: Medication) -> None:
    """Say why a medicine cannot be asked for here and what to do instead."""
    name = spoken_name(medication)
    if medication.over_the_counter:
        turn.utter("utter_refill_medication_over_the_counter", medication=name)
    elif medication.controlled:
        turn.utter("utter_refill_medication_controlled", medication=name)
    elif medication.open_request:
        turn.utter("utter_refill_medication_already_open", medication=name)
    elif medication.next_refill_on is not None:
        day = day_words(medication.next_refill_on, turn.language)
        turn.utter("utter_refill_medication_too_early", medication=name, day=day)


def spoken_name(medication: Medication) -> str:
    """The name alone, as people say it."""
    return medication.name


def full_name(medication: Medication) -> str:
    """Name and strength, as the label says it."""
    return " ".join(part for part in (medication.name, medication.strength) if part)


async def _wanted(turn: Turn) -> list[Medication]:
    ids = turn.slot("refill_medication_medications") or []
    if not ids or await turn.signed_in() is None:
        return []
    return [medication for medication in await (await turn.portal()).medications() if medication.id in ids]


def _short_name(pharmacy: Pharmacy) -> str:
    """The word that tells a pharmacy from the others."""
    words = [
        word
        for word in pharmacy.name.split()
        if word.casefold() not in ("pharmacy", "drugs", "drug", "farmacia", "order")
    ]
    return words[0] if words else pharmacy.name


def _pharmacy_value(pharmacy: Pharmacy) -> dict[str, str]:
    return {"id": pharmacy.id, "name": pharmacy.name}


def _key(turn: Turn, medication: Medication) -> str:
    """The same for every try at the same refill on the same day, whatever fails in between."""
    parts = ("refill_medication", turn.sender_id, medication.id, turn.now.date().isoformat())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:40]
