"""What a patient may write to the clinic: messages, and that one has been read."""

from __future__ import annotations

from datetime import timedelta

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.store.indexing import target
from demo_portal.vocabulary import ANSWER_BY, MESSAGE_CATEGORY, Resource, codes_in
from demo_portal.writes.attempt import Attempt, Rule, keep, only_changes, replace, said_by_patient

ANSWER_DAYS = {"medical-advice": 2, "customer-service": 3, "billing": 3}
"""Business days within which the clinic answers, by category."""
RECIPIENTS = ("Practitioner", "PractitionerRole", "CareTeam", "Organization")


def send(attempt: Attempt) -> Answer:
    """Take a message; the sender and the time are the portal's to say."""
    body = attempt.body
    category = _category(body)
    if not body.get("payload"):
        raise Invalid("A message needs words.", "required", "Communication.payload")
    for each in body.get("recipient", []):
        found = target(each["reference"]) if "reference" in each else None
        if found is None or found.rtype not in RECIPIENTS:
            raise Unprocessable(
                "A message goes to the care team or the clinic.", "unknown-recipient", "Communication.recipient"
            )
    until = _business_days_after(attempt, ANSWER_DAYS[category])
    stamped = {"status": "completed", "sent": attempt.now, "sender": said_by_patient(attempt)}
    plain = {name: value for name, value in body.items() if name not in ("received", "extension")}
    return keep(attempt, {**plain, **stamped, "extension": [{"url": ANSWER_BY, "valueDate": until}]})


def mark_read(attempt: Attempt) -> Answer:
    """Note that a message to the patient was read; nothing else of a message can be changed."""
    only_changes(attempt, "received")
    to = [each.get("reference") for each in attempt.before.get("recipient", [])]
    if f"Patient/{attempt.patient}" not in to:
        raise Unprocessable(
            "Only a message to the patient can be marked as read.", "not-changeable", "Communication.received"
        )
    return replace(attempt, {**attempt.before, "received": attempt.before.get("received", attempt.now)})


RULES: dict[str, Rule] = {"Communication": Rule(send, mark_read)}


def _category(message: Resource) -> str:
    found = [code for each in message.get("category", []) for code in codes_in(each, MESSAGE_CATEGORY)]
    if len(found) != 1 or found[0] not in ANSWER_DAYS:
        raise Invalid(f"The category is one of {', '.join(ANSWER_DAYS)}.", "value", "Communication.category")
    return found[0]


def _business_days_after(attempt: Attempt, days: int) -> str:
    day = attempt.portal.clock.now().astimezone(attempt.portal.zone).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day.isoformat()
