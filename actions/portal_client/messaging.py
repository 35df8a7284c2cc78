"""Calls about messages (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.asking import AskingCalls


class MessagingCalls(AskingCalls):
    """Calls about messages for the patient in context."""
