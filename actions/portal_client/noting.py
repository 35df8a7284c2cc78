"""Says of each request that leaves about a patient what it was and what became of it, for an audit trail.

`FhirTransport` hands each one over before anything of its answer is used: what cannot be noted is not released.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from actions.portal_client.calls import Call
from actions.portal_client.compartment import SHARED
from actions.portal_client.errors import (
    OutcomeUnknown,
    PortalUnavailable,
    Refused,
    SessionExpired,
    UnusableAnswer,
)
from actions.portal_client.fhir import ID, Json
from actions.portal_client.wire import Lost, NotSent, TooLong

Interaction = Literal["read", "search", "create", "update", "operation"]
Outcome = Literal["ok", "refused", "not_found", "unavailable", "unknown"]
About = tuple[Interaction, str, str]
"""Interaction, type and id."""


@dataclass(frozen=True)
class Asked:
    """One request to the portal and what became of it."""

    interaction: Interaction
    rtype: str
    rid: str
    """Empty for a search and for the Patient itself."""
    changes: bool
    request: str
    """X-Request-Id as it was sent."""
    outcome: Outcome
    reason: str
    """FHIR's issue code, or what befell it on its way; empty when it went well."""


class AccessTrail(Protocol):
    """Where requests are noted."""

    async def ready(self) -> None:
        """Make sure that something can be noted, before a write is begun.

        Raises:
            NotRecorded: nothing can.
        """
        ...

    async def note(self, asked: Sequence[Asked]) -> None:
        """Note requests, one row each, all or none.

        Raises:
            NotRecorded: nothing was noted.
        """
        ...


class Journey:
    """One call on its way: a row for each time that it is sent; none for what is nothing of a patient."""

    def __init__(self, call: Call, request: str) -> None:
        self._call = call
        self._request = request
        self._about = _about(call)
        self._ended = False
        self.rows: list[Asked] = []

    @property
    def is_noted(self) -> bool:
        """Whether it is about a patient."""
        return self._about is not None

    def failed(self, error: BaseException, *, again: bool = False) -> None:
        """Note why it came to nothing; `again` when it is sent once more. What has ended already stays as it is."""
        if not self._ended:
            outcome, reason = _became(error, self._call.writes)
            self._add("", outcome, reason)
        self._ended = not again

    def done(self, resource: Json | None) -> None:
        """Note that it went well, with the id of what it has made."""
        self._add(_made(self._about, resource) if self._about else "", "ok", "")
        self._ended = True

    def _add(self, made: str, outcome: Outcome, reason: str) -> None:
        if self._about is not None:
            interaction, rtype, rid = self._about
            row = Asked(interaction, rtype, rid or made, self._call.writes, self._request, outcome, reason)
            self.rows.append(row)


def _about(call: Call) -> About | None:
    """What a call is about, as far as its address says; None when that is nothing of a patient."""
    if call.open_to_all:
        return None
    rtype, *rest = [call.searches] if call.searches else call.address.partition("?")[0].split("/")
    if rtype in SHARED and not call.writes:
        return None
    rid = rest[0] if rest and ID.fullmatch(rest[0]) and rtype != "Patient" else ""
    return _interaction(call, rest), rtype, rid


def _interaction(call: Call, rest: list[str]) -> Interaction:
    if rest and rest[-1].startswith("$"):
        return "operation"
    if call.searches:
        return "search"
    if call.method == "PUT":
        return "update"
    return "read" if call.method == "GET" else "create"


def _made(about: About, resource: Json | None) -> str:
    """The id of the resource that came back, where the address named none."""
    interaction, rtype, _ = about
    if interaction == "search" or rtype == "Patient" or resource is None:
        return ""
    rid = resource.get("id")
    fits = resource.get("resourceType") == rtype and isinstance(rid, str) and ID.fullmatch(rid)
    return str(rid) if fits else ""


def _became(error: BaseException, writes: bool) -> tuple[Outcome, str]:
    match error:
        case SessionExpired():
            return "refused", "login"
        case Refused():
            return ("not_found" if error.code == "not-found" else "refused"), error.code
        case NotSent():
            return "unavailable", "not-sent"
        case UnusableAnswer() | TooLong():
            return "unknown" if writes else "unavailable", "unusable"
        case PortalUnavailable():
            return "unavailable", "busy" if error.retry_after else "fault"
        case OutcomeUnknown() | Lost() | TimeoutError():
            return "unknown" if writes else "unavailable", "lost"
        case _:
            return "unknown" if writes else "unavailable", "interrupted"
