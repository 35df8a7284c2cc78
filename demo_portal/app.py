"""Puts the demo portal together as one ASGI application."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import httpx
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clock import Clock
from demo_portal import capability, pay_page, routes, share_page, tokens, wire
from demo_portal.faults import FaultBarrier
from demo_portal.outcomes import REFUSAL_BY_STATUS, BadRequest, Forbidden, Refused
from demo_portal.portal import Portal
from demo_portal.seed import loading
from demo_portal.settings import Settings
from demo_portal.store.engine import Database
from demo_portal.store.tables import RESOURCE
from demo_portal.subscriptions import delivery

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def create_app(settings: Settings, clock: Clock) -> Starlette:
    """The portal, ready to serve; in demo mode an empty store is filled with the demo people."""
    portal = Portal(settings, clock, Database(settings.database_url))
    if settings.demo and not loading.is_seeded(portal):
        portal.database.recreate()
        loading.seed(portal)
    app = Starlette(
        routes=[*_own_routes(portal), *pay_page.pages(portal), *share_page.pages(portal), *routes.routes(portal)],
        middleware=[Middleware(FaultBarrier)],
        exception_handlers={Refused: _refused, HTTPException: _http_error},
        lifespan=_telling_subscribers(portal),
    )
    app.router.redirect_slashes = False
    app.state.portal = portal
    return app


def _telling_subscribers(portal: Portal) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        # Redirects and proxies of the environment could lead to addresses that nobody has named.
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
            telling = asyncio.create_task(delivery.deliver_for_ever(portal, client))
            yield
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling

    return lifespan


def _own_routes(portal: Portal) -> list[Route]:
    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "up"})

    async def readyz(_request: Request) -> Response:
        ready = await run_in_threadpool(_can_read, portal)
        return JSONResponse({"status": "ready" if ready else "the store cannot be read"}, 200 if ready else 503)

    async def smart(request: Request) -> Response:
        return JSONResponse(capability.smart_configuration(str(request.base_url).rstrip("/")))

    async def token(request: Request) -> Response:
        form = dict(await wire.read_form(request))
        url = str(request.url.replace(query=""))
        try:
            granted = await run_in_threadpool(tokens.grant, portal, form, url)
        except tokens.TokenRefused as refused:
            told = {"error": refused.error, "error_description": refused.description}
            return JSONResponse(told, refused.status, NO_STORE)
        return JSONResponse(granted, headers=NO_STORE)

    async def reset(request: Request) -> Response:
        key = request.headers.get("x-demo-key", "")
        if not hmac.compare_digest(key.encode(), portal.settings.demo_key.encode()):
            raise Forbidden("X-Demo-Key is missing or wrong.", "demo-key")
        day = await run_in_threadpool(loading.seed, portal)
        return JSONResponse({"status": "reset", "day": day.isoformat()})

    smart_paths = ("/.well-known/smart-configuration", f"{routes.FHIR}/.well-known/smart-configuration")
    found = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/oauth/token", token, methods=["POST"]),
        *(Route(path, smart) for path in smart_paths),
    ]
    return [*found, Route("/demo/reset", reset, methods=["POST"])] if portal.settings.demo else found


def _can_read(portal: Portal) -> bool:
    try:
        with portal.database.reading() as conn:
            conn.execute(sa.select(RESOURCE.c.id).limit(1)).all()
    except SQLAlchemyError:
        return False
    return True


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return wire.refuse(error)


async def _http_error(_request: Request, error: Exception) -> Response:
    """What Starlette itself refuses: unknown addresses and methods."""
    assert isinstance(error, HTTPException)
    kind = REFUSAL_BY_STATUS.get(error.status_code, BadRequest)
    words = {404: "There is nothing at this address.", 405: "This method is not served at this address."}
    refused = kind(words.get(error.status_code, "The request cannot be served."), "address")
    refused.headers = dict(error.headers or {})
    return wire.refuse(refused)
