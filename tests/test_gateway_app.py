"""Around the turns: headers, health, metrics, and what only the demo has."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from channels.app import Gateway, create_app
from channels.demo import Demo
from channels.health import asks, runs
from clock import DemoClock
from simulator import CarrierStore
from tests.gateway_fakes import Kit, gateway

DEMO_KEY = "demo-key"


class FakePortal:
    """Counts resets; `status` is what it answers with."""

    def __init__(self) -> None:
        self.keys: list[str | None] = []
        self.status = 200

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers.get("x-demo-key"))
        return httpx.Response(self.status, json={})


@asynccontextmanager
async def demo_gateway(folder: Path, portal: FakePortal, forgotten: list[str]) -> AsyncIterator[Kit]:
    web = folder / "web"
    web.mkdir()
    (web / "index.html").write_text("<!doctype html><title>Demo</title>")
    (web / "chat.js").write_text("export {}")
    client = httpx.AsyncClient(base_url="http://portal", transport=httpx.MockTransport(portal.handle))
    demo = Demo(
        clock=DemoClock(folder / "clock"),
        carrier=CarrierStore(),
        account_sid="AC1",
        auth_token="token",
        portal=client,
        demo_key=DEMO_KEY,
        forget=lambda: forgotten.append("all"),
    )
    async with client, gateway(folder, demo=demo, web=web) as kit:
        yield kit


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


@pytest.fixture
def portal() -> FakePortal:
    return FakePortal()


@pytest.fixture
def forgotten() -> list[str]:
    return []


@pytest.fixture
async def demo(tmp_path: Path, portal: FakePortal, forgotten: list[str]) -> AsyncIterator[Kit]:
    async with demo_gateway(tmp_path, portal, forgotten) as ready:
        yield ready


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/v1/turns", "/metrics"])
async def test_w02_every_answer_has_the_security_headers(kit: Kit, path: str) -> None:
    headers = (await kit.client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert int(headers["strict-transport-security"].split("=")[1].split(";")[0]) >= 31_536_000
    assert "access-control-allow-origin" not in headers


async def test_w02_a_page_may_use_only_its_own_files(demo: Kit) -> None:
    answer = await demo.client.get("/")
    assert "Demo" in answer.text
    policy = answer.headers["content-security-policy"]
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert "strict-transport-security" not in answer.headers


async def test_the_demo_pages_files_are_served(demo: Kit) -> None:
    assert (await demo.client.get("/chat.js")).text == "export {}"


@pytest.mark.parametrize("path", ["/", "/chat.js", "/simulator/sms", "/simulator/calls", "/simulator/people"])
async def test_outside_demo_mode_there_is_no_demo(kit: Kit, path: str) -> None:
    answer = await kit.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/simulator/clock", "/simulator/reset"])
async def test_outside_demo_mode_nobody_moves_the_clock_or_resets(kit: Kit, path: str) -> None:
    assert (await kit.client.post(path, json={})).status_code == 404


async def test_w04_turns_are_not_for_reading(kit: Kit) -> None:
    answer = await kit.client.get("/v1/turns")
    assert answer.status_code == 405
    assert "POST" in answer.json()["detail"]


async def test_an_error_nobody_thought_of_is_a_sentence(
    kit: Kit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("canary-7731")

    monkeypatch.setattr(kit.identity, "open_conversation", broken)
    answer = await kit.post(text="good morning")
    assert answer.status_code == 500
    assert "911" in answer.json()["detail"]
    assert "canary-7731" not in answer.text + caplog.text


async def test_it_is_alive_whatever_it_waits_for(tmp_path: Path) -> None:
    async def fails() -> None:
        raise RuntimeError

    async with gateway(tmp_path, checks={"dialogue": fails}) as kit:
        assert (await kit.client.get("/healthz")).status_code == 200


async def test_what_is_not_ready_is_named(tmp_path: Path) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503 if request.url.path == "/loading" else 200)

    def broken() -> None:
        raise RuntimeError

    async with httpx.AsyncClient(base_url="http://behind", transport=httpx.MockTransport(handle)) as behind:
        checks = {
            "sessions": runs(broken),
            "dialogue": asks(behind, "/loading"),
            "actions": asks(behind, "/readyz"),
        }
        async with gateway(tmp_path, checks=checks) as kit:
            answer = await kit.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["not_ready"] == ["sessions", "dialogue"]


async def test_it_is_ready_when_everything_is(kit: Kit, tmp_path: Path) -> None:
    checks = {"sessions": runs(kit.identity.ready), "answers": runs(kit.store.ready)}
    other = tmp_path / "other"
    other.mkdir()
    async with gateway(other, checks=checks) as ready:
        assert (await ready.client.get("/readyz")).json() == {"status": "ready", "not_ready": []}


async def test_d01_turns_are_counted_without_saying_whose(kit: Kit) -> None:
    answer = await kit.say("good morning", channel="sms", **{"from": "+15415550101"})
    await kit.say("chest pain")
    await kit.post(text="a" * 1001)
    counted = (await kit.client.get("/metrics")).text
    assert 'careline_turns_total{channel="sms",language="en",outcome="answered"} 1.0' in counted
    assert 'careline_turns_total{channel="web",language="en",outcome="too_long"} 1.0' in counted
    assert 'careline_emergencies_total{category="heart",kind="emergency"} 1.0' in counted
    assert 'careline_turn_stage_seconds_count{stage="dialogue"} 1.0' in counted
    assert "5550101" not in counted
    assert kit.sender(answer["conversation"])[:8] not in counted


async def test_a_duplicate_is_counted_as_one(kit: Kit) -> None:
    for _ in range(2):
        await kit.say("good morning", message_id="m-1")
    assert 'outcome="duplicate"} 1.0' in (await kit.client.get("/metrics")).text


async def test_the_clock_can_be_moved_by_minutes(demo: Kit, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    now = (await demo.client.post("/simulator/clock", json={"advance_minutes": 20})).json()["now"]
    assert timedelta(minutes=20) <= datetime.fromisoformat(now) - before < timedelta(minutes=21)
    assert DemoClock(tmp_path / "clock").now() - before >= timedelta(minutes=20)


async def test_the_clock_can_be_moved_to_a_moment(demo: Kit) -> None:
    answer = await demo.client.post("/simulator/clock", json={"now": "2027-05-01T08:00:00-07:00"})
    moved = datetime.fromisoformat(answer.json()["now"])
    assert timedelta(0) <= moved - datetime(2027, 5, 1, 15, tzinfo=UTC) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"now": "soon"},
        {"now": "2027-05-01T08:00:00"},
        {"advance_minutes": "20"},
        {"advance_minutes": True},
        {"advance_minutes": 1e300},
    ],
)
async def test_a_moment_that_is_none_is_refused(demo: Kit, body: dict[str, Any]) -> None:
    assert (await demo.client.post("/simulator/clock", json=body)).status_code == 400


async def test_a_page_elsewhere_cannot_move_the_clock_by_a_form(demo: Kit) -> None:
    assert (await demo.client.post("/simulator/clock", data={"advance_minutes": "20"})).status_code == 415


async def test_reset_loads_the_portal_anew_and_forgets(demo: Kit, portal: FakePortal, forgotten: list[str]) -> None:
    assert (await demo.client.post("/simulator/reset", json={})).status_code == 200
    assert portal.keys == [DEMO_KEY]
    assert forgotten == ["all"]


async def test_a_reset_that_the_portal_refuses_changes_nothing(
    demo: Kit, portal: FakePortal, forgotten: list[str]
) -> None:
    portal.status = 500
    answer = await demo.client.post("/simulator/reset", json={})
    assert answer.status_code == 503
    assert "was not" in answer.json()["title"]
    assert forgotten == []


async def test_a_text_sent_through_the_carrier_can_be_read_and_is_forgotten_by_a_reset(demo: Kit) -> None:
    await demo.client.post(
        "/simulator/twilio/2010-04-01/Accounts/AC1/Messages.json",
        data={"To": "+15415550101", "From": "+15415550100", "Body": "hello"},
        auth=("AC1", "token"),
    )
    shown = await demo.client.get("/simulator/sms", params={"to": "+15415550101"})
    assert [text["body"] for text in shown.json()] == ["hello"]
    await demo.client.post("/simulator/reset", json={})
    assert (await demo.client.get("/simulator/sms")).json() == []


async def test_the_people_to_play_have_all_that_signing_in_asks_for(demo: Kit) -> None:
    people = (await demo.client.get("/simulator/people")).json()
    assert len(people) >= 15
    for person in people:
        assert set(person) == {"key", "name", "phone", "born", "language", "exercises", "try"}
        assert datetime.fromisoformat(person["born"])
        assert all(set(sentence) == {"en", "es"} for sentence in [person["exercises"], *person["try"]])


async def test_somebody_with_an_age_has_it_on_the_day_of_the_demo(demo: Kit) -> None:
    for now, born in (("2027-05-26T12:00:00-07:00", "2009-05-27"), ("2027-05-27T12:00:00-07:00", "2010-05-27")):
        await demo.client.post("/simulator/clock", json={"now": now})
        people = (await demo.client.get("/simulator/people")).json()
        assert next(each["born"] for each in people if each["key"] == "mateo") == born


async def test_the_demo_tells_how_an_answer_came_about_when_asked(demo: Kit) -> None:
    code_waited_for = (await demo.say("good morning"))["conversation"]
    code = demo.send_code(code_waited_for)
    answer = await demo.post({"X-Careline-Trace": "1"}, text=code, conversation=code_waited_for)
    trace = answer.json()["trace"]
    assert trace["sent"] == "code_checked"
    assert "code" in [stage["name"] for stage in trace["stages"]]
    assert code not in json.dumps(trace)


async def test_nothing_is_told_when_nobody_asks(demo: Kit) -> None:
    assert "trace" not in await demo.say("good morning")


async def test_outside_the_demo_nothing_is_told(kit: Kit) -> None:
    assert "trace" not in (await kit.post({"X-Careline-Trace": "1"}, text="good morning")).json()


async def test_what_is_kept_no_longer_is_dropped_at_start(kit: Kit) -> None:
    await kit.say("good morning", message_id="m-1")
    kit.clock.advance(timedelta(days=31))
    assert kit.store.purge() >= 2
    await kit.say("good evening", message_id="m-1")


async def test_the_application_can_be_begun_and_ended(tmp_path: Path, kit: Kit) -> None:
    closed: list[str] = []

    async def close() -> None:
        closed.append("client")

    app = create_app(Gateway(kit.world, frozenset({"key-1"}), at_end=(close,)))
    assert any(isinstance(route, Route) and route.path == "/v1/turns" for route in app.routes)
    async with app.router.lifespan_context(app):
        pass
    assert closed == ["client"]


async def test_d05_every_log_line_of_a_turn_is_one_line_of_fields(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="channels.turns"):
        await kit.say("good morning\nevent=turn outcome=forged")
    lines = [record.getMessage() for record in caplog.records if record.name == "channels.turns"]
    assert len(lines) == 1
    assert lines[0].startswith("event=turn channel=web language=en outcome=answered sender=")
    assert "forged" not in lines[0]
