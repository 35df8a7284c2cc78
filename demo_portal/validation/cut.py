"""Cuts HL7's R4 definitions down to the types that are handled here: `python -m demo_portal.validation.cut <schema>`.

`<schema>` is HL7's fhir.schema.json of FHIR R4 4.0.1. Beside it must lie profiles-types.json, profiles-resources.json,
valuesets.json and v3-codesystems.json. `origin.py` says where they come from.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo_portal.validation.definitions import ENVELOPES
from demo_portal.validation.origin import SCHEMA, TABLE

Json = dict[str, Any]
_TYPES = """
    Account AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary Bundle CapabilityStatement
    CarePlan CareTeam ChargeItem Claim Communication CommunicationRequest Composition Condition Consent Coverage Device
    DiagnosticReport DocumentReference Encounter Endpoint ExplanationOfBenefit FamilyMemberHistory Goal
    HealthcareService Immunization ImmunizationRecommendation Invoice Library List Location Medication
    MedicationDispense MedicationRequest MedicationStatement Observation OperationOutcome Organization Parameters
    Patient PaymentNotice PaymentReconciliation Person Practitioner PractitionerRole Procedure Provenance Questionnaire
    QuestionnaireResponse RelatedPerson Schedule ServiceRequest Slot Specimen Subscription Task VisionPrescription
"""
_PRIMITIVES = """
    base64Binary boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt string time
    unsignedInt uri url uuid
"""
TYPES, PRIMITIVES = _TYPES.split(), _PRIMITIVES.split()
MOST_CODES = 1000
"""Larger value sets, such as all languages, are not held against."""
# HL7's schema calls them numbers and bounds them by a pattern, which JSON schema does not hold against numbers.
_WHOLE = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}
# Every element repeats them; the supplement has them once.
_EVERYWHERE = re.compile(r"ele-1|ext-1|dom-\d")
_TRACE = re.compile(r"\.trace\('[a-z]+'\)")


def main() -> None:
    """Write both files anew and print their SHA-256."""
    folder = Path(sys.argv[1]).parent
    schema = _read(Path(sys.argv[1]))
    definitions = [*_all(folder, "profiles-types", "StructureDefinition")]
    definitions += _all(folder, "profiles-resources", "StructureDefinition")
    lists = code_lists([resource for name in ("valuesets", "v3-codesystems") for resource in _all(folder, name, "")])
    kept = cut_schema(schema)
    _write(SCHEMA, kept)
    _write(TABLE, table(definitions, lists, kept["definitions"]))


def cut_schema(schema: Json) -> Json:
    """The definitions of our types and of all that they use, without descriptions."""
    kept: Json = {}
    wanted = [*TYPES, "Element", "Extension", *_WHOLE]
    while wanted:
        name = wanted.pop()
        if name not in kept and name != "ResourceList":
            kept[name] = _pythons(_bare(schema["definitions"][name]))
            _name_types(kept[name])
            wanted += _named(kept[name])
    kept |= {name: {"type": "integer", "minimum": low, "maximum": 2**31 - 1} for name, low in _WHOLE.items()}
    kept["xhtml"] = {"type": "string"}
    # What is contained is looked at as its own type: the list of all types would make each error unreadable.
    kept["ResourceList"] = {"type": "object", "required": ["resourceType"]}
    return {"$schema": "http://json-schema.org/draft-06/schema#", "definitions": kept}


def table(definitions: list[Json], lists: dict[str, list[str]], kept: Json) -> Json:
    """What the schema does not say: of each kept type its elements and rules; and the names of all resource types."""
    resources = [each["id"] for each in definitions if each["kind"] == "resource" and not each["abstract"]]
    types = {
        each["id"]: {"elements": dict(_rows(each, lists)), "rules": list(_rules(each))}
        for each in definitions
        if each["id"] in kept and each["kind"] != "primitive-type"
    }
    return {"resources": resources, "types": types}


def code_lists(resources: list[Json]) -> dict[str, list[str]]:
    """Codes as `system|code` by the URL of their value set, where it can be told without a terminology server."""
    systems = {each["url"]: list(_concepts(each)) for each in resources if each["resourceType"] == "CodeSystem"}
    sets = [(each["url"], _codes_of(each, systems)) for each in resources if each["resourceType"] == "ValueSet"]
    return {url: codes for url, codes in sets if 0 < len(codes) <= MOST_CODES}


def _rows(definition: Json, lists: dict[str, list[str]]) -> Iterator[tuple[str, Json]]:
    for element in definition["snapshot"]["element"][1:]:
        kinds = [kind["code"] for kind in element.get("type", [])]
        row: Json = {"required": True} if element["min"] else {}
        row |= _codes(element, kinds, lists) | _targets(element)
        if element["path"].endswith("[x]"):
            row["choice"] = kinds
        if "contentReference" in element:
            row["as"] = element["contentReference"].partition(".")[2]
        if row:
            yield element["path"].partition(".")[2], row


def _codes(element: Json, kinds: list[str], lists: dict[str, list[str]]) -> Json:
    binding = element.get("binding", {})
    url = binding.get("valueSet", "").partition("|")[0]
    if binding.get("strength") != "required" or url not in lists:
        return {}
    if kinds == ["code"]:
        return {"codes": sorted({each.rpartition("|")[2] for each in lists[url]})}
    return {"coded": lists[url]}


def _targets(element: Json) -> Json:
    pointing = [kind for kind in element.get("type", []) if kind.get("code") == "Reference"]
    targets = {url.rpartition("/")[2] for kind in pointing for url in kind.get("targetProfile", ["/Resource"])}
    return {"targets": sorted(targets)} if targets and "Resource" not in targets else {}


def _rules(definition: Json) -> Iterator[list[str]]:
    """[path, key, expression] of each rule that FHIR calls an error; of envelopes none, for they are not stored."""
    for element in definition["snapshot"]["element"] if definition["id"] not in ENVELOPES else ():
        for rule in element.get("constraint", []):
            if rule["severity"] == "error" and "expression" in rule and not _EVERYWHERE.fullmatch(rule["key"]):
                where, expression = _placed(element, _TRACE.sub("", rule["expression"]))
                yield [where, rule["key"], expression]


def _placed(element: Json, expression: str) -> tuple[str, str]:
    """Where a rule is looked at: at the element, or where that is of a data type, at what has the element."""
    path = element["path"].partition(".")[2]
    if [kind.get("code") for kind in element.get("type", [])] in ([], ["BackboneElement"], ["Element"]):
        return path, expression
    parent, _, name = path.rpartition(".")
    return parent, f"{name}.all({expression})"


def _codes_of(value_set: Json, systems: dict[str, list[str]]) -> list[str]:
    """Its codes; none when it takes less than whole code systems, or systems that are not at hand."""
    compose = value_set.get("compose", {})
    found: set[str] = set()
    for part in compose.get("include", []):
        system = part.get("system", "")
        codes = [each["code"] for each in part["concept"]] if "concept" in part else systems.get(system)
        if codes is None or "filter" in part or "valueSet" in part or "exclude" in compose:
            return []
        found |= {f"{system}|{code}" for code in codes}
    return sorted(found)


def _concepts(code_system: Json) -> Iterator[str]:
    for each in code_system.get("concept", []):
        yield each["code"]
        yield from _concepts(each)


def _name_types(definition: Json) -> None:
    """Let choices name their type: the schema repeats its pattern, and of whole numbers and base64 a useless one."""
    for child, spec in definition.get("properties", {}).items():
        if "pattern" in spec:
            named = [each for each in PRIMITIVES if child.endswith(each[0].upper() + each[1:])]
            spec["$ref"] = f"#/definitions/{max(named, key=len)}"
            del spec["pattern"], spec["type"]


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        # "description" is also the name of an element, whose value is a definition and not a text.
        return {n: _bare(v) for n, v in value.items() if not (n == "description" and isinstance(v, str))}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _pythons(definition: Json) -> Json:
    """Patterns as Python reads them: HL7's white space is ASCII, and its end is the very end."""
    if "pattern" in definition:
        definition["pattern"] = "(?a)" + definition["pattern"].removesuffix("$") + r"\Z"
    return definition


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for item in value.values():
            yield from _named(item)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item)


def _all(folder: Path, name: str, rtype: str) -> list[Json]:
    """The resources of one of HL7's bundles, of one type or of all."""
    resources = [entry["resource"] for entry in _read(folder / f"{name}.json")["entry"]]
    return [each for each in resources if rtype in ("", each["resourceType"])]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, value: Any) -> None:
    raw = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    packed = gzip.compress(raw, mtime=0)
    path.write_bytes(packed)
    sys.stdout.write(f"{hashlib.sha256(packed).hexdigest()}  {path.name}\n")


if __name__ == "__main__":
    main()
