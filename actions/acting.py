"""On whose word the portal is asked, about whom and what for: what the audit trail needs to know of a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from actions.portal_client import Asked
from actions.portal_client.errors import NotRecorded
from audit import Entry, Trail, TrailUnavailable, known_reason


@dataclass(frozen=True)
class Acting:
    """Who asks the portal for something."""

    act: str
    """Id of the capability; empty when it is none."""
    channel: str
    """Empty when it is not known."""
    session: str = field(default="", repr=False)
    """The conversation, as identity calls it."""
    actor: str | None = field(default=None, repr=False)
    """Portal id of the patient who is signed in; None for nobody."""
    patient: str | None = field(default=None, repr=False)
    """Portal id of the patient whose record it is; None for nobody's."""


class ActingTrail:
    """`AccessTrail` of the portal client, bound to who asks."""

    def __init__(self, trail: Trail, acting: Acting) -> None:
        self._trail = trail
        self._acting = acting

    async def ready(self) -> None:
        try:
            await asyncio.to_thread(self._trail.ready)
        except TrailUnavailable:
            raise NotRecorded from None

    async def note(self, asked: Sequence[Asked]) -> None:
        entries = [self._entry(each) for each in asked]
        try:
            await asyncio.to_thread(self._trail.note, *entries)
        except TrailUnavailable:
            raise NotRecorded from None

    def _entry(self, asked: Asked) -> Entry:
        acting = self._acting
        return Entry(
            asked.interaction,
            asked.outcome,
            who=acting.actor,
            on_behalf_of=acting.patient if acting.patient != acting.actor else None,
            act=acting.act,
            channel=acting.channel,
            changes=asked.changes,
            resource_type=asked.rtype,
            resource_id=asked.rid,
            reason=known_reason(asked.reason) if asked.reason else "",
            session=acting.session,
            request=asked.request,
        )
