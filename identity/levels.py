"""What somebody may reach at this moment: ordered levels, capped by the channel, by a new phone and by time.

A proof is bound to the act it was asked for: a code for paying a bill opens nothing else that needs a second proof,
and the code of signing in serves the one act that asked for signing in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from identity.limits import Limits

Level = Literal["public", "limited", "verified", "step_up"]
"""In order. "limited" is signed in with nothing of the health record to read, as long as the phone on file is new."""
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True)
class Shown:
    """What a session has to show for itself."""

    claimed: bool
    """True when more than a telephone number was said to sign in, so that the code was not all there was."""
    linked: bool
    """True when the person came by a linked account of a voice assistant."""
    passcode_given: bool
    """True when the right passcode was given in this session."""
    phone_since: datetime | None
    """Since when the phone is on file; None when it has been there since before anybody noted it."""
    fresh_at: datetime
    """When the last right code was given."""
    fresh_for: str | None
    """The act it was asked for; None when for none in particular."""


@dataclass(frozen=True)
class Reach:
    """What may be done now, and what another code could open."""

    level: Level
    ceiling: Level
    """The most that any code can open in this conversation now."""
    phone_settles: datetime | None = None
    """Until when a phone that is new on file keeps the ceiling low; None when none does."""

    def covers(self, level: Level) -> bool:
        """Whether `level` is reached."""
        return at_least(self.level, level)

    def could_cover(self, level: Level) -> bool:
        """Whether another code could reach `level`."""
        return at_least(self.ceiling, level)


def at_least(level: Level, needed: Level) -> bool:
    """Whether `level` is as high as `needed`.

    Raises:
        ValueError: One of them is no level.
    """
    return LEVELS.index(level) >= LEVELS.index(needed)


@dataclass(frozen=True)
class Levels:
    """The rule, under one installation's limits."""

    limits: Limits

    def reach(self, channel: str, shown: Shown | None, purpose: str | None, now: datetime) -> Reach:
        """Judge a session; `shown` None is nobody signed in, `purpose` the act a second proof is needed for."""
        cap = self._channel_cap(channel, shown)
        settles = self.phone_settles(shown.phone_since if shown else None, now)
        ceiling = _lower(cap, "limited") if settles is not None else cap
        if shown is None or not self._let_in(channel, shown):
            return Reach("public", ceiling, settles)
        proved: Level = "step_up" if self._is_fresh(shown, purpose, now) else "verified"
        return Reach(_lower(proved, ceiling), ceiling, settles)

    def phone_settles(self, since: datetime | None, now: datetime) -> datetime | None:
        """When a phone that is new on file stops being new; None when it is not new."""
        if since is None or since + self.limits.phone_settles <= now:
            return None
        return since + self.limits.phone_settles

    def _channel_cap(self, channel: str, shown: Shown | None) -> Level:
        if channel != "alexa":
            return "step_up"
        # Others are in the room, and a code said aloud proves nothing: no money moves, nobody is let in.
        proved = shown is not None and shown.linked and shown.passcode_given
        return "verified" if self.limits.personal_on_assistants and proved else "public"

    def _let_in(self, channel: str, shown: Shown) -> bool:
        if channel == "alexa" or shown.linked:
            return channel == "alexa" and shown.linked
        # The code comes to the very thread it is typed into: whoever holds the phone must know something besides.
        return shown.claimed or channel != "sms"

    def _is_fresh(self, shown: Shown, purpose: str | None, now: datetime) -> bool:
        if purpose is None or shown.fresh_for != purpose:
            return False
        return -self.limits.clock_skew <= now - shown.fresh_at <= self.limits.fresh


def _lower(one: Level, other: Level) -> Level:
    return LEVELS[min(LEVELS.index(one), LEVELS.index(other))]
