"""The page on which a bill is paid with a card: the card is entered here and nowhere in a conversation.

A demonstration: it takes no real card, it only plays the page of a payment provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from demo_portal import wire
from demo_portal.codes import digest
from demo_portal.portal import Portal
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import milliseconds
from demo_portal.store.resources import Scope
from demo_portal.store.tables import PAYMENT_LINK
from demo_portal.tasks.payment import take_by_page

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
STYLE = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1.2rem}"
GONE = "This page is no longer valid. Ask for a new one where you got it."


def pages(portal: Portal) -> list[Route]:
    """The page, and what its button does."""

    async def page(request: Request) -> Response:
        token = request.path_params["token"]
        if request.method == "POST":
            await wire.read_form(request)
            return await run_in_threadpool(_pay, portal, token)
        return await run_in_threadpool(_show, portal, token)

    return [Route("/pay/{token}", page, methods=["GET", "POST"])]


def _show(portal: Portal, token: str) -> Response:
    with portal.database.reading() as conn:
        link = _valid(portal, conn, token)
    if link is None:
        return html("Payment", f"<p>{GONE}</p>", 404)
    amount = f"${link['cents'] // 100:,}.{link['cents'] % 100:02d}"
    form = f'<form method="post"><button>Pay {escape(amount)} with the demonstration card</button></form>'
    return html("Payment", f"<p>You are about to pay <strong>{escape(amount)}</strong>.</p>{form}")


def _pay(portal: Portal, token: str) -> Response:
    """Take the payment, once; a page that has been used is no longer valid."""
    with portal.database.writing() as conn:
        link = _valid(portal, conn, token)
        if link is None:
            return html("Payment", f"<p>{GONE}</p>", 404)
        used = sa.update(PAYMENT_LINK).where(PAYMENT_LINK.c.digest == digest(token), PAYMENT_LINK.c.receipt.is_(None))
        resources = portal.resources(conn, Scope(link["patient_id"]))
        receipt = take_by_page(resources, link["patient_id"], link["account_id"], link["cents"])
        if receipt is None:
            return html("Payment", "<p>This has been paid in the meantime. Nothing was charged.</p>", 409)
        conn.execute(used.values(receipt=receipt))
    return html("Paid", f"<p>Thank you. Your receipt number is <strong>{escape(receipt)}</strong>.</p>")


def _valid(portal: Portal, conn: Transaction, token: str) -> Mapping[str, Any] | None:
    columns = PAYMENT_LINK.c
    live = (columns.expires_at > milliseconds(portal.clock.now()), columns.receipt.is_(None))
    query = sa.select(PAYMENT_LINK).where(columns.digest == digest(token), *live)
    return conn.execute(query).mappings().one_or_none()


def html(title: str, body: str, status: int = 200) -> Response:
    """A page of the portal, never kept by the browser; title and body are HTML."""
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>{body}'
    return HTMLResponse(page, status, HEADERS)
