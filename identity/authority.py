"""Identity: the one authority on who is signed in, shared by the gateway and the actions over one database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from clock import Clock
from identity.acting import ActingFor, acting
from identity.challenges import SIGN_IN
from identity.claims import ChallengeStart, CodeCheck, Person
from identity.conversations import Conversation
from identity.keys import Keys
from identity.levels import Level, Reach, at_least
from identity.limits import Limits
from identity.passcode_calls import PasscodeCalls
from identity.sessions import Proof, SignedIn
from identity.store import (
    challenges,
    create_tables,
    failures,
    insert_or,
    notices,
    opt_outs,
    people,
    probe,
    sessions,
    subjects,
)
from identity.telephone_calls import TelephoneCalls
from identity.transactions import IdentityUnavailable


class Identity(TelephoneCalls, PasscodeCalls):
    """Conversations, codes and sessions.

    Every method opens and ends its own transaction, may be called from any thread and raises `IdentityUnavailable`
    when the store fails, except the questions whose answer is a right: `signed_in`, `may`, `level` and `token` then
    answer as if nobody were signed in.
    """

    def __init__(self, engine: Engine, clock: Clock, keys: Keys, limits: Limits | None = None) -> None:
        super().__init__(engine, clock, keys, limits or Limits())
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
        self,
        sender_id: str,
        person: Person | None,
        purpose: str = SIGN_IN,
        claim: str = "",
        act: str | None = None,
    ) -> ChallengeStart:
        """Send a code, or for somebody who is not on file or is locked seem to.

        Args:
            sender_id: The conversation.
            person: Whom the portal found; None when it found nobody.
            purpose: "sign_in", or the act that a second proof is for.
            claim: What was said to identify the person ("maria lopez 1984-03-12"), in one form on every channel. Give
                it whether or not somebody was found: the limits that show are counted by it.
            act: The act that asked for signing in, which the code then serves as a second proof too.
        """
        with self._writing() as at:
            conversation = self._conversations.by_sender(at.connection, sender_id)
            if conversation is None:
                return ChallengeStart("none")
            claimed = replace(self._challenges.claim(conversation, person, claim), purpose=purpose, act=act)
            return self._challenges.start(at.connection, conversation, claimed, at.now)

    def open_challenge(self, sender_id: str) -> bool:
        """Whether the conversation waits for a code."""
        with self._reading() as at:
            return self._challenges.is_open(at.connection, sender_id, at.now)

    def check_code(self, sender_id: str, code: str, purpose: str = SIGN_IN) -> CodeCheck:
        """Judge a code; the right one signs in, or is a second proof of the act it was asked for.

        For anything but six digits the outcome is "none" and nothing counts. `purpose` is "sign_in", "step_up" for a
        second proof of whatever it was asked for, or that act.
        """
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
        """Who is signed in, as far as it counts on the channel; None also after the idle or absolute limit.

        Asking does not put off the idle limit.
        """
        try:
            with self._reading() as at:
                counts = self._reach(at, sender_id, None).covers("limited")
                return self._sessions.get(at.connection, sender_id, at.now) if counts else None
        except IdentityUnavailable:
            return None

    def sign_in_linked(self, sender_id: str, person: Person) -> None:
        """Sign in whoever came by the account that they have linked to a voice assistant, once that was verified.

        Nothing personal can be reached that way before the passcode was given.
        """
        with self._writing() as at:
            since = self._people.phone_since(at.connection, person)
            self._sessions.begin(at.connection, sender_id, person, Proof(linked=True, phone_since=since), at.now)

    def reach(self, sender_id: str, purpose: str | None = None) -> Reach:
        """What may be done in a conversation now, and what a code could open; `purpose` is the act it is asked for."""
        with self._reading() as at:
            return self._reach(at, sender_id, purpose)

    def level(self, sender_id: str, purpose: str | None = None) -> Level:
        """The level that a conversation has reached."""
        try:
            return self.reach(sender_id, purpose).level
        except IdentityUnavailable:
            return "public"

    def may(self, sender_id: str, access: Level, purpose: str | None = None) -> bool:
        """Whether what needs `access` may be done now; at "step_up" only the act that the proof was given for."""
        return at_least(self.level(sender_id, purpose), access)

    def sign_out(self, sender_id: str) -> None:
        """End the session, its tokens and any open code."""
        with self._writing() as at:
            self._challenges.close(at.connection, sender_id, at.now)
            self._acting.end(at.connection, sender_id)
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

    def act_for(self, sender_id: str, record: ActingFor) -> bool:
        """Act on somebody else's record from now on; False when nobody is signed in."""
        with self._writing() as at:
            return self._acting.begin(at.connection, sender_id, record, at.now)

    def act_for_oneself(self, sender_id: str) -> None:
        """Go back to the record of whoever is signed in."""
        with self._writing() as at:
            self._acting.end(at.connection, sender_id)

    def acting_for(self, sender_id: str) -> ActingFor | None:
        """The other record that the session acts on; None for one's own.

        Raises:
            IdentityUnavailable: It cannot be told; taking it for one's own record would show the wrong one.
        """
        with self._reading() as at:
            return self._acting.get(at.connection, sender_id, at.now)

    def record_key(self, patient_id: str) -> str:
        """A fingerprint of a record, by which a task remembers whose it is; it opens nothing."""
        return self._acting.record_key(patient_id)

    def is_record(self, key: str, patient_id: str) -> bool:
        """Whether `key` was made of that record, under the present secret or the one before it."""
        return key in self._acting.record_keys(patient_id)

    def keep_record_token(self, sender_id: str, patient_id: str, token: str, until: datetime) -> None:
        """Keep the portal's token for the record that is acted on; for another one it is not kept."""
        with self._writing() as at:
            self._acting.keep_token(at.connection, (sender_id, patient_id), token, (until, at.now))

    def record_token(self, sender_id: str, patient_id: str) -> str | None:
        """The portal's token for the record that is acted on; None when there is none or it has expired."""
        try:
            with self._reading() as at:
                return self._acting.token(at.connection, sender_id, patient_id, at.now)
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
                "people": self._people.purge(at.connection, at.now),
                "notices": self._notices.purge(at.connection, at.now),
                "failures": self._brake.purge(at.connection, at.now),
            }
            self._acting.purge(at.connection, at.now)
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
        """For the demo: sign everybody out, forget codes, counts, locks, passcodes and STOPs. Conversations stay."""
        with self._writing() as at:
            for table in (acting, sessions, challenges, subjects, people, notices, opt_outs, failures):
                at.connection.execute(delete(table))
