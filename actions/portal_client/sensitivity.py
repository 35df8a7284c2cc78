"""What must not be read aloud: resources with a label of HL7 v3 Confidentiality (FHIR R4 meta.security)."""

from __future__ import annotations

from actions.portal_client.fhir import Json
from actions.portal_client.vocabulary import CONFIDENTIALITY

# What may be said like anything else.
_UNRESTRICTED = ("U", "L", "M", "N")


def is_restricted(resource: Json) -> bool:
    """Whether a label says so; a label we do not know counts as one that does."""
    labels = resource.get("meta", {}).get("security", [])
    return any(each.get("system") != CONFIDENTIALITY or each.get("code") not in _UNRESTRICTED for each in labels)
