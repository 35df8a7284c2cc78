"""Subscribers are told what has changed: once each, in order, signed, and again after failures."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from demo_portal.app import create_app
from demo_portal.settings import Settings
from demo_portal.subscriptions import delivery, outbox
from demo_portal.subscriptions.delivery import HEARTBEAT_PERIOD, SIGNATURE, deliver_next
from tests.demo_portal_case import Demo, Session, demo, refusal, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]
ENDPOINT = "http://127.0.0.1:9/told"


class Subscriber:
    """What stands at the endpoint."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.requests: list[httpx.Request] = []
        self.status = 200
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.status == 200:
            self.heard.append(json.loads(request.content))
        return httpx.Response(self.status)

    @property
    def kinds(self) -> list[str]:
        return [said(bundle, "type") for bundle in self.heard]


def said(bundle: dict[str, Any], name: str) -> Any:
    status = bundle["entry"][0]["resource"]
    found = next(each for each in status["parameter"] if each["name"] == name)
    return next(value for key, value in found.items() if key.startswith("value"))


def subscription(criteria: str = "Appointment?status=cancelled", **channel: Any) -> dict[str, Any]:
    through = {"type": "rest-hook", "endpoint": ENDPOINT, "payload": "application/fhir+json", **channel}
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "wait list",
        "criteria": criteria,
        "channel": through,
    }


async def cancel(session: Session, visit: str) -> None:
    found = await session.get(f"Appointment/{visit}")
    body = {**found.json(), "status": "cancelled"}
    assert (await session.put(f"Appointment/{visit}", body, If_Match=found.headers["etag"])).status_code == 200


async def drain(demo: Demo, subscriber: Subscriber) -> None:
    while await deliver_next(demo.app.state.portal, subscriber.client):
        pass


@pytest.fixture
async def subscriber() -> AsyncIterator[Subscriber]:
    found = Subscriber()
    yield found
    await found.client.aclose()


@pytest.fixture
async def assistant(demo: Demo) -> Session:
    return await signed_in_itself(demo)


async def signed_in_itself(demo: Demo) -> Session:
    """The assistant's own token, which lapses as any other."""
    form = {"client_id": "careline", "client_secret": demo.settings.client_secret, "grant_type": "client_credentials"}
    granted = (await demo.http.post("/oauth/token", data=form)).json()
    return Session(demo.http, {"Authorization": f"Bearer {granted['access_token']}"})


async def test_a_handshake_makes_it_active(demo: Demo, subscriber: Subscriber, assistant: Session) -> None:
    made = (await assistant.post("Subscription", subscription())).json()
    await drain(demo, subscriber)

    assert subscriber.kinds == ["handshake"]
    assert (await assistant.get(f"Subscription/{made['id']}")).json()["status"] == "active"


async def test_what_fits_is_told_with_its_id_and_nothing_more(
    demo: Demo, subscriber: Subscriber, assistant: Session
) -> None:
    await assistant.post("Subscription", subscription())
    await drain(demo, subscriber)
    await cancel(await demo.sign_in("maria"), "maria-chen-next")
    await drain(demo, subscriber)

    told = subscriber.heard[-1]
    assert (said(told, "type"), said(told, "events-since-subscription-start")) == ("event-notification", "1")
    assert told["entry"][1]["fullUrl"].endswith("/fhir/Appointment/maria-chen-next")
    assert "resource" not in told["entry"][1]
    assert "Patient" not in json.dumps(told)


async def test_what_does_not_fit_is_not_told(demo: Demo, subscriber: Subscriber, assistant: Session) -> None:
    await assistant.post("Subscription", subscription("Task?status=requested"))
    await drain(demo, subscriber)
    await cancel(await demo.sign_in("maria"), "maria-chen-next")
    await drain(demo, subscriber)

    assert subscriber.kinds == ["handshake"]


async def test_it_is_signed_and_carries_its_headers(demo: Demo, subscriber: Subscriber, assistant: Session) -> None:
    await assistant.post("Subscription", subscription(header=["Authorization: Bearer x"]))
    await drain(demo, subscriber)

    request = subscriber.requests[0]
    expected = hmac.new(demo.settings.client_secret.encode(), request.content, hashlib.sha256).hexdigest()
    assert (request.headers[SIGNATURE], request.headers["authorization"]) == (expected, "Bearer x")


async def test_events_are_numbered_and_come_in_order(demo: Demo, subscriber: Subscriber, assistant: Session) -> None:
    await assistant.post("Subscription", subscription())
    await drain(demo, subscriber)
    subscriber.status = 503
    for patient, visit in (("maria", "maria-chen-next"), ("james", "james-chen-next"), ("rosa", "rosa-patel-next")):
        await cancel(await demo.sign_in(patient), visit)
    await drain(demo, subscriber)
    subscriber.status = 200
    demo.clock.advance(timedelta(minutes=1))
    await drain(demo, subscriber)

    events = [each for each in subscriber.heard if said(each, "type") == "event-notification"]
    assert [said(each, "events-since-subscription-start") for each in events] == ["1", "2", "3"]
    assert [each["entry"][1]["fullUrl"].split("/")[-1] for each in events] == [
        "maria-chen-next",
        "james-chen-next",
        "rosa-patel-next",
    ]


async def test_a_failure_is_tried_again_later_and_not_at_once(
    demo: Demo, subscriber: Subscriber, assistant: Session
) -> None:
    await assistant.post("Subscription", subscription())
    subscriber.status = 500
    await drain(demo, subscriber)
    await drain(demo, subscriber)
    assert len(subscriber.requests) == 1
    demo.clock.advance(timedelta(seconds=6))
    subscriber.status = 200
    await drain(demo, subscriber)

    assert subscriber.kinds == ["handshake"]


async def test_an_endpoint_that_never_answers_is_given_up(
    demo: Demo, subscriber: Subscriber, assistant: Session
) -> None:
    made = (await assistant.post("Subscription", subscription())).json()
    subscriber.status = 500
    for wait in (timedelta(0), *outbox.WAITS):
        demo.clock.advance(wait)
        await drain(demo, subscriber)

    assert len(subscriber.requests) == len(outbox.WAITS) + 1
    assert (await (await signed_in_itself(demo)).get(f"Subscription/{made['id']}")).json()["status"] == "error"


async def test_nothing_is_told_after_it_was_turned_off(demo: Demo, subscriber: Subscriber, assistant: Session) -> None:
    made = (await assistant.post("Subscription", subscription())).json()
    await drain(demo, subscriber)
    found = await assistant.get(f"Subscription/{made['id']}")
    await assistant.put(f"Subscription/{made['id']}", {**found.json(), "status": "off"}, If_Match=found.headers["etag"])
    await cancel(await demo.sign_in("maria"), "maria-chen-next")
    await drain(demo, subscriber)

    assert subscriber.kinds == ["handshake"]


async def test_a_sign_of_life_comes_when_nothing_happens(
    demo: Demo, subscriber: Subscriber, assistant: Session
) -> None:
    beat: list[dict[str, Any]] = [{"url": HEARTBEAT_PERIOD, "valueUnsignedInt": 60}]
    await assistant.post("Subscription", subscription(extension=beat))
    await drain(demo, subscriber)
    demo.clock.advance(timedelta(seconds=61))
    delivery.add_heartbeats(demo.app.state.portal)
    delivery.add_heartbeats(demo.app.state.portal)
    await drain(demo, subscriber)

    assert subscriber.kinds == ["handshake", "heartbeat"]


async def test_a_restart_loses_nothing(
    demo: Demo, settings: Settings, subscriber: Subscriber, assistant: Session
) -> None:
    await assistant.post("Subscription", subscription())
    again = create_app(settings, demo.clock)
    while await deliver_next(again.state.portal, subscriber.client):
        pass

    assert subscriber.kinds == ["handshake"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"criteria": "Appointment?colour=red"}, "unknown-parameter"),
        ({"status": "active"}, "not-changeable"),
        ({"channel": {"type": "email", "endpoint": "mailto:a@example.org"}}, "not-supported"),
        ({"channel": {"type": "rest-hook", "endpoint": "http://10.0.0.1/x"}}, "unknown-endpoint"),
        ({"channel": {"type": "rest-hook", "endpoint": "http://user@127.0.0.1/x"}}, "unknown-endpoint"),
        ({"channel": {"type": "rest-hook", "endpoint": "file:///etc/passwd"}}, "unknown-endpoint"),
    ],
)
async def test_what_cannot_be_told_is_refused(
    demo: Demo, assistant: Session, change: dict[str, Any], code: str
) -> None:
    assert refusal(await assistant.post("Subscription", {**subscription(), **change})) == code


async def test_no_patient_subscribes_or_sees_a_subscription(demo: Demo, assistant: Session) -> None:
    made = (await assistant.post("Subscription", subscription())).json()
    maria = await demo.sign_in("maria")

    assert (await maria.post("Subscription", subscription())).status_code == 403
    assert (await maria.get(f"Subscription/{made['id']}")).status_code in (403, 404)
    assert (await maria.ids("Subscription")) == []


async def test_a_change_that_is_rolled_back_is_not_told(demo: Demo, subscriber: Subscriber, assistant: Session) -> None:
    await assistant.post("Subscription", subscription())
    await drain(demo, subscriber)
    maria = await demo.sign_in("maria")
    found = await maria.get("Appointment/maria-chen-next")
    entries = [
        {"resource": {**found.json(), "status": "cancelled"},
         "request": {"method": "PUT", "url": "Appointment/maria-chen-next", "ifMatch": found.headers["etag"]}},
        {"request": {"method": "GET", "url": "Patient/james"}},
    ]  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    headers = {**maria.headers, "Content-Type": "application/fhir+json"}
    assert (await demo.http.post("/fhir", json=bundle, headers=headers)).status_code == 404
    await drain(demo, subscriber)

    assert subscriber.kinds == ["handshake"]
