"""Health issues: the problem list, Condition of FHIR R4 (US Core)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from actions.portal_client.fhir import Json, codes, concept, id_of, reading, text_in, to_day, to_instant, words
from actions.portal_client.models.records import HealthIssue, IssueChange
from actions.portal_client.models.requests import Receipt
from actions.portal_client.told import UNCONFIRMED, ToldCalls, day, is_mistaken, is_told

PROBLEM = "problem-list-item"
_CURRENT = frozenset(("active", "recurrence", "relapse"))
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"


class HealthIssueCalls(ToldCalls):
    """Health issues of the patient in context."""

    async def health_issues(self) -> list[HealthIssue]:
        problems = await self._problems()
        with reading("Condition"):
            issues = [_to_issue(each, self._zone) for each in problems if is_current(each)]
        return sorted(issues, key=lambda each: each.name.casefold())

    async def report_health_issue(self, name: str, since: date | None, key: str) -> Receipt:
        onset = {"onsetDateTime": day(since)} if since else {}
        told = self._told_condition(name, "active", onset)
        return await self._tell(told, "issue-update", {"issue": name, "since": day(since)}, key)

    async def request_issue_change(self, issue_id: str, change: IssueChange, said: str, key: str) -> Receipt:
        return await self._ask_to_change("Condition", issue_id, "issue-update", change, said, key)

    async def _problems(self) -> list[Json]:
        """Problems of now and before, without those that were taken back."""
        asked = [("patient", self._patient_id), ("category", PROBLEM)]
        found = await self._fhir.search("Condition", asked)
        with reading("Condition"):
            return [each for each in found.matches if _is_problem(each) and not is_mistaken(each)]

    def _told_condition(self, name: str, status: str, times: Json) -> Json:
        return {
            "resourceType": "Condition",
            "clinicalStatus": concept(_CLINICAL, status),
            "verificationStatus": concept(_VERIFICATION, UNCONFIRMED),
            "category": [concept(_CATEGORY, PROBLEM)],
            "code": {"text": name},
            "subject": {"reference": self._patient},
            "recordedDate": to_instant(self._clock.now()),
            "recorder": {"reference": self._patient},
            "asserter": {"reference": self._patient},
            **times,
        }


def is_current(condition: Json) -> bool:
    """Whether somebody has it now; one that says nothing counts as current."""
    return not _CURRENT.isdisjoint(codes(condition.get("clinicalStatus")) or ["active"])


def onset(condition: Json, zone: ZoneInfo) -> date | None:
    """Since when; None when it tells no day, month or year."""
    since = text_in(condition, "onsetDateTime") or condition.get("onsetPeriod", {}).get("start", "")
    return to_day(since, zone) if since else None


def _is_problem(condition: Json) -> bool:
    return any(PROBLEM in codes(each) for each in condition.get("category", []))


def _to_issue(condition: Json, zone: ZoneInfo) -> HealthIssue:
    return HealthIssue(id_of(condition), words(condition["code"]), onset(condition, zone), is_told(condition))
