"""Whether a telephone number changed hands lately, asked before a code goes to it, where an operator has such a service."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from identity.delivery import CodeNotSent, CodeSender, Delivery, Notice

LATELY = timedelta(days=7)


class NumberLookup(Protocol):
    """A service that knows about ported numbers and new SIM cards."""

    def changed(self, phone: str, within: timedelta) -> bool:
        """Whether the number (E.164) was ported, or its SIM card replaced, that lately; may raise anything."""
        ...


class LookingUpSender:
    """Hands nothing over to a number that changed hands lately; asked in the background, so that it does not show."""

    def __init__(self, sender: CodeSender, lookup: NumberLookup) -> None:
        self._sender = sender
        self._lookup = lookup

    def send(self, delivery: Delivery) -> None:
        """Send the code; raises CodeNotSent, also when the number changed lately or nobody can say."""
        self._refuse_if_changed(delivery.to)
        self._sender.send(delivery)

    def send_notice(self, notice: Notice) -> None:
        """Send the notice; raises CodeNotSent as `send` does."""
        self._refuse_if_changed(notice.to)
        self._sender.send_notice(notice)

    def _refuse_if_changed(self, phone: str) -> None:
        try:
            changed = self._lookup.changed(phone, LATELY)
        except Exception as error:
            raise CodeNotSent(f"the look-up of the number failed, {type(error).__name__}", temporary=True) from None
        if changed:
            raise CodeNotSent("the number was ported or its SIM card replaced within 7 days", temporary=False)
