"""Consent, access and what FHIR has no type of its own for (FHIR R4, Security and Foundation)."""

from __future__ import annotations

from demo_portal.registry.served import READ, Served, date, of_patient, ref, string, token, uri

SHARING: tuple[Served, ...] = (
    of_patient(
        "Consent",
        "patient",
        token("status"),
        token("scope"),
        token("category"),
        token("identifier"),
        date("date", "dateTime"),
        date("period", "provision.period"),
        ref("actor", "provision.actor.reference"),
        ref("consentor", "performer"),
        writes=("create", "update"),
    ),
    Served(
        "Subscription",
        (*READ, "create", "update"),
        (token("status"), string("criteria"), uri("url", "channel.endpoint"), token("type", "channel.type")),
        assistants=True,
    ),
    of_patient(
        "AuditEvent",
        "entity.what",
        ref("agent", "agent.who"),
        ref("entity", "entity.what"),
        date("date", "recorded"),
        token("type"),
        token("action"),
        token("outcome"),
    ),
    of_patient(
        "Provenance",
        "target",
        ref("target", "target"),
        ref("agent", "agent.who"),
        date("recorded"),
        writes=("create",),
    ),
    of_patient(
        "List",
        "subject",
        token("status"),
        token("code"),
        token("identifier"),
        date("date"),
        writes=("create", "update"),
    ),
    of_patient("Basic", "subject", token("code"), token("identifier"), date("created"), writes=("create", "update")),
)
