"""Nothing that is written may point into somebody else's record, or at what does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo_portal.outcomes import Unprocessable
from demo_portal.registry import SERVED
from demo_portal.store.indexing import Target, target
from demo_portal.store.resources import Resources
from demo_portal.vocabulary import Resource


def check_references(resources: Resources, resource: Resource, known: Resource | None = None) -> None:
    """See that each reference leads to something that the token reaches; what stood there before may stay.

    Raises:
        Unprocessable: one does not. What is somebody else's and what is not there look the same.
    """
    before = {found for found, _ in _references(known or {}, "")}
    for found, where in _references(resource, resource["resourceType"]):
        if found not in before and found.rtype in SERVED and resources.find(found.rtype, found.id) is None:
            raise Unprocessable("This refers to something that is not in this record.", "unknown-reference", where)


def _references(value: Any, where: str) -> Iterator[tuple[Target, str]]:
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _references(item, f"{where}[{place}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            found = target(item) if name == "reference" and isinstance(item, str) else None
            if found is not None:
                yield found, where
            yield from _references(item, f"{where}.{name}")
