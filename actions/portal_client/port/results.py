"""What may be asked of a portal about test results, measurements and past visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from actions.portal_client.models.results import GrowthCurve, PastVisit, TestResult, Trend, VisitDocument


class ResultsPort(Protocol):
    """Calls about test results, measurements and past visits."""

    async def test_results(self) -> list[TestResult]:
        """List laboratory reports, imaging and biopsies, newest first."""
        ...

    async def trends(self, codes: Sequence[str], since: date | None) -> list[Trend]:
        """Get the series of vital signs and laboratory values with these LOINC codes, or of all when there are none.

        A blood pressure comes as two series. Series with more values come first; `since` None means from the beginning.
        """
        ...

    async def growth(self) -> list[GrowthCurve]:
        """Get length, weight, head circumference and body mass index of a child, each against its reference.

        Only what has been measured is there. The percentile is the portal's own, or else that of the CDC charts of 2000
        for ages 2 to 19; younger children have the portal's own only.
        """
        ...

    async def past_visits(self) -> list[PastVisit]:
        """List visits and stays that are over, newest first, without those that are too old to be shown."""
        ...

    async def visit_summaries(self) -> list[VisitDocument]:
        """List after-visit summaries and discharge summaries, newest first."""
        ...

    async def clinical_notes(self) -> list[VisitDocument]:
        """List notes that clinicians have shared, newest first, without summaries."""
        ...

    async def visit_text(self, document_id: str) -> str | None:
        """Get the words of a summary or note; None when there is only a file.

        Raises:
            Refused: `not-found` when the person has no such document.
        """
        ...
