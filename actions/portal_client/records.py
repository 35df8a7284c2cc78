"""The health record, part by part (FHIR R4)."""

from __future__ import annotations

from actions.portal_client.care_plans import CarePlanCalls
from actions.portal_client.eye_care import EyeCareCalls
from actions.portal_client.health_summary import HealthSummaryCalls
from actions.portal_client.medical_history import MedicalHistoryCalls


class RecordsCalls(HealthSummaryCalls, MedicalHistoryCalls, CarePlanCalls, EyeCareCalls):
    """The health record of the patient in context."""
