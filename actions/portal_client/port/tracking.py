"""What may be asked of a portal about readings and questionnaires."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.tracking import (
    Answers,
    AssignedQuestionnaire,
    Questionnaire,
    Reading,
    ReadingKind,
    SavedAnswers,
    Tracker,
)


class TrackingPort(Protocol):
    """Calls about readings and questionnaires."""

    async def log_reading(
        self, kind: ReadingKind, values: tuple[Decimal, ...], unit: str, at: datetime, key: str
    ) -> Receipt:
        """Write down something measured at home, as measured by the person; `unit` is UCUM.

        Raises:
            Refused: `business-rule`, with the detail `implausible`, `unknown-unit` or `in-the-future`.
            ValueError: a blood pressure has not two values, or the kind is not measured in that unit.
        """
        ...

    async def readings(self, kind: ReadingKind, since: date) -> list[Reading]:
        """List readings of a kind from that clinic-local day on, newest first."""
        ...

    async def connected_trackers(self) -> list[Tracker]:
        """List trackers and health programs that send readings, by name."""
        ...

    async def disconnect_tracker(self, tracker_id: str, key: str) -> None:
        """Let a tracker send no more readings; one that is disconnected stays so.

        Raises:
            NotOffered: it is done on the portal's own page.
        """
        ...

    async def assigned_questionnaires(self) -> list[AssignedQuestionnaire]:
        """List questionnaires that wait for answers, the most urgent first."""
        ...

    async def questionnaire(self, questionnaire_id: str) -> Questionnaire:
        """Fetch a questionnaire with its questions, options and branches.

        Raises:
            Refused: `not-found` when there is none.
        """
        ...

    async def saved_answers(self, questionnaire_id: str) -> SavedAnswers | None:
        """Find the answers of which the questionnaire is not finished; None when there are none."""
        ...

    async def save_answers(self, questionnaire_id: str, answers: Answers, key: str, finished: bool) -> SavedAnswers:
        """Keep all answers so far in the place of those kept before; with `finished` they are handed in.

        Raises:
            Refused: `business-rule`, with the detail `incomplete` or `not-asked`; `invalid` for a wrong kind of answer.
            NotOffered: it is answered on the portal's own page.
        """
        ...
