"""Does several things or none of them: a transaction Bundle (FHIR R4, http.html#transaction)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from demo_portal import audit, interactions
from demo_portal.outcomes import BadRequest, Forbidden, Refused
from demo_portal.portal import Answer, Call, Portal, etag
from demo_portal.registry import SERVED
from demo_portal.store.engine import Transaction, dumps
from demo_portal.vocabulary import Resource

MOST_ENTRIES = 50
_LETTER = {"POST": "c", "PUT": "u", "GET": "r"}
_CODES = {"POST": "create", "PUT": "update", "GET": "read"}
_HANDLERS = {"POST": interactions.create, "PUT": interactions.update, "GET": interactions.read}
# FHIR's own order, http.html#trules.
_METHODS = ("POST", "PUT", "GET")
_URN = re.compile(r"urn:uuid:[0-9a-f-]{36}\Z")


def transaction(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Carry out every entry in one database transaction, or none.

    Raises:
        BadRequest: the Bundle is not a transaction, or an entry is malformed.
        Refused: an entry was refused; nothing of the others is kept.
    """
    entries = _entries(call.body or {})
    answers: dict[int, Answer] = {}
    given: dict[str, str] = {}
    for place in _order(entries):
        entry = _resolved(entries[place], given)
        answers[place] = _carry_out(portal, conn, call, entry, place)
        body = answers[place].body
        given[entry.get("fullUrl", "")] = f"{body['resourceType']}/{body.get('id', '')}"
    found = [_response(answers[place]) for place in range(len(entries))]
    return Answer({"resourceType": "Bundle", "type": "transaction-response", "entry": found})


def _entries(bundle: Resource) -> list[Resource]:
    entries = bundle.get("entry", [])
    if bundle.get("type") != "transaction" or not isinstance(entries, list) or not entries:
        raise BadRequest("Send a Bundle of type transaction with entries.", "malformed", "Bundle.type")
    if len(entries) > MOST_ENTRIES:
        raise BadRequest(f"A transaction has at most {MOST_ENTRIES} entries.", "malformed", "Bundle.entry")
    for place, entry in enumerate(entries):
        request = entry.get("request") if isinstance(entry, dict) else None
        if (
            not isinstance(request, dict)
            or request.get("method") not in _METHODS
            or not isinstance(request.get("url"), str)
        ):
            raise BadRequest(
                "Each entry needs request.method (POST, PUT or GET) and request.url.", "malformed", _at(place)
            )
    return entries


def _order(entries: list[Resource]) -> list[int]:
    """Places in the order of work: FHIR's order of methods, and what is named before what names it.

    Raises:
        BadRequest: two entries name each other.
    """
    place_of = {entry["fullUrl"]: place for place, entry in enumerate(entries) if _URN.match(str(entry.get("fullUrl")))}
    named = {place: set(_urns(entry.get("resource"))) for place, entry in enumerate(entries)}
    sorter = TopologicalSorter(
        {place: {place_of[urn] for urn in urns & place_of.keys()} for place, urns in named.items()}
    )
    try:
        return sorted(sorter.static_order(), key=lambda place: _METHODS.index(entries[place]["request"]["method"]))
    except CycleError:
        raise BadRequest("Two entries name each other.", "malformed", "Bundle.entry") from None


def _urns(value: Any) -> Iterator[str]:
    """Every urn:uuid that a resource refers to."""
    if isinstance(value, dict):
        reference = value.get("reference")
        if isinstance(reference, str) and _URN.match(reference):
            yield reference
        for item in value.values():
            yield from _urns(item)
    elif isinstance(value, list):
        for item in value:
            yield from _urns(item)


def _resolved(entry: Resource, given: dict[str, str]) -> Resource:
    """The entry with urn:uuid references replaced by what those entries have become."""
    known = {urn: reference for urn, reference in given.items() if _URN.match(urn)}
    return _replaced(entry, known) if known else entry


def _replaced(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: known.get(item, item) if name == "reference" and isinstance(item, str) else _replaced(item, known)
            for name, item in value.items()
        }
    return [_replaced(item, known) for item in value] if isinstance(value, list) else value


def _carry_out(portal: Portal, conn: Transaction, call: Call, entry: Resource, place: int) -> Answer:
    method = entry["request"]["method"]
    try:
        inner = _call(call, entry)
        if not call.access.allows(inner.rtype, "s" if method == "GET" and not inner.rid else _LETTER[method]):
            raise Forbidden("The token does not allow this.", "scope")
        searches = method == "GET" and not inner.rid
        answer = (interactions.search if searches else _HANDLERS[method])(portal, conn, inner)
        audit.note(portal, conn, "search-type" if searches else _CODES[method], inner, answer.body)
        return answer
    except Refused as refused:
        refused.expression = f"{_at(place)}.{refused.expression}" if refused.expression else _at(place)
        raise


def _call(call: Call, entry: Resource) -> Call:
    """The request that an entry stands for.

    Raises:
        BadRequest: its address is none of ours, or it carries no resource.
    """
    request, method = entry["request"], entry["request"]["method"]
    parts = urlsplit(request["url"])
    rtype, _, rid = parts.path.partition("/")
    if parts.scheme or rtype not in SERVED or "/" in rid or (method == "PUT") != bool(rid) and method != "GET":
        raise BadRequest("request.url must be Type for POST and Type/id for PUT.", "malformed")
    body = entry.get("resource")
    if method != "GET" and (not isinstance(body, dict) or body.get("resourceType") != rtype):
        raise BadRequest(f"The entry must carry a {rtype}.", "malformed")
    names = {"ifMatch": "if-match", "ifNoneExist": "if-none-exist"}
    headers = {header: str(request[name]) for name, header in names.items() if name in request}
    return Call(call.base, call.access, rtype, rid, "", tuple(parse_qsl(parts.query)), body, headers)


def _response(answer: Answer) -> Resource:
    body = json.loads(dumps(answer.body))
    response: Resource = {"status": str(answer.status)}
    if "meta" in body and "id" in body:
        response |= {"location": f"{body['resourceType']}/{body['id']}/_history/{body['meta']['versionId']}"}
        response |= {"etag": etag(body), "lastModified": body["meta"]["lastUpdated"]}
    return {"resource": body, "response": response}


def _at(place: int) -> str:
    return f"Bundle.entry[{place}]"
