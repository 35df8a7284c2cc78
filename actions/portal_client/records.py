"""Calls about the health record (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.asking import AskingCalls


class RecordsCalls(AskingCalls):
    """Calls about the health record for the patient in context."""
