"""Stands in for the portal's area records."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeRecords(Fake):
    """The portal's area records, made of plain lists."""
