"""FHIR's own interactions: read, search, create and update."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode

from demo_portal import validation
from demo_portal.operations import claims, visits
from demo_portal.outcomes import BadRequest, NotAllowed, PreconditionFailed
from demo_portal.portal import Answer, Call, Portal, stored
from demo_portal.store import criteria, searching
from demo_portal.store.criteria import Search
from demo_portal.store.engine import lock
from demo_portal.store.resources import Resources
from demo_portal.tasks import kinds
from demo_portal.vocabulary import Resource

HOLDING = ("Appointment", "Slot")
"""Types whose state changes when a hold lapses."""


def read(portal: Portal, call: Call) -> Answer:
    """One resource by its id."""
    if call.rtype in HOLDING:
        claims.release_lapsed(portal)
    with portal.database.reading() as conn:
        return stored(portal.resources(conn, call.access.scope).read(call.rtype, call.rid), call.base)


def search(portal: Portal, call: Call) -> Answer:
    """One page of a search, as a searchset Bundle with `self` and, if there is more, `next`."""
    asked = criteria.parse(call.rtype, call.query)
    offset = _offset(portal, call.rtype, asked)
    if call.rtype in HOLDING:
        claims.release_lapsed(portal)
    with portal.database.reading() as conn:
        page = searching.run(portal.resources(conn, call.access.scope), asked, offset)
    own = [("self", _address(call, asked, asked.page))]
    if page.next_offset is not None:
        own.append(("next", _address(call, asked, _page_token(portal, call.rtype, asked, page.next_offset))))
    bundle = searchset(call.base, page.matches, page.included)
    links = [{"relation": relation, "url": url} for relation, url in own]
    return Answer({**bundle, "total": page.total, "link": links})


def create(portal: Portal, call: Call) -> Answer:
    """Store a new resource, once, however often it is sent with the same If-None-Exist."""
    assert call.body is not None
    validation.check(call.body, portal.zone)
    if call.rtype != "Task":
        raise NotAllowed(f"A {call.rtype} cannot be created here.", "not-supported")
    criterion = call.headers.get("if-none-exist", "")
    with portal.database.writing() as conn:
        resources = portal.resources(conn, call.access.scope)
        if criterion:
            lock(conn, f"create {call.access.patient} {criterion}")
        existing = _existing(resources, call.rtype, criterion) if criterion else None
        return kinds.file(portal, resources, call, existing)


def update(portal: Portal, call: Call) -> Answer:
    """Replace a resource; only what its rules allow may differ."""
    assert call.body is not None
    if call.body.get("id") != call.rid:
        raise BadRequest("The id in the body is not the one in the address.", "malformed", "id")
    validation.check(call.body, portal.zone)
    if call.rtype != "Appointment":
        raise NotAllowed(f"A {call.rtype} cannot be changed here.", "not-supported")
    return visits.change(portal, call)


def searchset(base: str, matches: list[Resource], included: list[Resource]) -> Resource:
    """A searchset Bundle; the address of each entry says where to read it."""
    entries = [_entry(base, resource, "match") for resource in matches]
    entries += [_entry(base, resource, "include") for resource in included]
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(matches)}
    return {**bundle, "entry": entries} if entries else bundle


def _entry(base: str, resource: Resource, mode: str) -> Resource:
    entry: Resource = {"resource": resource, "search": {"mode": mode}}
    if "id" in resource:
        entry = {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", **entry}
    return entry


def _existing(resources: Resources, rtype: str, criterion: str) -> Resource | None:
    pairs = parse_qsl(criterion.removeprefix("?"), keep_blank_values=False)
    found = criteria.parse(rtype, pairs)
    if not found.criteria:
        raise BadRequest("If-None-Exist must name what would be the same, such as identifier=system|key.", "malformed")
    hits = searching.matches(resources, found)
    if len(hits) > 1:
        raise PreconditionFailed("More than one resource fits If-None-Exist.", "several-match")
    return hits[0] if hits else None


def _address(call: Call, asked: Search, page: str | None) -> str:
    pairs = [*asked.applied, *([("_page", page)] if page else [])]
    return f"{call.base}/{call.rtype}?{urlencode(pairs, safe=':|,/')}"


def _page_token(portal: Portal, rtype: str, asked: Search, offset: int) -> str:
    """The place of a page, signed together with its search so that it fits no other."""
    number = str(offset).encode()
    return base64.urlsafe_b64encode(_signature(portal, rtype, asked, number) + number).decode().rstrip("=")


def _offset(portal: Portal, rtype: str, asked: Search) -> int:
    if asked.page is None:
        return 0
    try:
        raw = base64.urlsafe_b64decode(asked.page + "=" * (-len(asked.page) % 4))
        signature, number = raw[:12], raw[12:]
        if hmac.compare_digest(signature, _signature(portal, rtype, asked, number)):
            return int(number)
    except ValueError:
        pass
    raise BadRequest("This page does not belong to this search: follow the links as they are.", "malformed", "_page")


def _signature(portal: Portal, rtype: str, asked: Search, number: bytes) -> bytes:
    text = f"{rtype}?{urlencode(asked.applied)}#".encode() + number
    return hmac.digest(portal.settings.client_secret.encode(), b"page" + text, hashlib.sha256)[:12]
