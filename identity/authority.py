"""Identity: the one authority on who is signed in, shared by the gateway and the actions over one database."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from clock import Clock
from identity.challenges import SIGN_IN, Challenges
from identity.claims import ChallengeStart, CodeCheck, Person
from identity.conversations import Conversation, Conversations
from identity.counters import Counters
from identity.erasures import Erasures
from identity.keys import Keys
from identity.limits import Limits
from identity.sessions import Sessions, SignedIn
from identity.store import Connection, challenges, create_tables, insert_or, probe, reading, sessions, subjects, writing

logger = logging.getLogger(__name__)


class IdentityUnavailable(Exception):
    """The session store cannot answer; nobody is let in and nothing was decided."""


@dataclass(frozen=True)
class _Moment:
    connection: Connection
    now: datetime


class Identity:
    """Conversations, codes and sessions.

    Every method opens and ends its own transaction, may be called from any thread and raises `IdentityUnavailable`
    when the store fails, except the three questions whose answer is a right: `signed_in`, `is_fresh` and `token`
    then answer as if nobody were signed in.
    """

    def __init__(self, engine: Engine, clock: Clock, keys: Keys, limits: Limits | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._limits = limits or Limits()
        self._conversations = Conversations(keys)
        self._sessions = Sessions(keys, self._limits)
        self._erasures = Erasures(keys)
        self._counters = Counters(self._limits.guesses_forgotten)
        self._challenges = Challenges(keys, self._limits, self._counters, self._sessions)
        create_tables(engine)

    def open_conversation(
        self, channel: str, language: str, caller: str | None = None, client: str | None = None
    ) -> Conversation:
        """Begin a conversation in which nobody is signed in.

        Args:
            channel: "web", "sms", "phone" or "alexa".
            language: "en" or "es".
            caller: The number the carrier reported, E.164.
            client: Whose wrong guesses and claims are counted together, such as an address; the caller if not given.
        """
        with self._writing() as at:
            new = Conversation("", "", channel, language, caller)
            return self._conversations.open(at.connection, new, client, at.now)

    def conversation(self, id: str) -> Conversation | None:
        """The conversation whose client holds the token `id`; None when there is none (any more)."""
        with self._writing() as at:
            self._conversations.settle(at.connection, id)
            return self._conversations.by_id(at.connection, id)

    def by_sender(self, sender_id: str) -> Conversation | None:
        """The conversation that the dialogue engine calls `sender_id`; its `id` is empty."""
        with self._reading() as at:
            return self._conversations.by_sender(at.connection, sender_id)

    def by_caller(self, channel: str, caller: str) -> Conversation | None:
        """The newest conversation with a number the carrier vouches for; its `id` is empty."""
        with self._reading() as at:
            return self._conversations.by_caller(at.connection, channel, caller)

    def renew_id(self, sender_id: str) -> str | None:
        """Replace the client's token, as is due at sign-in; None when there is no such conversation."""
        with self._writing() as at:
            return self._conversations.renew(at.connection, sender_id)

    def touch(self, sender_id: str) -> None:
        """Note that the person said something: puts off the idle limit, and nothing else does."""
        with self._writing() as at:
            self._conversations.touch(at.connection, sender_id, at.now)
            self._sessions.touch(at.connection, sender_id, at.now)

    def set_language(self, sender_id: str, language: str) -> None:
        """Go on in `language`."""
        with self._writing() as at:
            self._conversations.set_language(at.connection, sender_id, language)

    def start_challenge(
        self, sender_id: str, person: Person | None, purpose: str = SIGN_IN, claim: str = ""
    ) -> ChallengeStart:
        """Send a code, or for somebody who is not on file or is locked seem to.

        Args:
            sender_id: The conversation.
            person: Whom the portal found; None when it found nobody.
            purpose: "sign_in", or what a second proof is for.
            claim: What was said to identify the person ("maria lopez 1984-03-12"), in one form on every channel. Give
                it whether or not somebody was found: the limits that show are counted by it.
        """
        with self._writing() as at:
            conversation = self._conversations.by_sender(at.connection, sender_id)
            if conversation is None:
                return ChallengeStart("none")
            claimed = self._challenges.claim(conversation, person, purpose, claim)
            return self._challenges.start(at.connection, conversation, claimed, at.now)

    def open_challenge(self, sender_id: str) -> bool:
        """Whether the conversation waits for a code."""
        with self._reading() as at:
            return self._challenges.is_open(at.connection, sender_id, at.now)

    def check_code(self, sender_id: str, code: str, purpose: str = SIGN_IN) -> CodeCheck:
        """Judge a code; the right one signs in. For anything but six digits the outcome is "none" and nothing counts."""
        with self._writing() as at:
            conversation = self._conversations.by_sender(at.connection, sender_id)
            if conversation is None:
                return CodeCheck("none")
            return self._challenges.check(at.connection, conversation, code, purpose, at.now)

    def resend(self, sender_id: str) -> ChallengeStart:
        """Send another code for the newest challenge; the one before works no more."""
        with self._writing() as at:
            conversation = self._conversations.by_sender(at.connection, sender_id)
            if conversation is None:
                return ChallengeStart("none")
            return self._challenges.resend(at.connection, conversation, at.now)

    def signed_in(self, sender_id: str) -> SignedIn | None:
        """Who is signed in; None also after the idle or absolute limit. Asking does not put off the idle limit."""
        try:
            with self._reading() as at:
                return self._sessions.get(at.connection, sender_id, at.now)
        except IdentityUnavailable:
            return None

    def is_fresh(self, sender_id: str, within: timedelta = timedelta(minutes=5)) -> bool:
        """Whether whoever is signed in has given a right code that lately."""
        try:
            with self._reading() as at:
                since = self._sessions.fresh_since(at.connection, sender_id, at.now)
                return since is not None and at.now - since <= within
        except IdentityUnavailable:
            return False

    def sign_out(self, sender_id: str) -> None:
        """End the session, its token and any open code."""
        with self._writing() as at:
            self._challenges.close(at.connection, sender_id, at.now)
            self._sessions.end(at.connection, sender_id)

    def ask_erasure(self, sender_id: str, everything: bool = False) -> int:
        """Let the conversation be forgotten, and sign out; give the number of conversations.

        Args:
            sender_id: The conversation.
            everything: Also every other conversation of whoever is signed in here.
        """
        with self._writing() as at:
            senders = {sender_id}
            who = self._sessions.get(at.connection, sender_id, at.now) if everything else None
            if who is not None:
                senders |= self._erasures.of_person(at.connection, who.patient_id)
            self._erasures.ask(at.connection, senders, at.now)
            return len(senders)

    def erasures_due(self) -> list[str]:
        """The conversations that are to be forgotten, wherever something of them is kept."""
        with self._reading() as at:
            return self._erasures.due(at.connection)

    def finish_erasure(self, senders: Collection[str]) -> None:
        """Forget these conversations here, once nothing of them is kept elsewhere."""
        with self._writing() as at:
            self._erasures.finish(at.connection, senders, at.now)
        self._empty_write_ahead_log()

    def keep_token(self, sender_id: str, token: str, until: datetime) -> None:
        """Keep the portal's token for whoever is signed in; when nobody is, it is not kept."""
        with self._writing() as at:
            self._sessions.keep_token(at.connection, sender_id, token, (until, at.now))

    def token(self, sender_id: str) -> str | None:
        """The portal's token of whoever is signed in; None when there is none or it has expired."""
        try:
            with self._reading() as at:
                return self._sessions.token(at.connection, sender_id, at.now)
        except IdentityUnavailable:
            return None

    def purge(self) -> dict[str, int]:
        """Drop what is kept no longer; give the number of rows by kind. Run it at least hourly."""
        with self._writing() as at:
            dropped = {
                "challenges": self._challenges.purge(at.connection, at.now),
                "sessions": self._sessions.purge(at.connection, at.now),
                "conversations": self._conversations.purge(at.connection, self._limits.conversations_kept, at.now),
                "subjects": self._counters.purge(at.connection, at.now),
            }
            self._erasures.purge(at.connection)
        self._empty_write_ahead_log()
        return dropped

    def ready(self) -> None:
        """Write and read for real.

        Raises:
            IdentityUnavailable: The store does not do both.
        """
        with self._writing() as at:
            written = insert_or(at.connection, probe).values(one=1, at=at.now)
            at.connection.execute(written.on_conflict_do_update(index_elements=["one"], set_={"at": at.now}))
            if at.connection.execute(select(probe.c.at)).scalar_one() != at.now:
                raise IdentityUnavailable("The session store does not give back what was written.")

    def reset(self) -> None:
        """For the demo: sign everybody out and forget codes, counts and locks. Conversations stay."""
        with self._writing() as at:
            for table in (sessions, challenges, subjects):
                at.connection.execute(delete(table))

    def _empty_write_ahead_log(self) -> None:
        # Dropped rows would otherwise stay readable in SQLite's second file until it is next overwritten.
        if self._engine.dialect.name != "sqlite":
            return
        raw: Any = self._engine.raw_connection()
        with _refusing(), closing(raw):
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _writing(self) -> Iterator[_Moment]:
        with _refusing(), writing(self._engine) as connection:
            yield _Moment(connection, self._clock.now())

    @contextmanager
    def _reading(self) -> Iterator[_Moment]:
        with _refusing(), reading(self._engine) as connection:
            yield _Moment(connection, self._clock.now())


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever goes wrong, of any kind, into a refusal that carries nothing of what was asked."""
    try:
        yield
    except IdentityUnavailable:
        raise
    except Exception as error:
        # The place says where to look; the message of the error may repeat what a person said.
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error("The session store failed: %s at %s:%s", type(error).__name__, place.filename, place.lineno)
        raise IdentityUnavailable("The session store cannot answer. Try again in a moment.") from None
