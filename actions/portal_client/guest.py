"""Paying a bill without signing in: two operations of ours, asked with the assistant's own token."""

from __future__ import annotations

from datetime import date

from actions.portal_client.anybody import AnybodysCalls
from actions.portal_client.bills import to_payment_link
from actions.portal_client.errors import NotOffered, Refused
from actions.portal_client.fhir import Json, parameters, reading, text_in, to_cents, to_money
from actions.portal_client.models.billing import GuestBill, PaymentLink
from clock import CLINIC_ZONE


class GuestCalls(AnybodysCalls):
    """Paying a bill without signing in, for anybody."""

    async def guest_bill(self, statement: str, birth_date: date) -> GuestBill | None:
        await self._check_offered("Invoice.$guest-bill")
        asked = parameters(*_who(statement, birth_date))
        try:
            reply = await self._asked(lambda: self._fhir.operation("Invoice/$guest-bill", asked))
        except Refused as refused:
            if refused.code != "not-found":
                raise
            return None
        with reading("Parameters"):
            given = {each["name"]: each for each in reply.of_type("Parameters")["parameter"]}
            return GuestBill(text_in(given["statement"], "valueString"), to_cents(given["amount"]["valueMoney"]))

    async def guest_payment_link(self, statement: str, birth_date: date, cents: int, key: str) -> PaymentLink:
        await self._check_offered("Invoice.$guest-payment-link")
        asked: Json = parameters(*_who(statement, birth_date), ("amount", "valueMoney", to_money(cents)))
        reply = await self._asked(lambda: self._fhir.lapsing_operation("Invoice/$guest-payment-link", asked))
        return to_payment_link(reply.of_type("Parameters"), CLINIC_ZONE)

    async def _check_offered(self, operation: str) -> None:
        if not (await self._fhir.capabilities()).offers(operation):
            raise NotOffered


def _who(statement: str, birth_date: date) -> list[tuple[str, str, str]]:
    return [("statement", "valueString", statement), ("birth-date", "valueDate", birth_date.isoformat())]
