"""FHIR's own rules between elements, as FHIRPath, evaluated where their element occurs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import fhirpathpy
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models

from demo_portal.outcomes import Invalid
from demo_portal.store.moments import interval
from demo_portal.validation.definitions import Definition, definition, is_known
from demo_portal.vocabulary import Resource

# txt-1, txt-2 and ref-1 are kept by narrative.py and references.py. ctm-1 needs other resources. ppc-2 to ppc-5 are
# misprinted in R4: they ask for a code system that is called "something".
LEFT_OUT = frozenset(("txt-1", "txt-2", "ref-1", "ctm-1", "ppc-2", "ppc-3", "ppc-4", "ppc-5"))
# The evaluator compares moments as texts, which is wrong across offsets and precisions: first and last, by path.
IN_ORDER = {
    ("Period", "per-1"): ("start", "end"),
    ("Task", "inv-1"): ("authoredOn", "lastModified"),
    ("MedicationDispense", "mdd-1"): ("whenPrepared", "whenHandedOver"),
}
# obs-7 in words that mean the same and do not look at each coding for each component. que-7 with FHIR's name of the
# type, the only one the evaluator takes here. rng-2 by its numbers: the evaluator compares quantities only when both have
# UCUM codes, and breaks off otherwise.
SAID_OTHERWISE = {
    "obs-7": "value.empty() or component.code.coding.intersect(%resource.code.coding).empty()",
    "que-7": "operator = 'exists' implies (answer is boolean)",
    "rng-2": "low.empty() or high.empty() or low.value <= high.value"
    " or (low.code.exists() and high.code.exists() and low.code != high.code)"
    " or (low.unit.exists() and high.unit.exists() and low.unit != high.unit)",
}


def problems(resource: Resource, zone: ZoneInfo) -> Iterator[Invalid]:
    """Every rule that a resource breaks; the other layers must have found nothing wrong with it."""
    plain = _without_extensions_of_primitives(resource)
    yield from _inside(plain, plain["resourceType"], plain["resourceType"], plain, zone)


def _inside(value: dict[str, Any], name: str, where: str, root: Resource, zone: ZoneInfo) -> Iterator[Invalid]:
    known = definition(name)
    for key, expression in known.rules:
        if key not in LEFT_OUT and not _holds(key, expression, value, known, root, zone):
            yield Invalid(f"{where} breaks rule {key} of FHIR R4.", "invariant", where)
    for child, inner in value.items():
        element = known.elements.get(child)
        if element is not None and (is_known(element.of) or element.of == "ResourceList"):
            for step, item in _placed(inner, f"{where}.{child}"):
                yield from _inside(item, item.get("resourceType", element.of), step, root, zone)


def _placed(inner: Any, where: str) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(inner, list):
        return [(f"{where}[{place}]", item) for place, item in enumerate(inner)]
    return [(where, inner)]


def _holds(key: str, expression: str, value: dict[str, Any], known: Definition, root: Resource, zone: ZoneInfo) -> bool:
    pair = IN_ORDER.get((known.path, key))
    if pair is not None:
        return _in_order(value, pair, zone)
    # A resource says itself what it is; the type of anything else has to be said.
    node: Any = value if "resourceType" in value else ResourceNode.create_node(value, known.path)
    try:
        found = _compiled(SAID_OTHERWISE.get(key, expression))(node, {"resource": root, "rootResource": root})
    except Exception:
        # The evaluator raises bare exceptions at what it does not foresee: what cannot be checked is not stored.
        return False
    # An empty answer is no yes: so HL7's own validator reads it too.
    return found == [True]


def _in_order(value: dict[str, Any], pair: tuple[str, str], zone: ZoneInfo) -> bool:
    """Whether the first could have been before the last, however roughly either is told."""
    first, last = (value.get(name) for name in pair)
    return first is None or last is None or interval(first, zone)[0] < interval(last, zone)[1]


@cache
def _compiled(expression: str) -> Callable[[Any, Any], list[Any]]:
    # The evaluator lacks hasValue(); of what is no extension alone, exists() says the same.
    evaluate: Any = fhirpathpy.compile(expression.replace("hasValue()", "exists()"), models["r4"])
    return evaluate


def _without_extensions_of_primitives(value: Any) -> Any:
    """A copy without `_name`: the evaluator takes it for a second value of `name`."""
    if isinstance(value, dict):
        return {
            name: _without_extensions_of_primitives(inner) for name, inner in value.items() if not name.startswith("_")
        }
    return [_without_extensions_of_primitives(item) for item in value] if isinstance(value, list) else value
