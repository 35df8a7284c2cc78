"""What may be asked of a portal about the health record."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from actions.portal_client.models.records import (
    Allergies,
    AllergyChange,
    CarePlan,
    EyePrescription,
    HealthIssue,
    HealthSummary,
    HistoryKind,
    Immunization,
    ImmunizationRecord,
    IssueChange,
    MedicalHistory,
    PreventiveCare,
    Severity,
)
from actions.portal_client.models.requests import Receipt


class RecordsPort(Protocol):
    """Calls about the health record.

    What a person tells is written down as told by the person; the care team looks at it. Where the portal takes no such
    thing the clinic is asked by a request, and where it takes no requests either the call raises NotOffered.
    """

    async def allergies(self) -> Allergies:
        """Get allergies, and whether anybody has ever asked."""
        ...

    async def report_allergy(self, to: str, reaction: str, severity: Severity | None, key: str) -> Receipt:
        """Add an allergy, as told by the person; `reaction` may be empty."""
        ...

    async def request_allergy_change(self, allergy_id: str, change: AllergyChange, said: str, key: str) -> Receipt:
        """Ask the care team to correct an allergy, as `said`, or to take it off the list.

        Raises:
            Refused: `not-found` when the person has no such allergy.
        """
        ...

    async def health_issues(self) -> list[HealthIssue]:
        """List current health issues, by name."""
        ...

    async def report_health_issue(self, name: str, since: date | None, key: str) -> Receipt:
        """Add a health issue, as told by the person.

        Raises:
            Refused: `business-rule` when `since` is still to come or before the person was born.
        """
        ...

    async def request_issue_change(self, issue_id: str, change: IssueChange, said: str, key: str) -> Receipt:
        """Tell the care team that an issue is over, or ask to correct or remove it.

        Raises:
            Refused: `not-found` when the person has no such issue.
        """
        ...

    async def immunizations(self) -> list[Immunization]:
        """List vaccines that were given, newest first; those without a day come last."""
        ...

    async def immunization_record(self) -> ImmunizationRecord:
        """Get what a school asks for, to be printed."""
        ...

    async def add_immunization(self, vaccine: str, on: date, place: str, key: str) -> Receipt:
        """Note a vaccine that the person had elsewhere; `place` may be empty.

        Raises:
            Refused: `business-rule` when the day is still to come or before the person was born.
        """
        ...

    async def preventive_care(self) -> PreventiveCare:
        """Get routine care that is overdue, due, to come or done; nothing yet for an account younger than six months."""
        ...

    async def health_summary(self) -> HealthSummary:
        """Get issues, medications, allergies, immunizations and preventive care at once.

        A part that fails is None; only when all of them fail the error of the first is raised.
        """
        ...

    async def care_plans(self) -> list[CarePlan]:
        """List plans of care that are followed now, by title."""
        ...

    async def medical_history(self) -> MedicalHistory:
        """Get personal, surgical, family and social history."""
        ...

    async def report_history(self, kind: HistoryKind, what: str, on: date | None, key: str) -> Receipt:
        """Add a condition that is over, or an operation, as told by the person; `on` is when it was.

        Raises:
            Refused: `business-rule` when `on` is still to come or before the person was born.
        """
        ...

    async def report_family_history(self, relative: str, what: str, age: int | None, key: str) -> Receipt:
        """Add what a relative has or had, as told by the person; `relative` is an HL7 v3 code such as `MTH`, `FTH`, `SIB`."""
        ...

    async def eye_prescriptions(self) -> list[EyePrescription]:
        """List prescriptions for glasses and contact lenses, newest first."""
        ...
