"""Builds documents and letters with their bodies."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Seed
from demo_portal.vocabulary import Resource


def documents(seed: Seed) -> Iterator[Resource]:
    """Everybody's documents and letters with their bodies."""
    yield from ()
