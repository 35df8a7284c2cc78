"""Reads requests and writes answers: sizes, media types, JSON, and FHIR's headers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from demo_portal.outcomes import BadRequest, NotAcceptable, Refused, TooLarge, WrongMediaType
from demo_portal.portal import Answer
from demo_portal.store.engine import dumps
from demo_portal.vocabulary import Resource

FHIR_JSON = "application/fhir+json"
JSON_TYPES = (FHIR_JSON, "application/json")
ACCEPTED = (*JSON_TYPES, "application/*", "*/*", "json", "text/json")
LARGEST_BODY = 1024 * 1024
DEEPEST_BODY = 64


def respond(answer: Answer) -> Response:
    """An answer as FHIR JSON; nothing of it may be kept by a cache."""
    headers = {"Cache-Control": "no-store", **answer.headers}
    if answer.status == 304:
        return Response(None, 304, headers)
    return Response(dumps(answer.body), answer.status, headers, media_type=FHIR_JSON)


def refuse(refused: Refused) -> Response:
    """A refusal as OperationOutcome."""
    return respond(Answer(refused.outcome(), refused.status, refused.headers))


def check_accept(request: Request) -> None:
    """Raise NotAcceptable when the client wants something else than JSON."""
    wanted = request.query_params.get("_format") or request.headers.get("accept") or "*/*"
    types = [part.partition(";")[0].strip().lower() for part in wanted.replace(" json", "+json").split(",")]
    if not any(kind in ACCEPTED for kind in types):
        raise NotAcceptable("Only JSON is spoken here: ask for application/fhir+json.", "not-acceptable")


async def read_body(request: Request) -> bytes:
    """The body, as long as it is within the limit."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise _too_large()
    return bytes(body)


async def read_resource(request: Request, rtype: str) -> Resource:
    """The resource in the body, of any type when `rtype` is empty.

    Raises:
        WrongMediaType: it is not declared as FHIR JSON.
        BadRequest: it is not JSON, or another resource than the address says.
    """
    if media_type(request) not in JSON_TYPES:
        raise WrongMediaType(f"Send {FHIR_JSON}.", "media-type")
    resource = parse_json(await read_body(request))
    if not isinstance(resource, dict):
        raise BadRequest("The body must be one JSON object.", "malformed")
    if rtype and resource.get("resourceType") != rtype:
        raise BadRequest(f"The body must be a {rtype}.", "malformed", "resourceType")
    return resource


async def read_form(request: Request) -> list[tuple[str, str]]:
    """Name and value pairs of a form."""
    if media_type(request) != "application/x-www-form-urlencoded":
        raise WrongMediaType("Send application/x-www-form-urlencoded.", "media-type")
    try:
        return parse_qsl((await read_body(request)).decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise BadRequest("The form cannot be read.", "malformed") from None


def media_type(request: Request) -> str:
    """The declared type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def parse_json(raw: bytes) -> Any:
    """Strict JSON, money as Decimal.

    Raises:
        BadRequest: it is broken, too deep, repeats a name, or holds NaN.
    """
    try:
        value = json.loads(raw, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.", "malformed") from None
    if _deeper_than(value, DEEPEST_BODY):
        raise BadRequest("The body is nested too deeply.", "malformed")
    return value


def _no_constant(_text: str) -> Any:
    raise ValueError("not JSON")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _deeper_than(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(inside) and (levels == 0 or any(_deeper_than(item, levels - 1) for item in inside))


def _too_large() -> TooLarge:
    return TooLarge(f"The body is larger than {LARGEST_BODY // 1024} KiB.", "too-large")
