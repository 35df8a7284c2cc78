"""What people or portals could send to make the client ask something else, or somebody else. D-08 and D-09."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

import httpx
import pytest

from actions.portal_client import (
    FhirDirectory,
    FhirPortal,
    FhirPublicPortal,
    OutcomeUnknown,
    PortalError,
    Refused,
    TokenClient,
    UnusableAnswer,
    portal_http_client,
)
from clock import FixedClock
from tests.fakes import A_TUESDAY
from tests.portal_calls import arguments, calls_of, texts_in
from tests.portal_client_fakes import EVERY_CALL, FhirServer, Notes, bundle, fhir, portal
from tests.test_portal_client_failures import SUMMARY, WORDS, every_answer, healthy

ROOT = Path(__file__).parent.parent
HOSTILE = (
    "../../metadata",
    "a/b?patient=leo",
    "x&patient=leo",
    "x|y,z$w",
    "x\r\nX-Evil: 1",
    "%2e%2e%2f",
    "a#b",
    " ",
    "ñ",
    "a\x00b",
    "' OR 1=1;--",
    '{"$ne": 1}',
    "x" * 65,
    "https://elsewhere.test/fhir/Task/1",
)
PATH = re.compile(r"/fhir/(?:[A-Za-z]+(?:/[A-Za-z0-9.-]{1,64})?(?:/[$_][a-z-]+)?|metadata)")


def parameter_names(request: httpx.Request) -> list[str]:
    """What a request asks by: names from the address and from a form."""
    names = [name for name, _ in request.url.params.multi_items()]
    if request.headers.get("content-type") == "application/x-www-form-urlencoded":
        names += [name for name, _ in parse_qsl(request.content.decode(), keep_blank_values=True)]
    return names


def assert_harmless(request: httpx.Request, words: str) -> None:
    """It goes where a request of ours goes, and the words are nothing but a value in its body or of a parameter."""
    assert (request.url.scheme, request.url.host, request.url.port) == ("https", "portal.test", None)
    assert PATH.fullmatch(request.url.path), request.url.path
    assert b".." not in unquote_to_bytes(request.url.raw_path.partition(b"?")[0])
    assert words not in request.url.path or re.fullmatch(r"[A-Za-z0-9.-]{1,64}", words)
    assert "x-evil" not in request.headers
    assert all("\r" not in value and "\n" not in value for value in request.headers.values())
    assert parameter_names(request).count("patient") <= 1
    assert "leo" not in request.url.params.get_list("patient")
    if request.content and "json" in request.headers["content-type"]:
        body = json.loads(request.content)
        assert "$ne" not in body
        owners = re.findall(r'"Patient/([^"]*)"', json.dumps(body))
        assert set(owners) <= {"maria"}


CALLS = {name: call for name, call in calls_of(FhirPortal).items() if set(texts_in(call))}


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", CALLS)
async def test_d08_hostile_words_leave_as_data_or_not_at_all(name: str, words: str) -> None:
    server = healthy()
    with contextlib.suppress(PortalError, ValueError):
        await CALLS[name](portal(server), **arguments(CALLS[name], words))
    for request in server.asked:
        assert_harmless(request, words)


def anybody(server: Callable[[httpx.Request], httpx.Response]) -> tuple[FhirDirectory, FhirPublicPortal]:
    client = portal_http_client("https://portal.test", httpx.MockTransport(server))
    tokens = TokenClient(client, "careline", "a secret that only these tests know", FixedClock(A_TUESDAY))
    return FhirDirectory(client, tokens, trail=Notes()), FhirPublicPortal(client, tokens, trail=Notes())


@pytest.mark.parametrize("words", HOSTILE)
async def test_d08_so_it_is_while_nobody_is_signed_in(words: str) -> None:
    token = httpx.Response(200, json={"access_token": "t", "token_type": "Bearer", "expires_in": 300})
    server = healthy().on("POST /oauth/token", token)
    for its in anybody(server):
        for call in calls_of(type(its)).values():
            with contextlib.suppress(PortalError, ValueError):
                await call(its, **arguments(call, words))
    asked = [request for request in server.asked if request.url.path != "/oauth/token"]
    assert asked
    for request in asked:
        assert_harmless(request, words)


@pytest.mark.parametrize("code", ["4548-4,718-7", "x|y", "a b", "", "\\", "x" * 21])
async def test_d08_a_code_that_would_widen_the_question_is_not_asked(code: str) -> None:
    server = healthy()
    with pytest.raises(Refused):
        await portal(server).trends((code,), None)
    assert server.calls("GET Observation") == []


# Put together from constants of their own module, for two dialects or because a pragma takes no bound value.
OF_CONSTANTS = ("demo_portal/store/full_text.py", "demo_portal/store/engine.py", "identity/store.py")


def test_d08_no_sql_is_made_of_strings() -> None:
    """Statements are SQLAlchemy's; where text stands, it is a constant."""
    made = re.compile(
        r"\b(?:text|exec_driver_sql|execute|executemany|executescript)\(\s*(?:f[\"']|[\"'][^\"']*[\"']\s*(?:%|\+|\.format)|\w+\s*\+)"
    )
    sql = re.compile(r"f[\"'](?:SELECT|INSERT|UPDATE|DELETE|ALTER|DROP|CREATE|WITH)\b")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("actions", "assistant", "audit", "channels", "demo_portal", "identity", "simulator")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if made.search(line) or sql.search(line)
    ]
    assert [line for line in found if not line.startswith(OF_CONSTANTS)] == []


def test_d08_that_test_would_notice() -> None:
    made = 'connection.execute(f"SELECT * FROM x WHERE id = {rid}")'
    assert re.search(r"\bexecute\(\s*f[\"']", made)


ELSEWHERE = ("https://elsewhere.test/fhir/Appointment", "//elsewhere.test/x", "http://portal.test/fhir/x", "/fhir/x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ELSEWHERE)
async def test_d09_a_redirect_of_any_kind_is_followed_nowhere(status: int, location: str) -> None:
    server = every_answer(httpx.Response(status, headers={"location": location}))
    asked: list[httpx.Request] = []

    def noting(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return server(request)

    for name in ("appointments", "test_results", "pay", "hold_slot", "person"):
        with pytest.raises((UnusableAnswer, OutcomeUnknown, PortalError)):
            await EVERY_CALL[name](portal(noting))
    assert {request.url.host for request in asked} == {"portal.test"}
    assert {request.url.scheme for request in asked} == {"https"}
    assert not any(request.url.path.endswith("/x") for request in asked)


@pytest.mark.parametrize("location", ELSEWHERE)
async def test_d09_so_it_is_for_tokens(location: str) -> None:
    asked: list[str] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": location})

    client = portal_http_client("https://portal.test", httpx.MockTransport(redirect))
    tokens = TokenClient(client, "careline", "a secret that only these tests know", FixedClock(A_TUESDAY))
    with pytest.raises(PortalError):
        await tokens.exchange("maria", A_TUESDAY)
    assert asked == ["https://portal.test/oauth/token"]


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.test/fhir/Binary/b1",
        "//elsewhere.test/fhir/Binary/b1",
        "http://portal.test/fhir/Binary/b1",
        "https://portal.test:8443/fhir/Binary/b1",
        "https://portal.test/other/Binary/b1",
        "https://portal.test.elsewhere.test/fhir/Binary/b1",
        "https://me@portal.test/fhir/Binary/b1",
        "file:///fhir/Binary/b1",
        "https://[broken",
    ],
)
@pytest.mark.parametrize("name", ["document_body", "visit_text"])
async def test_d09_a_document_on_another_server_is_not_fetched(name: str, address: str) -> None:
    document: dict[str, Any] = {
        **SUMMARY,
        "content": [{"attachment": {"contentType": "text/html", "url": address, "title": "Summary"}}],
    }
    server = FhirServer().on("GET DocumentReference/dr1", fhir(document)).on("GET Binary/b1", fhir(WORDS))
    with pytest.raises(UnusableAnswer):
        await getattr(portal(server), name)("dr1")
    assert [request.url.path for request in server.asked] == ["/fhir/DocumentReference/dr1"]


async def test_d09_a_document_of_the_same_server_is_fetched_by_its_whole_address_too() -> None:
    document: dict[str, Any] = {
        **SUMMARY,
        "content": [{"attachment": {"contentType": "text/html", "url": "https://portal.test/fhir/Binary/b1"}}],
    }
    server = FhirServer().on("GET DocumentReference/dr1", fhir(document)).on("GET Binary/b1", fhir(WORDS))
    assert await portal(server).visit_text("dr1") == "All is well."


async def test_d09_an_earlier_request_that_a_portal_names_on_another_server_is_not_taken() -> None:
    location = httpx.Response(201, headers={"location": "https://elsewhere.test/fhir/Task/t1"})
    server = FhirServer().on("POST Task", location).on("GET Task", bundle())
    with pytest.raises(OutcomeUnknown):
        await portal(server).pay("clinic", 5000, "pm1", "k1")
    assert {request.url.host for request in server.asked} == {"portal.test"}
