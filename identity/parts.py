"""What every part of Identity stands on: the tables' keepers, made once."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from clock import Clock
from identity.acting import Acting
from identity.brake import Brake
from identity.challenges import Challenges
from identity.conversations import Conversations
from identity.counters import Counters
from identity.erasures import Erasures
from identity.keys import Keys
from identity.levels import Levels, Reach
from identity.limits import Limits
from identity.notices import Notices
from identity.opt_outs import OptOuts
from identity.passcodes import PasscodeHashes
from identity.people import People
from identity.sessions import Sessions
from identity.transactions import At, Transactions


class Parts(Transactions):
    """The base of what Identity answers, area by area."""

    def __init__(self, engine: Engine, clock: Clock, keys: Keys, limits: Limits) -> None:
        super().__init__(engine, clock)
        self._keys = keys
        self._limits = limits
        self._levels = Levels(limits)
        self._conversations = Conversations(keys)
        self._sessions = Sessions(keys, limits)
        self._erasures = Erasures(keys)
        self._acting = Acting(keys, self._sessions)
        self._counters = Counters(limits.guesses_forgotten)
        self._brake = Brake(keys, limits, self._counters)
        self._notices = Notices(keys)
        self._opt_outs = OptOuts(keys)
        self._people = People(keys, limits)
        self._hashes = PasscodeHashes(keys, limits.passcode_work)
        self._challenges = Challenges(keys, limits, self._counters, self._sessions)

    def _reach(self, at: At, sender_id: str, purpose: str | None) -> Reach:
        conversation = self._conversations.by_sender(at.connection, sender_id)
        if conversation is None:
            return Reach("public", "public")
        shown = self._sessions.shown(at.connection, sender_id, at.now)
        return self._levels.reach(conversation.channel, shown, purpose, at.now)
