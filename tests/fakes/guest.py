"""Stands in for what anybody may ask about paying a bill without signing in."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeGuest(Fake):
    """The portal's part about paying a bill without signing in, made of plain lists."""
