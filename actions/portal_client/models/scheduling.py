"""What the portal tells about times and visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from actions.portal_client.models.clinic import Place, Provider


@dataclass(frozen=True)
class SlotWish:
    """Which times would suit."""

    visit_type: str | None
    provider_id: str | None
    place_id: str | None
    earliest: datetime
    latest: datetime
    """Starts before this moment."""
    time_ranges: tuple[tuple[time, time], ...] = ()
    """Parts of the day, clinic-local, start included, end not; empty means any. An end of 00:00 is midnight."""
    weekdays: tuple[int, ...] = ()
    """0 is Monday; empty means any."""
    limit: int = 3


@dataclass(frozen=True)
class OpenSlot:
    """One time that can be booked."""

    id: str
    start: datetime
    end: datetime
    provider: Provider
    place: Place


@dataclass(frozen=True)
class Appointment:
    """One appointment of the person signed in."""

    id: str
    start: datetime
    end: datetime
    visit_type: str | None
    """A code such as `physical`; None when the portal does not say."""
    status: str
    """FHIR R4 Appointment.status: `booked`, `pending` (the clinic must still agree), `arrived`, `cancelled` ..."""
    provider: Provider | None
    place: Place | None
