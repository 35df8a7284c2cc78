"""What every handler is given: settings, clock and store of one portal, and one request to it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from clock import CLINIC_ZONE, Clock
from demo_portal.settings import Settings
from demo_portal.store.engine import Database, Transaction
from demo_portal.store.resources import Resources, Scope
from demo_portal.subscriptions import outbox
from demo_portal.vocabulary import Resource


@dataclass(frozen=True)
class Portal:
    """One running portal."""

    settings: Settings
    clock: Clock
    database: Database
    zone: ZoneInfo = CLINIC_ZONE

    def resources(self, conn: Transaction, scope: Scope) -> Resources:
        """The resources of a scope, as of now, within one transaction."""
        return Resources(conn, scope, self.clock.now(), self.zone, outbox.changed)


@dataclass(frozen=True)
class Access:
    """What the token of a request allows."""

    patient: str | None
    """The patient the token is confined to; None for the assistant's own token."""
    scopes: tuple[str, ...]
    person: str = ""
    """Reference to whoever signed in, for example `RelatedPerson/7`; empty for the assistant's own token."""
    level: str = "self"
    """How much of the record: `self`, or of somebody else's `full`, `limited` or what was granted."""
    display: str = ""
    """The name of somebody who has no record here, for example a provider with a share code."""
    channel: str = ""
    """How the person talks to the assistant, for example `sms`; empty when it did not say."""

    @property
    def scope(self) -> Scope:
        """The store's scope; a token without a patient reaches nobody's record."""
        return Scope(self.patient or "", assistant=self.patient is None)

    def allows(self, rtype: str, letter: str) -> bool:
        """Whether a SMART v2 scope grants that letter (c, r, u or s, or the name of an operation) on that type."""
        level = "system/" if self.patient is None else "patient/"
        for scope in self.scopes:
            granted, _, letters = scope.removeprefix(level).partition(".")
            if scope.startswith(level) and granted in (rtype, "*") and (letters == letter or letter in set(letters)):
                return True
        return False


@dataclass(frozen=True)
class Call:
    """One request, read and checked as far as it can be without knowing what it asks."""

    base: str
    """Absolute address of the FHIR endpoint as the client wrote it, without a slash at the end."""
    access: Access
    rtype: str
    rid: str = ""
    vid: str = ""
    """The version asked for; empty means the present one."""
    query: tuple[tuple[str, str], ...] = ()
    body: Resource | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def lenient(self) -> bool:
        """Whether what is not understood of a search may be left out, if the answer says so."""
        return "handling=lenient" in self.headers.get("prefer", "").replace(" ", "")


@dataclass(frozen=True)
class Answer:
    """What goes back for a request."""

    body: Resource
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def stored(resource: Resource, base: str, status: int = 200) -> Answer:
    """A stored resource with its ETag and where it can be read."""
    rtype, rid = resource["resourceType"], resource["id"]
    headers = {"ETag": etag(resource), "Location": f"{base}/{rtype}/{rid}"}
    return Answer(resource, status, headers)


def etag(resource: Resource) -> str:
    """The version of a stored resource as weak ETag."""
    return f'W/"{resource["meta"]["versionId"]}"'


def version_of(header: str) -> str:
    """The versionId within an If-Match header."""
    return header.strip().removeprefix("W/").strip('"')


def new_id() -> str:
    """An id nobody can guess."""
    return secrets.token_hex(12)


def clinic_today(portal: Portal) -> datetime:
    """Midnight of the clinic's present day."""
    here = portal.clock.now().astimezone(portal.zone)
    return here.replace(hour=0, minute=0, second=0, microsecond=0)
