"""Telephones whose owner has said STOP: nothing is sent to them until they say START. Kept as fingerprints."""

from __future__ import annotations

from datetime import datetime

import phonenumbers
from sqlalchemy import delete, select

from identity.keys import Keys
from identity.store import Connection, insert_or, opt_outs


class OptOuts:
    """The numbers that may not be sent anything; nothing but their owner's word ends it."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def add(self, connection: Connection, phone: str, now: datetime) -> None:
        """Send nothing to `phone` from now on."""
        row = {"phone_key": self._keys_of(phone)[0], "at": now}
        connection.execute(insert_or(connection, opt_outs).values(row).on_conflict_do_nothing())

    def remove(self, connection: Connection, phone: str) -> None:
        """Send to `phone` again."""
        connection.execute(delete(opt_outs).where(opt_outs.c.phone_key.in_(self._keys_of(phone))))

    def has(self, connection: Connection, phone: str) -> bool:
        """Whether `phone` may not be sent anything."""
        found = select(opt_outs.c.phone_key).where(opt_outs.c.phone_key.in_(self._keys_of(phone)))
        return connection.execute(found).first() is not None

    def _keys_of(self, phone: str) -> list[str]:
        return self._keys.fingerprints("opted out", _e164(phone))


def _e164(phone: str) -> str:
    """One form for however a number is written; what is no number stands for itself."""
    try:
        number = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
