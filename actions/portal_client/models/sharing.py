"""What the portal tells about who may see a record, who has, and where it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

AccessLevel = Literal["full", "limited", "view", "scheduling", "billing"]


@dataclass(frozen=True)
class Dependent:
    """Somebody whose record the person may open."""

    patient_id: str
    name: str
    given_name: str
    birth_date: date
    relationship: str
    """HL7 v3 RoleCode, for example `MTH` for the person being the mother; empty when the portal does not say."""
    level: AccessLevel
    """`limited` is what a parent may do for somebody from 12 to 17."""
    until: date | None
    """Last day of the access; None when no end is set."""
    gender: str = ""
    """FHIR AdministrativeGender; empty when the portal does not say."""


@dataclass(frozen=True)
class Grant:
    """Somebody who may see the person's record, or has been invited to."""

    id: str
    name: str
    level: AccessLevel
    active: bool
    """False while the invitation has not been taken up."""
    until: date | None


@dataclass(frozen=True)
class Invitation:
    """An invitation to see the person's record."""

    grant_id: str
    code: str
    """Told once, to be handed to the one who is invited; they enter it after signing in themselves."""
    expires: datetime


@dataclass(frozen=True)
class Access:
    """One time that somebody looked into the record or changed it."""

    at: datetime
    who: str
    """As people say it: a name, or `you`."""
    through: str
    """The program that was used; empty when the portal does not say."""
    what: str
    """Kind of information as FHIR names it, for example `Observation`."""
    changed: bool
    refused: bool
    channel: str
    """`web`, `sms`, `phone` ...; empty when the portal does not say."""
    request: str = ""
    """X-Request-Id that came with it; empty when the portal does not say."""


@dataclass(frozen=True)
class LinkedAccount:
    """The person's account at another organization."""

    id: str
    organization: str
    since: date | None


@dataclass(frozen=True)
class Exchange:
    """Whether another organization may get the record for treatment."""

    id: str
    organization: str
    allowed: bool


@dataclass(frozen=True)
class ShareCode:
    """A code with which any provider can open the record once."""

    id: str
    code: str
    """Told once."""
    url: str
    """Where it is entered."""
    expires: datetime


@dataclass(frozen=True)
class Share:
    """A share that was made."""

    id: str
    made_at: datetime
    expires: datetime
    opened_at: datetime | None
    opened_by: str
    """What the one who opened it called themselves; empty before."""
    revoked: bool


@dataclass(frozen=True)
class RecordRequest:
    """A copy of the record that was asked for."""

    id: str
    status: str
    """FHIR R4 Task.status."""
    asked_on: date
    document_id: str | None
    """The copy, once it is ready."""
