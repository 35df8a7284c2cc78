"""Values over time: Observation of FHIR R4, vital signs, laboratory and activity."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from actions.portal_client.area import PatientCalls
from actions.portal_client.errors import Refused
from actions.portal_client.fhir import Json, codes, number_in, reading, reference_id, text_in, to_day, to_moment, words
from actions.portal_client.models.results import Trend, TrendPoint
from actions.portal_client.sensitivity import is_restricted
from actions.portal_client.vocabulary import LOINC

CODE = re.compile(r"[A-Za-z0-9-]{1,20}")
"""Of LOINC; anything else would change the question."""
CATEGORIES = "vital-signs,laboratory,activity"
TOLD = ("final", "amended", "corrected")
# UCUM unit, to the first of its kind, as factor and offset: value * factor + offset.
_CONVERSIONS: dict[str, tuple[str, Decimal, Decimal]] = {
    "kg": ("kg", Decimal(1), Decimal(0)),
    "g": ("kg", Decimal("0.001"), Decimal(0)),
    "[lb_av]": ("kg", Decimal("0.45359237"), Decimal(0)),
    "cm": ("cm", Decimal(1), Decimal(0)),
    "m": ("cm", Decimal(100), Decimal(0)),
    "[in_i]": ("cm", Decimal("2.54"), Decimal(0)),
    "Cel": ("Cel", Decimal(1), Decimal(0)),
    "[degF]": ("Cel", Decimal(5) / 9, Decimal(-160) / 9),
}


@dataclass(frozen=True)
class Value:
    """One number that was measured."""

    code: str
    name: str
    unit: str
    point: TrendPoint
    restricted: bool


class TrendCalls(PatientCalls):
    """Values over time of the patient in context."""

    async def trends(self, codes: Sequence[str], since: date | None) -> list[Trend]:
        values = await self._values(codes, since)
        by_code: dict[str, list[Value]] = defaultdict(list)
        for each in values:
            by_code[each.code].append(each)
        series = [_to_trend(each) for each in by_code.values()]
        return sorted(series, key=lambda each: (-len(each.points), each.name.casefold()))

    async def _values(self, wanted: Sequence[str], since: date | None) -> list[Value]:
        """Every number with one of these codes, or with any, in no order."""
        if not all(CODE.fullmatch(code) for code in wanted):
            raise Refused("not-found")
        asked = [("patient", self._patient_id), ("_sort", "-date")]
        asked += [("code", ",".join(f"{LOINC}|{code}" for code in wanted))] if wanted else [("category", CATEGORIES)]
        asked += [("date", f"ge{since.isoformat()}")] if since else []
        found = await self._fhir.search("Observation", asked)
        with reading("Observation"):
            told = [each for each in found.matches if each["status"] in TOLD]
            values = [value for each in told for value in _numbers(each, self._zone, frozenset(wanted))]
        return [each for each in values if since is None or each.point.on >= since]


def convert(value: Decimal, unit: str, to: str) -> Decimal | None:
    """A value in another unit, to two decimals at most; None when there is no safe way."""
    if unit == to:
        return value
    here, there = _CONVERSIONS.get(unit), _CONVERSIONS.get(to)
    if here is None or there is None or here[0] != there[0]:
        return None
    exact = (value * here[1] + here[2] - there[2]) / there[1]
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _numbers(observation: Json, zone: ZoneInfo, wanted: frozenset[str]) -> Iterator[Value]:
    """What was measured as a number; of a panel, each component that was asked for by itself or by the panel's code."""
    whole = not wanted or bool(wanted & set(codes(observation["code"], LOINC)))
    restricted = is_restricted(observation)
    when = text_in(observation, "effectiveDateTime") or observation.get("effectivePeriod", {}).get("start", "")
    if not when:
        return
    for each in (observation, *observation.get("component", [])):
        known = codes(each["code"], LOINC)
        quantity = each.get("valueQuantity", {})
        # `<5` is no number.
        if not known or "value" not in quantity or "comparator" in quantity or not (whole or wanted & set(known)):
            continue
        code = next((code for code in known if code in wanted), known[0])
        unit = text_in(quantity, "code") or text_in(quantity, "unit")
        yield Value(code, words(each["code"]), unit, _to_point(observation, each, when, zone), restricted)


def _to_point(observation: Json, element: Json, when: str, zone: ZoneInfo) -> TrendPoint:
    interpretations = element.get("interpretation", [])
    return TrendPoint(
        on=to_day(when, zone),
        at=to_moment(when, zone) if "T" in when else None,
        value=Decimal(number_in(element["valueQuantity"], "value")),
        flag=next((code for each in interpretations for code in codes(each)), None),
        by_patient=any(_is_person(each) for each in observation.get("performer", [])),
    )


def _is_person(performer: Json) -> bool:
    return any(reference_id(performer, rtype) for rtype in ("Patient", "RelatedPerson"))


def _to_trend(values: list[Value]) -> Trend:
    ordered = sorted(values, key=lambda each: _moment(each.point))
    newest = ordered[-1]
    converted = [(each, convert(each.point.value, each.unit, newest.unit)) for each in ordered]
    points = [_with_value(each.point, value) for each, value in converted if value is not None]
    return Trend(
        code=newest.code,
        name=newest.name,
        unit=newest.unit,
        points=tuple(points),
        left_out=len(ordered) - len(points),
        restricted=any(each.restricted for each in values),
    )


def _moment(point: TrendPoint) -> tuple[date, float]:
    """In order; what has a day alone comes first on its day."""
    return point.on, point.at.timestamp() if point.at else 0.0


def _with_value(point: TrendPoint, value: Decimal) -> TrendPoint:
    return TrendPoint(point.on, point.at, value, point.flag, point.by_patient)
