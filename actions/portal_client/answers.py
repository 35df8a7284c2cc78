"""Reads the body of an answer: a FHIR resource, or the reason why there is none."""

from __future__ import annotations

from actions.portal_client.errors import DuplicateRequest, Refused, UnusableAnswer
from actions.portal_client.fhir import Json, extension, parse_json, reading
from actions.portal_client.vocabulary import EXISTING_REQUEST
from actions.portal_client.wire import Answer

FHIR_JSON = "application/fhir+json"
# Here the status is plainer than the issue code, for which servers differ (FHIR R4, http.html#Status-Codes).
_CODE_OF_STATUS = {
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    410: "not-found",
    412: "conflict",
    501: "not-supported",
}


def read_resource(answer: Answer) -> Json:
    """The resource in an answer.

    Raises:
        UnusableAnswer: it is something else.
    """
    if answer.media_type not in (FHIR_JSON, "application/json"):
        raise UnusableAnswer("the portal sent something that is not FHIR")
    try:
        resource = parse_json(answer.body)
    except ValueError:
        raise UnusableAnswer("the portal sent broken JSON") from None
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise UnusableAnswer("the portal sent something that is not FHIR")
    return resource


def read_refusal(answer: Answer) -> Refused:
    """Why the portal said no: by the first error of its OperationOutcome, or by the status alone."""
    by_status = _CODE_OF_STATUS.get(answer.status)
    try:
        with reading("OperationOutcome"):
            issues = read_resource(answer)["issue"]
            issue = next((each for each in issues if each.get("severity") in ("error", "fatal")), issues[0])
            code, detail = str(issue["code"]), _detail(issue)
            if answer.status == 409 and code == "duplicate":
                return DuplicateRequest(detail, _earlier(issue))
            return Refused(by_status or code, detail)
    except UnusableAnswer:
        return Refused(by_status or "invalid")


def _detail(issue: Json) -> str | None:
    codings = issue.get("details", {}).get("coding", [])
    return next((str(each["code"]) for each in codings if "code" in each), None)


def _earlier(issue: Json) -> str | None:
    named = extension(issue, EXISTING_REQUEST)
    return str(named["valueReference"]["reference"]) if named else None
