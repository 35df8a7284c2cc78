"""HL7's definitions of FHIR R4 4.0.1, cut by `cut.py` to what is served here, and how they hang together.

The two files beside this one are made from HL7's own, which HL7 publishes under CC0.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SCHEMA, TABLE = (Path(__file__).parent / name for name in ("r4.schema.json.gz", "r4.elements.json.gz"))
_CHOICES = ("value", "onset", "abatement", "effective", "occurrence", "performed", "medication")
_PRIMITIVES = ("date", "dateTime", "instant", "time", "base64Binary")


@dataclass(frozen=True)
class Element:
    """One element of a definition, as far as the JSON schema does not say it."""

    name: str
    """As in JSON: `valueQuantity`, not `value[x]`."""
    of: str
    """The definition of its value: a data type, a backbone element, or empty for what the schema spells out."""
    many: bool = False
    """Whether it is a list."""
    choice: str = ""
    """`value` for `valueQuantity`; empty where there is no choice."""
    codes: frozenset[str] | None = None
    targets: frozenset[str] | None = None
    """Types that a reference may point to; None means any."""


@dataclass(frozen=True)
class Definition:
    """One resource type, data type or backbone element."""

    elements: dict[str, Element] = field(default_factory=dict)
    required: tuple[tuple[str, ...], ...] = ()
    """For each required element the names it may have, one unless it is a choice."""
    invariants: tuple[tuple[str, str], ...] = ()
    """Key and FHIRPath of each rule."""


@cache
def schema() -> Json:
    """The JSON schema."""
    return _load(SCHEMA)


@cache
def definition(name: str) -> Definition:
    """What is known of a type or backbone element."""
    root, path = _places()[name]
    table = _table()[root]
    prefix = f"{path}." if path else ""
    rows = {p.removeprefix(prefix): row for p, row in table["elements"].items() if _is_child(p, prefix)}
    properties = {n: s for n, s in schema()["definitions"][name]["properties"].items() if not n.startswith("_")}
    elements = {n: _element(n, spec, rows) for n, spec in properties.items()}
    required = tuple(_names(element, properties) for element, row in rows.items() if row[0] > 0)
    invariants = tuple((key, expression) for where, key, expression in table["invariants"] if where == path)
    return Definition(elements, required, invariants)


def is_known(name: str) -> bool:
    """Whether there is such a type or backbone element."""
    return name in _places()


def _element(name: str, spec: Json, rows: dict[str, list[Any]]) -> Element:
    choice = next((row[:-3] for row in rows if row.endswith("[x]") and _is_choice(name, row[:-3])), "")
    row = rows.get(f"{choice}[x]" if choice else name, [0, None, None])
    codes = frozenset(row[1]) if row[1] is not None else None
    targets = frozenset(row[2]) if row[2] is not None else None
    return Element(name, _type_of(spec), "items" in spec, choice or _unlisted_choice(name), codes, targets)


def _is_choice(name: str, stem: str) -> bool:
    rest = name.removeprefix(stem)
    return name.startswith(stem) and rest[:1].isupper()


def _unlisted_choice(name: str) -> str:
    """`value` of `valueString`, for choices of which the table says nothing."""
    return next((stem for stem in _CHOICES if _is_choice(name, stem)), "")


def _type_of(spec: Json) -> str:
    inside = spec.get("items", spec)
    if "$ref" in inside:
        return inside["$ref"].rpartition("/")[2]
    return _by_pattern().get(inside.get("pattern", ""), "")


@cache
def _by_pattern() -> dict[str, str]:
    """Primitive types by their pattern: in choices the schema repeats the pattern instead of naming the type."""
    found = schema()["definitions"]
    return {found[name]["pattern"]: name for name in _PRIMITIVES if name in found and "pattern" in found[name]}


def _names(element: str, properties: Json) -> tuple[str, ...]:
    if not element.endswith("[x]"):
        return (element,)
    return tuple(name for name in properties if _is_choice(name, element[:-3]))


def _is_child(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and "." not in path.removeprefix(prefix)


@cache
def _places() -> dict[str, tuple[str, str]]:
    """For each definition of the schema, the type and path of the table that describe it."""
    found: dict[str, tuple[str, str]] = {}
    todo = [(name, name, "") for name in _table() if name in schema()["definitions"]]
    while todo:
        name, root, path = todo.pop(0)
        if name in found:
            continue
        found[name] = (root, path)
        for child, spec in schema()["definitions"][name].get("properties", {}).items():
            of = _type_of(spec)
            if of.startswith(f"{root}_"):
                todo.append((of, root, f"{path}.{child}" if path else child))
    return found


@cache
def _table() -> Json:
    return _load(TABLE)


def _load(path: Any) -> Json:
    return json.loads(gzip.decompress(path.read_bytes()))
