"""Who has looked at the record: people, programs and this assistant, by date or by name, a few at a time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.portal_client import NotRecorded, Refused
from actions.portal_client.models.sharing import Access
from actions.reading.choices import matching_names
from actions.reading.past import read_past
from actions.reading.words import fold
from actions.reading.yes_no import read_yes_no
from actions.sharing.accesses import Look, look_words, merged, viewer_words
from actions.task import Question, Remark, TaskAction, TaskForm
from actions.turn import CarelineAction, Event, Turn
from actions.verification import sign_in_questions
from actions.wording import date_words
from audit import Seen, TrailUnavailable
from clock import CLINIC_ZONE

DAYS = 90
"""How far back is looked when no day is named."""
AT_ONCE = {"web": 8}
AT_ONCE_HEARD_OR_TEXTED = 3
NO_LOG = frozenset({"not-supported", "not-found"})
MORE = re.compile(
    r"\b(?:more|next|rest|others?|keep going|go on|continue|mas|siguientes?|otros|demas|los que faltan|siga|sigue|continue)\b"
)
ASSISTANT = re.compile(
    r"\b(?:(?:what|when|which|if) (?:\w+ )?(?:have|did|has|do) you|have you|did you (?:look|see|open|read)|(?:this|the|you the) (?:assistant|bot)|careline|"
    r"(?:este|el) (?:asistente|bot)|(?:tu|usted|ud)\b(?: \w+)? (?:has|ha|mir\w+|vi\w+|consult\w+)|consulto este asistente)\b"
)
STRANGER = re.compile(
    r"\b(?:(?:don'?t|do not|didn'?t) (?:know|recogni[sz]e)|who (?:on earth |the heck )?(?:is|was) (?!it\b|able\b|looking\b|in\b|that who\b)|never heard of|no idea who|"
    r"no (?:conozco|reconozco|se quien)|ni idea de quien|quien (?:es|era) )"
)
TITLED = re.compile(
    r"\b(?:dr|dra|doctor|doctora|nurse|enfermer[oa]|mr|mrs|ms|miss|senor|senora|don|dona)\b\.? (?P<name>[a-z]{3,})"
)
NO_NAME = frozenset(
    [
        "did",
        "has",
        "have",
        "was",
        "were",
        "who",
        "ever",
        "look",
        "looked",
        "see",
        "seen",
        "open",
        "opened",
        "that",
        "the",
        "this",
        "and",
        "vio",
        "ha",
        "abrio",
        "miro",
        "entro",
        "que",
    ]
)


class ViewAccessLogQuery(Remark):
    """The words in which it was asked, for the days and people in them; never asked for."""

    slot = "view_access_log_query"

    async def mention(self, turn: Turn) -> Any | None:
        if turn.picked or await turn.signed_in() is None:
            return None
        is_new = turn.slot(self.slot) is None or turn.intent == "view_access_log"
        return (turn.text or None) if is_new else None


class ViewAccessLogMore(Question):
    """Whether to go on, asked while there is more."""

    slot = "view_access_log_more"
    depends_on = ("view_access_log_query",)
    offer = "view_access_log_page"
    said_like = frozenset({"show_more", "affirm", "deny", "view_access_log"})

    async def needed(self, turn: Turn) -> bool:
        page = turn.slot("view_access_log_page")
        # Asked for another day or person, there is nothing yet to go on with.
        return page is not None and page["words"] == str(turn.slot("view_access_log_query") or "")

    async def answer(self, turn: Turn) -> Any | None:
        if turn.intent == "view_access_log" and MORE.search(fold(turn.text)) is None:
            return None
        agreed = read_yes_no(turn.text)
        if agreed is None and MORE.search(fold(turn.text)):
            agreed = True
        return None if agreed is None else "yes" if agreed else "no"


class ValidateViewAccessLogForm(TaskForm):
    """Needs to know who asks; keeps the words, and asks whether to go on."""

    capability = "view_access_log"

    def questions(self) -> Sequence[Question]:
        return [*sign_in_questions(self.capability), ViewAccessLogQuery(), ViewAccessLogMore()]


class ActionAskViewAccessLogMore(CarelineAction):
    """Says how many are left."""

    def name(self) -> str:
        return "action_ask_view_access_log_more"

    async def act(self, turn: Turn) -> list[Event]:
        turn.utter("utter_ask_view_access_log_more", count=turn.slot("view_access_log_page")["left"])
        return []


class ActionViewAccessLog(TaskAction):
    """Says who has looked, newest first; whom one does not know, the privacy office can look into."""

    form = ValidateViewAccessLogForm

    async def do(self, turn: Turn) -> list[Event]:
        if turn.slot("view_access_log_more") == "no":
            turn.utter("utter_view_access_log_done")
            return []
        words = str(turn.slot("view_access_log_query") or "")
        page = turn.slot("view_access_log_page") or {}
        if page.get("words") != words:
            # What is looked at while the list is read out is not added at its head.
            page = {"words": words, "before": turn.now.isoformat(), "shown": 0}
        first, last = read_past(words, turn.now.date(), turn.language) or (None, None)
        since = first or turn.now.date() - timedelta(days=DAYS)
        looks = await _looks(turn, since, datetime.fromisoformat(page["before"]))
        if last is not None:
            looks = [each for each in looks if each.at.date() <= last]
        return self._say(turn, looks, since, page)

    def _say(self, turn: Turn, looks: list[Look], since: date, page: dict[str, Any]) -> list[Event]:
        words = page["words"]
        asked = looks_asked_for(words, looks)
        if isinstance(asked, str):
            said = date_words(since, turn.language)
            turn.utter("utter_view_access_log_nobody_of_that_name", name=asked, since=said)
            return []
        if not asked:
            turn.utter("utter_view_access_log_none", since=date_words(since, turn.language))
            return []
        shown = page["shown"]
        now = asked[shown : shown + AT_ONCE.get(turn.channel, AT_ONCE_HEARD_OR_TEXTED)]
        self._say_looks(turn, now, is_next=shown > 0)
        left = len(asked) - shown - len(now)
        if left > 0:
            page = {**page, "shown": shown + len(now), "left": left}
            return [
                SlotSet("view_access_log_page", page),
                SlotSet("view_access_log_more", None),
                FollowupAction("view_access_log_form"),
            ]
        if STRANGER.search(fold(words)) or any(is_somebody_else(each) for each in asked):
            turn.utter("utter_view_access_log_privacy_office")
        return []

    def _say_looks(self, turn: Turn, looks: list[Look], *, is_next: bool) -> None:
        lines = [look_words(each, turn.now, turn.language) for each in looks]
        text = ". ".join(lines) if turn.heard else "\n".join(f"- {line}" for line in lines)
        rows = [
            {"at": each.at.isoformat(), "who": viewer_words(each, turn.language), "what": line.partition(": ")[2]}
            for each, line in zip(looks, lines, strict=True)
        ]
        response = "utter_view_access_log_next" if is_next else "utter_view_access_log_found"
        turn.utter(response, parts=[{"type": "list", "rows": rows}], lines=text)


async def _looks(turn: Turn, since: date, before: datetime) -> list[Look]:
    """Everything in both logs between two moments, newest first."""
    portal = await _portal_log(turn, since)
    midnight = datetime.combine(since, time(), CLINIC_ZONE)
    own = await _own_trail(turn, midnight)
    looks = merged(portal, own, turn.services.settings["PORTAL_CLIENT_ID"])
    return [each for each in looks if midnight <= each.at < before]


async def _portal_log(turn: Turn, since: date) -> list[Access]:
    try:
        return await (await turn.portal()).access_log(since)
    except Refused as refused:
        if refused.code not in NO_LOG:
            raise
        # What the assistant itself did can be told all the same.
        turn.utter("utter_view_access_log_own_only")
        return []


async def _own_trail(turn: Turn, since: datetime) -> list[Seen]:
    who = await turn.signed_in()
    if who is None:
        return []
    try:
        record = who.patient_id if turn.acts_on is None else turn.acts_on.patient_id
        return await asyncio.to_thread(turn.services.trail.seen, record, since)
    except TrailUnavailable:
        raise NotRecorded from None


def looks_asked_for(words: str, looks: list[Look]) -> list[Look] | str:
    """The looks of the people that the words name, or all; the name alone when nobody of that name has looked."""
    folded = fold(words)
    if ASSISTANT.search(folded):
        return [each for each in looks if each.assistant]
    named = [each for each in looks if is_somebody_else(each) and matching_names(folded, _names(each), cutoff=88)]
    if named:
        return named
    titled = TITLED.search(folded)
    if titled is None or titled["name"] in NO_NAME:
        return looks
    return _as_written(words, titled["name"])


def is_somebody_else(look: Look) -> bool:
    """Whether it was neither the person nor the assistant on their word."""
    return look.who not in ("", "you")


def _names(look: Look) -> list[str]:
    """The words of a name by which somebody may be meant."""
    plain = look.who.partition(",")[0]
    return [word for word in re.findall(r"[a-z]{3,}", fold(plain)) if word not in NO_NAME]


def _as_written(words: str, name: str) -> str:
    """A name as it was written, with a capital."""
    found = next((word for word in re.findall(r"\w+", words) if fold(word) == name), name)
    return found[:1].upper() + found[1:]
