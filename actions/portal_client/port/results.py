"""What may be asked of a portal about test results."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.results import TestResult


class ResultsPort(Protocol):
    """Calls about test results."""

    async def test_results(self) -> list[TestResult]:
        """List laboratory reports, newest first."""
        ...
