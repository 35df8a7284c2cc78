"""Builds visits of the past, notes, plans, prevention and history."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Seed
from demo_portal.vocabulary import Resource


def records(seed: Seed) -> Iterator[Resource]:
    """Everybody's visits of the past, notes, plans, prevention and history."""
    yield from ()
