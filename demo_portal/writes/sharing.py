"""What a patient may write about consent, and about where something came from."""

from __future__ import annotations

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.vocabulary import CONSENT_CATEGORY, Resource, codes_in
from demo_portal.writes.attempt import Attempt, Rule, keep, only_changes, replace, said_by_patient

OWN_CATEGORIES = ("e-statement-delivery", "app-access", "care-everywhere")
"""Kinds of consent that a patient gives and withdraws alone; access for people goes by invitation."""
CHANGES = {"active": ("inactive",), "inactive": ("active",), "proposed": ("inactive", "rejected")}


def give_consent(attempt: Attempt) -> Answer:
    """Keep a consent of a kind that a patient gives alone."""
    if category_of(attempt.body) not in OWN_CATEGORIES:
        raise Unprocessable("This consent is not given in this way.", "not-supported", "Consent.category")
    if attempt.body["status"] not in ("active", "inactive"):
        raise Unprocessable("A new consent is active or inactive.", "not-changeable", "Consent.status")
    return keep(attempt, {**attempt.body, "dateTime": attempt.now, "performer": [said_by_patient(attempt)]})


def change_consent(attempt: Attempt) -> Answer:
    """Withdraw a consent or give it again, narrow it or set its end; who is meant stays as it is."""
    only_changes(attempt, "status", "provision", "dateTime")
    old, new = attempt.before, attempt.body
    if new["status"] != old["status"] and new["status"] not in CHANGES.get(old["status"], ()):
        raise Unprocessable("This consent cannot come into that state.", "not-changeable", "Consent.status")
    if category_of(old) == "family-access" and old["status"] == "inactive":
        raise Unprocessable("Access that has ended is given by a new invitation.", "not-changeable", "Consent.status")
    if old.get("provision", {}).get("actor") != new.get("provision", {}).get("actor"):
        raise Unprocessable("Who is meant cannot be changed.", "not-changeable", "Consent.provision.actor")
    return replace(attempt, {**new, "dateTime": attempt.now})


def keep_provenance(attempt: Attempt) -> Answer:
    """Keep who said something and how it came here."""
    return keep(attempt, {**attempt.body, "recorded": attempt.now})


def category_of(consent: Resource) -> str:
    """The one category of ours that a consent has.

    Raises:
        Invalid: it has none, or several.
    """
    found = [code for each in consent["category"] for code in codes_in(each, CONSENT_CATEGORY)]
    if len(found) != 1:
        raise Invalid("A consent has one category of ours.", "value", "Consent.category")
    return found[0]


RULES: dict[str, Rule] = {
    "Consent": Rule(give_consent, change_consent),
    "Provenance": Rule(keep_provenance),
}
