"""Builds who has access, who had it, and where the record is sent."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Seed
from demo_portal.vocabulary import Resource


def sharing(seed: Seed) -> Iterator[Resource]:
    """Everybody's who has access, who had it, and where the record is sent."""
    yield from ()
