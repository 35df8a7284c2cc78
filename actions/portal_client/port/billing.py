"""What may be asked of a portal about bills."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.billing import (
    AccountBalance,
    Assistance,
    AssistanceBand,
    BillDetails,
    Copay,
    Paperless,
    Payment,
    PaymentLink,
    PaymentMethod,
    PaymentPlan,
    PlanOffer,
    Statement,
)
from actions.portal_client.models.requests import Receipt


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

    async def bill_details(self, account_id: str) -> BillDetails:
        """Tell what the balance of an account is made of."""
        ...

    async def copays(self) -> list[Copay]:
        """List copays that are still open, soonest visit first."""
        ...

    async def pay_copay(self, invoice_id: str, cents: int, method_id: str, key: str) -> Payment:
        """Pay a copay, with the same errors as `pay`."""
        ...

    async def payment_link(self, account_id: str, cents: int, key: str) -> PaymentLink:
        """Get a page on which this can be paid with another card.

        Raises:
            NotOffered: the portal has no such page.
        """
        ...

    async def statements(self) -> list[Statement]:
        """List statements, newest first."""
        ...

    async def paperless(self) -> Paperless:
        """Tell whether statements come by e-mail or on paper."""
        ...

    async def set_paperless(self, on: bool, key: str) -> Receipt:
        """Have statements come by e-mail, or on paper again."""
        ...

    async def plan_offers(self, account_id: str) -> list[PlanOffer]:
        """List the monthly plans that the clinic agrees to for this balance, shortest first; empty when there is none."""
        ...

    async def payment_plans(self) -> list[PaymentPlan]:
        """List running plans, soonest payment first."""
        ...

    async def start_plan(self, account_id: str, offer: PlanOffer, key: str) -> Receipt:
        """Begin a plan as it was offered.

        Raises:
            Refused: `business-rule` with the detail `plan-exists` or `plan-not-offered`.
        """
        ...

    async def change_plan(self, plan_id: str, monthly_cents: int, key: str) -> Receipt:
        """Ask for another monthly amount."""
        ...

    async def end_plan(self, plan_id: str, key: str) -> Receipt:
        """End a plan; at once when no payment has been made on it, else the clinic is asked."""
        ...

    async def assistance_bands(self) -> list[AssistanceBand]:
        """List the clinic's published limits for financial help, by size of household."""
        ...

    async def assistance(self) -> Assistance | None:
        """Tell how an application for financial help stands; None when there is none."""
        ...

    async def apply_for_assistance(self, household: int, yearly_income_cents: int, key: str) -> Receipt:
        """Apply for financial help; an application already open is returned, not filed again."""
        ...
