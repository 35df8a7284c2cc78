"""Stands in for what anybody may ask about the clinic itself, and help with an account."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeFrontDesk(Fake):
    """The portal's part about the clinic itself, and help with an account, made of plain lists."""
