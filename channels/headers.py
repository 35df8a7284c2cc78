"""Puts the security headers on every answer, and keeps out what the pages of others make a browser send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors "
)
# Two years, as browsers' preload lists ask for; only where the public address is https.
_HTTPS = "max-age=63072000; includeSubDomains"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class SecurityHeaders:
    """Middleware; `https`: the public address is reached by https only; `origins`: who may frame the pages."""

    def __init__(self, app: ASGIApp, https: bool, origins: Sequence[str] = ()) -> None:
        self._app = app
        self._https = https
        self._framers = " ".join(origins) or "'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders) -> None:
        for name, value in _ALWAYS.items():
            headers[name] = value
        is_page = headers.get("content-type", "").startswith("text/html")
        headers["Content-Security-Policy"] = _PAGE + self._framers if is_page else _NOTHING
        # The older header knows no list, so it is left out where there is one.
        if not is_page or self._framers == "'none'":
            headers["X-Frame-Options"] = "DENY"
        if self._https:
            headers["Strict-Transport-Security"] = _HTTPS


class Failsafe:
    """Middleware that answers what nobody caught; Starlette's own would hand the error on to the server's log."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - its message may repeat what was said
            answer = await self._answer(Request(scope), error)
            if not begun:
                await answer(scope, receive, send)


class OwnPagesOnly:
    """Middleware: whatever changes something is refused when a page of another origin made the browser send it."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], refuse: Callable[[Request], Awaitable[Response]]) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_strange = (
            scope["type"] == "http" and scope["method"] not in _READING and self._is_strange(Headers(scope=scope))
        )
        answering: ASGIApp = await self._refuse(Request(scope)) if is_strange else self._app
        await answering(scope, receive, send)

    def _is_strange(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin in self._origins:
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        # Older browsers say only the origin; programs that are no browsers say neither.
        return origin is not None and urlsplit(origin).netloc != headers.get("host")
