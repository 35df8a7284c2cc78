"""The words of signing in: who claims to be whom, and what came of asking for a code and of giving one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from identity.delivery import Delivery

StartOutcome = Literal["started", "too_soon", "too_many", "none"]
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


@dataclass(frozen=True)
class ChallengeStart:
    """What came of asking for a code; the same for people on file and for strangers."""

    outcome: StartOutcome
    """"none" only from a resend with nothing to repeat, or for a conversation that does not exist."""
    wait: timedelta | None = None
    """How long until another may be asked for, when too soon or too many."""
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

    def written(self) -> str:
        """The person as JSON."""
        if self.person is None:
            return "null"
        known = {name: getattr(self.person, name) for name in KnownPerson.__dataclass_fields__}
        return json.dumps(known)


@dataclass(frozen=True)
class KnownPerson:
    """A person as kept with a challenge, sealed, for a resend."""

    id: str
    phone: str | None
    can_text: bool
    given_name: str
    language: str
