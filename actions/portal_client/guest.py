"""Calls about paying a bill without signing in (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.anybody import AnybodysCalls


class GuestCalls(AnybodysCalls):
    """Calls about paying a bill without signing in, for anybody."""
