"""The portal as anybody sees it, over FHIR R4."""

from __future__ import annotations

from actions.portal_client.front_desk import FrontDeskCalls
from actions.portal_client.guest import GuestCalls
from actions.portal_client.library import LibraryCalls


class FhirPublicPortal(FrontDeskCalls, GuestCalls, LibraryCalls):
    """`PublicPortal` over FHIR R4, with the assistant's own token; make one per process."""
