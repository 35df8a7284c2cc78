"""One HTTP request and its whole answer, with everything httpx may raise turned into three plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx

DEADLINE = 4.0
"""Seconds for one call, its one retry included: a caller on the phone waits no longer."""
LARGEST_ANSWER = 5 * 1024 * 1024

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)


class NotSent(Exception):
    """The request did not reach the server."""


class Lost(Exception):
    """The request was sent, the answer did not come."""


class TooLong(Exception):
    """The answer is larger than any we have a use for."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """The declared type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def retry_after(self) -> timedelta | None:
        """How long the server asks us to wait (RFC 9110, section 10.2.3); None when it does not say."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return timedelta(seconds=min(int(text[:9]), 86_400))
        try:
            # Counted from the server's own Date, so that two clocks need not agree.
            wait = parsedate_to_datetime(text) - parsedate_to_datetime(self.headers.get("date", ""))
        except (TypeError, ValueError):
            return None
        return max(wait, timedelta(0))


def portal_http_client(origin: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """The HTTP client for one portal; make one per process."""
    # Idle connections are dropped before usual servers drop them (5 s), or a write could be lost to a closing one.
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=3.0)
    timeout = httpx.Timeout(DEADLINE, connect=DEADLINE / 2)
    return httpx.AsyncClient(base_url=origin, timeout=timeout, limits=limits, transport=transport)


async def ask(client: httpx.AsyncClient, request: httpx.Request) -> Answer:
    """Send a request once.

    Raises:
        NotSent: nothing has happened on the other side.
        Lost: nobody knows what has happened on the other side.
        TooLong: the answer was not read to its end.
    """
    # The client is shared by all patients; a cookie of one must not go with the request of another.
    request.headers.pop("cookie", None)
    try:
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            return Answer(response.status_code, response.headers, await _body(response))
        finally:
            await response.aclose()
    except _NOT_SENT as error:
        raise NotSent(type(error).__name__) from None
    except (httpx.HTTPError, httpx.StreamError, httpx.CookieConflict) as error:
        raise Lost(type(error).__name__) from None


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise TooLong
    return bytes(body)
