"""FHIR's own interactions: read, vread, history, search, create and update."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from demo_portal import bundles, paging, validation
from demo_portal.operations import lapsing
from demo_portal.outcomes import BadRequest, NotAllowed, PreconditionFailed, PreconditionRequired, left_out
from demo_portal.portal import Answer, Call, Portal, etag, stored, version_of
from demo_portal.store import criteria, idempotency, searching
from demo_portal.store.engine import Transaction, dumps, lock
from demo_portal.store.idempotency import Deed
from demo_portal.vocabulary import Resource
from demo_portal.writes.attempt import Attempt
from demo_portal.writes.references import check_references
from demo_portal.writes.rules import RULES

HOLDING = ("Appointment", "Slot")
"""Types whose state changes when a hold or an offer lapses."""
STAMPS = (
    "id", "meta", "authoredOn", "authored", "created", "dateAsserted", "issued", "lastModified", "recorded",
    "recordedDate", "sent",
)  # fmt: skip
"""Elements that tell when something was said; the same request sent again may have others."""


def read(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """One resource by its id, or one of its versions."""
    if call.rtype in HOLDING:
        lapsing.release_lapsed(portal)
    resources = portal.resources(conn, call.access.scope)
    if call.vid:
        return stored(resources.version(call.rtype, call.rid, call.vid), call.base)
    found = resources.read(call.rtype, call.rid)
    if call.headers.get("if-none-match") and version_of(call.headers["if-none-match"]) == version_of(etag(found)):
        return Answer({}, 304, {"ETag": etag(found)})
    return stored(found, call.base)


def history(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """All versions of one resource, newest first."""
    resources = portal.resources(conn, call.access.scope)
    resources.read(call.rtype, call.rid)
    return Answer(bundles.history(call.base, resources.versions(call.rtype, call.rid)))


def search(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """One page of a search, as a searchset Bundle with `self` and, if there is more, `next`."""
    parse = criteria.parse_lenient if call.lenient else criteria.parse
    asked = parse(call.rtype, call.query)
    offset = paging.offset(portal, asked)
    if call.rtype in HOLDING:
        lapsing.release_lapsed(portal)
    page = searching.run(portal.resources(conn, call.access.scope), asked, offset)
    bundle = bundles.searchset(call.base, page.matches, page.included)
    found = {**bundle, "total": page.total, "link": paging.links(portal, call, asked, page.next_offset)}
    return Answer(bundles.with_warning(found, left_out(asked.ignored)) if asked.ignored else found)


def create(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Store a new resource, once, however often it is sent with the same key or the same If-None-Exist."""
    assert call.body is not None
    validation.check(call.body, portal.zone)
    rule = RULES[call.rtype].create if call.rtype in RULES else None
    if rule is None:
        raise NotAllowed(f"A {call.rtype} cannot be created here.", "not-supported")
    plain = {name: value for name, value in call.body.items() if name not in ("id", "meta")}
    attempt = Attempt(portal, conn, call, plain)
    deed = _deed(attempt)
    done = idempotency.begin(conn, deed) if deed else None
    if done is not None:
        # Found by its key, which is this patient's or the assistant's own, so no scope needs to be asked.
        return stored(attempt.whole.read(call.rtype, done), call.base)
    existing = _existing(attempt)
    # A request is looked at by its kind, which may have more to say about what it is about.
    if call.access.patient is not None and not existing and call.rtype != "Task":
        check_references(attempt.resources, plain)
    answer = stored(existing, call.base) if existing else rule(attempt)
    if deed:
        idempotency.finish(conn, deed, call.rtype, answer.body["id"])
    return answer


def update(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """Replace a resource; only what its rule allows may differ."""
    assert call.body is not None
    if call.body.get("id") != call.rid:
        raise BadRequest("The id in the body is not the one in the address.", "malformed", "id")
    validation.check(call.body, portal.zone)
    rule = RULES[call.rtype].update if call.rtype in RULES else None
    if rule is None:
        raise NotAllowed(f"A {call.rtype} cannot be changed here.", "not-supported")
    seen = call.headers.get("if-match")
    if not seen:
        raise PreconditionRequired("Send If-Match with the ETag of what was read.", "if-match-required")
    old = portal.resources(conn, call.access.scope).read(call.rtype, call.rid)
    if version_of(seen) != version_of(etag(old)):
        raise PreconditionFailed("It has been changed since it was read: read it again.", "stale")
    attempt = Attempt(portal, conn, call, call.body, old)
    check_references(attempt.resources, call.body, old)
    return rule(attempt)


def _deed(attempt: Attempt) -> Deed | None:
    """What the Idempotency-Key of a create stands for; None when there is none."""
    key = attempt.call.headers.get("idempotency-key")
    if not key:
        return None
    meaning = json.loads(dumps({name: value for name, value in attempt.body.items() if name not in STAMPS}))
    who = attempt.call.access.patient or ""
    kind = f"create {attempt.call.rtype}"
    return Deed(who, kind, idempotency.required_key(key), json.dumps(meaning, sort_keys=True))


def _existing(attempt: Attempt) -> Resource | None:
    """The resource that If-None-Exist finds.

    Raises:
        PreconditionFailed: there is more than one.
    """
    criterion = attempt.call.headers.get("if-none-exist", "")
    if not criterion:
        return None
    lock(attempt.conn, f"create {attempt.call.access.patient} {criterion}")
    found = criteria.parse(attempt.call.rtype, parse_qsl(criterion.removeprefix("?"), keep_blank_values=False))
    if not found.criteria:
        raise BadRequest("If-None-Exist must name what would be the same, such as identifier=system|key.", "malformed")
    hits = searching.matches(attempt.resources, found)
    if len(hits) > 1:
        raise PreconditionFailed("More than one resource fits If-None-Exist.", "several-match")
    return hits[0] if hits else None
