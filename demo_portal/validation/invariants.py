"""FHIR's own rules between elements, as FHIRPath, evaluated where their element occurs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from demo_portal.outcomes import Invalid
from demo_portal.validation.definitions import definition, is_known
from demo_portal.vocabulary import Resource

# They need what an evaluator without a terminology server or other resources cannot do (resolve, htmlChecks, trace), or
# are about types that are never stored here.
LEFT_OUT = frozenset(
    (
        "ref-1",
        "txt-1",
        "txt-2",
        "ctm-1",
        "que-1",
        "que-7",
        "eld-19",
        "cnt-3",
        "tim-9",
        "bdl-3",
        "bdl-4",
        "bdl-8",
        "bdl-11",
        "bdl-12",
    )
)


def problems(resource: Resource) -> Iterator[Invalid]:
    """Every rule that a resource breaks."""
    yield from _inside(resource, resource["resourceType"], resource["resourceType"], resource)


def _inside(value: dict[str, Any], name: str, where: str, root: Resource) -> Iterator[Invalid]:
    known = definition(name)
    for key, expression in known.invariants:
        if key not in LEFT_OUT and not _holds(expression, value, name, root):
            yield Invalid(f"{where} breaks rule {key} of FHIR R4.", "invariant", where)
    for child, inner in value.items():
        element = known.elements.get(child)
        if element is not None and is_known(element.of):
            items = inner if isinstance(inner, list) else [inner]
            for place, item in enumerate(items):
                if isinstance(item, dict):
                    step = f"{where}.{child}[{place}]" if isinstance(inner, list) else f"{where}.{child}"
                    yield from _inside(item, element.of, step, root)


def _holds(expression: str, value: dict[str, Any], name: str, root: Resource) -> bool:
    found = _compiled(expression)(value, {"resource": root, "rootResource": root, "ucum": "http://unitsofmeasure.org"})
    # An empty answer means that the rule does not apply; FHIR counts it as kept.
    return found in ([], [True])


@cache
def _compiled(expression: str) -> Callable[[Any, Any], list[Any]]:
    # The evaluator lacks hasValue(); of what is no extension alone, exists() says the same.
    evaluate: Any = fhirpathpy.compile(expression.replace("hasValue()", "exists()"), models["r4"])
    return evaluate
