"""How many messages one conversation, caller, address or key may send; counted together by all gateways where Redis is.

A count is the moment at which an allowance would be whole again (generic cell rate): each message moves it on by its
share of a minute, and whoever is a burst ahead of the present has to wait.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Literal, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

type Subject = Literal["conversation", "caller", "address", "key", "new_conversations"]

DEFAULT_RATES: Mapping[Subject, int] = {
    "conversation": 60,
    "caller": 90,
    "address": 1200,
    "key": 6000,
    "new_conversations": 120,
}
"""Messages a minute; the last counts the conversations that one address opens."""
_MOST_SUBJECTS = 50_000
_SLOWEST = 0.25
"""Seconds that Redis may take before this process counts alone."""
_TRY_AGAIN = 5.0


@dataclass(frozen=True)
class Rate:
    """So many a minute on the whole, a third of them at once."""

    per_minute: int

    def __post_init__(self) -> None:
        if self.per_minute < 1:
            raise ValueError("A rate must be at least 1 a minute; none can be switched off.")

    @property
    def every_ms(self) -> int:
        return max(1, 60_000 // self.per_minute)

    @property
    def burst_ms(self) -> int:
        """How far ahead of the present a count may be."""
        return max(1, self.per_minute // 3) * self.every_ms


class Counts(Protocol):
    """Where the counts lie."""

    async def take(self, key: str, rate: Rate, now_ms: int) -> int | None:
        """Count one more; when there were too many it is not counted and the wait in milliseconds is given."""
        ...


class MemoryCounts:
    """Counts of this process alone; the longest unseen subject is forgotten when there are too many."""

    def __init__(self, most: int = _MOST_SUBJECTS) -> None:
        self._most = most
        self._whole_at: OrderedDict[str, int] = OrderedDict()

    async def take(self, key: str, rate: Rate, now_ms: int) -> int | None:
        known = self._whole_at.get(key, now_ms)
        # A count that lies further ahead than any can was made before the clock was moved back: it begins anew.
        whole_at = (max(known, now_ms) if known <= now_ms + rate.burst_ms else now_ms) + rate.every_ms
        wait = whole_at - now_ms - rate.burst_ms
        if wait > 0:
            return wait
        self._whole_at[key] = whole_at
        self._whole_at.move_to_end(key)
        if len(self._whole_at) > self._most:
            self._whole_at.popitem(last=False)
        return None


class RedisCounts:
    """Counts shared over Redis; while it cannot be reached, `alone` counts."""

    def __init__(self, redis: Any, alone: Counts) -> None:
        self._redis = redis
        self._alone = alone
        self._again_at = 0.0
        self._is_down = False

    @classmethod
    def at(cls, url: str) -> RedisCounts:
        """Counts on the server at `url`; it need not be up yet."""
        redis = Redis.from_url(url, socket_timeout=_SLOWEST, socket_connect_timeout=_SLOWEST)
        return cls(redis, MemoryCounts())

    async def close(self) -> None:
        await self._redis.aclose()

    async def take(self, key: str, rate: Rate, now_ms: int) -> int | None:
        if monotonic() < self._again_at:
            return await self._alone.take(key, rate, now_ms)
        try:
            wait = await self._take(f"careline:rate:{key}", rate, now_ms)
        except (RedisError, OSError, TimeoutError) as error:
            self._went_down(error)
            return await self._alone.take(key, rate, now_ms)
        if self._is_down:
            self._is_down = False
            logger.warning("event=limits_shared_again")
        return wait

    async def _take(self, key: str, rate: Rate, now_ms: int) -> int | None:
        async with self._redis.pipeline(transaction=True) as at_once:
            at_once.set(key, now_ms, px=rate.every_ms, nx=True)
            at_once.incrby(key, rate.every_ms)
            _, whole_at = await at_once.execute()
        wait = whole_at - now_ms - rate.burst_ms
        if wait > 0:
            # A count that expired meanwhile would begin anew here, and stay for ever without an end of its own.
            async with self._redis.pipeline(transaction=True) as at_once:
                at_once.decrby(key, rate.every_ms)
                at_once.pexpire(key, rate.burst_ms, lt=True)
                await at_once.execute()
            return wait
        await self._redis.pexpire(key, max(1, whole_at - now_ms), gt=True)
        return None

    def _went_down(self, error: Exception) -> None:
        self._again_at = monotonic() + _TRY_AGAIN
        if not self._is_down:
            self._is_down = True
            logger.error("event=limits_not_shared error=%s", type(error).__name__)


class Limits:
    """The rates by what is counted, over one place for the counts."""

    def __init__(self, rates: Mapping[Subject, int] | None = None, counts: Counts | None = None) -> None:
        self._rates = {name: Rate(per_minute) for name, per_minute in {**DEFAULT_RATES, **(rates or {})}.items()}
        self._counts = counts or MemoryCounts()

    async def take(self, subject: Subject, fingerprint: str, now: datetime) -> float | None:
        """Count one message of `subject`; the seconds until it may be sent again when there were too many."""
        wait = await self._counts.take(f"{subject}:{fingerprint}", self._rates[subject], int(now.timestamp() * 1000))
        return None if wait is None else wait / 1000
