"""The page on which a provider opens a shared record with its code: once, logged, and only the summary."""

from __future__ import annotations

from html import escape

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo_portal import audit, wire
from demo_portal.codes import digest, typed
from demo_portal.operations import summary
from demo_portal.operations.payment_links import MOST_TRIES, WINDOW
from demo_portal.pay_page import html
from demo_portal.portal import Access, Call, Portal
from demo_portal.store.moments import instant, milliseconds
from demo_portal.store.resources import Scope
from demo_portal.store.tables import GUEST_TRY, SHARE

FORM = (
    '<form method="post"><p><label>Code <input name="code" required autocomplete="off"></label></p>'
    '<p><label>Patient\'s date of birth <input name="born" type="date" required></label></p>'
    '<p><label>Your name and organization <input name="who" required maxlength="100"></label></p><button>Open</button></form>'
)
WRONG = "<p>This code and date of birth do not fit, or the code is no longer valid.</p>"


def pages(portal: Portal) -> list[Route]:
    """The page, and what its button does."""

    async def page(request: Request) -> Response:
        if request.method == "GET":
            return html("Open a shared record", FORM)
        form = dict(await wire.read_form(request))
        return await run_in_threadpool(_open, portal, form)

    return [Route("/share", page, methods=["GET", "POST"])]


def _open(portal: Portal, form: dict[str, str]) -> Response:
    code = typed(form.get("code", ""))
    who = form.get("who", "").strip()[:100]
    if not who or not _may_try(portal, code):
        return html("Open a shared record", WRONG + FORM, 404)
    now = milliseconds(portal.clock.now())
    columns = SHARE.c
    live = (
        columns.digest == digest(code),
        columns.expires_at > now,
        columns.opened_at.is_(None),
        columns.revoked.is_(False),
    )
    with portal.database.writing() as conn:
        row = conn.execute(sa.select(SHARE).where(*live)).mappings().one_or_none()
        resources = portal.resources(conn, Scope(row["patient_id"] if row else ""))
        patient = resources.find("Patient", row["patient_id"]) if row else None
        if row is None or patient is None or patient.get("birthDate") != form.get("born"):
            return html("Open a shared record", WRONG + FORM, 404)
        conn.execute(sa.update(SHARE).where(*live).values(opened_at=now, opened_by=who))
        found = summary.document(resources, "", patient["id"], instant(portal.clock.now(), portal.zone))
        access = Access(patient["id"], (), display=who, channel="share")
        audit.note(portal, conn, "$summary", Call("", access, "Patient", patient["id"]), {})
    return html(f"Summary of {escape(patient['name'][0]['text'])}", _sections(found))


def _may_try(portal: Portal, code: str) -> bool:
    """Whether this code was not tried too often; each try counts, right or wrong."""
    now, key = milliseconds(portal.clock.now()), digest(f"share {code}")
    with portal.database.writing() as conn:
        conn.execute(sa.delete(GUEST_TRY).where(GUEST_TRY.c.at < now - int(WINDOW.total_seconds() * 1000)))
        tries = conn.execute(sa.select(sa.func.count()).where(GUEST_TRY.c.statement == key)).scalar_one()
        conn.execute(sa.insert(GUEST_TRY), {"statement": key, "at": now})
    return tries < MOST_TRIES


def _sections(document: dict[str, object]) -> str:
    entries = document["entry"]
    assert isinstance(entries, list)
    composition = entries[0]["resource"]
    return "".join(f"<h2>{escape(each['title'])}</h2>{each['text']['div']}" for each in composition["section"])
