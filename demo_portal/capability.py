"""Says what the portal can do, read from the same tables that do it."""

from __future__ import annotations

from typing import Any

from demo_portal.operations.table import OPERATIONS
from demo_portal.portal import Portal, clinic_today
from demo_portal.registry import TYPES, Served
from demo_portal.tokens import CLIENT_CREDENTIALS, OWN_SCOPES, PATIENT_SCOPES, TOKEN_EXCHANGE
from demo_portal.vocabulary import OURS, Resource, concept

SECURITY_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def statement(portal: Portal, base: str) -> Resource:
    """The CapabilityStatement."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "demo-portal",
        "url": f"{OURS}/CapabilityStatement/demo-portal",
        "status": "active",
        "experimental": True,
        "date": clinic_today(portal).date().isoformat(),
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "software": {"name": "Careline demo portal"},
        "implementation": {"description": "A demonstration with made-up patients, not for patient data.", "url": base},
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "service": [concept(SECURITY_SERVICE, "OAuth")]},
                "resource": [_resource(served) for served in TYPES],
            }
        ],
    }


def smart_configuration(origin: str) -> dict[str, Any]:
    """What /.well-known/smart-configuration tells (SMART App Launch 2)."""
    return {
        "token_endpoint": f"{origin}/oauth/token",
        "grant_types_supported": [CLIENT_CREDENTIALS, TOKEN_EXCHANGE],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "scopes_supported": [*OWN_SCOPES, *PATIENT_SCOPES],
        "capabilities": ["permission-patient", "permission-v2"],
    }


def _resource(served: Served) -> Resource:
    operations = [o for o in OPERATIONS if o.rtype == served.rtype]
    found: Resource = {
        "type": served.rtype,
        "interaction": [{"code": code} for code in served.interactions],
        "versioning": "versioned-update" if "update" in served.interactions else "versioned",
        "conditionalCreate": "create" in served.interactions,
        "readHistory": "vread" in served.interactions,
    }
    if "search-type" in served.interactions:
        found |= _searching(served)
    if operations:
        found["operation"] = [{"name": o.name, "definition": o.definition} for o in operations]
    return found


def _searching(served: Served) -> Resource:
    always = [{"name": "_id", "type": "token"}, {"name": "_lastUpdated", "type": "date"}]
    always += [{"name": "_content", "type": "string"}] if served.full_text else []
    found: Resource = {"searchParam": always + [{"name": param.name, "type": param.kind} for param in served.params]}
    includes = [f"{served.rtype}:{param.name}" for param in served.params if param.kind == "reference"]
    reverse = [
        f"{other.rtype}:{param.name}"
        for other in TYPES
        for param in other.params
        if param.kind == "reference" and param.name != "_id" and served.rtype in param.targets
    ]
    found |= {"searchInclude": includes} if includes else {}
    return found | ({"searchRevInclude": reverse} if reverse else {})
