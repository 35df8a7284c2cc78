"""Who may be told what: only the assistant subscribes, and only to addresses that the operator named."""

from __future__ import annotations

from urllib.parse import urlsplit

from demo_portal.outcomes import Unprocessable
from demo_portal.portal import Answer, Portal
from demo_portal.settings import LOOPBACK
from demo_portal.subscriptions import outbox
from demo_portal.vocabulary import Resource
from demo_portal.writes.attempt import Attempt, Rule, keep, only_changes, replace


def subscribe(attempt: Attempt) -> Answer:
    """Take a subscription; it becomes active once its endpoint has answered the handshake."""
    body = attempt.body
    if body["status"] != "requested":
        raise Unprocessable("A new subscription has the status requested.", "not-changeable", "Subscription.status")
    outbox.asked(body["criteria"])
    _check_channel(attempt.portal, body["channel"])
    answer = keep(attempt, body)
    outbox.add(attempt.whole, answer.body["id"], outbox.HANDSHAKE)
    return answer


def change(attempt: Attempt) -> Answer:
    """Turn a subscription off, or ask for it again."""
    only_changes(attempt, "status", "reason", "end", "error")
    status = attempt.body["status"]
    if status not in ("off", "requested"):
        raise Unprocessable("A subscription is turned off or requested again.", "not-changeable", "Subscription.status")
    plain = {name: value for name, value in attempt.body.items() if name != "error"}
    answer = replace(attempt, plain)
    if status == "requested":
        outbox.add(attempt.whole, answer.body["id"], outbox.HANDSHAKE)
    return answer


RULES: dict[str, Rule] = {"Subscription": Rule(subscribe, change)}


def _check_channel(portal: Portal, channel: Resource) -> None:
    if channel["type"] != "rest-hook":
        raise Unprocessable("Only rest-hook is served.", "not-supported", "Subscription.channel.type")
    if channel.get("payload", "application/fhir+json") != "application/fhir+json":
        raise Unprocessable("Only application/fhir+json is sent.", "not-supported", "Subscription.channel.payload")
    if not _may_be_told(portal, channel.get("endpoint", "")):
        raise Unprocessable(
            "This endpoint is not among those the operator has named.",
            "unknown-endpoint",
            "Subscription.channel.endpoint",
        )


def _may_be_told(portal: Portal, endpoint: str) -> bool:
    """Whether the portal may send there: it must not be led to other machines by whoever subscribes."""
    try:
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    if parts.username or parts.scheme not in ("http", "https"):
        return False
    named = origin in portal.settings.subscribers
    return named or (portal.settings.demo and parts.hostname in LOOPBACK)
