"""Invented patients and a session store over a file, for tests of identity."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette

from clock import FixedClock
from identity import ChallengeStart, CodeCheck, Identity, Keys, Limits, open_engine

NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
SECRET = "a secret that only these tests know"


@dataclass(frozen=True)
class Patient:
    """What the portal would know of somebody."""

    id: str = "patient-ada"
    phone: str | None = "+15415550121"
    can_text: bool = True
    given_name: str = "Adalinde"
    language: str = "en"
    phone_since: datetime | None = None
    shares_phone_with_guardian: bool = False


ADA = Patient()
BEN = Patient(id="patient-ben", phone="+15415550122", given_name="Bentley", language="es")
GRACE = Patient(id="patient-grace", phone="+15415550123", can_text=False, given_name="Gracelyn")


class Desk:
    """An Identity over one database with a clock that stands still, and short words for what tests do often."""

    def __init__(self, url: str, limits: Limits | None = None, clock: FixedClock | None = None) -> None:
        self.url = url
        self.limits = limits or Limits()
        self.clock = clock or FixedClock(NOON)
        self.engine = open_engine(url)
        self.identity = self._new(Keys(SECRET))

    @classmethod
    def in_folder(cls, folder: Path, limits: Limits | None = None) -> Desk:
        """A desk over a new SQLite file."""
        return cls(f"sqlite:///{folder}/identity.db", limits)

    def restarted(self, *secrets: str) -> Desk:
        """Another process over the same database at the same time of day."""
        other = Desk(self.url, self.limits, self.clock)
        if secrets:
            other.identity = other._new(Keys(*secrets))
        return other

    def start_anew(self) -> None:
        """Forget all that is not in the database."""
        self.identity = self._new(Keys(SECRET))

    def after(self, **span: float) -> None:
        """Let time pass: `after(minutes=5)`."""
        self.clock.advance(timedelta(**span))

    def conversation(self, channel: str = "web", caller: str | None = None) -> str:
        """Open a conversation; give its sender id."""
        return self.identity.open_conversation(channel, "en", caller).sender_id

    def start(
        self,
        sender: str,
        person: Patient | None = ADA,
        claim: str = "",
        purpose: str = "sign_in",
        act: str | None = None,
    ) -> ChallengeStart:
        """Ask for a code."""
        return self.identity.start_challenge(sender, person, purpose, claim, act)

    def code(self, sender: str, person: Patient = ADA, claim: str = "", purpose: str = "sign_in") -> str:
        """Ask for a code and read the telephone."""
        return code_of(self.start(sender, person, claim, purpose))

    def sign_in(self, sender: str, person: Patient = ADA, claim: str = "", act: str | None = None) -> None:
        """Sign in, and fail the test when that does not work."""
        check = self.identity.check_code(sender, code_of(self.start(sender, person, claim, act=act)))
        assert check.outcome == "accepted"

    def lock(self, sender: str, person: Patient = ADA, claim: str = "") -> None:
        """Guess until the person is locked."""
        assert self.guess(sender, wrong_codes(self.code(sender, person, claim), 5))[-1].outcome == "locked"

    def guess(self, sender: str, codes: Iterable[str]) -> list[CodeCheck]:
        """Give several codes, one after the other."""
        return [self.identity.check_code(sender, code) for code in codes]

    def _new(self, keys: Keys) -> Identity:
        return Identity(self.engine, self.clock, keys, self.limits)


class InProcess(httpx.BaseTransport):
    """Takes requests of a synchronous client to an application in the same process, without a network."""

    def __init__(self, app: Starlette) -> None:
        self._transport = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the application does."""
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        body = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._transport.handle_async_request(body)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


def code_of(start: ChallengeStart) -> str:
    """The code on its way, when there is one."""
    assert start.delivery is not None, start.outcome
    return start.delivery.code


def wrong_codes(right: str, count: int) -> list[str]:
    """As many different codes that are not `right`."""
    return [f"{(int(right) + step) % 1_000_000:06d}" for step in range(1, count + 1)]
