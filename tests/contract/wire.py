"""The wire between the client and a server: it notes what goes over it, and can lose an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx


class Wire(httpx.AsyncBaseTransport):
    """Passes everything on, but loses the answer to the next request of a kind."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.loses: str | None = None
        """A request as it stands in `sent`; set again to None once it is lost."""
        self.then_dead = False
        """Whether, once that answer is lost, all others are lost too; until set to False."""
        self.sent: list[str] = []
        """As "POST /fhir/Task", in order."""
        self.changed: set[str] = set()
        """Every "Type/id" that a write has made or changed, as far as the server's answers tell."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization", "").strip() == "Bearer":
            del request.headers["authorization"]
        kind = f"{request.method} {request.url.path}"
        self.sent.append(kind)
        response = await self._inner.handle_async_request(request)
        if request.method in ("POST", "PUT", "PATCH"):
            await response.aread()
            self.changed.update(_written(request, response))
        if self.loses == kind or (self.then_dead and self.loses is None):
            self.loses = None
            raise httpx.ReadTimeout("the answer is lost", request=request)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def _written(request: httpx.Request, response: httpx.Response) -> Iterator[str]:
    """What a write has touched: the resource it answers with, and the slots that one is in."""
    media_type = response.headers.get("content-type", "")
    if not response.is_success or "fhir" not in media_type or request.url.path.endswith("/_search"):
        return
    resource: Any = json.loads(response.content or b"{}")
    if "id" in resource:
        yield f"{resource['resourceType']}/{resource['id']}"
        yield from (each["reference"] for each in resource.get("slot", []))
