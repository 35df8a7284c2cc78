"""Plans of care: CarePlan, Goal and CareTeam of FHIR R4 (US Core)."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from actions.portal_client.area import PatientCalls
from actions.portal_client.fhir import Json, codes, id_of, number_in, reading, reference_id, text_in, to_day, words
from actions.portal_client.models.records import Activity, CarePlan, Goal, TeamMember

_OVER = ("completed", "cancelled", "stopped", "entered-in-error")
_DEAD_GOALS = ("cancelled", "entered-in-error", "rejected")


class CarePlanCalls(PatientCalls):
    """Plans of care of the patient in context."""

    async def care_plans(self) -> list[CarePlan]:
        found = await self._fhir.search("CarePlan", [("patient", self._patient_id), ("status", "active")])
        with reading("CarePlan"):
            active = [each for each in found.matches if each["status"] == "active"]
            goal_ids = {rid for each in active for rid in _ids(each, "goal", "Goal")}
            team_ids = {rid for each in active for rid in _ids(each, "careTeam", "CareTeam")}
        goals = await self._by_id("Goal", goal_ids)
        teams = await self._by_id("CareTeam", team_ids)
        today = self._clock.now().astimezone(self._zone).date()
        with reading("CarePlan"):
            plans = [_to_plan(each, goals, teams, today, self._zone) for each in active]
        return sorted(plans, key=lambda each: each.title.casefold())


def _ids(plan: Json, name: str, rtype: str) -> list[str]:
    return [rid for each in plan.get(name, []) if (rid := reference_id(each, rtype))]


def _to_plan(plan: Json, goals: dict[str, Json], teams: dict[str, Json], today: date, zone: ZoneInfo) -> CarePlan:
    steps = [_to_activity(each["detail"], zone) for each in plan.get("activity", []) if "detail" in each]
    open_steps = sorted((each for each in steps if each.status not in _OVER), key=lambda each: each.on or date.max)
    wanted = [goals[rid] for rid in _ids(plan, "goal", "Goal") if rid in goals]
    members = [each for rid in _ids(plan, "careTeam", "CareTeam") if rid in teams for each in _members(teams[rid])]
    return CarePlan(
        id=id_of(plan),
        title=text_in(plan, "title") or next((words(each) for each in plan.get("category", [])), ""),
        text=text_in(plan, "description"),
        goals=tuple(_to_goal(each, zone) for each in wanted if each["lifecycleStatus"] not in _DEAD_GOALS),
        activities=tuple(open_steps),
        team=tuple(members),
        next_step=next((each for each in open_steps if each.on and each.on >= today), None),
    )


def _to_activity(detail: Json, zone: ZoneInfo) -> Activity:
    start = detail.get("scheduledPeriod", {}).get("start")
    performers = [text_in(each, "display") for each in detail.get("performer", [])]
    return Activity(
        what=text_in(detail, "description") or words(detail.get("code")),
        status=text_in(detail, "status"),
        on=to_day(start, zone) if start else None,
        when=text_in(detail, "scheduledString"),
        by=", ".join(each for each in performers if each),
    )


def _members(team: Json) -> list[TeamMember]:
    if team["status"] != "active":
        return []
    found = [(each.get("member", {}), each.get("role", [])) for each in team.get("participant", [])]
    named = [(text_in(member, "display"), roles) for member, roles in found]
    return [TeamMember(name, next((words(role) for role in roles), "")) for name, roles in named if name]


def _to_goal(goal: Json, zone: ZoneInfo) -> Goal:
    target: dict[str, Any] = next(iter(goal.get("target", [])), {})
    due = text_in(target, "dueDate")
    return Goal(
        what=words(goal["description"]),
        target=_measure(target),
        until=to_day(due, zone) if due else None,
        status=next(iter(codes(goal.get("achievementStatus"))), ""),
    )


def _measure(target: Json) -> str:
    """What is to be reached, as written; of a range its bounds."""
    if "detailQuantity" in target:
        return _amount(target["detailQuantity"])
    if "detailRange" in target:
        bounds = [target["detailRange"].get(name) for name in ("low", "high")]
        return " - ".join(_amount(each) for each in bounds if each)
    return text_in(target, "detailString")


def _amount(quantity: Json) -> str:
    said = f"{text_in(quantity, 'comparator')}{number_in(quantity, 'value')}"
    return f"{said} {text_in(quantity, 'unit') or text_in(quantity, 'code')}".strip()
