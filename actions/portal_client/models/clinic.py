"""What the portal tells about the clinic: who works there and where."""

from __future__ import annotations

from dataclasses import dataclass


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
class Place:
    """A clinic or hospital."""

    id: str
    name: str
    address: str
    """On one line; empty when the portal does not say."""
    phone: str
    """E.164 as the portal keeps it; empty when it has none."""
