"""Stands in for the portal's area messaging."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeMessaging(Fake):
    """The portal's area messaging, made of plain lists."""
