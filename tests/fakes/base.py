"""What every fake has: calls that are counted, calls that fail on demand, and writes that are done once per key."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from clock import Clock, FixedClock

# A Tuesday, 10:00 at the clinic.
A_TUESDAY = datetime(2026, 3, 17, 17, 0, tzinfo=UTC)


@dataclass
class Failures:
    """Which calls fail, and what was called: `fail("pay", OutcomeUnknown())` makes every `pay` raise it."""

    failing: dict[str, list[tuple[Exception, int | None]]] = field(default_factory=dict)
    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    """Name and arguments of each call, in order, failed ones too."""

    def fail(self, call: str, error: Exception, times: int | None = None) -> None:
        """Make `call` raise `error` the next `times` times; None means until `heal`."""
        self.failing.setdefault(call, []).append((error, times))

    def heal(self) -> None:
        """Let everything work again."""
        self.failing.clear()

    def called(self, call: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of that name."""
        return [arguments for name, arguments in self.calls if name == call]

    def _enter(self, call: str, *arguments: Any) -> None:
        self.calls.append((call, arguments))
        waiting = self.failing.get(call)
        if not waiting:
            return
        error, times = waiting.pop(0)
        if times is None or times > 1:
            waiting.insert(0, (error, None if times is None else times - 1))
        raise error


@dataclass
class Fake(Failures):
    """The base of what stands in for a portal."""

    clock: Clock = field(default_factory=lambda: FixedClock(A_TUESDAY))
    answers: dict[str, Any] = field(default_factory=dict)
    """What the calls answer that the fake has no data of its own for, by name: `{"allergies": [...]}`."""
    _done: dict[str, Any] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def _once(self, key: str, do: Callable[[], Any]) -> Any:
        if key not in self._done:
            self._done[key] = do()
        return self._done[key]


def answering[T: type[Fake]](port: type) -> Callable[[T], T]:
    """Give a fake every call of a port that it does not answer itself: each answers what the test has said."""

    def complete(fake: T) -> T:
        for name, call in inspect.getmembers(port, inspect.iscoroutinefunction):
            if name not in {each for kind in fake.__mro__[:-1] if not _is_port(kind) for each in vars(kind)}:
                setattr(fake, name, _told(name, call))
        return fake

    return complete


def _is_port(kind: type) -> bool:
    return kind.__module__.startswith("actions.portal_client.port")


def _told(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    async def told(self: Fake, *arguments: Any, **named: Any) -> Any:
        self._enter(name, *arguments, *named.values())
        if name not in self.answers:
            raise AssertionError(f"the test does not say what {name} answers")
        return self.answers[name]

    return told
