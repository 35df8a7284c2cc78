"""What anybody may ask of a portal about paying a bill without signing in."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from actions.portal_client.models.billing import GuestBill, PaymentLink


class GuestPort(Protocol):
    """Calls about paying a bill without signing in."""

    async def guest_bill(self, statement: str, birth_date: date) -> GuestBill | None:
        """Find a bill by the number on its statement and the patient's birth date; None when they do not fit.

        Raises:
            NotOffered: the portal does not do this.
            PortalUnavailable: it was asked too often; `retry_after` says how long to wait.
        """
        ...

    async def guest_payment_link(self, statement: str, birth_date: date, cents: int, key: str) -> PaymentLink:
        """Get a page on which this bill can be paid.

        Raises:
            Refused: `not-found` when they do not fit, `business-rule` with the detail `over-payment`.
        """
        ...
