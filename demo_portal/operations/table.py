"""Which operation is served where; routing and the CapabilityStatement read this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from demo_portal.operations.arrival import video_visit
from demo_portal.operations.everything import everything
from demo_portal.operations.family import accept_invitation, acts_for, invite
from demo_portal.operations.find import find
from demo_portal.operations.match import match
from demo_portal.operations.payment_links import guest_bill, guest_payment_link, payment_link
from demo_portal.operations.payment_methods import payment_methods
from demo_portal.operations.shares import revoke_share, share, shares
from demo_portal.operations.summary import summary
from demo_portal.operations.validate import validate
from demo_portal.operations.visits import book, hold, reschedule
from demo_portal.portal import Answer, Call, Portal
from demo_portal.registry import SERVED
from demo_portal.store.engine import Transaction
from demo_portal.tasks.plans import plan_offers
from demo_portal.vocabulary import OURS

ITI = "https://profiles.ihe.net/ITI/Scheduling/OperationDefinition"
HL7 = "http://hl7.org/fhir/OperationDefinition"


Handler = Callable[[Portal, Transaction, Call], Answer]


@dataclass(frozen=True)
class Operation:
    """One operation on a type or on one resource."""

    name: str
    rtype: str
    handler: Handler
    definition: str
    needs: tuple[str, str]
    """Type and scope letter (or operation) that the token must grant."""
    method: str = "POST"
    instance: bool = False
    writes: bool = False
    body: str = "Parameters"
    """The resource type expected in the body of a POST; empty means any."""


OPERATIONS: tuple[Operation, ...] = (
    Operation("match", "Patient", match, f"{HL7}/Patient-match", ("Patient", "match")),
    Operation(
        "payment-methods",
        "Patient",
        payment_methods,
        f"{OURS}/OperationDefinition/payment-methods",
        ("Account", "r"),
        "GET",
        instance=True,
    ),
    Operation(
        "payment-link",
        "Account",
        payment_link,
        f"{OURS}/OperationDefinition/payment-link",
        ("Account", "r"),
        instance=True,
        writes=True,
    ),
    Operation(
        "payment-plan-offers",
        "Account",
        plan_offers,
        f"{OURS}/OperationDefinition/payment-plan-offers",
        ("Account", "r"),
        "GET",
        instance=True,
    ),
    Operation("guest-bill", "Invoice", guest_bill, f"{OURS}/OperationDefinition/guest-bill", ("Invoice", "guest")),
    Operation(
        "guest-payment-link",
        "Invoice",
        guest_payment_link,
        f"{OURS}/OperationDefinition/guest-payment-link",
        ("Invoice", "guest"),
    ),
    *(
        Operation(
            name, "Patient", handler, f"{OURS}/OperationDefinition/{name}", needs, method, instance=True, writes=writes
        )
        for name, handler, needs, method, writes in (
            ("acts-for", acts_for, ("Patient", "r"), "GET", False),
            ("invite", invite, ("Consent", "c"), "POST", True),
            ("accept-invitation", accept_invitation, ("Consent", "c"), "POST", True),
            ("share", share, ("Patient", "r"), "POST", True),
            ("shares", shares, ("Patient", "r"), "GET", False),
            ("revoke-share", revoke_share, ("Patient", "r"), "POST", True),
        )
    ),
    # Whoever may not see results may not see them in a summary either.
    Operation("summary", "Patient", summary, f"{HL7}/Patient-summary", ("DiagnosticReport", "r"), "GET", instance=True),
    Operation("everything", "Patient", everything, f"{HL7}/Patient-everything", ("*", "r"), "GET", instance=True),
    *(Operation("validate", rtype, validate, f"{HL7}/Resource-validate", (rtype, "r"), body="") for rtype in SERVED),
    Operation("find", "Appointment", find, f"{ITI}/appointment-find", ("Slot", "s")),
    Operation("hold", "Appointment", hold, f"{ITI}/appointment-hold", ("Appointment", "c"), writes=True),
    Operation("book", "Appointment", book, f"{ITI}/appointment-book", ("Appointment", "c"), writes=True),
    # Of our own: IHE has no way to book one visit and let go of another in one step.
    Operation(
        "reschedule",
        "Appointment",
        reschedule,
        f"{OURS}/OperationDefinition/appointment-reschedule",
        ("Appointment", "c"),
        writes=True,
    ),
    Operation(
        "video-visit",
        "Appointment",
        video_visit,
        f"{OURS}/OperationDefinition/appointment-video-visit",
        ("Appointment", "r"),
        "GET",
        instance=True,
    ),
)
