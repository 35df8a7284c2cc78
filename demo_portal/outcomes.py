"""Every way the portal can say no, and how it is said on the wire.

Refused > NotKnown, Forbidden, NotSignedIn, Conflict, Unprocessable, BadRequest, PreconditionFailed
"""

from __future__ import annotations

from datetime import timedelta

from demo_portal.vocabulary import EXISTING_REQUEST, REFUSAL, Resource


class Refused(Exception):
    """A request that is answered with an OperationOutcome instead of what it asked for."""

    status = 400
    issue = "invalid"

    def __init__(self, text: str, refusal: str | None = None, expression: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.refusal = refusal
        self.expression = expression
        self.extensions: list[Resource] = []
        self.headers: dict[str, str] = {}

    def outcome(self) -> Resource:
        """The refusal as FHIR R4 OperationOutcome."""
        details: Resource = {"text": self.text}
        if self.refusal:
            details["coding"] = [{"system": REFUSAL, "code": self.refusal}]
        issue: Resource = {"severity": "error", "code": self.issue, "details": details}
        if self.expression:
            issue["expression"] = [self.expression]
        if self.extensions:
            issue["extension"] = self.extensions
        return {"resourceType": "OperationOutcome", "issue": [issue]}


def left_out(names: tuple[str, ...]) -> Resource:
    """The warning of a lenient search about parameters that were not understood."""
    text = f"These were not understood and left out of the search: {', '.join(name[:40] for name in names)}."
    issue = {"severity": "warning", "code": "not-supported", "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


class BadRequest(Refused):
    """The request cannot be understood."""


class UnknownParameter(BadRequest):
    """A search parameter, modifier or value that is not supported; never ignored in silence."""

    issue = "not-supported"

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text, "unknown-parameter", name)


class NotSignedIn(Refused):
    """No token, or one that no longer counts."""

    status = 401
    issue = "login"

    def __init__(self, text: str) -> None:
        super().__init__(text, "not-signed-in")
        self.headers = {"WWW-Authenticate": 'Bearer realm="demo portal"'}


class Forbidden(Refused):
    """The token does not reach this far."""

    status = 403
    issue = "forbidden"


class NotKnown(Refused):
    """Nothing here, or nothing this token may know of."""

    status = 404
    issue = "not-found"


class NotAllowed(Refused):
    """The address exists, the method does not."""

    status = 405
    issue = "not-supported"


class NotAcceptable(Refused):
    """Only FHIR JSON is spoken here."""

    status = 406
    issue = "not-supported"


class Conflict(Refused):
    """Somebody was faster."""

    status = 409
    issue = "conflict"


class Duplicate(Conflict):
    """The same thing is already under way; the Reference to it is told."""

    issue = "duplicate"

    def __init__(self, text: str, expression: str, existing: Resource) -> None:
        super().__init__(text, "open-request-exists", expression)
        self.extensions = [{"url": EXISTING_REQUEST, "valueReference": existing}]


class PreconditionFailed(Refused):
    """If-Match or If-None-Exist does not fit what is stored."""

    status = 412
    issue = "conflict"


class TooLarge(Refused):
    """The body is over the limit."""

    status = 413
    issue = "too-long"


class WrongMediaType(Refused):
    """The body is not FHIR JSON."""

    status = 415
    issue = "not-supported"


class Unprocessable(Refused):
    """Well formed, but against a rule."""

    status = 422
    issue = "business-rule"


class PreconditionRequired(Refused):
    """If-Match is asked for, so that nobody overwrites what they have not seen."""

    status = 428
    issue = "required"


class TooMany(Refused):
    """Asked too often."""

    status = 429
    issue = "throttled"

    def __init__(self, text: str, wait: timedelta) -> None:
        super().__init__(text, "too-many")
        self.headers = {"Retry-After": str(int(wait.total_seconds()))}


class Broken(Refused):
    """A fault of the portal; nothing about it is told."""

    status = 500
    issue = "exception"


REFUSAL_BY_STATUS: dict[int, type[Refused]] = {404: NotKnown, 405: NotAllowed, 406: NotAcceptable, 413: TooLarge}


class Invalid(Unprocessable):
    """The resource is not what FHIR R4 or the portal's profile asks for."""

    def __init__(self, text: str, issue: str, expression: str) -> None:
        super().__init__(text, "invalid-resource", expression)
        self.issue = issue


class Busy(Refused):
    """The store did not answer in time; nothing was changed."""

    status = 503
    issue = "transient"

    def __init__(self) -> None:
        super().__init__("The portal is busy. Try again in a moment.", "busy")
        self.headers = {"Retry-After": "2"}
