"""The steps of one turn inside one conversation, in their order: language, alarm answered, code, redaction, dialogue."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from channels.after_alarm import means_go_on, means_yes
from channels.cleaning import neutralise
from channels.dialogue import DialogueError, Message, Reply
from channels.emergency import Alarm
from channels.language import first_language, next_language
from channels.redaction import Redactor
from channels.store import Choice, Standing, StoreUnavailable
from channels.turn import ClaimedTurn, Course, Place, World, answer_of
from channels.turn_request import TurnRequest
from channels.wording import reply_text
from identity import Conversation, IdentityUnavailable, looks_like_wrong_length, read_code

logger = logging.getLogger(__name__)

ASKS = "_ask"
"""Ending of the acts that ask whether it is happening; without it, the act that says what to do."""
RESUME = "utter_report_emergency_resume"
REPEAT = "repeat_that"
CODE_CHECKED = "code_checked"


@dataclass(frozen=True)
class Plan:
    """What is to be done with a message."""

    standing: Standing
    language: str
    replies: list[Reply] = field(default_factory=list)
    """Said by the gateway itself, before anything the dialogue says."""
    message: Message | None = None
    """None when the dialogue need not hear of it."""
    picked: Choice | None = None


class Steps:
    """Works on one message at a time per conversation; whoever calls sees to that."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._redactor = Redactor()

    def find(self, asked: TurnRequest, course: Course) -> Place | None:
        """The conversation that the client names; None when there is none, or it is not this client's."""
        found = self._world.identity.conversation(asked.conversation) if asked.conversation else None
        # Each channel has conversations of its own: a call never joins what was verified by text.
        if not found or found.channel != asked.channel or asked.caller not in (None, found.caller):
            return None
        course.language, course.sender = found.language, found.sender_id
        return Place(found)

    def open(self, asked: TurnRequest, course: Course) -> Place:
        """Begin a new conversation."""
        language = asked.language or first_language(self._world.model.guess(asked.text or ""))
        opened = self._world.identity.open_conversation(asked.channel, language, asked.caller, asked.client)
        course.language, course.sender = language, opened.sender_id
        return Place(opened, is_new_instead=asked.conversation is not None)

    def emergency(self, place: Place, alarm: Alarm, course: Course) -> dict[str, Any]:
        """Answer an alarm; the dialogue is not told, so that whatever was under way stays as it is."""
        conversation = place.conversation
        try:
            self._world.identity.touch(conversation.sender_id)
            standing = self._world.store.standing(conversation.sender_id)
            kept = replace(standing, alarm=f"{alarm.language} {alarm.act}")
            self._world.store.keep_standing(conversation.sender_id, kept)
        except (IdentityUnavailable, StoreUnavailable):
            logger.warning("event=alarm_not_noted sender=%s", conversation.sender_id[:8])
        replies = [self.alarm_reply(alarm)]
        if place.is_new_instead:
            replies.append(self._own("utter_conversation_unknown", alarm.language))
        course.outcome, course.language = "emergency", alarm.language
        signed_in = self._world.identity.signed_in(conversation.sender_id) is not None
        return answer_of(conversation.id, alarm.language, signed_in, [asdict(reply) for reply in replies])

    def alarm_reply(self, alarm: Alarm) -> Reply:
        """The reviewed words."""
        values = {"kind": alarm.kind, "category": alarm.category}
        return Reply(self._world.screen.replies(alarm, alarm.language), alarm.act, values)

    async def answer(self, asked: TurnRequest, place: Place, course: Course, claim: ClaimedTurn) -> dict[str, Any]:
        """Answer a message without danger in it.

        Raises:
            DialogueError: The dialogue gave no replies; a picked choice is on offer again.
        """
        plan = await asyncio.to_thread(self._plan, asked, place, course, claim)
        said: list[Reply] = []
        if plan.message is not None:
            said = await self._say(plan, course)
        return await asyncio.to_thread(self._finish, place, plan, said, course)

    async def _say(self, plan: Plan, course: Course) -> list[Reply]:
        assert plan.message is not None
        course.sent = plan.message.intent or "words"
        with course.stages.stage("dialogue"):
            try:
                said, course.understood = await self._world.dialogue.say(plan.message)
            except DialogueError:
                if plan.picked is not None:
                    await asyncio.to_thread(self._world.store.put_back, plan.picked)
                raise
        return said or [self._own("utter_nothing_to_say", plan.language)]

    def _plan(self, asked: TurnRequest, place: Place, course: Course, claim: ClaimedTurn) -> Plan:
        sender = place.conversation.sender_id
        with course.stages.stage("session"):
            self._world.identity.touch(sender)
            standing = self._world.store.standing(sender)
            course.was_signed_in = self._world.identity.signed_in(sender) is not None
        with course.stages.stage("language"):
            language = self._language(asked, place.conversation, standing)
        course.language = language
        before = [self._own("utter_conversation_unknown", language)] if place.is_new_instead else []
        now = replace(standing, asked_language=asked.language or standing.asked_language)
        plan = Plan(replace(now, turns=now.turns + 1, alarm=None), language, before)
        if asked.choice is not None:
            return self._pick(asked.choice, plan, place, course)
        return self._words(asked.text or "", plan, _Around(place, course, claim, standing.alarm))

    def _language(self, asked: TurnRequest, conversation: Conversation, standing: Standing) -> str:
        current = conversation.language
        # A client may send the same wish with each message; only another one than before is news.
        if asked.language is not None and asked.language != standing.asked_language:
            current = asked.language
        text = asked.text or ""
        language = next_language(current, text, self._world.model.guess(text))
        if language != conversation.language:
            self._world.identity.set_language(conversation.sender_id, language)
        return language

    def _pick(self, choice_id: str, plan: Plan, place: Place, course: Course) -> Plan:
        picked = self._world.store.pick(place.conversation.sender_id, choice_id, plan.standing.turns)
        if picked is not None:
            return self._picked(picked, plan, place)
        course.outcome = "choice_gone"
        # Nothing happened, so nothing grows older by it.
        standing = replace(plan.standing, turns=plan.standing.turns - 1)
        return replace(plan, standing=standing, replies=[*plan.replies, self._own("utter_choice_gone", plan.language)])

    def _picked(self, picked: Choice, plan: Plan, place: Place) -> Plan:
        message = self._message(place, plan, picked.title, intent=picked.intent, entities=picked.entities)
        return replace(plan, message=message, picked=picked)

    def _words(self, text: str, plan: Plan, around: _Around) -> Plan:
        place, course = around.place, around.course
        followed = self._after_alarm(text, plan, around)
        if followed is not None:
            return followed
        with course.stages.stage("code"):
            check = self._code_check(text, place.conversation, around.claim)
        if check is not None:
            if check["outcome"] == "accepted":
                plan = self._renewal_due(plan, place)
            message = self._message(place, plan, "", intent=CODE_CHECKED, known={"code_check": check})
            return replace(plan, message=message)
        with course.stages.stage("choices"):
            picked = self._world.store.pick_titled(place.conversation.sender_id, text, plan.standing.turns)
        if picked is not None:
            return self._picked(picked, plan, place)
        with course.stages.stage("redaction"):
            return self._redacted(text, plan, place)

    def _after_alarm(self, text: str, plan: Plan, around: _Around) -> Plan | None:
        """The plan for a short answer to an alarm; None when it is none, or there was no alarm."""
        if around.alarm is None:
            return None
        language, act = around.alarm.split(" ", 1)
        if means_go_on(text):
            # The last question is said again, as it was before the alarm.
            return replace(plan, message=self._message(around.place, plan, "", intent=REPEAT))
        if not means_yes(text):
            return None
        around.course.outcome = "emergency"
        # A bare yes is about the danger, never about what was asked before it.
        said = act.removesuffix(ASKS) if act.endswith(ASKS) else RESUME
        reply = Reply(self._world.screen.text(said, language), said)
        still = f"{language} {act.removesuffix(ASKS)}"
        standing = replace(plan.standing, turns=plan.standing.turns - 1, alarm=still)
        return replace(plan, standing=standing, replies=[*plan.replies, reply])

    def _code_check(self, text: str, conversation: Conversation, claim: ClaimedTurn) -> dict[str, Any] | None:
        """What came of the code in `text`; None when nobody waits for one or there is none in it."""
        if claim.code_check is not None:
            return claim.code_check
        identity, sender = self._world.identity, conversation.sender_id
        code = read_code(text)
        waiting = (code is not None or looks_like_wrong_length(text)) and identity.open_challenge(sender)
        if code is None:
            return {"outcome": "wrong_length", "tries_left": 0} if waiting else None
        # A bare code that comes too late is told so; it costs no guess.
        if not waiting and not text.replace(" ", "").isdecimal():
            return None
        purpose = "sign_in" if identity.signed_in(sender) is None else "step_up"
        check = self._world.sign_ins.check_code(sender, code, purpose)
        if check.outcome == "none" and not waiting:
            return None
        outcome = "expired" if check.outcome == "none" else check.outcome
        told = {"outcome": outcome, "tries_left": check.tries_left}
        claim.keep(self._world.store, told)
        return told

    def _renewal_due(self, plan: Plan, place: Place) -> Plan:
        # Kept at once: should the answer be lost, the client still gets its new token with the next one.
        standing = replace(plan.standing, renewal_due=True)
        self._world.store.keep_standing(place.conversation.sender_id, replace(standing, turns=standing.turns - 1))
        return replace(plan, standing=standing)

    def _redacted(self, text: str, plan: Plan, place: Place) -> Plan:
        redacted = self._redactor.redact(place.conversation.sender_id, text, self._world.clock.now())
        known = {"card_seen": True} if redacted.card else {}
        before = [self._own("utter_card_removed", plan.language)] if redacted.card else []
        message = self._message(place, plan, redacted.text, known=known)
        return replace(plan, message=message, replies=[*plan.replies, *before])

    def _message(self, place: Place, plan: Plan, text: str, **more: Any) -> Message:
        conversation = place.conversation
        return Message(conversation.sender_id, conversation.channel, plan.language, neutralise(text), **more)

    def _own(self, act: str, language: str) -> Reply:
        return Reply(reply_text(act, language, phone=self._world.phone), act)

    def _finish(self, place: Place, plan: Plan, said: list[Reply], course: Course) -> dict[str, Any]:
        replies = [*plan.replies, *said]
        course.language = plan.language
        with course.stages.stage("answer"):
            try:
                return self._answer(place, plan, replies, course)
            except (IdentityUnavailable, StoreUnavailable):
                # What was asked has been done: saying so without buttons is better than asking for it to be sent again.
                logger.error("event=answered_without_choices sender=%s", course.sender[:8])
        signed_in = self._world.identity.signed_in(place.conversation.sender_id) is not None
        shown = [asdict(replace(reply, choices=[])) for reply in replies]
        return answer_of(place.conversation.id, plan.language, signed_in, shown)

    def _answer(self, place: Place, plan: Plan, replies: list[Reply], course: Course) -> dict[str, Any]:
        sender, token, standing = place.conversation.sender_id, place.conversation.id, plan.standing
        signed_in = self._world.identity.signed_in(sender) is not None
        course.signed_out = course.was_signed_in and not signed_in
        if standing.renewal_due or course.signed_out:
            # What was offered to whoever was here before is not on offer to whoever is here now.
            self._world.store.withdraw(sender)
        shown = [self._shown(reply, sender, standing.turns) for reply in replies]
        self._world.store.keep_standing(sender, replace(standing, renewal_due=False))
        # A task may have changed the language ("write to me in Spanish from now on").
        now = self._world.identity.by_sender(sender)
        course.language = now.language if now is not None else plan.language
        # Last, because after it the client's present token is worth nothing.
        if standing.renewal_due:
            token = self._world.identity.renew_id(sender) or token
        return answer_of(token, course.language, signed_in, shown)

    def _shown(self, reply: Reply, sender: str, turn: int) -> dict[str, Any]:
        offered = [Choice(each["title"], each["intent"], each["entities"]) for each in reply.choices]
        ids = self._world.store.offer(sender, turn, offered)
        shown = [{"id": id_, "title": choice.title} for id_, choice in zip(ids, offered, strict=True)]
        return asdict(reply) | {"choices": shown}


@dataclass(frozen=True)
class _Around:
    place: Place
    course: Course
    claim: ClaimedTurn
    alarm: str | None
