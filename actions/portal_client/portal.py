"""The portal as one signed-in person sees it, over FHIR R4."""

from __future__ import annotations

from actions.portal_client.billing import BillingCalls
from actions.portal_client.medications import MedicationCalls
from actions.portal_client.people import PersonCalls
from actions.portal_client.results import ResultCalls
from actions.portal_client.scheduling import SchedulingCalls


class FhirPortal(PersonCalls, SchedulingCalls, MedicationCalls, ResultCalls, BillingCalls):
    """`Portal` over FHIR R4, bound to one patient; make one per turn.

    `client` is shared by all patients and carries the base address; `access_token` is asked before every call and may
    answer from memory; `server` is what the process already knows about the portal.
    """
