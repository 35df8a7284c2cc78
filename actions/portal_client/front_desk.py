"""Calls about the clinic itself, and help with an account (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.anybody import AnybodysCalls


class FrontDeskCalls(AnybodysCalls):
    """Calls about the clinic itself, and help with an account, for anybody."""
