"""Signing in and out, a new code, and the language of the conversation."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions.reading.words import fold
from actions.task import Question, TaskAction, TaskForm, forget_everything
from actions.turn import CarelineAction, Event, Turn
from actions.verification import code_check, in_background, say_started, sign_in_questions
from actions.wording import time_words
from clock import CLINIC_ZONE

SPANISH = re.compile(r"\b(?:spanish|espanol|castellano)\b")
# Said of other places, or of all of them; who means one only is still safe when all are closed.
EVERYWHERE = re.compile(
    r"\b(?:everywhere|every (?:\w+ )?(?:device|computer|phone|place)|anywhere else"
    r"|all (?:of )?(?:(?:my|the|other) )*(?:devices|computers|phones|places|sessions|channels)"
    r"|(?:other|another) (?:device|computer|phone|tablet|place)s?|on the tablet too"
    r"|tod[oa]s (?:lados|partes|los|las|mis|sus)|en cualquier (?:otro )?(?:lado|lugar|parte)"
    r"|otr[oa]s? (?:aparato|dispositivo|computadora|compu|telefono|celular|tablet|lado|lugar|parte)e?s?"
    r"|(?:tablet|computadora|celular|telefono) tambien)\b"
)
_SIGNED_OUT = {
    (True, True): "utter_sign_out_everywhere",
    (True, False): "utter_sign_out_done",
    (False, True): "utter_sign_out_everywhere_unproved",
    (False, False): "utter_sign_out_was_not_in",
}
ENGLISH = re.compile(r"\b(?:english|ingles)\b")


class ValidateSignInForm(TaskForm):
    """Nothing but the proof itself."""

    capability = "sign_in"

    def questions(self) -> Sequence[Question]:
        # Whoever asks to be signed in is asked for proof as any task would that is theirs alone.
        return sign_in_questions("book_appointment")


class ActionSignIn(TaskAction):
    """Says that it worked and until when it lasts."""

    form = ValidateSignInForm

    async def do(self, turn: Turn) -> list[Event]:
        who = await turn.signed_in()
        if who is None:
            turn.utter("utter_sign_in_again")
            return []
        until = who.until.astimezone(CLINIC_ZONE)
        turn.utter("utter_sign_in_done", name=who.given_name, until=time_words(until, turn.language))
        return []


class ActionSignOut(CarelineAction):
    """Ends the session on this channel at once, or, when that was said, everything the person has open."""

    def name(self) -> str:
        return "action_sign_out"

    async def act(self, turn: Turn) -> list[Event]:
        who, everywhere = await turn.signed_in(), EVERYWHERE.search(fold(turn.text)) is not None
        if who is not None and everywhere:
            await asyncio.to_thread(turn.services.identity.sign_out_everywhere, who.patient_id)
        await asyncio.to_thread(turn.services.sign_ins.sign_out, turn.sender_id)
        turn.utter(_SIGNED_OUT[who is not None, everywhere])
        # Whoever uses this screen next finds nothing of what was asked for before.
        return [SlotSet("sign_in_claim", None), *forget_everything()]


class ActionResendCode(CarelineAction):
    """A new code within the limits; the one before stops working."""

    def name(self) -> str:
        return "action_resend_code"

    async def act(self, turn: Turn) -> list[Event]:
        start = await asyncio.to_thread(turn.services.identity.resend, turn.sender_id)
        if start.outcome == "none":
            turn.utter("utter_resend_code_none")
            return []
        say_started(turn, start)
        return []


class ActionCodeChecked(CarelineAction):
    """A code came while no task was waiting for it."""

    def name(self) -> str:
        return "action_code_checked"

    async def act(self, turn: Turn) -> list[Event]:
        check = code_check(turn) or {}
        in_background(turn.services.send_notices())
        if check.get("outcome") == "accepted":
            turn.utter("utter_code_checked_accepted")
        else:
            turn.utter("utter_code_checked_refused")
        return []


class ActionChangeLanguage(CarelineAction):
    """Goes on in the language that was named, or in the other one when none was."""

    def name(self) -> str:
        return "action_change_language"

    async def act(self, turn: Turn) -> list[Event]:
        said = fold(turn.text)
        other = "en" if turn.language == "es" else "es"
        language = "es" if SPANISH.search(said) else "en" if ENGLISH.search(said) else other
        await asyncio.to_thread(turn.services.identity.set_language, turn.sender_id, language)
        # One reply a language: at this moment the slot still holds the language spoken before.
        turn.utter(f"utter_change_language_{language}")
        return [SlotSet("language", language)]
