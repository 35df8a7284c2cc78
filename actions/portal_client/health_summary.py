"""The record in one breath; a part that fails leaves the others standing."""

from __future__ import annotations

from actions.portal_client.allergies import AllergyCalls
from actions.portal_client.area import whichever_answer
from actions.portal_client.health_issues import HealthIssueCalls
from actions.portal_client.immunizations import ImmunizationCalls
from actions.portal_client.medications import MedicationCalls
from actions.portal_client.models.records import HealthSummary
from actions.portal_client.preventive_care import PreventiveCareCalls


class HealthSummaryCalls(MedicationCalls, AllergyCalls, HealthIssueCalls, ImmunizationCalls, PreventiveCareCalls):
    """The record of the patient in context, in short."""

    async def health_summary(self) -> HealthSummary:
        parts = (
            self.health_issues(),
            self.medications(),
            self.allergies(),
            self.immunizations(),
            self.preventive_care(),
        )
        issues, medications, allergies, immunizations, preventive = await whichever_answer(*parts)
        return HealthSummary(_all(issues), _all(medications), allergies, _all(immunizations), preventive)


def _all[T](found: list[T] | None) -> tuple[T, ...] | None:
    return None if found is None else tuple(found)
