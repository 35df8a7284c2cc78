"""Conversations: what ties a client's secret token to the opaque id that the dialogue engine sees."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update

from identity.keys import Keys
from identity.store import Connection, conversations


@dataclass(frozen=True)
class Conversation:
    """One conversation on one channel; a proof of nothing."""

    id: str = field(repr=False)
    """The client's token, 128 random bits; empty when found another way, for only its fingerprint is kept."""
    sender_id: str
    """What the dialogue engine and the actions know it by; of no use to a client."""
    channel: str
    language: str
    caller: str | None = field(repr=False)
    """The number the carrier reported, E.164; selects a candidate and proves nothing."""
    client_key: str | None = field(default=None, repr=False)
    """Fingerprint of the client whose guesses and claims are counted together; None counts nothing."""


class Conversations:
    """The conversations in the store."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def open(self, connection: Connection, new: Conversation, client: str | None, now: datetime) -> Conversation:
        """Keep `new`, whose `id` and `sender_id` are still empty, under a fresh token."""
        token = secrets.token_urlsafe(16)
        counted = client or new.caller
        opened = Conversation(
            id=token,
            sender_id=self._keys.fingerprint("sender", new.channel, token),
            channel=new.channel,
            language=new.language,
            caller=new.caller,
            client_key=self._keys.fingerprint("client", counted) if counted else None,
        )
        row = {
            "sender_id": opened.sender_id,
            "id_mac": self._keys.fingerprint("conversation", token),
            "channel": opened.channel,
            "language": opened.language,
            "caller_sealed": self._keys.seal(opened.caller) if opened.caller else None,
            "caller_key": self._keys.fingerprint("caller", opened.channel, opened.caller) if opened.caller else None,
            "client_key": opened.client_key,
            "opened_at": now,
            "seen_at": now,
        }
        connection.execute(insert(conversations).values(row))
        return opened

    def by_id(self, connection: Connection, token: str) -> Conversation | None:
        """The conversation whose client holds `token`."""
        macs = self._keys.fingerprints("conversation", token)
        held = or_(conversations.c.id_mac.in_(macs), conversations.c.former_mac.in_(macs))
        found = connection.execute(select(conversations).where(held)).one_or_none()
        return self._read(found, token) if found else None

    def settle(self, connection: Connection, token: str) -> None:
        """Make the token that was held before worthless, now that the client has shown the new one."""
        shown = conversations.c.id_mac.in_(self._keys.fingerprints("conversation", token))
        renewed = and_(shown, conversations.c.former_mac.isnot(None))
        connection.execute(update(conversations).where(renewed).values(former_mac=None))

    def by_sender(self, connection: Connection, sender_id: str) -> Conversation | None:
        """The conversation that the dialogue engine calls `sender_id`."""
        found = connection.execute(select(conversations).where(conversations.c.sender_id == sender_id)).one_or_none()
        return self._read(found) if found else None

    def by_caller(self, connection: Connection, channel: str, caller: str) -> Conversation | None:
        """The newest conversation with `caller` on `channel`."""
        keys = self._keys.fingerprints("caller", channel, caller)
        newest = (
            select(conversations)
            .where(conversations.c.caller_key.in_(keys))
            .order_by(conversations.c.opened_at.desc())
            .limit(1)
        )
        found = connection.execute(newest).one_or_none()
        return self._read(found) if found else None

    def renew(self, connection: Connection, sender_id: str) -> str | None:
        """Give the client a new token in place of the present one; None when there is no such conversation.

        The present one goes on working until the new one is shown, since the answer that carries it may be lost.
        """
        token = secrets.token_urlsafe(16)
        renewed = update(conversations).where(conversations.c.sender_id == sender_id)
        macs = {"id_mac": self._keys.fingerprint("conversation", token), "former_mac": conversations.c.id_mac}
        changed = connection.execute(renewed.values(macs))
        return token if changed.rowcount == 1 else None

    def touch(self, connection: Connection, sender_id: str, now: datetime) -> None:
        """Note that something was said."""
        connection.execute(update(conversations).where(conversations.c.sender_id == sender_id).values(seen_at=now))

    def set_language(self, connection: Connection, sender_id: str, language: str) -> None:
        """Go on in `language`."""
        changed = update(conversations).where(conversations.c.sender_id == sender_id)
        connection.execute(changed.values(language=language))

    def purge(self, connection: Connection, older_than: timedelta, now: datetime) -> int:
        """Drop conversations in which nothing was said for that long."""
        return connection.execute(delete(conversations).where(conversations.c.seen_at <= now - older_than)).rowcount

    def _read(self, row: Any, token: str = "") -> Conversation:
        caller = self._keys.unseal(row.caller_sealed) if row.caller_sealed else None
        return Conversation(token, row.sender_id, row.channel, row.language, caller, row.client_key)
