"""Applications for financial help, against the limits that the clinic has published."""

from __future__ import annotations

from demo_portal.outcomes import Invalid
from demo_portal.portal import Answer
from demo_portal.tasks import inputs
from demo_portal.tasks.inputs import output
from demo_portal.tasks.kind import refuse_second, waiting
from demo_portal.tasks.payment import cents_of
from demo_portal.writes.attempt import Attempt, keep

PROOFS = ("Last year's tax return", "Pay stubs of the last two months")
LARGEST_HOUSEHOLD = 20


def apply(attempt: Attempt) -> Answer:
    """File an application; what is still to be brought stands in its output."""
    household = inputs.one(attempt.body, "household", "valueInteger")
    income = inputs.one(attempt.body, "yearly-income", "valueMoney")
    if household is None or not 1 <= household <= LARGEST_HOUSEHOLD:
        raise Invalid(f"The input household is a number from 1 to {LARGEST_HOUSEHOLD}.", "value", "Task.input")
    if income is None or cents_of(income["value"]) < 0:
        raise Invalid("The input yearly-income is an amount of money.", "value", "Task.input")
    refuse_second(attempt)
    missing = [output("missing-document", "valueString", each) for each in PROOFS]
    return keep(attempt, {**waiting(attempt), "output": missing})
