"""What can go wrong with the portal, named for what the person can do next.

PortalError
├── PortalUnavailable        try later (no answer, too slow, too busy, server error)
│   ├── UnusableAnswer       answered, but not with something we may show to this person
│   └── NotRecorded          the access cannot be noted in the audit trail, so nothing is shown or begun
├── SessionExpired           verify again
├── OutcomeUnknown           a write was sent and nobody can say whether it was done
└── Refused                  the portal said no; `code` says why
    ├── SlotTaken            choose another time
    ├── NoAccess             this record may not be opened, for whatever reason
    ├── NotOffered           this portal has no way to do it: its own page or a person
    └── DuplicateRequest     already asked for; `reference` names the earlier request

Messages hold no patient data and no addresses, so they may be logged.
"""

from __future__ import annotations

from datetime import timedelta


class PortalError(Exception):
    """The portal did not do what was asked."""


class PortalUnavailable(PortalError):
    """The portal cannot answer now; nothing was changed."""

    def __init__(self, message: str = "the portal does not answer", retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """How long the portal asks us to wait; None when it did not say."""


class UnusableAnswer(PortalUnavailable):
    """The portal answered something that must not be used: broken, not FHIR, too long, or about somebody else."""


class NotRecorded(PortalUnavailable):
    """An access that cannot be noted is not made use of: nothing was shown, and no write was begun."""

    def __init__(self) -> None:
        super().__init__("the access cannot be noted")


class SessionExpired(PortalError):
    """The portal no longer accepts our token for this person."""

    def __init__(self) -> None:
        super().__init__("the portal asks for a new sign-in")


class OutcomeUnknown(PortalError):
    """A write was sent, no usable answer came, and one look by its key did not find it.

    It may still have been done. Sending again is safe only with the same key.
    """

    def __init__(self) -> None:
        super().__init__("the portal did not say whether it was done")


class Refused(PortalError):
    """The portal understood and said no."""

    def __init__(self, code: str, detail: str | None = None) -> None:
        super().__init__(f"the portal refused: {code}")
        self.code = code
        """FHIR R4 IssueType of the first error, for example `forbidden`, `not-found`, `conflict`, `business-rule`."""
        self.detail = detail
        """The portal's own finer code (OperationOutcome.issue.details.coding.code); None when it gave none."""


class SlotTaken(Refused):
    """Somebody else has this time, or it is no longer offered."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__("conflict", detail)


class NoAccess(Refused):
    """The person who signed in may not open this record (any more); why, is never told."""

    def __init__(self) -> None:
        super().__init__("forbidden", "no-access")


class NotOffered(Refused):
    """The portal can neither do this nor take a request for it."""

    def __init__(self) -> None:
        super().__init__("not-supported")


class DuplicateRequest(Refused):
    """The same thing was already asked for under another key."""

    def __init__(self, detail: str | None = None, reference: str | None = None) -> None:
        super().__init__("duplicate", detail)
        self.reference = reference
        """FHIR reference of the earlier request, for example `Task/17`; None when the portal did not name it."""
