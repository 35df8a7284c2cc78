"""Reads FHIR Parameters, the way operations are given their input."""

from __future__ import annotations

from typing import Any

from demo_portal.outcomes import BadRequest
from demo_portal.store.indexing import target
from demo_portal.vocabulary import Resource

Named = dict[str, Resource]


def named(body: Resource, allowed: tuple[str, ...]) -> Named:
    """The parameters by name.

    Raises:
        BadRequest: one is unknown, given twice, or has no name.
    """
    found: Named = {}
    parameters = body.get("parameter", [])
    if not isinstance(parameters, list):
        raise BadRequest("parameter must be a list.", "malformed", "Parameters.parameter")
    for item in parameters:
        name = item.get("name") if isinstance(item, dict) else None
        if name not in allowed or name in found:
            raise BadRequest(
                f"Each parameter is one of {', '.join(allowed)}, once.", "unknown-parameter", str(name)[:40]
            )
        found[name] = item
    return found


def value(found: Named, name: str, *kinds: str) -> Any:
    """The value of a parameter in the first of its kinds ("String", "Instant"); None when it is absent.

    Raises:
        BadRequest: it is there in another kind.
    """
    if name not in found:
        return None
    for kind in kinds:
        if f"value{kind}" in found[name]:
            return found[name][f"value{kind}"]
    raise BadRequest(f"{name} must be given as {' or '.join(f'value{kind}' for kind in kinds)}.", "malformed", name)


def resource(found: Named, name: str, rtype: str) -> Resource | None:
    """A parameter that is a resource; None when it is absent."""
    given = found.get(name)
    if given is None:
        return None
    inside = given.get("resource")
    if not isinstance(inside, dict) or inside.get("resourceType") != rtype:
        raise BadRequest(f"{name} must be a resource of type {rtype}.", "malformed", name)
    return inside


def pointed_at(found: Named, name: str, rtype: str) -> str | None:
    """The id in a parameter that is a Reference (or its text); None when it is absent."""
    given = value(found, name, "Reference", "String", "Uri")
    if given is None:
        return None
    return id_of(given.get("reference") if isinstance(given, dict) else given, rtype, name)


def id_of(text: Any, rtype: str, where: str) -> str:
    """The id in a literal reference to that type.

    Raises:
        BadRequest: it is not a reference to that type.
    """
    found = target(text) if isinstance(text, str) else None
    if found is None or found.rtype != rtype:
        raise BadRequest(f"{where} must refer to a {rtype}.", "malformed", where)
    return found.id
