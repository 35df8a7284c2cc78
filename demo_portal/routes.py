"""Addresses and methods of the FHIR endpoint, built from the registry and the table of operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo_portal import audit, capability, interactions, tokens, transactions, wire
from demo_portal.operations.table import OPERATIONS, Operation
from demo_portal.outcomes import Forbidden, Refused
from demo_portal.portal import Access, Answer, Call, Portal
from demo_portal.registry import TYPES, Served
from demo_portal.store.engine import Transaction

Handler = Callable[[Portal, Transaction, Call], Answer]
Endpoint = Callable[[Request], Awaitable[Response]]
FHIR = "/fhir"
_HEADERS = ("if-match", "if-none-exist", "if-none-match", "idempotency-key", "prefer", "x-request-id")


@dataclass(frozen=True)
class Door:
    """One method at one address: who may pass, what is read, who answers."""

    interaction: str
    """FHIR's code of it, or the name of the operation: what the audit calls it."""
    rtype: str
    handler: Handler
    needs: tuple[str, str] | None
    """Type and scope letter; None where each part of the request is looked at by itself."""
    body: str | None = None
    """The resource type expected in the body; empty means any, None that there is no body."""
    form: bool = False
    writes: bool = False


def routes(portal: Portal) -> list[Route]:
    """All routes below /fhir."""
    bundle = Door("transaction", "Bundle", transactions.transaction, None, body="Bundle", writes=True)
    found = [
        Route(f"{FHIR}/metadata", _metadata(portal), methods=["GET"]),
        Route(FHIR, _endpoint(portal, {"POST": bundle}), methods=["POST"]),
    ]
    for operation in OPERATIONS:
        rid = "/{rid}" if operation.instance else ""
        path = f"{FHIR}/{operation.rtype}{rid}/${operation.name}"
        found.append(Route(path, _operation(portal, operation), methods=[operation.method]))
    for served in TYPES:
        found += _type_routes(portal, served)
    return found


def _type_routes(portal: Portal, served: Served) -> list[Route]:
    found: list[Route] = []
    for path, doors in _doors(served).items():
        if doors:
            found.append(Route(f"{FHIR}/{served.rtype}{path}", _endpoint(portal, doors), methods=list(doors)))
    return found


def _doors(served: Served) -> dict[str, dict[str, Door]]:
    """The doors of a type, by address and method."""
    rtype, has = served.rtype, served.interactions
    every = {
        ("", "GET", "search-type"): Door("search-type", rtype, interactions.search, (rtype, "s")),
        ("", "POST", "create"): Door("create", rtype, interactions.create, (rtype, "c"), body=rtype, writes=True),
        ("/_search", "POST", "search-type"): Door("search-type", rtype, interactions.search, (rtype, "s"), form=True),
        ("/{rid}", "GET", "read"): Door("read", rtype, interactions.read, (rtype, "r")),
        ("/{rid}", "PUT", "update"): Door("update", rtype, interactions.update, (rtype, "u"), body=rtype, writes=True),
        ("/{rid}/_history", "GET", "history-instance"): Door(
            "history-instance", rtype, interactions.history, (rtype, "r")
        ),
        ("/{rid}/_history/{vid}", "GET", "vread"): Door("vread", rtype, interactions.read, (rtype, "r")),
    }
    found: dict[str, dict[str, Door]] = {}
    for (path, method, interaction), door in every.items():
        if interaction in has:
            found.setdefault(path, {})[method] = door
    return found


def _operation(portal: Portal, operation: Operation) -> Endpoint:
    body = operation.body if operation.method == "POST" else None
    name = f"${operation.name}"
    door = Door(name, operation.rtype, operation.handler, operation.needs, body, writes=operation.writes)
    return _endpoint(portal, {operation.method: door})


def _endpoint(portal: Portal, doors: dict[str, Door]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        door = doors["GET" if request.method == "HEAD" else request.method]
        wire.check_accept(request)
        authorization = request.headers.get("authorization")
        access = await run_in_threadpool(tokens.authenticate, portal, authorization)
        call = await _call(request, door, access)
        return wire.respond(await run_in_threadpool(answer, portal, door, call))

    return endpoint


def answer(portal: Portal, door: Door, call: Call) -> Answer:
    """Let the handler answer, and note who saw or changed what; without the note there is no answer."""
    try:
        _check_access(call.access, door)
        if door.writes:
            with portal.database.writing() as conn:
                written = door.handler(portal, conn, call)
                audit.note(portal, conn, door.interaction, call, written.body)
            return written
        with portal.database.reading() as conn:
            found = door.handler(portal, conn, call)
        audit.note_read(portal, door.interaction, call, found.body)
    except Refused as refused:
        audit.note_refusal(portal, door.interaction, call, refused)
        raise
    return found


def _check_access(access: Access, door: Door) -> None:
    if door.needs is not None and not access.allows(*door.needs):
        raise Forbidden("The token does not allow this.", "scope")


async def _call(request: Request, door: Door, access: Access) -> Call:
    form = await wire.read_form(request) if door.form else []
    return Call(
        base=f"{str(request.base_url).rstrip('/')}{FHIR}",
        access=access,
        rtype=door.rtype,
        rid=request.path_params.get("rid", ""),
        vid=request.path_params.get("vid", ""),
        query=(*request.query_params.multi_items(), *form),
        body=None if door.body is None else await wire.read_resource(request, door.body),
        headers={name: request.headers[name] for name in _HEADERS if name in request.headers},
    )


def _metadata(portal: Portal) -> Endpoint:
    async def metadata(request: Request) -> Response:
        base = f"{str(request.base_url).rstrip('/')}{FHIR}"
        return wire.respond(Answer(capability.statement(portal, base)))

    return metadata
