"""Builds claims and referrals."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.sources import Seed
from demo_portal.vocabulary import Resource


def insurance(seed: Seed) -> Iterator[Resource]:
    """Everybody's claims and referrals."""
    yield from ()
