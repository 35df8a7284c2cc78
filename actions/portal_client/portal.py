"""The portal as one signed-in person sees it, over FHIR R4."""

from __future__ import annotations

from actions.portal_client.billing import BillingCalls
from actions.portal_client.documents import DocumentsCalls
from actions.portal_client.insurance import InsuranceCalls
from actions.portal_client.medications import MedicationCalls
from actions.portal_client.messaging import MessagingCalls
from actions.portal_client.people import PersonCalls
from actions.portal_client.records import RecordsCalls
from actions.portal_client.results import ResultCalls
from actions.portal_client.scheduling import SchedulingCalls
from actions.portal_client.sharing import SharingCalls
from actions.portal_client.tracking import TrackingCalls


class FhirPortal(
    PersonCalls,
    SchedulingCalls,
    MedicationCalls,
    ResultCalls,
    BillingCalls,
    RecordsCalls,
    TrackingCalls,
    DocumentsCalls,
    SharingCalls,
    MessagingCalls,
    InsuranceCalls,
):
    """`Portal` over FHIR R4, bound to one patient; make one per turn.

    `client` is shared by all patients and carries the base address; `access_token` is asked before every call and may
    answer from memory; `server` is what the process already knows about the portal.
    """
