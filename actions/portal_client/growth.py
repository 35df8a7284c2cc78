"""How a child grows: Observation and Patient of FHIR R4, against the charts that children are measured by in the US."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from actions.portal_client.fhir import reading, text_in, to_day
from actions.portal_client.growth_reference import STANDARD, Sex, percentile
from actions.portal_client.models.results import GrowthCurve, GrowthKind, GrowthPoint
from actions.portal_client.trends import TrendCalls, Value, convert

LENGTH_CODES = ("8302-2", "8306-3", "8308-9")
# LOINC: what was measured; US Core and its pediatric profiles.
CODES: dict[GrowthKind, tuple[str, ...]] = {
    "length": LENGTH_CODES,
    "weight": ("29463-7", "3141-9"),
    "head": ("9843-4", "8287-5"),
    "bmi": ("39156-5",),
}
# LOINC: percentiles that the clinic has written down itself.
PERCENTILES: dict[GrowthKind, tuple[str, ...]] = {
    "length": ("8303-0",),
    "weight": ("8336-0",),
    "head": ("8289-1",),
    "bmi": ("59576-9",),
}
UNITS: dict[GrowthKind, str] = {"length": "cm", "weight": "kg", "head": "cm", "bmi": "kg/m2"}
GROWN_UP = 20 * 12
"""Months of age at which the charts end."""
_SEXES: dict[str, Sex] = {"male": "male", "female": "female"}


@dataclass(frozen=True)
class Child:
    """What a percentile depends on."""

    born: date
    sex: Sex | None
    """None when the portal does not say, or says something that the charts do not have."""


class GrowthCalls(TrendCalls):
    """Growth of the patient in context."""

    async def growth(self) -> list[GrowthCurve]:
        child = await self._child()
        known = {code: kind for table in (CODES, PERCENTILES) for kind, each in table.items() for code in each}
        values = await self._values(sorted(known), None)
        measured = {kind: _by_day(values, CODES[kind], UNITS[kind]) for kind in CODES}
        measured["bmi"] = _mass_index(measured["length"], measured["weight"]) | measured["bmi"]
        noted = {kind: _by_day(values, PERCENTILES[kind], "%") for kind in CODES}
        curves = [_to_curve(kind, child, measured[kind], noted[kind]) for kind in CODES]
        return [each for each in curves if each.points]

    async def _child(self) -> Child:
        patient = (await self._fhir.read("Patient", self._patient_id)).of_type("Patient")
        with reading("Patient"):
            return Child(to_day(patient["birthDate"], self._zone), _SEXES.get(text_in(patient, "gender")))


def months_old(born: date, on: date) -> int:
    """Whole months of age."""
    return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)


def _by_day(values: list[Value], wanted: tuple[str, ...], unit: str) -> dict[date, Decimal]:
    """The last value of each day, in that unit; others are left out."""
    found = [each for each in values if each.code in wanted and not each.point.by_patient]
    found.sort(key=lambda each: each.point.at.timestamp() if each.point.at else 0.0)
    converted = {each.point.on: convert(each.point.value, each.unit, unit) for each in found}
    return {on: value for on, value in converted.items() if value is not None}


def _mass_index(lengths: dict[date, Decimal], weights: dict[date, Decimal]) -> dict[date, Decimal]:
    """Body mass index of the days on which both were measured."""
    both = [on for on in lengths if on in weights and lengths[on] > 0]
    return {on: _rounded(weights[on] / (lengths[on] / 100) ** 2) for on in both}


def _to_curve(kind: GrowthKind, child: Child, measured: dict[date, Decimal], noted: dict[date, Decimal]) -> GrowthCurve:
    days = sorted(on for on in measured if on >= child.born and months_old(child.born, on) < GROWN_UP)
    points, standards = [], set[str]()
    for on in days:
        rank, standard = _percentile(kind, child, on, measured[on], noted)
        points.append(GrowthPoint(on, months_old(child.born, on), measured[on], rank))
        standards |= {standard} if standard else set()
    return GrowthCurve(kind, UNITS[kind], ", ".join(sorted(standards)), tuple(points))


def _percentile(
    kind: GrowthKind, child: Child, on: date, value: Decimal, noted: dict[date, Decimal]
) -> tuple[Decimal | None, str]:
    """The percentile and what it is from; what the clinic noted goes before what we reckon."""
    if on in noted:
        return noted[on], "clinic"
    if child.sex is None:
        return None, ""
    rank = percentile(kind, child.sex, (on - child.born).days, float(value))
    return (None, "") if rank is None else (_rounded(Decimal(rank)), STANDARD)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
