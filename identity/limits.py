"""How often, how long and how many: every number of signing in, with its unit, and the rule for the next text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

_LEAST_WORK = 2**10

TextVerdict = Literal["send", "too_soon", "too_many"]


def _refuse_unless_positive(*numbers: int) -> None:
    if min(numbers) < 1:
        raise ValueError("A limit must be at least 1; none can be switched off.")


@dataclass(frozen=True)
class TextLimits:
    """How many codes may go out to one of something (a claimed identity, a person, a phone)."""

    gaps: tuple[timedelta, ...] = ()
    """Least time after the first, second, third ... text of the last 24 hours; the last one goes on."""
    per_quarter_hour: int = 3
    per_day: int = 6

    def __post_init__(self) -> None:
        _refuse_unless_positive(self.per_quarter_hour, self.per_day)

    def next_text(self, sent: Sequence[datetime], now: datetime) -> tuple[TextVerdict, timedelta | None]:
        """Say whether one more text may go out at `now`, and if not, after how long.

        Args:
            sent: When the texts of the last 24 hours went out, oldest first.
            now: The present moment.
        """
        ends = [sent[-most] + window for most, window in self._windows() if len(sent) >= most]
        free = max(ends, default=now)
        if free > now:
            return "too_many", free - now
        if sent and self.gaps:
            gap = self.gaps[min(len(sent), len(self.gaps)) - 1]
            if sent[-1] + gap > now:
                return "too_soon", sent[-1] + gap - now
        return "send", None

    def _windows(self) -> tuple[tuple[int, timedelta], ...]:
        return (self.per_quarter_hour, timedelta(minutes=15)), (self.per_day, timedelta(hours=24))


@dataclass(frozen=True)
class GuessLimits:
    """How many wrong codes lock one of something, and for how long."""

    most: int
    first_lock: timedelta
    longest_lock: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        _refuse_unless_positive(self.most)
        if self.first_lock <= timedelta(0):
            raise ValueError("A lock must last longer than nothing.")

    def lock(self, earlier_locks: int) -> timedelta:
        """How long the next lock lasts: twice the one before, up to the longest."""
        # 2 ** 20 half hours are far beyond the longest lock; the bound keeps the product representable.
        return min(self.first_lock * 2 ** min(earlier_locks, 20), self.longest_lock)


@dataclass(frozen=True)
class Limits:
    """The defaults of the security design; each can be changed, none can be switched off."""

    code_life: timedelta = timedelta(minutes=5)
    """From the moment the code is issued."""
    remembered: timedelta = timedelta(minutes=30)
    """How long an unanswered challenge can be repeated, and is called expired rather than unknown."""
    guesses: GuessLimits = GuessLimits(most=5, first_lock=timedelta(minutes=30))
    """Per person and per claimed identity, over all conversations, channels and resends."""
    client_guesses: GuessLimits = GuessLimits(most=20, first_lock=timedelta(hours=24))
    """Per client (the caller's number, or what the gateway gives as the client)."""
    guesses_forgotten: timedelta = timedelta(hours=24)
    """After this long, old wrong guesses count no more and a lock no longer lengthens the next."""
    texts: TextLimits = TextLimits(gaps=(timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)))
    """Per claimed identity. A person met under several spellings has the same caps."""
    phone_texts: TextLimits = TextLimits(per_quarter_hour=6, per_day=12)
    """Per phone; wider than per person because couples and families share one."""
    claims_per_client: int = 10
    """Different claimed identities in 24 hours from one client."""
    texts_per_hour: int = 500
    """All codes together; beyond it none go out and an error is logged, as a brake on toll fraud."""
    idle: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(minutes=60)
    clock_skew: timedelta = timedelta(seconds=30)
    """How far ahead another machine's clock may be before what it wrote is refused."""
    fresh: timedelta = timedelta(minutes=5)
    """How long a second proof, or the code of signing in, serves the act it was asked for."""
    phone_settles: timedelta = timedelta(hours=72)
    """How long a number that is new on file opens less."""
    personal_on_assistants: bool = False
    """True lets voice assistants read personal things out, after account linking and a passcode."""
    passcodes: GuessLimits = GuessLimits(most=3, first_lock=timedelta(minutes=30))
    """Per person, over all sessions."""
    passcode_work: int = 2**14
    """Cost of one passcode's hash (n of scrypt, a power of two)."""
    brake: GuessLimits = GuessLimits(most=300, first_lock=timedelta(minutes=30))
    """All wrong codes together: the fewest in 24 hours that pause new codes for everybody, and for how long."""
    brake_times: int = 3
    """Beyond `brake.most`, new codes pause at this many times the median of the last seven days."""
    challenges_kept: timedelta = timedelta(hours=24)
    conversations_kept: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        _refuse_unless_positive(self.claims_per_client, self.texts_per_hour, self.brake_times)
        # NIST SP 800-63B: an out-of-band code may not be valid for longer than ten minutes.
        if not timedelta(0) < self.code_life <= timedelta(minutes=10):
            raise ValueError("A code must work for more than nothing and at most 10 minutes.")
        if min(self.idle, self.absolute) <= timedelta(0) or self.absolute > timedelta(hours=24):
            raise ValueError("The idle and absolute limits must lie between nothing and 24 hours.")
        if not timedelta(0) < self.fresh <= timedelta(minutes=15) or self.phone_settles <= timedelta(0):
            raise ValueError("A second proof must serve at most 15 minutes, and a new phone must stay new for a while.")
        if self.passcode_work < _LEAST_WORK or self.passcode_work & (self.passcode_work - 1):
            raise ValueError(f"The cost of a passcode's hash must be a power of two and at least {_LEAST_WORK}.")
