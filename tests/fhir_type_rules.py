"""For each rule FHIR has about data types: a resource that keeps it, and one that does not."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
KG = {"system": UCUM, "code": "kg"}
SPOKEN = {"language": "text/fhirpath", "expression": "true"}
NOW, LATER = "2026-03-09T09:00:00-07:00", "2026-03-09T08:30:00-08:00"
"""The later one reads earlier, but for its offset."""


def holding(**value: Any) -> Json:
    """A resource with a value of any data type."""
    return {"resourceType": "Basic", "code": {"text": "x"}, "extension": [{"url": "https://example.org/any", **value}]}


def repeated(**repeat: Any) -> Json:
    return holding(valueTiming={"repeat": repeat})


def needs(**more: Any) -> Json:
    return holding(valueDataRequirement={"type": "Patient", **more})


def trigger(kind: str, **more: Any) -> Json:
    return holding(valueTriggerDefinition={"type": kind, **more})


OF_TYPES: dict[tuple[str, str], tuple[Json, Json]] = {
    ("Age", "age-1"): (
        holding(valueAge={"value": 4, "system": UCUM, "code": "a"}),
        holding(valueAge={"value": -4, "system": UCUM, "code": "a"}),
    ),
    ("Age", "qty-3"): (holding(valueAge={"system": UCUM, "code": "a"}), holding(valueAge={"code": "a"})),
    ("Attachment", "att-1"): (
        holding(valueAttachment={"data": "AAAA", "contentType": "text/plain"}),
        holding(valueAttachment={"data": "AAAA"}),
    ),
    ("ContactPoint", "cpt-2"): (
        holding(valueContactPoint={"system": "phone", "value": "541-555-0101"}),
        holding(valueContactPoint={"value": "541-555-0101"}),
    ),
    ("Count", "cnt-3"): (
        holding(valueCount={"value": 2, "system": UCUM, "code": "1"}),
        holding(valueCount={"value": 2, "system": UCUM, "code": "kg"}),
    ),
    ("Count", "qty-3"): (holding(valueCount={"system": UCUM, "code": "1"}), holding(valueCount={"code": "1"})),
    ("DataRequirement.codeFilter", "drq-1"): (
        needs(codeFilter=[{"path": "x"}]),
        needs(codeFilter=[{"path": "x", "searchParam": "x"}]),
    ),
    ("DataRequirement.dateFilter", "drq-2"): (
        needs(dateFilter=[{"searchParam": "x"}]),
        needs(dateFilter=[{"path": "x", "searchParam": "x"}]),
    ),
    ("Distance", "dis-1"): (
        holding(valueDistance={"value": 2, "system": UCUM, "code": "km"}),
        holding(valueDistance={"value": 2}),
    ),
    ("Distance", "qty-3"): (holding(valueDistance={"system": UCUM, "code": "m"}), holding(valueDistance={"code": "m"})),
    ("Duration", "drt-1"): (
        holding(valueDuration={"value": 2, "system": UCUM, "code": "h"}),
        holding(valueDuration={"value": 2, "system": "https://example.org", "code": "h"}),
    ),
    ("Duration", "qty-3"): (holding(valueDuration={"value": 2}), holding(valueDuration={"value": 2, "code": "h"})),
    ("Expression", "exp-1"): (
        holding(valueExpression=SPOKEN),
        holding(valueExpression={"language": "text/fhirpath"}),
    ),
    ("Period", "per-1"): (
        holding(valuePeriod={"start": NOW, "end": LATER}),
        holding(valuePeriod={"start": LATER, "end": NOW}),
    ),
    ("Quantity", "qty-3"): (
        holding(valueQuantity={"value": 2, **KG}),
        holding(valueQuantity={"value": 2, "code": "kg"}),
    ),
    ("Range", "rng-2"): (
        holding(valueRange={"low": {"value": 1, "unit": "tablet"}, "high": {"value": 2, "unit": "tablet"}}),
        holding(valueRange={"low": {"value": 2, **KG}, "high": {"value": 1, **KG}}),
    ),
    ("Ratio", "rat-1"): (
        holding(valueRatio={"numerator": {"value": 1}, "denominator": {"value": 2}}),
        holding(valueRatio={"numerator": {"value": 1}}),
    ),
    ("Timing.repeat", "tim-1"): (repeated(duration=1, durationUnit="h"), repeated(duration=1)),
    ("Timing.repeat", "tim-2"): (repeated(period=1, periodUnit="d"), repeated(period=1)),
    ("Timing.repeat", "tim-4"): (repeated(duration=0, durationUnit="h"), repeated(duration=-1, durationUnit="h")),
    ("Timing.repeat", "tim-5"): (repeated(period=0, periodUnit="d"), repeated(period=-1, periodUnit="d")),
    ("Timing.repeat", "tim-6"): (repeated(period=1, periodMax=2, periodUnit="d"), repeated(periodMax=2)),
    ("Timing.repeat", "tim-7"): (repeated(duration=1, durationMax=2, durationUnit="h"), repeated(durationMax=2)),
    ("Timing.repeat", "tim-8"): (repeated(count=1, countMax=2), repeated(countMax=2)),
    ("Timing.repeat", "tim-9"): (repeated(offset=30, when=["AC"]), repeated(offset=30, when=["C"])),
    ("Timing.repeat", "tim-10"): (repeated(timeOfDay=["08:00:00"]), repeated(timeOfDay=["08:00:00"], when=["AC"])),
    ("TriggerDefinition", "trd-1"): (
        trigger("periodic", timingDate="2026-03-09"),
        trigger("periodic", timingDate="2026-03-09", data=[{"type": "Patient"}]),
    ),
    ("TriggerDefinition", "trd-2"): (
        trigger("data-added", data=[{"type": "Patient"}], condition=SPOKEN),
        trigger("named-event", name="x", condition=SPOKEN),
    ),
    ("TriggerDefinition", "trd-3"): (trigger("data-added", data=[{"type": "Patient"}]), trigger("data-added")),
}
