"""Challenges: one code each, bound to person, conversation, channel and purpose; real or, for strangers, fake.

What is said follows the claimed identity, what is allowed follows the person. Whoever claims to be somebody sees
the counts of that claim alone, so that a stranger's claim and a patient's, or two spellings of one patient, cannot
be told apart; a person's own counts decide, silently, whether a code goes out and whether one is accepted.
"""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pyotp import random_base32
from pyotp.hotp import HOTP
from sqlalchemy import delete, func, insert, or_, select, update

from identity.brake import Brake
from identity.claims import ChallengeStart, Claim, CodeCheck, KnownPerson, Person
from identity.conversations import Conversation
from identity.counters import Counters
from identity.delivery import Delivery, may_receive_codes
from identity.keys import Keys
from identity.limits import Limits
from identity.notices import Notices
from identity.opt_outs import OptOuts
from identity.people import People
from identity.sessions import Proof, Sessions
from identity.store import Connection, challenges

logger = logging.getLogger(__name__)

SIGN_IN = "sign_in"
STEP_UP = "step_up"
"""Said of a code that is given as a second proof, for whichever act it was asked for."""
_SIX_DIGITS = re.compile("[0-9]{6}")


class Challenges:
    """The challenges in the store. Every method works inside the caller's transaction."""

    def __init__(self, keys: Keys, limits: Limits, counters: Counters, sessions: Sessions) -> None:
        self._keys = keys
        self._limits = limits
        self._counters = counters
        self._sessions = sessions
        self._brake = Brake(keys, limits, counters)
        self._notices = Notices(keys)
        self._opt_outs = OptOuts(keys)
        self._people = People(keys, limits)

    def claim(self, conversation: Conversation, person: Person | None, words: str) -> Claim:
        """Make a claim out of what was said; without `words` the person, or else the conversation, stands for it."""
        if words:
            key = self._keys.fingerprint("claim", " ".join(words.casefold().split()))
            return Claim(person, key, SIGN_IN, in_words=True)
        if person is not None:
            return Claim(person, self._keys.fingerprint("claimed person", person.id), SIGN_IN)
        return Claim(None, self._keys.fingerprint("claimed stranger", conversation.sender_id), SIGN_IN)

    def start(self, connection: Connection, conversation: Conversation, claim: Claim, now: datetime) -> ChallengeStart:
        """Begin a challenge, and make every older code of the conversation and of the person worthless."""
        paused = self._brake.paused_for(connection, now)
        if paused is not None:
            return ChallengeStart("paused", paused)
        wait = self._too_many_claims(connection, conversation, claim, now)
        if wait is not None:
            return ChallengeStart("too_many", wait)
        verdict, wait = self._counters.take_text(connection, claim.key, self._limits.texts, now)
        if verdict != "send":
            return ChallengeStart(verdict, wait)
        addressee = self._addressee(connection, claim, now)
        person_key = self._person_key(addressee, claim)
        void = or_(challenges.c.sender_id == conversation.sender_id, challenges.c.person_key == person_key)
        connection.execute(update(challenges).where(void, challenges.c.code_mac.isnot(None)).values(code_mac=None))
        return self._issue(connection, conversation, claim, addressee, now)

    def resend(self, connection: Connection, conversation: Conversation, now: datetime) -> ChallengeStart:
        """Begin the newest challenge of the conversation again, with a new code."""
        row = self._newest(connection, conversation.sender_id)
        if row is None or not self._remembered(row, now):
            return ChallengeStart("none")
        known = KnownPerson.read(self._keys.unseal(row.person_sealed))
        claim = Claim(known, row.claim_key, row.purpose, row.act, bool(row.claimed))
        return self.start(connection, conversation, claim, now)

    def is_open(self, connection: Connection, sender_id: str, now: datetime) -> bool:
        """Whether the conversation waits for a code that could still be right."""
        row = self._newest(connection, sender_id)
        return row is not None and row.used_at is None and self._in_time(row, now)

    def check(
        self, connection: Connection, conversation: Conversation, code: str, purpose: str, now: datetime
    ) -> CodeCheck:
        """Judge a code; the right one is used up and signs in, or freshens who is signed in."""
        row = self._newest_held(connection, conversation.sender_id, now)
        if not _SIX_DIGITS.fullmatch(code) or row is None or not self._remembered(row, now):
            return CodeCheck("none")
        locked = self._locked_for(connection, row, now)
        if locked is not None:
            return CodeCheck("locked", 0, locked)
        if not self._in_time(row, now):
            return CodeCheck("expired")
        if not self._counters.take_guess(connection, row.claim_key, self._limits.guesses, now):
            return CodeCheck("locked", 0, self._locked_for(connection, row, now))
        may_pass = self._counters.take_guess(connection, row.person_key, self._limits.guesses, now)
        if not (may_pass and self._consume(connection, conversation, row, (code, purpose), now)):
            return self._wrong(connection, row, now)
        self._counters.clear(connection, row.claim_key, now)
        self._counters.clear(connection, row.person_key, now)
        return self._accept(connection, row, now)

    def close(self, connection: Connection, sender_id: str, now: datetime) -> None:
        """End what is open: nobody is to be signed in by a code that was asked for before."""
        still_open = update(challenges).where(challenges.c.sender_id == sender_id, challenges.c.used_at.is_(None))
        connection.execute(still_open.values(used_at=now, code_mac=None, person_sealed=""))

    def void(self, connection: Connection, patient_id: str) -> None:
        """Make every code of a person worthless; whoever waits for one cannot tell."""
        theirs = challenges.c.person_key.in_(self._keys.fingerprints("person", patient_id))
        connection.execute(update(challenges).where(theirs, challenges.c.code_mac.isnot(None)).values(code_mac=None))

    def purge(self, connection: Connection, now: datetime) -> int:
        """Drop challenges that are kept no longer."""
        old = challenges.c.issued_at <= now - self._limits.challenges_kept
        return connection.execute(delete(challenges).where(old)).rowcount

    def _issue(
        self, connection: Connection, conversation: Conversation, claim: Claim, addressee: Person | None, now: datetime
    ) -> ChallengeStart:
        # A counter-based code from a secret that is forgotten at once: no two challenges share anything, and no
        # clock step shortens or lengthens its life. Strangers get one too, for the sake of time.
        code = HOTP(random_base32()).at(0)
        bound = {
            "id": secrets.token_hex(16),
            "sender_id": conversation.sender_id,
            "channel": conversation.channel,
            "purpose": claim.purpose,
            "person_key": self._person_key(addressee, claim),
        }
        mac = self._keys.fingerprint("code", *bound.values(), code)
        row = bound | {
            "claim_key": claim.key,
            "client_key": conversation.client_key,
            "person_sealed": self._keys.seal(claim.written()),
            "code_mac": mac if addressee else None,
            "act": claim.act,
            "claimed": claim.in_words,
            "issued_at": now,
            "delivered_at": now if addressee else None,
        }
        connection.execute(insert(challenges).values(row))
        if addressee is None or addressee.phone is None:
            return ChallengeStart("started")
        by = "text" if addressee.can_text else "call"
        return ChallengeStart("started", delivery=Delivery(addressee.phone, code, by, addressee.language))

    def _addressee(self, connection: Connection, claim: Claim, now: datetime) -> Person | None:
        """Whom a code goes to; None for strangers and for people who may not get one now.

        Every question is asked in both cases, so that the answer takes the same time.
        """
        person = claim.person if claim.person is not None and may_receive_codes(claim.person.phone) else None
        opted_out = self._opt_outs.has(connection, (claim.person.phone if claim.person else None) or "")
        # A parent would read the code of a teenager whose record is closed to them.
        person = None if opted_out or (person is not None and person.shares_phone_with_guardian) else person
        locked = self._counters.locked_for(connection, self._person_key(person, claim), now)
        within_budget = self._within_budget(connection, now)
        person = person if locked is None and within_budget else None
        # The gaps bind the claim alone: who goes on under another spelling on another channel need not wait in vain.
        caps = replace(self._limits.texts, gaps=())
        to_person, _ = self._counters.take_text(connection, self._person_key(person, claim), caps, now)
        to_phone, _ = self._counters.take_text(
            connection, self._phone_key(person, claim), self._limits.phone_texts, now
        )
        return person if to_person == to_phone == "send" else None

    def _person_key(self, person: Person | None, claim: Claim) -> str:
        return self._keys.fingerprint("person", person.id) if person else self._keys.fingerprint("nobody", claim.key)

    def _phone_key(self, person: Person | None, claim: Claim) -> str:
        phone = person.phone if person else None
        return self._keys.fingerprint("phone", phone) if phone else self._keys.fingerprint("no phone", claim.key)

    def _within_budget(self, connection: Connection, now: datetime) -> bool:
        lately = challenges.c.delivered_at > now - timedelta(hours=1)
        sent = connection.execute(select(func.count()).select_from(challenges).where(lately)).scalar_one()
        if sent >= self._limits.texts_per_hour:
            logger.error("The budget of %s codes an hour is used up; no codes go out.", self._limits.texts_per_hour)
        return sent < self._limits.texts_per_hour

    def _too_many_claims(
        self, connection: Connection, conversation: Conversation, claim: Claim, now: datetime
    ) -> timedelta | None:
        """How long until the client may claim to be one more person; None when it may now."""
        if conversation.client_key is None:
            return None
        day = timedelta(hours=24)
        mine = (challenges.c.client_key == conversation.client_key, challenges.c.issued_at > now - day)
        latest = func.max(challenges.c.issued_at)
        claimed = connection.execute(
            select(challenges.c.claim_key, latest).where(*mine).group_by(challenges.c.claim_key)
        )
        when = {key: at for key, at in claimed}
        if claim.key in when or len(when) < self._limits.claims_per_client:
            return None
        return min(when.values()) + day - now

    def _newest(self, connection: Connection, sender_id: str) -> Any:
        mine = select(challenges).where(challenges.c.sender_id == sender_id)
        return connection.execute(mine.order_by(challenges.c.number.desc()).limit(1)).one_or_none()

    def _newest_held(self, connection: Connection, sender_id: str, now: datetime) -> Any:
        """The newest challenge as it stands once everybody before us is done with its claim.

        Without the wait a code sent twice at the same moment would count as a wrong guess the second time.
        """
        row = self._newest(connection, sender_id)
        if row is None:
            return None
        self._counters.hold(connection, row.claim_key, now)
        return self._newest(connection, sender_id)

    def _remembered(self, row: Any, now: datetime) -> bool:
        return row.used_at is None and now < row.issued_at + self._limits.remembered

    def _in_time(self, row: Any, now: datetime) -> bool:
        return row.issued_at - self._limits.clock_skew <= now < row.issued_at + self._limits.code_life

    def _locked_for(self, connection: Connection, row: Any, now: datetime) -> timedelta | None:
        """The lock that may be spoken of: of the claim or of the client, never of the person."""
        keys = [key for key in (row.claim_key, row.client_key) if key]
        locks = [self._counters.locked_for(connection, key, now) for key in keys]
        return max((lock for lock in locks if lock is not None), default=None)

    def _consume(
        self, connection: Connection, conversation: Conversation, row: Any, given: tuple[str, str], now: datetime
    ) -> bool:
        """Use the challenge up if everything matches: one statement, so that one of many at once succeeds."""
        code, purpose = given
        if purpose == STEP_UP and row.purpose != SIGN_IN:
            purpose = row.purpose
        bound = (row.id, conversation.sender_id, conversation.channel, purpose, row.person_key)
        matching = update(challenges).where(
            challenges.c.id == row.id,
            challenges.c.used_at.is_(None),
            challenges.c.issued_at > now - self._limits.code_life,
            challenges.c.code_mac.in_(self._keys.fingerprints("code", *bound, code)),
        )
        return connection.execute(matching.values(used_at=now, code_mac=None, person_sealed="")).rowcount == 1

    def _wrong(self, connection: Connection, row: Any, now: datetime) -> CodeCheck:
        of_person = self._counters.after_wrong(connection, row.person_key, self._limits.guesses, now)
        if of_person.tries_left == 0:
            self._tell(connection, row, now)
        after = [self._counters.after_wrong(connection, row.claim_key, self._limits.guesses, now)]
        if 0 in (of_person.tries_left, after[0].tries_left):
            # Whoever is signed in here is signed out, and here alone: a stranger who guesses elsewhere must not be
            # able to sign somebody out.
            self._sessions.end(connection, row.sender_id)
        if row.client_key and self._counters.take_guess(connection, row.client_key, self._limits.client_guesses, now):
            after.append(self._counters.after_wrong(connection, row.client_key, self._limits.client_guesses, now))
        # Last, since everybody's wrong codes meet here.
        self._brake.count(connection, now)
        locks = [each.locked_for for each in after if each.locked_for is not None]
        if locks:
            return CodeCheck("locked", 0, max(locks))
        return CodeCheck("wrong", min(each.tries_left for each in after))

    def _tell(self, connection: Connection, row: Any, now: datetime) -> None:
        """Have the person told that somebody has locked them, where there is a person."""
        person = KnownPerson.read(self._keys.unseal(row.person_sealed))
        # Where no code could go, no notice may go either.
        if person and row.delivered_at and not self._opt_outs.has(connection, person.phone or ""):
            self._notices.add(connection, row.person_key, person, now)

    def _accept(self, connection: Connection, row: Any, now: datetime) -> CodeCheck:
        person = KnownPerson.read(self._keys.unseal(row.person_sealed))
        if person is None:
            return CodeCheck("expired")
        if row.purpose == SIGN_IN:
            since = self._people.phone_since(connection, person)
            proof = Proof(row.act, bool(row.claimed), phone_since=since)
            self._sessions.begin(connection, row.sender_id, person, proof, now)
            return CodeCheck("accepted")
        # A second proof is worth nothing without the first: the session may have ended while the code was under way.
        fresh = self._sessions.freshen(connection, row.sender_id, person.id, row.purpose, now)
        return CodeCheck("accepted" if fresh else "expired")
