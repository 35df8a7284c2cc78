"""The wire between the client and a server: it notes what goes over it, and can lose an answer or a search parameter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

# What a search may say in an address: kinds, states, days, order and pages; never whose, who or in which words.
IMPERSONAL = frozenset(
    [
        "status",
        "active",
        "type",
        "category",
        "date",
        "start",
        "schedule",
        "schedule.actor",
        "specialty",
        "mode",
        "_sort",
        "_count",
        "_include",
        "_page",
    ]
)
ADDRESS = re.compile(r"/fhir/[A-Za-z$]+(/[A-Za-z0-9.-]{1,64})?(/[$_][a-z-]+)?|/fhir/metadata")


class Wire(httpx.AsyncBaseTransport):
    """Passes everything on, but loses the answer to the next request of a kind."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.loses: str | None = None
        """A request as it stands in `sent`; set again to None once it is lost."""
        self.then_dead = False
        """Whether, once that answer is lost, all others are lost too; until set to False."""
        self.heeds: frozenset[str] | None = None
        """The only search parameters that reach the server, as if it ignored all others; None: all of them."""
        self.sent: list[str] = []
        """As "POST /fhir/Task", in order."""
        self.urls: list[str] = []
        """Whole addresses, as they would stand in an access log."""
        self.changed: set[str] = set()
        """Every "Type/id" that a write has made or changed, as far as the server's answers tell."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization", "").strip() == "Bearer":
            del request.headers["authorization"]
        kind = f"{request.method} {request.url.path}"
        self.sent.append(kind)
        self.urls.append(str(request.url))
        response = await self._inner.handle_async_request(self._as_heeded(request))
        if request.method in ("POST", "PUT", "PATCH"):
            await response.aread()
            self.changed.update(_written(request, response))
        if self.loses == kind or (self.then_dead and self.loses is None):
            self.loses = None
            raise httpx.ReadTimeout("the answer is lost", request=request)
        return response

    def _as_heeded(self, request: httpx.Request) -> httpx.Request:
        if self.heeds is None:
            return request
        url = request.url.copy_with(params=[pair for pair in request.url.params.multi_items() if self._heeded(pair)])
        content = request.content
        if request.url.path.endswith("/_search"):
            content = urlencode([pair for pair in parse_qsl(content.decode()) if self._heeded(pair)]).encode()
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        return httpx.Request(request.method, url, headers=headers, content=content, extensions=request.extensions)

    def _heeded(self, pair: tuple[str, str]) -> bool:
        return self.heeds is None or pair[0] in self.heeds

    async def aclose(self) -> None:
        await self._inner.aclose()


def told_of_a_person(url: str) -> bool:
    """Whether an address says more of somebody than ids; a link to a next page is the server's own."""
    parts = httpx.URL(url)
    names = set(parts.params.keys())
    if not parts.path.startswith("/fhir/"):
        return False
    if ADDRESS.fullmatch(parts.path) is None:
        return True
    return "_page" not in names and not names <= IMPERSONAL


def _written(request: httpx.Request, response: httpx.Response) -> Iterator[str]:
    """What a write has touched: the resource it answers with, and the slots that one is in."""
    media_type = response.headers.get("content-type", "")
    if not response.is_success or "fhir" not in media_type or request.url.path.endswith("/_search"):
        return
    resource: Any = json.loads(response.content or b"{}")
    if "id" in resource:
        yield f"{resource['resourceType']}/{resource['id']}"
        yield from (each["reference"] for each in resource.get("slot", []))
