"""The gateway as a Starlette application: its routes, and what is put around every answer."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from channels.bodies import read_json_body
from channels.clients import Network, client_of
from channels.demo import Demo, demo_routes
from channels.headers import Failsafe, OwnPagesOnly, SecurityHeaders
from channels.health import Check, not_ready
from channels.limits import Limits
from channels.metrics import Metrics
from channels.problems import Problem, reader_language
from channels.turn import Course, World
from channels.turn_request import read_turn_request
from channels.turns import Patience, Turns
from logs import place_of

logger = logging.getLogger(__name__)

WEB = Path(__file__).parent / "web"
TRACE_HEADER = "X-Careline-Trace"
_PURGE_EVERY = 900.0
"""Seconds."""
_FINISH_WITHIN = 10.0
"""Seconds for turns under way when the process is told to end."""


@dataclass(frozen=True)
class Gateway:
    """Everything the application is made of; a test passes fakes."""

    world: World
    api_keys: frozenset[str]
    checks: Mapping[str, Check] = field(default_factory=dict)
    """What has to be ready, by name."""
    demo: Demo | None = None
    """None outside demo mode."""
    web: Path = WEB
    patience: Patience = field(default_factory=Patience)
    limits: Limits = field(default_factory=Limits)
    trusted_proxies: tuple[Network, ...] = ()
    """Whose X-Forwarded-For is believed."""
    widget_origins: tuple[str, ...] = ()
    """Pages of others that may show the chat and call the turn interface from a browser."""
    at_end: tuple[Callable[[], Any], ...] = ()
    """Closed in order when the process ends."""


def create_app(gateway: Gateway) -> Starlette:
    """Build the application."""
    desk = _Desk(gateway)
    routes: list[BaseRoute] = [
        Route("/v1/turns", desk.turn, methods=["POST"]),
        Route("/healthz", desk.healthz, methods=["GET"]),
        Route("/readyz", desk.readyz, methods=["GET"]),
        Route("/metrics", desk.metrics, methods=["GET"]),
    ]
    if gateway.demo is not None:
        routes += demo_routes(gateway.demo)
        routes.append(Mount("/", StaticFiles(directory=gateway.web, html=True, check_dir=False)))
    return Starlette(
        routes=routes,
        middleware=_middleware(gateway, desk),
        exception_handlers={Problem: desk.problem, HTTPException: desk.http_problem},
        lifespan=desk.lifespan,
    )


def _middleware(gateway: Gateway, desk: _Desk) -> list[Middleware]:
    """What is around every answer, the outermost first."""
    origins = gateway.widget_origins
    around = [
        Middleware(SecurityHeaders, https=gateway.demo is None, origins=origins),
        Middleware(Failsafe, answer=desk.failure),
    ]
    if gateway.trusted_proxies:
        around.append(Middleware(ProxyHeadersMiddleware, trusted_hosts=[str(each) for each in gateway.trusted_proxies]))
    if origins:
        allowed = ["Authorization", "Content-Type", "Accept-Language"]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["POST"],
            allow_headers=allowed,
            expose_headers=["Retry-After"],
        )
        around.append(cors)
    return [*around, Middleware(OwnPagesOnly, origins=origins, refuse=desk.cross_site)]


class _Desk:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._metrics = Metrics()
        self._turns = Turns(gateway.world, self._metrics, gateway.patience, gateway.limits)

    async def turn(self, request: Request) -> Response:
        api_key = self._api_key(request)
        asked = read_turn_request(await read_json_body(request))
        asked = replace(asked, client=client_of(request, self._gateway.trusted_proxies))
        course = Course(asked.channel)
        answer = await self._turns.take(asked, api_key, course)
        if self._gateway.demo is not None and request.headers.get(TRACE_HEADER) == "1":
            answer = answer | {"trace": _trace(course)}
        # What the browser itself keeps goes with the session; the page empties what it shows.
        return JSONResponse(answer, headers={"Clear-Site-Data": '"cache", "storage"'} if course.signed_out else None)

    async def cross_site(self, request: Request) -> Response:
        return await self.problem(request, Problem("cross_site"))

    async def healthz(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        missing = await not_ready(dict(self._gateway.checks))
        if missing:
            return JSONResponse({"status": "not ready", "not_ready": missing}, 503)
        return JSONResponse({"status": "ready", "not_ready": []})

    async def metrics(self, _: Request) -> Response:
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def problem(self, request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return problem.response(reader_language(request), self._gateway.world.phone)

    async def http_problem(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        name = {404: "not_found", 405: "method"}.get(status, "malformed" if status < 500 else "failed")
        what = "not_an_object" if name == "malformed" else None
        return await self.problem(request, Problem(name, what=what))

    async def failure(self, request: Request, error: Exception) -> Response:
        logger.error("event=failed error=%s", place_of(error))
        return await self.problem(request, Problem("failed"))

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        purging = asyncio.create_task(self._purge_now_and_then())
        yield
        purging.cancel()
        await self._turns.finish(_FINISH_WITHIN)
        for close in self._gateway.at_end:
            await close()

    async def _purge_now_and_then(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._gateway.world.keeping.run)
            except Exception as error:  # noqa: BLE001 - tried again next time
                logger.error("event=purge_failed error=%s", type(error).__name__)
            await asyncio.sleep(_PURGE_EVERY)

    def _api_key(self, request: Request) -> str:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        fits = [key for key in self._gateway.api_keys if hmac.compare_digest(key.encode(), given.strip().encode())]
        if scheme.lower() != "bearer" or not fits:
            raise Problem("key")
        return fits[0]


def _trace(course: Course) -> dict[str, Any]:
    """What the demo page shows about a turn: names and times, never what was said."""
    return {
        "outcome": course.outcome,
        "sent": course.sent,
        "understood": course.understood,
        "stages": [{"name": name, "ms": ms} for name, ms in course.stages.spent.items()],
    }
