"""What is kept of a conversation, how long, who sees it; and deleting it, after a yes to exactly what goes and what stays."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.reading.words import fold
from actions.task import DECLINED, Confirmation, Question, Remark, TaskAction, TaskForm, forget_everything
from actions.turn import CarelineAction, Event, Turn

ERASE = "privacy_question_erase"
THIS = "this"
EVERYTHING = "everything"

HOW_LONG = re.compile(
    r"\bhow long\b|\bhow many (?:days|weeks|months|years)\b|\b(?:until|till) when\b|\bwhen (?:do|does|will|is|are)\b|\bfor ?ever\b"
    r"|\bcuanto tiempo\b|\bcuantos (?:dias|meses|anos)\b|\bcuantas semanas\b|\b(?:hasta|desde) cuando\b|\bcuando (?:se|lo|la|los|las)? ?(?:borr|elimin)"
    r"|\b(?:para|por) siempre\b"
)
DELETE = re.compile(
    r"\b(?:delet|eras|wip(?:e|ing)|remov|scrub|forgotten\b|get rid of\b|gone\b)|\bforget (?:what|everything|all|about)\b"
    r"|\bclear (?:out )?(?:this|the|my|our|all)\b|\b(?:don't|dont|do not|not) (?:keep|save|store)\b"
    r"|\b(?:borr|elimin|olvid|desaparez|bor+en\b)|\b(?:quit(?:e|en|ar)|saqu(?:e|en)) (?:tod[oa]s?|esto|esta|este|mis?|lo)\b"
    r"|\bno quiero que (?:se )?(?:guarde|quede)"
)
NUMBERS = re.compile(
    r"\b(?:credit|debit|card|social|ssn|sign-?in codes?|pin|tarjetas?|seguro social|codigos?|cuenta del banco)\b"
)
RECORDED = re.compile(
    r"\b(?:record(?:s|ed|ing)?|tap(?:ed|ing)|calls?|voice|alexa|amazon|microphone|grab\w*|llamadas?|voz|microfono)\b"
)
WHO = re.compile(
    r"\b(?:who|whom|whose|any(?:one|body)|some(?:one|body)|human|person|people|boss|employer|work|mom|mother|dad|father|parents?|husband|wife"
    r"|partner|son|daughter|kids?|doctor|nurse|staff|companies|company|insurance|government|immigration|police|train|spying|spy|sells?|sold|shares?|shared)\b"
    r"|\b(?:quien|quienes|alguien|persona|gente|jefe|patron|trabajo|mama|papas?|padres|espos[oa]|marido|hij[oa]s?|doctora?|enfermera|empleados?"
    r"|companias?|aseguranza|aseguradora|gobierno|inmigracion|migratorio|migra|policia|entren\w*|espi\w*|vend\w*|compart\w*|pasan|pasen)\b"
)
STORED = re.compile(
    r"\b(?:keep(?:s|ing)?|kept)\b(?! (?:\w+ )?(?:private|safe|secret|confidential|secure))|\b(?:save|saves|saved|stor(?:e|es|ed|ing)|transcript|logs?|written down|collect\w*|information|data)\b"
    r"|\b(?:guard\w*|archiv\w*|almacen\w*|anot\w*|datos|informacion|registr\w*)\b"
)
ALL_OF_IT = re.compile(
    r"\b(?:all|every|any|each) (?:of )?(?:my |the |our |other )*(?:other |old |past )?(?:chats?|conversations?|texts|messages|calls)\b"
    r"|\beverything (?:you|that you) (?:have|know|keep|kept|saved|store)\b|\b(?:everything|all|anything) (?:about|on) me\b|\bevery ?where\b"
    r"|\btod[oa]s (?:mis|las|los|nuestras|nuestros) (?:otras? )?(?:conversacion|chat|mensaje|platica|llamada|texto)"
    r"|\btodo lo que (?:tienen|tengan|tiene|saben|sabe|guardan|guardaron) de mi\b|\btodo (?:sobre|acerca de|lo de) mi\b|\btodas partes\b"
)


def topic_of(text: str) -> str:
    """What a question about privacy asks: how_long, delete, numbers, recorded, who, stored, or overview."""
    said = fold(text)
    topics = (
        ("how_long", HOW_LONG),
        ("delete", DELETE),
        ("numbers", NUMBERS),
        ("recorded", RECORDED),
        ("who", WHO),
        ("stored", STORED),
    )
    return next((name for name, pattern in topics if pattern.search(said)), "overview")


class PrivacyQuestionErase(Remark):
    """Which conversations: this one, unless all of them are named."""

    slot = ERASE

    async def mention(self, turn: Turn) -> Any | None:
        return EVERYTHING if ALL_OF_IT.search(fold(turn.text)) else None


class PrivacyQuestionConfirmed(Confirmation):
    slot = "privacy_question_confirmed"
    depends_on = (ERASE,)


class ValidatePrivacyQuestionForm(TaskForm):
    """The yes before a conversation is deleted; a no ends it."""

    capability = "privacy_question"
    begun_by_rule = False

    def questions(self) -> Sequence[Question]:
        return [PrivacyQuestionErase(), PrivacyQuestionConfirmed()]

    async def ends_early(self, turn: Turn) -> bool:
        if not turn.slot(DECLINED):
            return False
        turn.utter("utter_privacy_question_nothing_deleted")
        return True


class ActionAskPrivacyQuestionConfirmed(CarelineAction):
    """Says exactly what will be deleted and what stays."""

    def name(self) -> str:
        return "action_ask_privacy_question_confirmed"

    async def act(self, turn: Turn) -> list[Event]:
        buttons = PrivacyQuestionConfirmed().buttons(turn)
        if turn.slot(ERASE) != EVERYTHING:
            turn.utter("utter_ask_privacy_question_confirmed", buttons=buttons)
        elif await turn.signed_in() is not None:
            turn.utter("utter_ask_privacy_question_confirmed_everything", buttons=buttons)
        else:
            # Whose the other conversations are is known of a person who has proved who they are, and of nobody else.
            turn.utter("utter_privacy_question_not_signed_in")
            turn.utter("utter_ask_privacy_question_confirmed", buttons=buttons)
        return []


class ActionPrivacyQuestion(TaskAction):
    """Answers what was asked; begins the deletion, and after the yes lets it happen."""

    form = ValidatePrivacyQuestionForm

    async def act(self, turn: Turn) -> list[Event]:
        if turn.slot("privacy_question_confirmed"):
            return await super().act(turn)
        topic = topic_of(turn.text)
        if topic == "delete":
            which = await PrivacyQuestionErase().mention(turn) or THIS
            return [SlotSet(ERASE, which), FollowupAction(f"{self.form().form}")]
        self._answer(turn, topic)
        return []

    async def do(self, turn: Turn) -> list[Event]:
        everything = turn.slot(ERASE) == EVERYTHING and await turn.signed_in() is not None
        # What was said goes after this turn, which is still being written down (channels/keeping.py).
        await asyncio.to_thread(turn.services.identity.ask_erasure, turn.sender_id, everything)
        response = "utter_privacy_question_deleted_everything" if everything else "utter_privacy_question_deleted"
        turn.utter(response, ended=True, erased=True)
        return [SlotSet("sign_in_claim", None), *forget_everything()]

    def _answer(self, turn: Turn, topic: str) -> None:
        kept = kept_words(turn.services.settings.talk_kept, turn.language)
        match topic:
            case "how_long":
                turn.utter("utter_privacy_question_how_long", kept=kept)
            case "numbers":
                turn.utter("utter_privacy_question_numbers")
            case "recorded":
                turn.utter("utter_privacy_question_recorded", kept=kept)
            case "who":
                turn.utter("utter_privacy_question_who")
            case "stored":
                turn.utter("utter_privacy_question_stored", kept=kept)
            case _:
                turn.utter("utter_privacy_question_overview", kept=kept)


def kept_words(kept: timedelta, language: str) -> str:
    """How long, as it stands behind "is kept"."""
    spanish = language == "es"
    match kept.days:
        case 0:
            return "hasta que termine nuestra conversación" if spanish else "until our conversation ends"
        case 1:
            return "por un día" if spanish else "for one day"
        case days:
            return f"por {days} días" if spanish else f"for {days} days"
