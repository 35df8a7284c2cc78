"""Calls about insurance (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.asking import AskingCalls


class InsuranceCalls(AskingCalls):
    """Calls about insurance for the patient in context."""
