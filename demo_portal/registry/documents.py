"""Documents, forms, messages and articles (FHIR R4, Foundation and Workflow)."""

from __future__ import annotations

from demo_portal.registry.served import Served, date, of_patient, ref, shared, string, token, uri

_BINARY_OWNER = ref("patient", "securityContext", "Patient")

DOCUMENTS: tuple[Served, ...] = (
    of_patient(
        "DocumentReference",
        "subject",
        token("category"),
        token("type"),
        token("status"),
        token("identifier"),
        date("date"),
        ref("author", "author"),
        ref("encounter", "context.encounter", "Encounter"),
        writes=("create",),
    ),
    # Only read: a body is found by the document that names it.
    Served("Binary", ("read", "create"), (), owner=_BINARY_OWNER),
    of_patient(
        "Communication",
        "subject",
        token("status"),
        token("category"),
        token("medium"),
        token("identifier"),
        date("sent"),
        date("received"),
        ref("sender", "sender"),
        ref("recipient", "recipient"),
        ref("part-of", "partOf"),
        writes=("create", "update"),
    ),
    shared("Questionnaire", uri("url"), string("title"), token("status"), token("code")),
    of_patient(
        "QuestionnaireResponse",
        "subject",
        ref("questionnaire", "questionnaire", "Questionnaire"),
        ref("based-on", "basedOn"),
        token("status"),
        token("identifier"),
        date("authored"),
        writes=("create", "update"),
    ),
    shared(
        "Library",
        string("title"),
        token("topic"),
        token("type"),
        token("status"),
        # Of our own: R4 has no parameter for the language of an article.
        token("language"),
        full_text=True,
    ),
)
