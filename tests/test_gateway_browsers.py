"""What a browser may do with the gateway: which pages may frame it, call it, and what they leave behind."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway_fakes import Kit, gateway

WEB = Path(__file__).parents[1] / "channels/web"
CLINIC = "https://clinic.example"
EVIL = "https://evil.example"
SAID = {"channel": "web", "text": "good morning"}


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path, widget_origins=(CLINIC,)) as ready:
        yield ready


async def sent(kit: Kit, **headers: str) -> Any:
    return await kit.client.post(
        "/v1/turns", json=SAID, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


async def preflight(kit: Kit, origin: str) -> Any:
    asks = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    return await kit.client.options("/v1/turns", headers=asks)


async def test_w02_an_answer_to_an_error_nobody_caught_has_the_headers_and_no_word_of_it(
    kit: Kit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("canary-7731")

    monkeypatch.setattr("channels.metrics.Metrics.text", broken)
    answer = await kit.client.get("/metrics")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert "canary-7731" not in answer.text + caplog.text


async def test_w03_nobody_may_frame_a_page_unless_it_is_set(tmp_path: Path) -> None:
    for origins, framers in ((), "'none'"), ((CLINIC, EVIL), f"{CLINIC} {EVIL}"):
        folder = tmp_path / str(len(origins))
        folder.mkdir()
        (folder / "index.html").write_text("<!doctype html>")
        async with gateway(folder, widget_origins=origins, demo=_demo(folder), web=folder) as kit:
            headers = (await kit.client.get("/")).headers
            assert headers["content-security-policy"].endswith(f"frame-ancestors {framers}")
            assert ("x-frame-options" in headers) is not bool(origins)
            assert (await kit.client.get("/healthz")).headers["x-frame-options"] == "DENY"


def test_w03_no_page_listens_to_messages_of_other_windows() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("*.js"))
    assert not re.search(r"postMessage|addEventListener\(\s*[\"']message[\"']|onmessage|BroadcastChannel", sources)


def test_w01_no_script_of_the_page_parses_markup_or_code() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("*.js"))
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc", sources
    )


@pytest.mark.parametrize(
    "origin", [EVIL, "null", f"{CLINIC}.evil.example", "https://clinic.example:8443", "http://clinic.example"]
)
async def test_w05_another_origin_gets_no_leave(kit: Kit, embedded: Kit, origin: str) -> None:
    for each in (kit, embedded):
        for answer in (await preflight(each, origin), await sent(each, Origin=origin, Sec_Fetch_Site="cross-site")):
            assert answer.headers.get("access-control-allow-origin") is None
            assert answer.status_code in (400, 403, 405)


async def test_w05_a_listed_origin_gets_leave_and_only_itself(embedded: Kit) -> None:
    asked, answered = (
        await preflight(embedded, CLINIC),
        await sent(embedded, Origin=CLINIC, Sec_Fetch_Site="cross-site"),
    )
    assert (asked.status_code, answered.status_code) == (200, 200)
    for answer in (asked, answered):
        assert answer.headers["access-control-allow-origin"] == CLINIC
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "http://gateway"}, 403),
        ({"Origin": EVIL}, 403),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "http://gateway"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Origin": "http://gateway"}, 200),
        ({}, 200),
    ],
)
async def test_w04_only_our_own_pages_and_programs_may_send(kit: Kit, headers: dict[str, str], status: int) -> None:
    answer = await sent(kit, **headers)
    assert answer.status_code == status
    if status == 403:
        assert "911" in answer.json()["detail"]
        assert kit.dialogue.heard == []


async def test_w04_what_a_form_a_picture_or_a_link_can_send_is_refused(kit: Kit) -> None:
    form = await kit.client.post("/v1/turns", data=SAID)
    plain = await kit.client.post(
        "/v1/turns", content=b'{"channel":"web","text":"hi"}', headers={"Content-Type": "text/plain"}
    )
    read = await kit.client.get("/v1/turns", params=SAID)
    keyless = await kit.client.post("/v1/turns", json=SAID, headers={"Authorization": ""})
    assert [each.status_code for each in (form, plain, read, keyless)] == [415, 415, 405, 401]
    assert kit.dialogue.heard == []


async def test_w04_no_answer_ever_sets_a_cookie(kit: Kit) -> None:
    token = (await kit.say("good morning"))["conversation"]
    answers = [
        await kit.post(text=kit.send_code(token), conversation=token),
        await sent(kit, Origin=EVIL),
        await sent(kit, Authorization="Bearer no"),
        *[await kit.client.get(path) for path in ("/", "/healthz", "/readyz", "/metrics", "/nothing")],
    ]
    assert [answer.headers.get("set-cookie") for answer in answers] == [None] * len(answers)


async def test_w06_the_answer_that_ends_a_session_clears_what_the_browser_keeps(kit: Kit) -> None:
    token = (await kit.say("good morning"))["conversation"]
    signed_in = await kit.post(text=kit.send_code(token), conversation=token)
    token = signed_in.json()["conversation"]
    assert "clear-site-data" not in signed_in.headers
    kit.dialogue.meanwhile = lambda: kit.identity.sign_out(kit.sender(token))
    out = await kit.post(text="good morning", conversation=token)
    assert out.json()["signed_in"] is False
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    assert "clear-site-data" not in (await kit.post(text="good morning", conversation=token)).headers


async def test_w07_https_alone_is_promised_for_a_year_and_more(kit: Kit) -> None:
    headers = (await kit.client.get("/healthz")).headers
    assert int(headers["strict-transport-security"].split("=")[1].split(";")[0]) >= 31_536_000
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


def _demo(folder: Path) -> Any:
    import httpx

    from channels.demo import Demo
    from clock import DemoClock
    from simulator import CarrierStore

    portal = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    return Demo(DemoClock(folder / "clock"), CarrierStore(), "AC1", "token", portal, "key", lambda: None)
