"""How fast one conversation may send: ten messages in ten seconds on the whole, with a burst before it counts."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

BURST = 20
"""Messages at once; a person who taps through choices needs a dozen, a script that floods many more."""
EVERY = timedelta(seconds=1)
"""After a burst, one message for each of these."""
_CONVERSATIONS_KEPT = 10_000


@dataclass
class _Allowance:
    left: float
    at: datetime


class Pace:
    """Counts in this process; several gateways count together once the limits lie in Redis."""

    def __init__(self, burst: int = BURST, every: timedelta = EVERY) -> None:
        self._burst = burst
        self._every = every
        self._allowances: OrderedDict[str, _Allowance] = OrderedDict()

    def take(self, sender_id: str, now: datetime) -> timedelta | None:
        """Count one more message; when there were too many it is not counted and the wait until the next is given."""
        allowance = self._allowances.setdefault(sender_id, _Allowance(self._burst, now))
        self._allowances.move_to_end(sender_id)
        if len(self._allowances) > _CONVERSATIONS_KEPT:
            self._allowances.popitem(last=False)
        # A clock that was moved back grants nothing.
        grown = max(now - allowance.at, timedelta(0)) / self._every
        allowance.left, allowance.at = min(self._burst, allowance.left + grown), now
        if allowance.left < 1:
            return (1 - allowance.left) * self._every
        allowance.left -= 1
        return None
