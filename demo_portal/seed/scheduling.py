"""Builds what is still to be done, shortcuts and how visits are prepared."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Seed
from demo_portal.vocabulary import Resource


def scheduling(seed: Seed) -> Iterator[Resource]:
    """Everybody's what is still to be done, shortcuts and how visits are prepared."""
    yield from ()
