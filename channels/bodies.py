"""Reads a request's JSON body, no further than it may be long."""

from __future__ import annotations

from starlette.requests import Request

from channels.problems import Problem
from channels.turn_request import BIGGEST_BODY


async def read_json_body(request: Request) -> bytes:
    """The raw body of a request that says it is JSON.

    Raises:
        Problem: It is of another type, compressed, or too big.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
        raise Problem("not_json")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > BIGGEST_BODY:
        raise Problem("too_big")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BIGGEST_BODY:
            raise Problem("too_big")
    return bytes(body)
