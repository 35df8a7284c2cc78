"""Stands in for the portal's area tracking."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeTracking(Fake):
    """The portal's area tracking, made of plain lists."""
