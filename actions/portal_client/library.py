"""Calls about the health library (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.anybody import AnybodysCalls


class LibraryCalls(AnybodysCalls):
    """Calls about the health library, for anybody."""
