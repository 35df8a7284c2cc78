"""Glasses and contact lenses: VisionPrescription of FHIR R4."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from actions.portal_client.area import PatientCalls
from actions.portal_client.fhir import Json, codes, id_of, number_in, reading, text_in, to_day
from actions.portal_client.models.records import EyePrescription, Lens, LensKind, Prism

_KINDS: dict[str, LensKind] = {"lens": "glasses", "contact": "contacts"}


class EyeCareCalls(PatientCalls):
    """Prescriptions for the eyes of the patient in context."""

    async def eye_prescriptions(self) -> list[EyePrescription]:
        found = await self._fhir.search(
            "VisionPrescription", [("patient", self._patient_id), ("_sort", "-datewritten")]
        )
        with reading("VisionPrescription"):
            active = [each for each in found.matches if each["status"] == "active"]
            listed = [one for each in active for one in _to_prescriptions(each, self._zone)]
        return sorted(listed, key=lambda each: each.written_on, reverse=True)


def _to_prescriptions(prescription: Json, zone: ZoneInfo) -> list[EyePrescription]:
    """One for glasses and one for contact lenses, as far as it has them."""
    by_kind: dict[LensKind, list[Json]] = {}
    for each in prescription["lensSpecification"]:
        kinds: list[LensKind] = [_KINDS[code] for code in codes(each["product"]) if code in _KINDS]
        by_kind.setdefault(kinds[0] if kinds else "glasses", []).append(each)
    return [_to_prescription(prescription, kind, lenses, zone) for kind, lenses in by_kind.items()]


def _to_prescription(prescription: Json, kind: LensKind, lenses: list[Json], zone: ZoneInfo) -> EyePrescription:
    # A second lens for the same eye could not be told apart from the first: better say nothing.
    if any(sum(each["eye"] == eye for each in lenses) > 1 for eye in ("right", "left")):
        raise ValueError("two lenses for one eye")
    eyes = {text_in(each, "eye"): _to_lens(each) for each in lenses}
    return EyePrescription(
        id=id_of(prescription),
        written_on=to_day(prescription["dateWritten"], zone),
        prescriber=text_in(prescription.get("prescriber", {}), "display"),
        kind=kind,
        right=eyes.get("right"),
        left=eyes.get("left"),
    )


def _to_lens(lens: Json) -> Lens:
    return Lens(
        sphere=_diopters(lens, "sphere"),
        cylinder=_diopters(lens, "cylinder"),
        add=_diopters(lens, "add"),
        axis=_axis(lens),
        prisms=tuple(
            Prism(Decimal(number_in(each, "amount")), text_in(each, "base")) for each in lens.get("prism", [])
        ),
        power=_diopters(lens, "power"),
        back_curve=_decimal(lens, "backCurve"),
        diameter=_decimal(lens, "diameter"),
        brand=text_in(lens, "brand"),
    )


def _decimal(lens: Json, name: str) -> Decimal | None:
    return Decimal(number_in(lens, name)) if name in lens else None


def _diopters(lens: Json, name: str) -> Decimal | None:
    value = _decimal(lens, name)
    # Diopters are written in quarters, at times in eighths; more would be cut off.
    return None if value is None else max(value, value.quantize(Decimal("0.01")), key=_digits)


def _digits(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _axis(lens: Json) -> int | None:
    axis = _decimal(lens, "axis")
    if axis is None:
        return None
    if axis != int(axis) or not 0 <= axis <= 180:
        raise ValueError("not an axis")
    return int(axis)
