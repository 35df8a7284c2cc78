"""Builds messages and calls."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Seed
from demo_portal.vocabulary import Resource


def messaging(seed: Seed) -> Iterator[Resource]:
    """Everybody's messages and calls."""
    yield from ()
