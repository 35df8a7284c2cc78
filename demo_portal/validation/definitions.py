"""HL7's definitions of FHIR R4 4.0.1, cut by `cut.py` to what is handled here, and how they hang together."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from demo_portal.validation.origin import SCHEMA, TABLE

Json = dict[str, Any]
Codes = frozenset[str] | None
ENVELOPES = ("Bundle", "CapabilityStatement", "OperationOutcome", "Parameters")
"""They are sent and never stored."""


@dataclass(frozen=True)
class Element:
    """One element of a definition, as far as the JSON schema does not say it."""

    of: str
    """The definition of its value; empty for a code that the schema lists."""
    many: bool = False
    """Whether it is a list."""
    choice: str = ""
    """`value[x]` for `valueQuantity`; empty where there is no choice."""
    codes: Codes = None
    """For a code, the codes it may be; None means any."""
    coded: Codes = None
    """For a CodeableConcept, the codings of which it must have one, as `system|code`; None means any."""
    targets: Codes = None
    """For a reference, the types it may point to; None means any."""


@dataclass(frozen=True)
class Definition:
    """One resource type, data type or backbone element."""

    path: str
    """As FHIR writes it: `Patient`, `Patient.contact`, `Period`."""
    elements: dict[str, Element] = field(default_factory=dict)
    """By their name in JSON: `valueQuantity`, not `value[x]`; without those that start with `_`."""
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """For each required element the names it may have: one, unless it is a choice."""
    rules: tuple[tuple[str, str], ...] = ()
    """Key and FHIRPath of each rule."""


@cache
def schema() -> Json:
    """The JSON schema."""
    return _load(SCHEMA)


@cache
def resource_types() -> frozenset[str]:
    """All resource types of FHIR R4."""
    return frozenset(_load(TABLE)["resources"])


@cache
def definition(name: str) -> Definition:
    """What is known of a type or backbone element, by its name in the schema: `Patient_Contact`."""
    root, path = _places()[name]
    entry = _types()[root]
    prefix = f"{path}." if path else ""
    rows = {p.removeprefix(prefix): row for p, row in entry["elements"].items() if _is_child(p, prefix)}
    chosen = {each: row for row_name, row in rows.items() for each in _names(row_name, row)}
    elements = {n: _element(n, spec, chosen) for n, spec in _properties(name).items() if not n.startswith("_")}
    required = {n: _names(n, row) for n, row in rows.items() if row.get("required")}
    rules = tuple((key, expression) for where, key, expression in entry["rules"] if where == path)
    return Definition(f"{root}.{path}" if path else root, elements, required, rules)


def known() -> frozenset[str]:
    """The names of all types and backbone elements."""
    return frozenset(_places())


def is_known(name: str) -> bool:
    """Whether there is such a type or backbone element."""
    return name in _places()


def is_resource(name: str) -> bool:
    """Whether it is a resource type that is handled here."""
    return is_known(name) and "resourceType" in _properties(name)


def _element(name: str, spec: Json, rows: Json) -> Element:
    row = rows.get(name, {})
    stem = name.removesuffix(_suffix(name, row))
    of = spec.get("items", spec).get("$ref", "").rpartition("/")[2]
    codes, coded, targets = (frozenset(row[key]) if key in row else None for key in ("codes", "coded", "targets"))
    return Element(of, "items" in spec, f"{stem}[x]" if "choice" in row else "", codes, coded, targets)


def _names(name: str, row: Json) -> tuple[str, ...]:
    """The names an element has in JSON: one for each type of a choice."""
    if "choice" not in row:
        return (name,)
    return tuple(name.removesuffix("[x]") + _capital(kind) for kind in row["choice"])


def _suffix(name: str, row: Json) -> str:
    """`DateTime` of `valueDateTime`; the longest, for `Time` is a type too."""
    return max((_capital(kind) for kind in row.get("choice", []) if name.endswith(_capital(kind))), key=len, default="")


def _capital(kind: str) -> str:
    return kind[0].upper() + kind[1:]


def _is_child(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and "." not in path.removeprefix(prefix)


def _properties(name: str) -> Json:
    return schema()["definitions"][name].get("properties", {})


@cache
def _places() -> dict[str, tuple[str, str]]:
    """For each definition of the schema, the type and path of the table that describe it."""
    found: dict[str, tuple[str, str]] = {}
    todo = [(name, name, "") for name in _types()]
    while todo:
        name, root, path = todo.pop(0)
        if name not in found:
            found[name] = (root, path)
            for child, spec in _properties(name).items():
                of = spec.get("items", spec).get("$ref", "").rpartition("/")[2]
                inside = f"{path}.{child}" if path else child
                # What is built as another element is described there.
                if of.startswith(f"{root}_") and "as" not in _types()[root]["elements"].get(inside, {}):
                    todo.append((of, root, inside))
    return found


@cache
def _types() -> Json:
    return _load(TABLE)["types"]


def _load(path: Path) -> Json:
    return json.loads(gzip.decompress(path.read_bytes()))
