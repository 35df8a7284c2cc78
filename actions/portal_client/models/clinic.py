"""What the portal tells about the clinic: who works there and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class Provider:
    """Somebody a person can have an appointment with."""

    id: str
    name: str
    """As the clinic writes it, for example `Amy Chen, MD`."""
    family_name: str
    specialty: str
    """Empty when the portal does not say."""
    place_id: str | None
    """Where this person mostly works; None when the portal does not say."""
    languages: tuple[str, ...] = ()
    """Two letters each, for example `("en", "es")`."""


@dataclass(frozen=True)
class OpenHours:
    """When a place is open on some days of the week."""

    weekdays: tuple[int, ...]
    """0 is Monday."""
    opens: time | None
    """Clinic-local; None with `closes` None means around the clock."""
    closes: time | None


@dataclass(frozen=True)
class Place:
    """A clinic or hospital."""

    id: str
    name: str
    address: str
    """On one line; empty when the portal does not say."""
    phone: str
    """E.164 as the portal keeps it; empty when it has none."""
    hours: tuple[OpenHours, ...] = ()
    """Empty when the portal does not say."""
    position: tuple[float, float] | None = None
    """Latitude and longitude in degrees, for a map; None when the portal does not say."""
    parking: dict[str, str] | None = None
    """Where to park, by language; None when the portal does not say."""
    waiting: dict[str, str] | None = None
    """Where to wait after arriving, by language; None when the portal does not say."""
