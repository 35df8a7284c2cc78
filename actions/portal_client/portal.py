"""The portal as one signed-in person sees it, over FHIR R4."""

from __future__ import annotations

from actions.portal_client.account import AccountCalls
from actions.portal_client.documents import DocumentsCalls
from actions.portal_client.glance import GlanceCalls
from actions.portal_client.insurance import InsuranceCalls
from actions.portal_client.records import RecordsCalls
from actions.portal_client.sharing import SharingCalls
from actions.portal_client.tracking import TrackingCalls


class FhirPortal(
    AccountCalls,
    GlanceCalls,
    RecordsCalls,
    TrackingCalls,
    DocumentsCalls,
    SharingCalls,
    InsuranceCalls,
):
    """`Portal` over FHIR R4, bound to one patient; make one per turn.

    `client` is shared by all patients and carries the base address; `access_token` is asked before every call and may
    answer from memory; `server` is what the process already knows about the portal; `trail` is where every request is
    noted, bound to who asks, for whom and what for.
    """
