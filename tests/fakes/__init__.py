"""A portal and a directory made of plain lists, for tests of whatever stands in front of them."""

from __future__ import annotations

from tests.fakes.base import A_TUESDAY
from tests.fakes.portal import FakeDirectory, FakePortal, FakePublicPortal

__all__ = ["A_TUESDAY", "FakeDirectory", "FakePortal", "FakePublicPortal"]
