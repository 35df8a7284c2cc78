"""One attempt to write, and the two ways it can end well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from demo_portal.outcomes import Forbidden, Unprocessable
from demo_portal.portal import Answer, Call, Portal, new_id, stored
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import instant
from demo_portal.store.resources import WHOLE, Resources
from demo_portal.vocabulary import Resource, reference


@dataclass(frozen=True)
class Attempt:
    """A resource that is valid FHIR, and the transaction in which it may be stored."""

    portal: Portal
    conn: Transaction
    call: Call
    body: Resource
    """What was sent, without id and meta when it is to be created."""
    old: Resource | None = None
    """The version to be replaced; None when the resource is to be created."""

    @property
    def resources(self) -> Resources:
        """The record of the patient in context."""
        return self.portal.resources(self.conn, self.call.access.scope)

    @property
    def whole(self) -> Resources:
        """Everything: for the portal's own part of the work, never for what the patient named."""
        return self.portal.resources(self.conn, WHOLE)

    @property
    def patient(self) -> str:
        """The id of the patient in context.

        Raises:
            Forbidden: it is the assistant itself, which has no record.
        """
        if self.call.access.patient is None:
            raise Forbidden("This belongs into a patient's record: sign somebody in.", "scope")
        return self.call.access.patient

    @property
    def before(self) -> Resource:
        """The version to be replaced."""
        assert self.old is not None
        return self.old

    @property
    def now(self) -> str:
        """The present as FHIR instant, clinic-local."""
        return instant(self.portal.clock.now(), self.portal.zone)


Handler = Callable[[Attempt], Answer]


@dataclass(frozen=True)
class Rule:
    """Who decides about writing a type; None means that nobody may."""

    create: Handler | None = None
    update: Handler | None = None


def keep(attempt: Attempt, resource: Resource) -> Answer:
    """Store a new resource in the record of the patient in context: 201."""
    return stored(attempt.resources.create({"id": new_id(), **resource}), attempt.call.base, 201)


def replace(attempt: Attempt, resource: Resource) -> Answer:
    """Store the new version of a resource: 200."""
    old = attempt.before
    kept = {"id": old["id"], "meta": old["meta"]}
    return stored(attempt.resources.amend({**resource, **kept}), attempt.call.base)


def only_changes(attempt: Attempt, *names: str) -> None:
    """Refuse an update that touches anything but these elements.

    Raises:
        Unprocessable: it does.
    """
    free = {*names, "meta", "text"}
    old, new = ({k: v for k, v in part.items() if k not in free} for part in (attempt.before, attempt.body))
    if old != new:
        rtype = attempt.body["resourceType"]
        raise Unprocessable(f"Of a {rtype} only {', '.join(names)} may be changed.", "not-changeable", rtype)


def said_by_patient(attempt: Attempt) -> Resource:
    """A reference to whoever says so: the patient, or the person who acts for the patient."""
    return {"reference": attempt.call.access.person or reference("Patient", attempt.patient)["reference"]}
