"""The words of signing in: who claims to be whom, and what came of asking for a code and of giving one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from identity.delivery import Delivery

StartOutcome = Literal["started", "too_soon", "too_many", "paused", "none"]
CheckOutcome = Literal["accepted", "wrong", "expired", "locked", "none"]


class Person(Protocol):
    """What is needed to know of somebody whom the portal has on file."""

    @property
    def id(self) -> str:
        """The portal's id of the patient."""
        ...

    @property
    def phone(self) -> str | None:
        """E.164, as on file; None when there is none."""
        ...

    @property
    def can_text(self) -> bool:
        """False for a landline: the code is spoken by a call."""
        ...

    @property
    def given_name(self) -> str: ...

    @property
    def language(self) -> str: ...

    @property
    def phone_since(self) -> datetime | None:
        """Since when the number is on file; None when since before anybody noted it."""
        ...

    @property
    def shares_phone_with_guardian(self) -> bool:
        """True for a teenager whose number also reaches somebody who acts for them."""
        ...


@dataclass(frozen=True)
class ChallengeStart:
    """What came of asking for a code; the same for people on file and for strangers."""

    outcome: StartOutcome
    """"none" only from a resend with nothing to repeat, or for a conversation that does not exist."""
    wait: timedelta | None = None
    """How long until another may be asked for, when too soon, too many or paused for everybody."""
    delivery: Delivery | None = None
    """For the sender in the background; nothing that is said may depend on it."""


@dataclass(frozen=True)
class CodeCheck:
    """What came of a code that was given."""

    outcome: CheckOutcome
    tries_left: int = 0
    wait: timedelta | None = None
    """How long the lock lasts, when locked."""


@dataclass(frozen=True)
class Claim:
    """Somebody's word that they are this person."""

    person: Person | None
    """None for a stranger."""
    key: str
    """Fingerprint of what was claimed."""
    purpose: str
    """"sign_in", or the act that a second proof is for."""
    act: str | None = None
    """The act that asked for signing in; None when none did."""
    in_words: bool = False
    """True when more than a number on file was said."""

    def written(self) -> str:
        """The person as JSON."""
        if self.person is None:
            return "null"
        known = {name: getattr(self.person, name) for name in KnownPerson.__dataclass_fields__}
        return json.dumps(known | {"phone_since": self.person.phone_since and self.person.phone_since.isoformat()})


@dataclass(frozen=True)
class KnownPerson:
    """A person as kept with a challenge, sealed, for a resend."""

    id: str
    phone: str | None
    can_text: bool
    given_name: str
    language: str
    phone_since: datetime | None = None
    shares_phone_with_guardian: bool = False

    @classmethod
    def read(cls, written: str) -> KnownPerson | None:
        """Read what `Claim.written` gave; None is a stranger."""
        known: dict[str, Any] | None = json.loads(written)
        if known is None:
            return None
        since = known.pop("phone_since", None)
        return cls(phone_since=datetime.fromisoformat(since) if since else None, **known)
