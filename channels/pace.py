"""How many messages one conversation may send in how short a time."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST = 10
WITHIN = timedelta(seconds=10)
_CONVERSATIONS_KEPT = 10_000


class Pace:
    """Counts in this process; several gateways count together once the limits lie in Redis."""

    def __init__(self, most: int = MOST, within: timedelta = WITHIN) -> None:
        self._most = most
        self._within = within
        self._sent: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, sender_id: str, now: datetime) -> timedelta | None:
        """Count one more message; when there were too many it is not counted and the wait until the next is given."""
        sent = self._sent.setdefault(sender_id, deque())
        self._sent.move_to_end(sender_id)
        if len(self._sent) > _CONVERSATIONS_KEPT:
            self._sent.popitem(last=False)
        while sent and not now - self._within < sent[0] <= now:
            sent.popleft()
        if len(sent) >= self._most:
            return sent[0] + self._within - now
        sent.append(now)
        return None
