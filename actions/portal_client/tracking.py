"""Calls about readings and questionnaires (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.asking import AskingCalls


class TrackingCalls(AskingCalls):
    """Calls about readings and questionnaires for the patient in context."""
