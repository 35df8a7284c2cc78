"""Sends what is in the outbox, in order, signed, and again after failures."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from datetime import timedelta

import httpx
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from demo_portal.portal import Portal
from demo_portal.store.engine import dumps
from demo_portal.store.moments import instant, milliseconds
from demo_portal.store.resources import WHOLE
from demo_portal.subscriptions import outbox
from demo_portal.subscriptions.outbox import EVENT, HANDSHAKE, HEARTBEAT, Notification
from demo_portal.vocabulary import Resource, extension

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport"
HEARTBEAT_PERIOD = f"{BACKPORT}/StructureDefinition/backport-heartbeat-period"
SIGNATURE = "X-Portal-Signature"
PAUSE = 0.5
"""Seconds between two looks into an empty outbox."""
TIMEOUT = 10.0

_log = logging.getLogger(__name__)


async def deliver_for_ever(portal: Portal, client: httpx.AsyncClient) -> None:
    """Empty the outbox as it fills, until cancelled; a fault of the store is waited out."""
    while True:
        try:
            await run_in_threadpool(add_heartbeats, portal)
            while await deliver_next(portal, client):
                pass
        except SQLAlchemyError as error:
            _log.error("The outbox cannot be read: %s", type(error).__name__)
        await asyncio.sleep(PAUSE)


async def deliver_next(portal: Portal, client: httpx.AsyncClient) -> bool:
    """Send the next thing that is due; False when nothing is."""
    taken = await run_in_threadpool(_take, portal)
    if taken is None:
        return False
    notification, subscription = taken
    body = dumps(_bundle(portal, notification, subscription)).encode()
    sent = await _send(client, subscription["channel"], body, portal.settings.client_secret)
    await run_in_threadpool(_settle, portal, notification, subscription, sent)
    return True


def signature(body: bytes, secret: str) -> str:
    """The value of the header by which a subscriber knows that the portal has sent this body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def _send(client: httpx.AsyncClient, channel: Resource, body: bytes, secret: str) -> bool:
    given = (line.partition(":") for line in channel.get("header", []))
    headers = {name.strip(): value.strip() for name, _, value in given}
    headers |= {"Content-Type": "application/fhir+json", SIGNATURE: signature(body, secret)}
    try:
        response = await client.post(channel["endpoint"], content=body, headers=headers, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        _log.warning("A subscriber was not reached: %s", type(error).__name__)
        return False
    return response.is_success


def _take(portal: Portal) -> tuple[Notification, Resource] | None:
    with portal.database.writing() as conn:
        notification = outbox.claim(conn, milliseconds(portal.clock.now()))
        if notification is None:
            return None
        subscription = portal.resources(conn, WHOLE).find("Subscription", notification.subscription)
        if subscription is None or (subscription["status"] == "off"):
            outbox.done(conn, notification, milliseconds(portal.clock.now()))
            return None
        return notification, subscription


def _settle(portal: Portal, notification: Notification, subscription: Resource, sent: bool) -> None:
    now = milliseconds(portal.clock.now())
    with portal.database.writing() as conn:
        whole = portal.resources(conn, WHOLE)
        present = whole.read("Subscription", subscription["id"])
        if sent:
            outbox.done(conn, notification, now)
            if notification.kind == HANDSHAKE and present["status"] == "requested":
                whole.amend({**present, "status": "active"})
        elif not outbox.postpone(conn, notification, now) and present["status"] != "off":
            whole.amend({**present, "status": "error", "error": "The endpoint did not take what was sent."})


def add_heartbeats(portal: Portal) -> None:
    """Put a sign of life into the outbox for those who asked for one and have heard nothing for that long."""
    now = milliseconds(portal.clock.now())
    with portal.database.reading() as conn:
        silent = [
            each["id"] for each in outbox.active(conn) if _is_silent(each, outbox.last_told(conn, each["id"]), now)
        ]
    for subscription in silent:
        with portal.database.writing() as conn:
            outbox.add(portal.resources(conn, WHOLE), subscription, HEARTBEAT)


def _is_silent(subscription: Resource, last: int, now: int) -> bool:
    period = extension(subscription["channel"], HEARTBEAT_PERIOD)
    seconds = (period or {}).get("valueUnsignedInt", 0)
    return bool(seconds) and now - last >= timedelta(seconds=seconds) // timedelta(milliseconds=1)


def _bundle(portal: Portal, notification: Notification, subscription: Resource) -> Resource:
    """The notification as R5's backport writes it for R4: a history Bundle that begins with its status."""
    reference = f"Subscription/{subscription['id']}"
    told: list[Resource] = [
        {"name": "subscription", "valueReference": {"reference": reference}},
        {"name": "status", "valueCode": subscription["status"]},
        {"name": "type", "valueCode": notification.kind},
        {"name": "events-since-subscription-start", "valueString": str(notification.number)},
    ]
    if notification.kind == EVENT:
        part = [
            {"name": "event-number", "valueString": str(notification.number)},
            {"name": "timestamp", "valueInstant": instant(portal.clock.now(), portal.zone)},
            {"name": "focus", "valueReference": {"reference": notification.focus}},
        ]
        told.append({"name": "notification-event", "part": part})
    status = {"resourceType": "Parameters", "parameter": told}
    base = f"{portal.settings.origin}/fhir"
    request = {"method": "GET", "url": f"{reference}/$status"}
    entries = [{"resource": status, "request": request, "response": {"status": "200"}}]
    if notification.kind == EVENT:
        request = {"method": "PUT", "url": notification.focus}
        entries.append({"fullUrl": f"{base}/{notification.focus}", "request": request, "response": {"status": "200"}})
    return {"resourceType": "Bundle", "type": "history", "entry": entries}
