"""Stands in for the portal's area sharing."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeSharing(Fake):
    """The portal's area sharing, made of plain lists."""
