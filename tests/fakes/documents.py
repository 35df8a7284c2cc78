"""Stands in for the portal's area documents."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.base import Fake


@dataclass
class FakeDocuments(Fake):
    """The portal's area documents, made of plain lists."""
