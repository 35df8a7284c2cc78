"""Bundles as they are sent: searchsets, histories and what a transaction brought (FHIR R4, bundle.html)."""

from __future__ import annotations

from collections.abc import Sequence

from demo_portal.vocabulary import Resource


def searchset(base: str, matches: Sequence[Resource], included: Sequence[Resource]) -> Resource:
    """A searchset; the address of each entry says where to read it."""
    entries = [_entry(base, resource, "match") for resource in matches]
    entries += [_entry(base, resource, "include") for resource in included]
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(matches)}
    return {**bundle, "entry": entries} if entries else bundle


def history(base: str, versions: Sequence[Resource]) -> Resource:
    """The versions of one resource, newest first."""
    entries = [_version(base, resource) for resource in versions]
    return {"resourceType": "Bundle", "type": "history", "total": len(entries), "entry": entries}


def with_warning(bundle: Resource, outcome: Resource) -> Resource:
    """The searchset with an OperationOutcome about what was left out of the search."""
    entry = {"resource": outcome, "search": {"mode": "outcome"}}
    return {**bundle, "entry": [*bundle.get("entry", []), entry]}


def _version(base: str, resource: Resource) -> Resource:
    rtype, rid, version = resource["resourceType"], resource["id"], resource["meta"]["versionId"]
    first = version == "1"
    request = {"method": "POST" if first else "PUT", "url": rtype if first else f"{rtype}/{rid}"}
    response = {
        "status": "201 Created" if first else "200 OK",
        "etag": f'W/"{version}"',
        "lastModified": resource["meta"]["lastUpdated"],
    }
    return {"fullUrl": f"{base}/{rtype}/{rid}", "resource": resource, "request": request, "response": response}


def _entry(base: str, resource: Resource, mode: str) -> Resource:
    entry: Resource = {"resource": resource, "search": {"mode": mode}}
    if "id" in resource:
        entry = {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", **entry}
    return entry
