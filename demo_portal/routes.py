"""Addresses and methods of the FHIR endpoint, built from the registry and the table of operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo_portal import capability, interactions, tokens, wire
from demo_portal.operations.table import OPERATIONS, Operation
from demo_portal.outcomes import Forbidden
from demo_portal.portal import Access, Answer, Call, Portal
from demo_portal.registry import TYPES, Served

Handler = Callable[[Portal, Call], Answer]
Endpoint = Callable[[Request], Awaitable[Response]]
FHIR = "/fhir"
_HEADERS = ("if-match", "if-none-exist", "idempotency-key")


@dataclass(frozen=True)
class Door:
    """One method at one address: who may pass, what is read, who answers."""

    rtype: str
    handler: Handler
    needs: tuple[str, str] | None
    """Type and scope letter; None means the assistant's own token."""
    body: str | None = None
    """The resource type expected in the body."""
    form: bool = False


def routes(portal: Portal) -> list[Route]:
    """All routes below /fhir."""
    found = [Route(f"{FHIR}/metadata", _metadata(portal), methods=["GET"])]
    for operation in OPERATIONS:
        rid = "/{rid}" if operation.instance else ""
        path = f"{FHIR}/{operation.rtype}{rid}/${operation.name}"
        found.append(Route(path, _operation(portal, operation), methods=[operation.method]))
    for served in TYPES:
        found += _type_routes(portal, served)
    return found


def _type_routes(portal: Portal, served: Served) -> list[Route]:
    rtype, has = served.rtype, served.interactions
    search = Door(rtype, interactions.search, (rtype, "s"))
    on_type = {"GET": search}
    on_instance = {"GET": Door(rtype, interactions.read, (rtype, "r"))}
    if "create" in has:
        on_type["POST"] = Door(rtype, interactions.create, (rtype, "c"), body=rtype)
    if "update" in has:
        on_instance["PUT"] = Door(rtype, interactions.update, (rtype, "u"), body=rtype)
    by_form = {"POST": Door(rtype, interactions.search, (rtype, "s"), form=True)}
    return [
        Route(f"{FHIR}/{rtype}", _endpoint(portal, on_type), methods=list(on_type)),
        Route(f"{FHIR}/{rtype}/_search", _endpoint(portal, by_form), methods=["POST"]),
        Route(f"{FHIR}/{rtype}/{{rid}}", _endpoint(portal, on_instance), methods=list(on_instance)),
    ]


def _operation(portal: Portal, operation: Operation) -> Endpoint:
    body = "Parameters" if operation.method == "POST" else None
    door = Door(operation.rtype, operation.handler, operation.needs, body)
    return _endpoint(portal, {operation.method: door})


def _endpoint(portal: Portal, doors: dict[str, Door]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        door = doors["GET" if request.method == "HEAD" else request.method]
        wire.check_accept(request)
        authorization = request.headers.get("authorization")
        access = await run_in_threadpool(tokens.authenticate, portal, authorization)
        _check_access(access, door)
        call = await _call(request, door, access)
        return wire.respond(await run_in_threadpool(door.handler, portal, call))

    return endpoint


def _check_access(access: Access, door: Door) -> None:
    if door.needs is None:
        if tokens.MATCH_SCOPE not in access.scopes:
            raise Forbidden("Only the assistant itself may ask this.", "scope")
        return
    if access.patient is None or not access.allows(*door.needs):
        raise Forbidden("The token does not allow this.", "scope")


async def _call(request: Request, door: Door, access: Access) -> Call:
    form = await wire.read_form(request) if door.form else []
    return Call(
        base=f"{str(request.base_url).rstrip('/')}{FHIR}",
        access=access,
        rtype=door.rtype,
        rid=request.path_params.get("rid", ""),
        query=(*request.query_params.multi_items(), *form),
        body=await wire.read_resource(request, door.body) if door.body else None,
        headers={name: request.headers[name] for name in _HEADERS if name in request.headers},
    )


def _metadata(portal: Portal) -> Endpoint:
    async def metadata(request: Request) -> Response:
        base = f"{str(request.base_url).rstrip('/')}{FHIR}"
        return wire.respond(Answer(capability.statement(portal, base)))

    return metadata
