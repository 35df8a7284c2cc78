"""What may be asked of a portal about bills."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.billing import AccountBalance, Payment, PaymentMethod


class BillingPort(Protocol):
    """Calls about bills."""

    async def balances(self) -> list[AccountBalance]:
        """List the accounts and what is owed on each, the clinic's first."""
        ...

    async def payment_methods(self) -> list[PaymentMethod]:
        """List the cards and bank accounts on file."""
        ...

    async def pay(self, account_id: str, cents: int, method_id: str, key: str) -> Payment:
        """Pay a part or all of what is owed on one account.

        Raises:
            Refused: `business-rule` with the detail `over-payment`, `not-positive` or `unknown-method`.
            OutcomeUnknown: the money may or may not have moved.
        """
        ...
