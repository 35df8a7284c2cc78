"""Calls about documents and articles (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.asking import AskingCalls


class DocumentsCalls(AskingCalls):
    """Calls about documents and articles for the patient in context."""
