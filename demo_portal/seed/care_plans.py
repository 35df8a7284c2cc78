"""Builds plans of care: the plan, its goals, and the team that looks after it."""

from __future__ import annotations

from collections.abc import Iterator

from demo_portal.seed.results import quantity
from demo_portal.seed.sources import Entry, Seed, resource, slug
from demo_portal.vocabulary import LOINC, Resource, concept, reference

CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/careplan-category"
ACHIEVEMENT = "http://terminology.hl7.org/CodeSystem/goal-achievement"


def care_plan(seed: Seed, person: Entry) -> Iterator[Resource]:
    """The plan that a person follows, after what it names."""
    if "care_plan" not in person:
        return
    patient, plan = person["key"], person["care_plan"]
    goals = [_goal(seed, patient, entry) for entry in plan["goals"]]
    team = _team(seed, patient, plan)
    yield from goals
    yield team
    problem = [reference("Condition", plan["about"])] if "about" in plan else None
    yield resource(
        "CarePlan",
        f"{patient}-plan",
        status="active",
        intent="plan",
        category=[concept(CATEGORY, "assess-plan", "Assessment and Plan of Treatment")],
        title=plan["title"],
        description=plan["text"],
        subject=reference("Patient", patient),
        period={"start": seed.calendar.day(plan["since"]).isoformat()},
        author=seed.practitioner(plan["by"]),
        careTeam=[reference("CareTeam", team["id"])],
        addresses=problem,
        goal=[reference("Goal", goal["id"]) for goal in goals],
        activity=[{"detail": _activity(seed, patient, entry)} for entry in plan["activities"]],
    )


def _goal(seed: Seed, patient: str, entry: Entry) -> Resource:
    target: Resource = {"dueDate": seed.calendar.day(entry["until"]).isoformat()} if "until" in entry else {}
    if "loinc" in entry:
        measured = {**quantity(entry["value"], entry["unit"]), "comparator": entry["comparator"]}
        target |= {"measure": concept(LOINC, entry["loinc"]), "detailQuantity": measured}
    return resource(
        "Goal",
        f"{patient}-goal-{slug(entry['what'])}"[:64],
        lifecycleStatus="active",
        achievementStatus=concept(ACHIEVEMENT, entry["status"]),
        description={"text": entry["what"]},
        subject=reference("Patient", patient),
        target=[target] if target else None,
    )


def _team(seed: Seed, patient: str, plan: Entry) -> Resource:
    members = [(seed.practitioner(entry["who"]), entry["role"]) for entry in plan["team"]]
    members.append((reference("Patient", patient), "Patient"))
    return resource(
        "CareTeam",
        f"{patient}-team",
        status="active",
        name=plan["title"],
        subject=reference("Patient", patient),
        participant=[{"role": [{"text": role}], "member": member} for member, role in members],
    )


def _activity(seed: Seed, patient: str, entry: Entry) -> Resource:
    """Something that the clinic does on a day, or the patient from day to day."""
    timing: Resource = {"scheduledString": entry["when"]} if "when" in entry else {}
    if "day" in entry:
        timing = {"scheduledPeriod": {"start": seed.calendar.day(entry["day"]).isoformat()}}
    by = seed.practitioner(entry["by"]) if "by" in entry else reference("Patient", patient)
    return {"status": entry["status"], "description": entry["what"], "performer": [by], **timing}
