"""Says whether a resource could be stored, and what is wrong with it (Type/$validate, FHIR R4)."""

from __future__ import annotations

from demo_portal import validation
from demo_portal.outcomes import BadRequest
from demo_portal.portal import Answer, Call, Portal
from demo_portal.store.engine import Transaction
from demo_portal.vocabulary import Resource


def validate(portal: Portal, _conn: Transaction, call: Call) -> Answer:
    """An OperationOutcome with every problem, or one that says there is none; nothing is stored."""
    found = validation.issues(_resource(call), portal.zone)
    issues = [problem.outcome()["issue"][0] for problem in found]
    fine = {"severity": "information", "code": "informational", "details": {"text": "The resource is valid."}}
    return Answer({"resourceType": "OperationOutcome", "issue": issues or [fine]})


def _resource(call: Call) -> Resource:
    """The resource itself, or the one in Parameters."""
    body = call.body or {}
    if body.get("resourceType") == "Parameters":
        named = [item.get("resource") for item in body.get("parameter", []) if item.get("name") == "resource"]
        body = named[0] if named and isinstance(named[0], dict) else {}
    if body.get("resourceType") != call.rtype:
        raise BadRequest(f"Send the {call.rtype} to look at.", "malformed", "resourceType")
    return body
