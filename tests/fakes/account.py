"""Stands in for the portal's area account."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeAccount(Fake):
    """The portal's area account, made of plain lists."""
