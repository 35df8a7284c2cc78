"""What patients may put on file: papers of their own, of kinds that a clinic can look at."""

from __future__ import annotations

import base64

from demo_portal.outcomes import Invalid, Unprocessable
from demo_portal.portal import Answer
from demo_portal.vocabulary import DOCUMENT_KIND, Resource, codes_in
from demo_portal.writes.answers import change_answers, keep_answers
from demo_portal.writes.attempt import Attempt, Rule, keep, said_by_patient

CONTENT_TYPES = ("application/pdf", "image/png", "image/jpeg")
_BEGINNINGS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def add_document(attempt: Attempt) -> Answer:
    """Put a paper of the patient on file."""
    if "patient-document" not in codes_in(attempt.body.get("type"), DOCUMENT_KIND):
        raise Unprocessable("Only a patient's own papers are taken.", "unknown-document", "DocumentReference.type")
    if len(attempt.body["content"]) != 1:
        raise Invalid("A document has one content.", "value", "DocumentReference.content")
    attachment = attempt.body["content"][0]["attachment"]
    _check_body(attachment.get("contentType"), attachment.get("data"), "DocumentReference.content[0].attachment")
    said = {"status": "current", "date": attempt.now, "author": [said_by_patient(attempt)]}
    return keep(attempt, {**attempt.body, **said})


def add_binary(attempt: Attempt) -> Answer:
    """Keep the body of a paper of the patient."""
    _check_body(attempt.body.get("contentType"), attempt.body.get("data"), "Binary")
    return keep(attempt, attempt.body)


RULES: dict[str, Rule] = {
    "Binary": Rule(add_binary),
    "DocumentReference": Rule(add_document),
    "QuestionnaireResponse": Rule(keep_answers, change_answers),
}


def _check_body(content_type: Resource | str | None, data: str | None, where: str) -> None:
    """See that it is of a kind we take, and that it is what it says."""
    if content_type not in CONTENT_TYPES:
        raise Unprocessable(f"Taken are {', '.join(CONTENT_TYPES)}.", "unknown-content-type", f"{where}.contentType")
    if not data:
        raise Invalid("The body is required.", "required", f"{where}.data")
    if not base64.b64decode(data).startswith(_BEGINNINGS[str(content_type)]):
        raise Unprocessable("The body is not of the type it says.", "unknown-content-type", f"{where}.data")
