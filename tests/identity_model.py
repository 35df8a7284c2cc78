"""The rules of signing in once more, in a few words and without a database, for tests that do things in any order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from identity import ChallengeStart, CodeCheck, Level
from tests.identity_fakes import Patient

MINUTE = timedelta(minutes=1)
SKEW = timedelta(seconds=30)


@dataclass(frozen=True)
class Expected:
    """What the newest challenge of a conversation should accept."""

    person: Patient | None
    purpose: str
    act: str | None
    claim: str
    at: datetime
    code: str | None
    reached: bool
    """True when the code went out to the person, whose guesses are counted then."""

    @property
    def claim_key(self) -> str:
        """Whose wrong guesses are counted together, besides the person's."""
        return self.claim or f"the person {self.person and self.person.id}"


@dataclass(frozen=True)
class Proved:
    """A session, as far as what it reaches depends on it."""

    patient_id: str
    at: datetime
    seen: datetime
    fresh_at: datetime
    fresh_for: str | None
    phone_since: datetime | None
    claimed: bool
    linked: bool = False
    passcode_given: bool = False


@dataclass
class Guesses:
    """Wrong guesses at one of something, and until when it is locked."""

    most: int
    wrong: int = 0
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def miss(self, now: datetime) -> None:
        """Count; locks of the model are the shortest there are, so that it is never stricter than it may be."""
        if self.locked(now):
            return
        self.wrong += 1
        if self.wrong == self.most:
            self.wrong, self.locked_until = 0, now + 30 * MINUTE

    def clear(self) -> None:
        self.wrong, self.locked_until = 0, None


@dataclass
class Model:
    """Who has asked for what, who has proved what, and what may be reached."""

    channels: tuple[str, ...]
    newest: dict[int, Expected] = field(default_factory=dict)
    proved: dict[int, Proved] = field(default_factory=dict)
    replaced: list[tuple[int, Expected]] = field(default_factory=list)
    texts: dict[str, list[datetime]] = field(default_factory=dict)
    """By person and by phone."""
    guesses: dict[str, Guesses] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    changed: dict[str, datetime] = field(default_factory=dict)
    passcodes: dict[str, str] = field(default_factory=dict)
    certain: bool = True
    """False once the clock went back: from then on the store may only refuse more than this model does."""

    def started(self, number: int, expected: Expected, start: ChallengeStart) -> None:
        """A challenge began, or did not."""
        if start.outcome != "started":
            return
        person, code = expected.person, start.delivery.code if start.delivery else None
        if code and person:
            for key in (person.id, str(person.phone)):
                self.texts.setdefault(key, []).append(expected.at)
            self.void(person.id)
        self.newest[number] = replace(expected, code=code, reached=code is not None)

    def void(self, patient_id: str) -> None:
        """Make every code of a person worthless."""
        for number, expected in self.newest.items():
            if expected.person and expected.person.id == patient_id and expected.code:
                self.replaced.append((number, expected))
                self.newest[number] = replace(expected, code=None)

    def right(self, number: int, code: str, purpose: str, at: datetime) -> bool:
        """Whether a code is the right one, locks aside."""
        expected = self.newest.get(number)
        if expected is None or expected.code is None:
            return False
        in_time = -SKEW <= at - expected.at < 5 * MINUTE
        asked = purpose == expected.purpose or (purpose == "step_up" and expected.purpose != "sign_in")
        return in_time and asked and expected.code == code

    def of(self, key: str, most: int = 5) -> Guesses:
        return self.guesses.setdefault(key, Guesses(most))

    def checked(self, number: int, check: CodeCheck, now: datetime) -> None:
        """A code was looked at, or was not."""
        expected = self.newest.get(number)
        if expected is None:
            return
        counted = [self.of(f"claim {expected.claim_key}")]
        if expected.person and expected.reached:
            counted.append(self.of(f"person {expected.person.id}"))
        if check.outcome == "accepted":
            for each in counted:
                each.clear()
        elif check.outcome == "wrong" or (check.outcome == "locked" and not counted[0].locked(now)):
            for each in counted:
                each.miss(now)

    def accepted(self, number: int, now: datetime) -> None:
        """The newest code was right: somebody is signed in, or has proved it again."""
        expected = self.newest.pop(number)
        assert expected.person is not None
        who = expected.person
        if expected.purpose != "sign_in":
            assert self.proved[number].patient_id == who.id
            self.proved[number] = replace(self.proved[number], seen=now, fresh_at=now, fresh_for=expected.purpose)
            return
        since = max((at for at in (who.phone_since, self.changed.get(who.id)) if at), default=None)
        self.proved[number] = Proved(who.id, now, now, now, expected.act, since, bool(expected.claim))

    def lives(self, number: int, now: datetime) -> bool:
        """Whether a session may still live."""
        proved = self.proved.get(number)
        return proved is not None and now - proved.at <= 60 * MINUTE and now - proved.seen <= 15 * MINUTE

    def touched(self, number: int, now: datetime) -> None:
        if self.lives(number, now):
            self.proved[number] = replace(self.proved[number], seen=now)

    def level(self, number: int, purpose: str, now: datetime) -> Level:
        """The level that may be reached at most."""
        if not self.lives(number, now):
            return "public"
        proved = self.proved[number]
        new = proved.phone_since is not None and now < proved.phone_since + timedelta(hours=72)
        if self.channels[number] == "alexa":
            if not (proved.linked and proved.passcode_given):
                return "public"
            return "limited" if new else "verified"
        if proved.linked or (self.channels[number] == "sms" and not proved.claimed):
            return "public"
        if new:
            return "limited"
        fresh = proved.fresh_for == purpose and -SKEW <= now - proved.fresh_at <= 5 * MINUTE
        return "step_up" if fresh else "verified"

    def sign_out(self, number: int) -> None:
        self.newest.pop(number, None)
        self.proved.pop(number, None)

    def sign_out_everywhere(self, patient_id: str) -> None:
        self.void(patient_id)
        for number in [each for each, proved in self.proved.items() if proved.patient_id == patient_id]:
            self.proved.pop(number)


def most_within(times: list[datetime], window: timedelta) -> int:
    """The most moments that lie within any window of that length."""
    return max((sum(first <= other < first + window for other in times) for first in times), default=0)
