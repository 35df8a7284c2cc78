"""Builds contact details, preferences and settings."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Seed
from demo_portal.vocabulary import Resource


def account(seed: Seed) -> Iterator[Resource]:
    """Everybody's contact details, preferences and settings."""
    yield from ()
