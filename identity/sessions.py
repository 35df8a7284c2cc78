"""Who is signed in, since when and until when, and the portal token that goes with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update

from identity.claims import Person
from identity.erasures import Erasures
from identity.keys import Keys
from identity.levels import Shown
from identity.limits import Limits
from identity.store import Connection, sessions


@dataclass(frozen=True)
class SignedIn:
    """A person who has proved who they are."""

    patient_id: str = field(repr=False)
    given_name: str = field(repr=False)
    language: str
    """What the portal has on file; the conversation may be in another."""
    verified_at: datetime
    until: datetime
    """The earlier of the idle and the absolute limit."""


@dataclass(frozen=True)
class Proof:
    """How somebody came to be signed in."""

    act: str | None = None
    """The act that asked for it, which it serves as a second proof too; None when none did."""
    claimed: bool = False
    """True when they said more than a number on file."""
    linked: bool = False
    """True when they came by a linked account of a voice assistant, without a code."""
    phone_since: datetime | None = None
    """Since when their number is on file; None when since before anybody noted it."""


class Sessions:
    """The signed-in people of the store, one a conversation."""

    def __init__(self, keys: Keys, limits: Limits) -> None:
        self._keys = keys
        self._limits = limits
        self._erasures = Erasures(keys)

    def begin(self, connection: Connection, sender_id: str, person: Person, proof: Proof, now: datetime) -> None:
        """Sign `person` in, in place of whoever was; an earlier token is dropped."""
        connection.execute(delete(sessions).where(sessions.c.sender_id == sender_id))
        row = {
            "sender_id": sender_id,
            "patient_id": person.id,
            "given_name_sealed": self._keys.seal(person.given_name),
            "language": person.language,
            "verified_at": now,
            "fresh_at": now,
            "seen_at": now,
            "fresh_for": proof.act,
            "claimed": proof.claimed,
            "linked": proof.linked,
            "phone_since": proof.phone_since,
        }
        connection.execute(insert(sessions).values(row))
        self._erasures.note_owner(connection, sender_id, row["patient_id"])

    def freshen(self, connection: Connection, sender_id: str, patient_id: str, act: str, now: datetime) -> bool:
        """Note a second proof of the same person for `act`; False when that person is no longer signed in."""
        same = update(sessions).where(self._live(sender_id, now), sessions.c.patient_id == patient_id)
        return connection.execute(same.values(fresh_at=now, fresh_for=act, seen_at=now)).rowcount == 1

    def give_passcode(self, connection: Connection, sender_id: str, patient_id: str, now: datetime) -> bool:
        """Note that the right passcode was given; False when its owner is no longer signed in."""
        same = update(sessions).where(self._live(sender_id, now), sessions.c.patient_id == patient_id)
        return connection.execute(same.values(passcode_at=now)).rowcount == 1

    def take_passcodes(self, connection: Connection, patient_id: str) -> None:
        """Forget that a passcode was given: it is one no more."""
        connection.execute(update(sessions).where(sessions.c.patient_id == patient_id).values(passcode_at=None))

    def touch(self, connection: Connection, sender_id: str, now: datetime) -> None:
        """Put off the idle limit of a session that still lives; one that ended stays ended."""
        connection.execute(update(sessions).where(self._live(sender_id, now)).values(seen_at=now))

    def get(self, connection: Connection, sender_id: str, now: datetime) -> SignedIn | None:
        """Who is signed in at `now`."""
        row = connection.execute(select(sessions).where(self._live(sender_id, now))).one_or_none()
        if row is None:
            return None
        until = min(row.seen_at + self._limits.idle, row.verified_at + self._limits.absolute)
        given_name = self._keys.unseal(row.given_name_sealed)
        return SignedIn(row.patient_id, given_name, row.language, row.verified_at, until)

    def shown(self, connection: Connection, sender_id: str, now: datetime) -> Shown | None:
        """What the session has to show for itself; None when nobody is signed in."""
        row = connection.execute(select(sessions).where(self._live(sender_id, now))).one_or_none()
        if row is None:
            return None
        return Shown(
            claimed=bool(row.claimed),
            linked=bool(row.linked),
            passcode_given=row.passcode_at is not None,
            phone_since=row.phone_since,
            fresh_at=row.fresh_at,
            fresh_for=row.fresh_for,
        )

    def end(self, connection: Connection, sender_id: str) -> None:
        """Sign out: the row goes, and the token with it."""
        connection.execute(delete(sessions).where(sessions.c.sender_id == sender_id))

    def end_all(self, connection: Connection, patient_id: str) -> int:
        """Sign somebody out of every conversation; give the number of sessions."""
        return connection.execute(delete(sessions).where(sessions.c.patient_id == patient_id)).rowcount

    def keep_token(self, connection: Connection, sender_id: str, token: str, times: tuple[datetime, datetime]) -> bool:
        """Keep a portal token; `times` are its end and the present. False when nobody is signed in."""
        until, now = times
        kept = update(sessions).where(self._live(sender_id, now))
        return connection.execute(kept.values(token_sealed=self._keys.seal(token), token_until=until)).rowcount == 1

    def token(self, connection: Connection, sender_id: str, now: datetime) -> str | None:
        """The portal token, while it is valid and its owner signed in."""
        valid = select(sessions.c.token_sealed).where(self._live(sender_id, now), sessions.c.token_until > now)
        sealed = connection.execute(valid).scalar_one_or_none()
        return self._keys.unseal(sealed) if sealed else None

    def purge(self, connection: Connection, now: datetime) -> int:
        """Drop sessions that have ended and tokens that have expired; give the number of sessions."""
        expired = update(sessions).where(sessions.c.token_until <= now)
        connection.execute(expired.values(token_sealed=None, token_until=None))
        ended = or_(sessions.c.seen_at < now - self._limits.idle, sessions.c.verified_at < now - self._limits.absolute)
        return connection.execute(delete(sessions).where(ended)).rowcount

    def _live(self, sender_id: str, now: datetime) -> Any:
        return and_(
            sessions.c.sender_id == sender_id,
            sessions.c.seen_at >= now - self._limits.idle,
            sessions.c.verified_at >= now - self._limits.absolute,
            # A session from the future was written by a clock that is wrong, or ours is.
            sessions.c.seen_at <= now + self._limits.clock_skew,
        )
