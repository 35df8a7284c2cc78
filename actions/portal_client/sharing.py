"""Calls about sharing and access (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.asking import AskingCalls


class SharingCalls(AskingCalls):
    """Calls about sharing and access for the patient in context."""
