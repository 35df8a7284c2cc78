"""A gateway that plays scripted answers, and serves the page as the real one does, for tests of the page alone."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from channels.headers import SecurityHeaders

WEB = Path(__file__).parents[2] / "channels" / "web"
ADA = {
    "key": "ada",
    "name": "Ada Ellis",
    "phone": "+15415550121",
    "born": "1984-03-12",
    "language": "en",
    "try": [
        {"en": "Book me a physical", "es": "Quiero un examen físico"},
        {"en": "My results", "es": "Mis resultados"},
    ],
}
BEN = {"key": "ben", "name": "Ben Ortiz", "phone": "+15415550122", "born": "1951-07-20", "language": "es", "try": []}


def reply(text: str, act: str = "utter_greet", *, titles: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """One thing said; each title is a choice whose id is the title in lower case with `choice ` before it."""
    choices = [{"id": f"choice {title.lower()}", "title": title} for title in titles]
    return {"text": text, "act": act, "values": {}, "parts": [], "choices": choices, **more}


@dataclass(frozen=True)
class Scripted:
    """What the next message is answered with, once `released`."""

    status: int
    body: dict[str, Any]
    released: asyncio.Event


@dataclass
class FakeGateway:
    """Answers in the order in which the test scripted them, and remembers what it was asked."""

    script: deque[Scripted] = field(default_factory=deque)
    turns: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of the messages, in the order they came."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Path and body of every other POST."""
    texts: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=lambda: deepcopy([ADA, BEN]))

    def will_say(self, *replies: dict[str, Any], held: bool = False, **more: Any) -> Scripted:
        """Answer the next message so; `held` until the test sets `released`."""
        body = {"conversation": "c-1", "language": "en", "signed_in": False, "ended": False, "replies": list(replies)}
        return self._next(200, body | more, held)

    def will_refuse(self, status: int, sentence: str) -> Scripted:
        """Answer the next message with a problem."""
        return self._next(status, {"title": "No", "status": status, "detail": sentence}, held=False)

    def send_text(self, body: str, to: str = "+15415550121") -> None:
        """Let a text reach a phone."""
        self.texts.append({"at": "2026-03-17T17:00:00+00:00", "to": to, "body": body, "segments": 1})

    def app(self) -> Starlette:
        """The application."""
        routes = [
            Route("/v1/turns", self._turn, methods=["POST"]),
            Route("/simulator/people", self._people),
            Route("/simulator/sms", self._texts),
            Route("/simulator/calls", self._calls),
            Route("/simulator/clock", self._posted, methods=["POST"]),
            Route("/simulator/reset", self._posted, methods=["POST"]),
            Mount("/", StaticFiles(directory=WEB, html=True)),
        ]
        return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders, https=False)])

    def _next(self, status: int, body: dict[str, Any], held: bool) -> Scripted:
        scripted = Scripted(status, body, asyncio.Event())
        if not held:
            scripted.released.set()
        self.script.append(scripted)
        return scripted

    async def _turn(self, request: Request) -> JSONResponse:
        self.turns.append(await request.json())
        scripted = self.script.popleft()
        await scripted.released.wait()
        kind = "application/json" if scripted.status == 200 else "application/problem+json"
        return JSONResponse(scripted.body, scripted.status, media_type=kind)

    async def _people(self, _: Request) -> JSONResponse:
        return JSONResponse(self.people)

    async def _texts(self, request: Request) -> JSONResponse:
        return JSONResponse([text for text in self.texts if text["to"] == request.query_params["to"]])

    async def _calls(self, _: Request) -> JSONResponse:
        return JSONResponse([])

    async def _posted(self, request: Request) -> JSONResponse:
        self.asked.append((request.url.path, await request.json()))
        return JSONResponse({"now": "2026-03-17T17:20:00+00:00"})


@asynccontextmanager
async def served(gateway: FakeGateway) -> AsyncIterator[str]:
    """The gateway on a free port of this machine; gives its address."""
    # Listening from here on: whoever comes before the server is up waits in the queue.
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(gateway.app(), ws="none", lifespan="off", log_level="error"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    for scripted in gateway.script:
        scripted.released.set()
    server.should_exit = server.force_exit = True
    await running
