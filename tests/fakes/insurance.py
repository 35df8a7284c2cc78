"""Stands in for the portal's area insurance."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeInsurance(Fake):
    """The portal's area insurance, made of plain lists."""
