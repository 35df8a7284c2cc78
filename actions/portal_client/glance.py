"""All the news at once; a part that fails leaves the others standing."""

from __future__ import annotations

from datetime import timedelta

from actions.portal_client.area import whichever_answer
from actions.portal_client.bills import BillCalls
from actions.portal_client.messaging import MessagingCalls
from actions.portal_client.models.account import Glance
from actions.portal_client.orders import OrderCalls
from actions.portal_client.refills import RefillCalls
from actions.portal_client.results import ResultCalls

NEW_FOR = timedelta(days=14)


class GlanceCalls(OrderCalls, RefillCalls, ResultCalls, MessagingCalls, BillCalls):
    """News of every kind about the patient in context."""

    async def glance(self) -> Glance:
        parts = (self.appointments(), self._new_results(), self._unread(), self._refills_ready(), self._owed())
        visits, *counts = await whichever_answer(*parts)
        first = next(iter(visits or []), None)
        return Glance(first, visits is not None, *counts)

    async def _new_results(self) -> int:
        since = (self._clock.now() - NEW_FOR).astimezone(self._zone).date()
        return sum(each.on >= since and each.status != "pending" for each in await self.test_results())

    async def _unread(self) -> int:
        return sum(each.unread for each in await self.messages())

    async def _refills_ready(self) -> int:
        return sum(each.stage == "ready" for each in await self.refills())

    async def _owed(self) -> int:
        return sum(max(0, each.cents) for each in await self.balances())
