"""The record in one breath; a part that fails leaves the others standing."""

from __future__ import annotations

import asyncio
from typing import Any

from actions.portal_client.allergies import AllergyCalls
from actions.portal_client.errors import PortalError, SessionExpired
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
        answers = await asyncio.gather(*parts, return_exceptions=True)
        failed = [each for each in answers if isinstance(each, BaseException)]
        others = [each for each in failed if not isinstance(each, PortalError) or isinstance(each, SessionExpired)]
        if others or len(failed) == len(answers):
            raise next(iter(others), failed[0])
        issues, medications, allergies, immunizations, preventive = (_known(each) for each in answers)
        return HealthSummary(_all(issues), _all(medications), allergies, _all(immunizations), preventive)


def _known(answer: Any) -> Any:
    return None if isinstance(answer, BaseException) else answer


def _all[T](found: list[T] | None) -> tuple[T, ...] | None:
    return None if found is None else tuple(found)
