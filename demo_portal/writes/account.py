"""What patients may change about themselves, and the settings they keep."""

from __future__ import annotations

from typing import Any

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store import criteria, searching
from demo_portal.vocabulary import (
    BASIC_KIND,
    GENDER_IDENTITY,
    INTERPRETER_NEEDED,
    PREFERRED_PHARMACY,
    PRONOUNS,
    Resource,
    codes_in,
)
from demo_portal.writes.attempt import Attempt, Rule, keep, only_changes, replace, said_by_patient

MAY_CHANGE = ("telecom", "address", "contact", "communication", "name", "extension")
OWN_EXTENSIONS = (PREFERRED_PHARMACY, GENDER_IDENTITY, PRONOUNS, INTERPRETER_NEEDED)
SETTINGS = ("notification-preferences", "two-factor", "quick-login")
"""Kinds of Basic of which each patient has one, and may change it."""


def change_patient(attempt: Attempt) -> Answer:
    """Change how somebody is reached, addressed and spoken to; who they are is the front desk's to change."""
    only_changes(attempt, *MAY_CHANGE)
    old, new = attempt.before, attempt.body
    if _legal_names(old) != _legal_names(new):
        raise Unprocessable("A legal name is changed at the front desk.", "legal-name", "Patient.name")
    if _fixed(old) != _fixed(new):
        raise Unprocessable("This extension cannot be changed by a patient.", "not-changeable", "Patient.extension")
    if not any(point.get("system") in ("phone", "sms") for point in new.get("telecom", [])):
        raise Unprocessable("At least one phone number must stay.", "last-phone", "Patient.telecom")
    return replace(attempt, {**new, "telecom": [_dated(attempt, point) for point in new["telecom"]]})


def keep_setting(attempt: Attempt) -> Answer:
    """Keep a setting that the patient has not had before."""
    kind = _kind(attempt.body)
    asked = criteria.parse("Basic", [("code", f"{BASIC_KIND}|{kind}")])
    if searching.matches(attempt.resources, asked):
        raise Unprocessable("There is one already: change that one.", "exists", "Basic.code")
    return keep(attempt, {**attempt.body, "created": attempt.now[:10], "author": said_by_patient(attempt)})


def change_setting(attempt: Attempt) -> Answer:
    """Change a setting."""
    only_changes(attempt, "extension")
    _kind(attempt.before)
    return replace(attempt, attempt.body)


RULES: dict[str, Rule] = {
    "Patient": Rule(update=change_patient),
    "Basic": Rule(keep_setting, change_setting),
}


def _kind(basic: Resource) -> str:
    found = codes_in(basic.get("code"), BASIC_KIND)
    if len(found) != 1 or found[0] not in SETTINGS:
        raise Invalid("This kind of setting is not a patient's to keep.", "value", "Basic.code")
    return found[0]


def _legal_names(patient: Resource) -> list[Any]:
    return [name for name in patient.get("name", []) if name.get("use") != "usual"]


def _fixed(patient: Resource) -> list[Any]:
    return [each for each in patient.get("extension", []) if each["url"] not in OWN_EXTENSIONS]


def _dated(attempt: Attempt, point: Resource) -> Resource:
    """A new phone or e-mail says since when it is there: codes do not go to it on its first day."""
    values = {each.get("value") for each in attempt.before.get("telecom", [])}
    if point.get("value") in values or point.get("use") == "old":
        return point
    return {**point, "period": {"start": attempt.now}}
