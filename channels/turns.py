"""Takes one message from its arrival to its answer: heard for danger first, worked on once, answered in time."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from channels.cleaning import LONGEST
from channels.dialogue import DialogueError
from channels.emergency import Alarm
from channels.language import first_language
from channels.limits import Limits, Subject
from channels.metrics import Metrics
from channels.problems import Problem
from channels.steps import Steps
from channels.store import StoreUnavailable
from channels.turn import ClaimedTurn, Course, Place, World, answer_of
from channels.turn_request import TurnRequest
from identity import IdentityUnavailable
from logs import place_of

logger = logging.getLogger(__name__)

type Answer = dict[str, Any]

LOOK_AGAIN = 0.1
"""Seconds between two looks at a message that another process works on."""


@dataclass(frozen=True)
class Patience:
    """How long a person waits, in seconds, before being told to try again.

    The turn itself goes on, so that trying again with the same message_id finds its answer.
    """

    turn: float = 8.0
    alarm: float = 1.0
    """For noting an alarm down; its answer is given either way."""


class Turns:
    """Every message goes through `take`."""

    def __init__(
        self, world: World, metrics: Metrics, patience: Patience | None = None, limits: Limits | None = None
    ) -> None:
        self._world = world
        self._steps = Steps(world)
        self._metrics = metrics
        self._patience = patience or Patience()
        self._limits = limits or Limits()
        self._one_at_a_time = _Queues()
        self._running: dict[str, tuple[str, asyncio.Task[Answer]]] = {}
        self._under_way: set[asyncio.Task[Answer]] = set()

    async def take(self, asked: TurnRequest, api_key: str, course: Course) -> Answer:
        """Answer one message.

        Raises:
            Problem: It is refused, or cannot be answered now.
        """
        course.language = asked.language or first_language(self._world.model.guess(asked.text or ""))
        with course.stages.stage("emergency"):
            alarm = await self._hear(asked, course.language)
        try:
            answer = await self._in_time(asked, api_key, course, alarm)
        except Problem as problem:
            course.outcome = problem.name
            if alarm is None:
                raise
            answer = self._bare_emergency(asked, alarm, course)
        finally:
            self._note(course, alarm)
        return answer

    async def finish(self, within: float) -> None:
        """Let what is under way come to its end, for at most so many seconds."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)

    async def _hear(self, asked: TurnRequest, language: str) -> Alarm | None:
        text = asked.text or ""
        if not asked.too_long:
            return self._world.screen.check(text, language)
        # Too long to be answered, but not too long to be in danger; pieces overlap so that no sentence is cut in all.
        pieces = [text[start : start + LONGEST] for start in range(0, len(text), LONGEST // 2)]
        return await asyncio.to_thread(
            lambda: next(filter(None, (self._world.screen.check(p, language) for p in pieces)), None)
        )

    async def _in_time(self, asked: TurnRequest, api_key: str, course: Course, alarm: Alarm | None) -> Answer:
        if asked.channel not in self._world.channels:
            raise Problem("channel_closed", course.language)
        if asked.too_long and alarm is None:
            raise Problem("too_long", course.language)
        await self._keep_to_limits(asked, api_key, course)
        task = self._task(asked, api_key, course, alarm)
        done, _ = await asyncio.wait({task}, timeout=self._patience.turn if alarm is None else self._patience.alarm)
        if not done:
            course.given_up = True
            raise Problem("unavailable", course.language)
        try:
            return task.result()
        except Problem:
            raise
        except (DialogueError, StoreUnavailable, IdentityUnavailable) as error:
            logger.warning("event=turn_failed error=%s sender=%s", type(error).__name__, course.sender[:8])
            raise Problem("unavailable", course.language) from None
        except Exception as error:  # noqa: BLE001 - its message may repeat what was said
            logger.error("event=turn_broken error=%s", place_of(error))
            raise Problem("failed", course.language) from None

    def _task(self, asked: TurnRequest, api_key: str, course: Course, alarm: Alarm | None) -> asyncio.Task[Answer]:
        """The work on this message: begun now, or already begun when the same message was sent twice at once."""
        if asked.message_id is None:
            return self._begin(self._turn(asked, course, alarm, ClaimedTurn()))
        key = self._world.store.fingerprint("turn", api_key, asked.message_id)
        body_key = self._world.store.fingerprint("turn body", asked.without_secrets())
        if key not in self._running:
            task = self._begin(self._once(asked, course, alarm, (key, body_key)))
            self._running[key] = body_key, task
            task.add_done_callback(lambda _: self._running.pop(key))
        else:
            course.outcome = "duplicate"
        same_body, task = self._running[key]
        if same_body != body_key:
            raise Problem("other_body", course.language)
        return task

    def _begin(self, work: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Answer]) -> None:
        self._under_way.discard(task)
        # Looked at here because nobody else may wait for it any more.
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.debug("event=turn_ended_badly error=%s", type(error).__name__)

    async def _once(self, asked: TurnRequest, course: Course, alarm: Alarm | None, keys: tuple[str, str]) -> Answer:
        """Work on a message that has an id, unless it has been worked on: then it gets the answer it got."""
        store, (key, body_key) = self._world.store, keys
        with course.stages.stage("duplicate"):
            claim = await asyncio.to_thread(store.claim, key, body_key)
            while claim.state == "under_way":
                await asyncio.sleep(LOOK_AGAIN)
                claim = await asyncio.to_thread(store.claim, key, body_key)
        if claim.state == "other_body":
            raise Problem("other_body", course.language)
        if claim.answer is not None:
            course.outcome = "duplicate"
            return claim.answer
        try:
            answer = await self._turn(asked, course, alarm, ClaimedTurn(key, claim.code_check))
        except BaseException:
            await asyncio.to_thread(store.release, key)
            raise
        await self._keep(key, answer, course.sender)
        return answer

    async def _keep(self, key: str, answer: Answer, sender: str) -> None:
        def keep() -> None:
            self._world.keeping.note_answer(key, sender)
            self._world.store.keep_answer(key, answer)

        try:
            await asyncio.to_thread(keep)
        except StoreUnavailable:
            # What was asked has been done; the person is told so rather than asked to send it again.
            logger.error("event=answer_not_kept")

    async def _turn(self, asked: TurnRequest, course: Course, alarm: Alarm | None, claim: ClaimedTurn) -> Answer:
        with course.stages.stage("conversation"):
            place = await self._enter(asked, course)
        if alarm is not None:
            return await asyncio.to_thread(self._steps.emergency, place, alarm, course)
        await self._keep_to_limit("conversation", place.conversation.sender_id, course)
        async with self._one_at_a_time.turn_of(place.conversation.sender_id, self._patience.turn) as in_turn:
            # Whoever was told to send it again would otherwise have said it twice.
            if not in_turn or course.given_up:
                raise Problem("unavailable", course.language)
            answer = await self._steps.answer(asked, place, course, claim)
            if self._world.keeping.is_over(answer):
                await asyncio.to_thread(self._world.keeping.end, place.conversation.sender_id, answer)
            return answer

    async def _enter(self, asked: TurnRequest, course: Course) -> Place:
        found = await asyncio.to_thread(self._steps.find, asked, course)
        if found is not None:
            return found
        await self._keep_to_limit("new_conversations", asked.client, course)
        return await asyncio.to_thread(self._steps.open, asked, course)

    async def _keep_to_limits(self, asked: TurnRequest, api_key: str, course: Course) -> None:
        subjects: dict[Subject, str | None] = {"key": api_key, "address": asked.client, "caller": asked.caller}
        for subject, who in subjects.items():
            await self._keep_to_limit(subject, who, course)

    async def _keep_to_limit(self, subject: Subject, who: str | None, course: Course) -> None:
        """Refuse what is too much; a message with danger in it is then answered with the bare words."""
        if who is None:
            return
        fingerprint = self._world.store.fingerprint("rate", who)
        wait = await self._limits.take(subject, fingerprint, self._world.clock.now())
        if wait is not None:
            seconds = max(1, math.ceil(wait))
            raise Problem("too_fast", course.language, {"seconds": seconds}, retry_after=seconds)

    def _bare_emergency(self, asked: TurnRequest, alarm: Alarm, course: Course) -> Answer:
        """The answer to an alarm when nothing else works: the words alone."""
        course.outcome, course.language = "emergency", alarm.language
        reply = self._steps.alarm_reply(alarm)
        return answer_of(asked.conversation or "", alarm.language, False, [asdict(reply)])

    def _note(self, course: Course, alarm: Alarm | None) -> None:
        if alarm is not None:
            self._metrics.emergency(alarm.kind, alarm.category)
            logger.warning("event=alarm kind=%s rule=%s sender=%s", alarm.kind, alarm.rule, course.sender[:8])
        self._metrics.turn(course.channel, course.language, course.outcome, course.stages)
        logger.info(
            "event=turn channel=%s language=%s outcome=%s sender=%s stages=%s",
            course.channel, course.language, course.outcome, course.sender[:8], course.stages,
        )  # fmt: skip


@dataclass
class _Queue:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class _Queues:
    """One turn at a time per conversation, inside this process.

    Several gateways need the lock in Redis, next to Rasa's own; until then one conversation belongs to one gateway.
    """

    def __init__(self) -> None:
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def turn_of(self, sender_id: str, patience: float) -> AsyncIterator[bool]:
        """Wait for the turns before this one; gives False when they took too long."""
        queue = self._queues.setdefault(sender_id, _Queue())
        queue.users += 1
        acquired = False
        try:
            acquired = await _acquired(queue.lock, patience)
            yield acquired
        finally:
            if acquired:
                queue.lock.release()
            queue.users -= 1
            if queue.users == 0:
                del self._queues[sender_id]


async def _acquired(lock: asyncio.Lock, patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            await lock.acquire()
    except TimeoutError:
        return False
    return True
