"""Rasa's side of the store of conversations: what Rasa asks for, over sealed rows, and no way around a failure.

Rasa wraps every store so that a failed read gives an empty conversation and a failed write goes to memory. Without that
wrapper (`assistant/serving.py` takes it off) a failure ends the turn, and the person is told to send the message again.
"""

import asyncio
from collections.abc import Iterable
from itertools import islice
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.talk_store import SealedTalk
from clock import clock_of
from identity import Keys, open_engine
from settings import Settings

KEPT = "careline_kept"
"""Attribute of a tracker: how many of its events came from the store."""


class SealedTrackerStore(TrackerStore):
    """Reads and goes on with conversations in `TRACKER_STORE_URL`; endpoints.yml names it."""

    def __init__(
        self, domain: Domain | None = None, host: str = "", event_broker: EventBroker | None = None, **_: Any
    ) -> None:
        """`host` is what Rasa calls the `url` of endpoints.yml: an SQLAlchemy URL."""
        super().__init__(domain, event_broker)
        settings = Settings.from_environment()
        clock = clock_of(settings.demo, settings.clock_file)
        self.talk = SealedTalk(open_engine(host), clock, Keys(*settings.secrets_for("tracker store")))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it was saved last; None when nothing of it is kept."""
        events = await asyncio.to_thread(self.talk.read, sender_id)
        if not events:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        setattr(tracker, KEPT, len(events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what has happened since the conversation was read."""
        kept: int = getattr(tracker, KEPT, 0)
        new = [event.as_dict() for event in islice(tracker.events, kept, None)]
        if new:
            await asyncio.to_thread(self.talk.append, tracker.sender_id, kept, new)
            setattr(tracker, KEPT, kept + len(new))

    async def keys(self) -> Iterable[str]:
        """Every conversation of which something is kept."""
        return await asyncio.to_thread(self.talk.senders)

    async def ready(self) -> None:
        """Write and read for real; raises when either fails."""
        await asyncio.to_thread(self.talk.ready)
