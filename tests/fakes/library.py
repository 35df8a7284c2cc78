"""Stands in for what anybody may ask about the health library."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeLibrary(Fake):
    """The portal's part about the health library, made of plain lists."""
