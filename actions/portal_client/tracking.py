"""Home readings and what sends them: Observation by the patient, Device and Consent (FHIR R4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from actions.portal_client.errors import NotOffered
from actions.portal_client.fhir import (
    Json,
    codes,
    concept,
    id_of,
    number_in,
    reading,
    reference_id,
    text_in,
    to_day,
    to_instant,
    to_moment,
    words,
)
from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.tracking import Reading, ReadingKind, Tracker
from actions.portal_client.questionnaires import QuestionnaireCalls
from actions.portal_client.requests import task_input
from actions.portal_client.vocabulary import LOINC, UCUM
from actions.portal_client.windows import MIDNIGHT

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


@dataclass(frozen=True)
class Measured:
    """How a kind of reading is coded."""

    by_unit: dict[str, str]
    """LOINC code by UCUM unit."""
    parts: tuple[str, ...] = ()
    """LOINC codes of its components, when its values are in components."""
    activity: bool = False


MEASURED: dict[ReadingKind, Measured] = {
    "weight": Measured({"kg": "29463-7", "[lb_av]": "29463-7"}),
    "blood-pressure": Measured({"mm[Hg]": "85354-9"}, ("8480-6", "8462-4")),
    "glucose": Measured({"mg/dL": "2339-0", "mmol/L": "15074-8"}),
    "temperature": Measured({"Cel": "8310-5", "[degF]": "8310-5"}),
    "pulse": Measured({"/min": "8867-4"}),
    "oxygen": Measured({"%": "59408-5"}),
    "steps": Measured({"{steps}/d": "41950-7"}, activity=True),
    "sleep": Measured({"h": "93832-4"}, activity=True),
}


class TrackingCalls(QuestionnaireCalls):
    """Readings and questionnaires of the patient in context."""

    async def log_reading(
        self, kind: ReadingKind, values: tuple[Decimal, ...], unit: str, at: datetime, key: str
    ) -> Receipt:
        how = MEASURED[kind]
        if unit not in how.by_unit or len(values) != max(1, len(how.parts)):
            raise ValueError("not how this kind of reading is measured")
        if not await self._states("Observation.create"):
            said = f"{kind} {' '.join(str(each) for each in values)} {unit} {to_instant(at)}"
            return await self._request("reading", key, task_input("reading", "valueString", said))
        return await self._create(self._observation(how, values, unit, at), key)

    async def readings(self, kind: ReadingKind, since: date) -> list[Reading]:
        known = sorted(set(MEASURED[kind].by_unit.values()))
        asked = [
            ("patient", self._patient_id),
            ("code", ",".join(f"{LOINC}|{code}" for code in known)),
            ("date", f"ge{since.isoformat()}"),
            ("_sort", "-date"),
        ]
        found = await self._fhir.search("Observation", asked)
        with reading("Observation"):
            fitting = [each for each in found.matches if set(codes(each["code"], LOINC)) & set(known)]
            listed = [self._to_reading(kind, each) for each in fitting if each["status"] in ("final", "amended")]
        recent = [each for each in listed if each is not None and each.at.date() >= since]
        return sorted(recent, key=lambda each: each.at.timestamp(), reverse=True)

    async def connected_trackers(self) -> list[Tracker]:
        found = await self._fhir.search("Device", [("patient", self._patient_id), ("status", "active")])
        agreed = await self._fhir.search("Consent", [("patient", self._patient_id), ("status", "active")])
        with reading("Device"):
            since = {rid: each for each in agreed.matches for rid in _devices(each)}
            active = [each for each in found.matches if each["status"] == "active"]
            listed = [self._to_tracker(each, since.get(id_of(each), {})) for each in active]
        return sorted(listed, key=lambda each: each.name.casefold())

    async def disconnect_tracker(self, tracker_id: str, key: str) -> None:
        if not await self._states("Device.update"):
            raise NotOffered
        await self._change("Device", tracker_id, lambda device: {**device, "status": "inactive"}, key)

    def _observation(self, how: Measured, values: tuple[Decimal, ...], unit: str, at: datetime) -> Json:
        observation: Json = {
            "resourceType": "Observation",
            "status": "final",
            "category": [concept(_CATEGORY, "activity" if how.activity else "vital-signs")],
            "code": concept(LOINC, how.by_unit[unit]),
            "subject": {"reference": self._patient},
            "performer": [{"reference": self._patient}],
            "effectiveDateTime": to_instant(at),
        }
        if not how.parts:
            return {**observation, "valueQuantity": _quantity(values[0], unit)}
        parts = zip(how.parts, values, strict=True)
        component = [{"code": concept(LOINC, code), "valueQuantity": _quantity(value, unit)} for code, value in parts]
        return {**observation, "component": component}

    def _to_reading(self, kind: ReadingKind, observation: Json) -> Reading | None:
        """A reading; None when it has no value or no moment."""
        quantities = [observation["valueQuantity"]] if "valueQuantity" in observation else []
        parts = {code: each for each in observation.get("component", []) for code in codes(each["code"], LOINC)}
        quantities += [parts[code]["valueQuantity"] for code in MEASURED[kind].parts if code in parts]
        when = text_in(observation, "effectiveDateTime")
        if not when or len(quantities) != max(1, len(MEASURED[kind].parts)):
            return None
        values = tuple(Decimal(number_in(each, "value")) for each in quantities)
        unit = text_in(quantities[0], "code") or text_in(quantities[0], "unit")
        return Reading(id_of(observation), kind, values, unit, self._moment(when))

    def _moment(self, when: str) -> datetime:
        """A moment; of a day alone its first."""
        if "T" in when:
            return to_moment(when, self._zone)
        return datetime.combine(to_day(when, self._zone), MIDNIGHT, self._zone)

    def _to_tracker(self, device: Json, consent: Json) -> Tracker:
        names = [text_in(each, "name") for each in device.get("deviceName", [])]
        since = to_day(consent["dateTime"], self._zone) if "dateTime" in consent else None
        return Tracker(id_of(device), next(iter(names), "") or words(device.get("type")), since)


def _quantity(value: Decimal, unit: str) -> Json:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def _devices(consent: Json) -> list[str]:
    """Ids of the devices that an agreement is about."""
    actors = [each.get("reference") for each in consent.get("provision", {}).get("actor", [])]
    return [rid for each in actors if (rid := reference_id(each, "Device"))]
