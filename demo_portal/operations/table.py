"""Which operation is served where; routing and the CapabilityStatement read this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from demo_portal.operations.find import find
from demo_portal.operations.match import match
from demo_portal.operations.payment_methods import payment_methods
from demo_portal.operations.visits import book, hold
from demo_portal.portal import Answer, Call, Portal
from demo_portal.vocabulary import OURS

ITI = "https://profiles.ihe.net/ITI/Scheduling/OperationDefinition"
MATCH = "Patient-match"


@dataclass(frozen=True)
class Operation:
    """One operation on a type or on one resource."""

    name: str
    rtype: str
    handler: Callable[[Portal, Call], Answer]
    definition: str
    method: str = "POST"
    instance: bool = False
    needs: tuple[str, str] | None = None
    """Type and scope letter that the patient's token must grant; None means the assistant's own token."""


OPERATIONS: tuple[Operation, ...] = (
    Operation("match", "Patient", match, f"http://hl7.org/fhir/OperationDefinition/{MATCH}"),
    Operation(
        "payment-methods",
        "Patient",
        payment_methods,
        f"{OURS}/OperationDefinition/payment-methods",
        "GET",
        instance=True,
        needs=("Account", "r"),
    ),
    Operation("find", "Appointment", find, f"{ITI}/appointment-find", needs=("Slot", "s")),
    Operation("hold", "Appointment", hold, f"{ITI}/appointment-hold", needs=("Appointment", "c")),
    Operation("book", "Appointment", book, f"{ITI}/appointment-book", needs=("Appointment", "c")),
)
