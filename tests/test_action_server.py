"""The door of the action server: for the dialogue alone, and nothing of a call ever comes back in a failure."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import bootstrap
from actions.server import MAX_BODY, SECRET_HEADER, create_app

SECRET = "only the dialogue knows this"
MARKER = "zyxqmarker"


class Store:
    """Whether the session store answers."""

    def __init__(self) -> None:
        self.down = False

    async def ready(self) -> None:
        if self.down:
            raise RuntimeError(MARKER)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls that were handed to the executor."""
    names: list[str] = []
    run = ActionExecutor.run

    async def noted(self: ActionExecutor, call: Any) -> Any:
        names.append(str(call))
        return await run(self, call)

    monkeypatch.setattr(ActionExecutor, "run", noted)
    return names


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(SECRET, store.ready))
    async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
        yield client


def call(action: str) -> dict[str, Any]:
    tracker = {
        "sender_id": "s",
        "slots": {},
        "latest_message": {"text": MARKER, "metadata": {}},
        "events": [],
        "active_loop": {},
    }
    return {"next_action": action, "sender_id": "s", "tracker": tracker, "domain": {}, "version": "3.6.21"}


async def post(http: httpx.AsyncClient, body: Any, secret: str | None = SECRET) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await http.post("/webhook", content=content, headers={} if secret is None else {SECRET_HEADER: secret})


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + " ", SECRET[:-1], SECRET.upper()])
async def test_r09_without_the_secret_nothing_runs(http: httpx.AsyncClient, ran: list[str], secret: str | None) -> None:
    answer = await post(http, call("action_deny"), secret)
    assert (answer.status_code, ran) == (401, [])
    assert MARKER not in answer.text


async def test_r09_without_the_secret_the_body_is_not_even_read(http: httpx.AsyncClient) -> None:
    assert (await post(http, b"x" * (MAX_BODY + 1), "wrong")).status_code == 401


async def test_an_action_runs_and_answers(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CARELINE_DEMO", "1")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/careline.db")
    monkeypatch.setenv("CLOCK_FILE", f"{tmp_path}/clock")
    bootstrap.services.cache_clear()
    answer = await post(http, call("action_deny"))
    bootstrap.services.cache_clear()
    assert answer.status_code == 200
    assert [each["response"] for each in answer.json()["responses"]] == ["utter_deny_nothing_asked"]


async def test_r09_a_body_larger_than_any_conversation_is_refused(http: httpx.AsyncClient, ran: list[str]) -> None:
    answer = await post(http, b"[" + b" " * MAX_BODY + b"]")
    assert (answer.status_code, ran) == (413, [])


async def test_a_body_of_the_largest_size_is_read(http: httpx.AsyncClient) -> None:
    body = json.dumps(call("no_such_action")).encode()
    assert (await post(http, body + b" " * (MAX_BODY - len(body)))).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"not json", b'{"next_action": ', b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_no_json_is_refused(http: httpx.AsyncClient, ran: list[str], body: bytes) -> None:
    answer = await post(http, body)
    assert (answer.status_code, ran) == (400, [])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "identity, gzip"])
async def test_r09_a_compressed_body_is_refused_and_never_inflated(
    http: httpx.AsyncClient, ran: list[str], encoding: str
) -> None:
    bomb = zlib.compress(b"0" * 10 * 1024 * 1024)
    answer = await http.post("/webhook", content=bomb, headers={SECRET_HEADER: SECRET, "Content-Encoding": encoding})
    assert (answer.status_code, ran) == (415, [])


async def test_r09_a_compressed_body_that_does_not_say_so_is_no_json(http: httpx.AsyncClient, ran: list[str]) -> None:
    assert ((await post(http, zlib.compress(b"0" * 10_000))).status_code, ran) == (400, [])


@pytest.mark.parametrize("path", ["/actions", "/", "/docs", "/openapi.json", "/webhook/actions"])
async def test_r09_there_is_nothing_beside_the_webhook(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path, headers={SECRET_HEADER: SECRET})).status_code == 404


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
async def test_r09_no_answer_lets_a_foreign_page_in(http: httpx.AsyncClient, method: str) -> None:
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ("/webhook", "/healthz", "/readyz", "/nothing"):
        answer = await http.request(method, path, headers=asks)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


async def test_an_action_that_does_not_exist_is_named(http: httpx.AsyncClient) -> None:
    answer = await post(http, call("no_such_action"))
    assert (answer.status_code, answer.json()["action_name"]) == (404, "no_such_action")
    assert MARKER not in answer.text


async def test_an_action_that_refuses_to_run_is_said_to(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> Any:
        raise ActionExecutionRejection("action_deny")

    monkeypatch.setattr(ActionExecutor, "run", refuse)
    answer = await post(http, call("action_deny"))
    assert (answer.status_code, answer.json()["action_name"]) == (400, "action_deny")


@pytest.mark.parametrize("error", [RuntimeError(MARKER), KeyError(MARKER), ValueError({"tracker": MARKER})])
async def test_r09_a_failing_action_answers_without_a_word_of_the_call(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    async def fail(*_: Any) -> Any:
        raise error

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(ActionExecutor, "run", fail)
    answer = await post(http, call("action_deny"))
    assert (answer.status_code, answer.json()) == (500, {"error": "The action failed."})
    assert MARKER not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        1,
        None,
        {"next_action": "action_deny"},
        {"next_action": "action_deny", "tracker": MARKER},
        {"next_action": [1]},
    ],
)
async def test_r09_json_that_is_no_call_is_answered_without_its_words(
    http: httpx.AsyncClient, body: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await post(http, body)
    assert answer.status_code in (200, 400, 404, 500)
    assert MARKER not in answer.text
    assert MARKER not in caplog.text


async def test_r09_only_posts_are_taken(http: httpx.AsyncClient) -> None:
    assert (await http.get("/webhook", headers={SECRET_HEADER: SECRET})).status_code == 405


async def test_it_says_that_it_is_alive_whatever_the_store_does(http: httpx.AsyncClient, store: Store) -> None:
    store.down = True
    assert (await http.get("/healthz")).json() == {"status": "ok"}


async def test_it_is_ready_only_with_its_store(http: httpx.AsyncClient, store: Store) -> None:
    assert ((await http.get("/readyz")).status_code, (await http.get("/readyz")).json()) == (200, {"status": "ready"})
    store.down = True
    down = await http.get("/readyz")
    assert (down.status_code, down.json()) == (503, {"status": "not ready"})


async def test_why_it_is_not_ready_is_logged_by_its_kind(
    http: httpx.AsyncClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.down = True
    await http.get("/readyz")
    assert "not ready: RuntimeError" in caplog.text
    assert MARKER not in caplog.text


def test_every_action_of_the_domain_can_be_run() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    assert {
        "action_book_appointment",
        "validate_pay_bill_form",
        "action_ask_sign_in_code",
        "action_not_understood",
    } <= set(executor.actions)
