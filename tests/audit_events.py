"""The portal's own AuditEvents, laid beside what the client has noted."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from actions.portal_client import Asked
from demo_portal.registry import SHARED_TYPES
from demo_portal.store.tables import RESOURCE

OURS = re.compile(r"[0-9a-f]{16}\.[0-9]+")
INTERACTIONS = {"read": "read", "search-type": "search", "create": "create", "update": "update"}
FITTING = {
    "0": {"ok", "unavailable", "unknown"},  # the answer may have been lost
    "4": {"refused", "not_found", "unavailable", "unknown"},
    "8": {"unavailable", "unknown"},
}

Line = tuple[str, str, str]
"""X-Request-Id, interaction and type."""


def portal_events(app: Any) -> list[dict[str, Any]]:
    """Every AuditEvent about somebody's record that a request of the client has left in a demo portal."""
    with app.state.portal.database.reading() as conn:
        bodies = conn.execute(sa.select(RESOURCE.c.body).where(RESOURCE.c.rtype == "AuditEvent")).scalars().all()
    # The portal notes too who was refused what is nobody's.
    return [body for body in bodies if OURS.fullmatch(_request(body)) and _rtype(body) not in SHARED_TYPES]


def compare(events: Iterable[dict[str, Any]], rows: Iterable[Asked]) -> None:
    """Hold one against the other: each event has its one row, and a row without an event brought nothing."""
    events, rows = list(events), list(rows)
    told, noted = Counter(_line(each) for each in events), Counter(_line_of(row) for row in rows)
    assert not told - noted, f"the portal has done what was not noted: {list(told - noted)}"
    invented = [row for row in rows if _line_of(row) in noted - told and row.outcome == "ok"]
    assert not invented, f"noted, but the portal knows nothing of it: {invented}"
    for event in events:
        fitting = [row for row in rows if _line_of(row) == _line(event)]
        outcomes = {row.outcome for row in fitting}
        assert outcomes & FITTING[event["outcome"]], (event, fitting)
        ids = {row.rid for row in fitting if row.outcome == "ok"}
        assert not ids or _rid(event) in ids, (event, fitting)


def _line(event: dict[str, Any]) -> Line:
    return _request(event), INTERACTIONS.get(event["subtype"][0]["code"], "operation"), _rtype(event)


def _line_of(row: Asked) -> Line:
    return row.request, row.interaction, row.rtype


def _request(event: dict[str, Any]) -> str:
    details = {each["type"]: each["valueString"] for each in event["entity"][-1].get("detail", [])}
    return details.get("X-Request-Id", "")


def _rtype(event: dict[str, Any]) -> str:
    asked = event["entity"][-1]
    put = base64.b64decode(asked.get("query", "")).decode().partition("?")[0]
    return asked.get("name") or put


def _rid(event: dict[str, Any]) -> str:
    return event["entity"][-1].get("what", {}).get("reference", "/").split("/")[1]
