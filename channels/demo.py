"""What exists in demo mode only: the local carrier, a clock that can be moved, a new start, the people to play."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from channels.bodies import read_json_body
from channels.problems import Problem
from channels.turn_request import read_object
from clock import CLINIC_ZONE, DemoClock
from simulator import CarrierStore, carrier_routes

logger = logging.getLogger(__name__)

PEOPLE = Path(__file__).parent / "web" / "people.yml"
_RESET_PATIENCE = 30.0
"""Seconds; the portal seeds its people anew."""


@dataclass(frozen=True)
class Demo:
    """What the demo's own routes need."""

    clock: DemoClock
    carrier: CarrierStore
    account_sid: str
    auth_token: str
    portal: httpx.AsyncClient
    demo_key: str
    forget: Callable[[], None]
    """Makes the gateway and identity forget everything; blocks."""


def demo_routes(demo: Demo) -> list[Route]:
    """The routes under /simulator."""
    desk = _Desk(demo)
    return [
        *carrier_routes(demo.carrier, demo.account_sid, demo.auth_token, demo.clock),
        Route("/simulator/clock", desk.move_clock, methods=["POST"]),
        Route("/simulator/reset", desk.reset, methods=["POST"]),
        Route("/simulator/people", desk.people, methods=["GET"]),
    ]


class _Desk:
    def __init__(self, demo: Demo) -> None:
        self._demo = demo

    async def move_clock(self, request: Request) -> Response:
        wanted = read_object(await read_json_body(request))
        before, moment = self._demo.clock.now(), _moment(wanted, self._demo.clock.now())
        self._demo.clock.move_to(moment)
        if moment < before:
            # What was said in a future that has not happened yet would lock people out until it has.
            await asyncio.to_thread(self._demo.forget)
        return JSONResponse({"now": self._demo.clock.now().isoformat()})

    async def reset(self, _: Request) -> Response:
        try:
            answer = await self._demo.portal.post(
                "/demo/reset", headers={"X-Demo-Key": self._demo.demo_key}, timeout=_RESET_PATIENCE
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            logger.error("event=reset_failed error=%s", type(error).__name__)
            raise Problem("not_reset") from None
        await asyncio.to_thread(self._demo.forget)
        self._demo.carrier.clear()
        return JSONResponse({"status": "reset"})

    async def people(self, _: Request) -> Response:
        today = self._demo.clock.now().astimezone(CLINIC_ZONE).date()
        people = await asyncio.to_thread(lambda: yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))["people"])
        return JSONResponse([_with_birth_date(person, today) for person in people])


def _with_birth_date(person: dict[str, Any], today: date) -> dict[str, Any]:
    """Whoever has an age is that old today, as in the demo portal."""
    if "born" in person:
        return person
    month_and_day = today.isoformat()[5:]
    year = today.year - int(person["age"]) - (person["birthday"] > month_and_day)
    known = {name: value for name, value in person.items() if name not in ("birthday", "age")}
    return known | {"born": f"{year}-{person['birthday']}"}


def _moment(wanted: dict[str, Any], now: datetime) -> datetime:
    minutes = wanted.get("advance_minutes")
    if isinstance(minutes, int | float) and not isinstance(minutes, bool):
        try:
            return now + timedelta(minutes=minutes)
        except (OverflowError, ValueError):
            raise Problem("malformed", what="number_or_time") from None
    try:
        moment = datetime.fromisoformat(str(wanted.get("now")))
    except ValueError:
        raise Problem("malformed", what="number_or_time") from None
    if moment.tzinfo is None:
        raise Problem("malformed", what="number_or_time")
    return moment
