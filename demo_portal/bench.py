"""Measures searches in a full store: `python -m demo_portal.bench` (500 patients with 200 resources each, SQLite)."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from clock import FixedClock, SystemClock
from demo_portal import interactions
from demo_portal.app import create_app
from demo_portal.portal import Access, Call, Portal
from demo_portal.routes import Door, answer
from demo_portal.settings import Settings
from demo_portal.store.resources import WHOLE
from demo_portal.vocabulary import LOINC, OBSERVATION_CATEGORY, Resource, concept, reference

PATIENTS, RESOURCES = 500, 200
ROUNDS = 400
# What the client asks most, as it asks it.
SEARCHES = {
    "results of a patient": ("DiagnosticReport", (("category", "LAB"), ("_sort", "-date"), ("_include", "DiagnosticReport:result"))),
    "one value over time": ("Observation", (("code", f"{LOINC}|2093-3"), ("date", "ge2020"), ("_sort", "date"))),
    "visits to come": ("Appointment", (("date", "ge2026-01-01"), ("status", "booked,pending"))),
    "medicines": ("MedicationRequest", (("intent", "order"), ("status", "active,on-hold"))),
}  # fmt: skip


def main() -> None:
    """Fill a store, search it as many patients, print milliseconds by kind of search."""
    patients, resources = (int(text) for text in sys.argv[1:3]) if len(sys.argv) > 2 else (PATIENTS, RESOURCES)
    with tempfile.TemporaryDirectory() as folder:
        portal = _filled(Path(folder) / "portal.db", patients, resources)
        print(f"{patients} patients with {resources} resources each, SQLite, each search noted in the audit")
        for name, (rtype, query) in SEARCHES.items():
            p50, p95, p99 = measured(portal, patients, rtype, query)
            print(f"{name:24} p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   p99 {p99:6.2f} ms")


def measured(
    portal: Portal, patients: int, rtype: str, query: tuple[tuple[str, str], ...]
) -> tuple[float, float, float]:
    """Milliseconds (p50, p95, p99) of one search, asked as one patient after the other."""
    door = Door("search-type", rtype, interactions.search, (rtype, "s"))
    taken = []
    for place in range(ROUNDS):
        patient = f"p{place * 7 % patients}"
        access = Access(patient, ("patient/*.rs",), f"Patient/{patient}")
        call = Call("http://bench/fhir", access, rtype, query=(("patient", patient), *query))
        started = time.perf_counter()
        answer(portal, door, call)
        taken.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(taken, n=100)
    return statistics.median(taken), cuts[94], cuts[98]


def _filled(path: Path, patients: int, resources: int) -> Portal:
    app = create_app(Settings(database_url=f"sqlite:///{path}"), FixedClock(SystemClock().now()))
    portal: Portal = app.state.portal
    for place in range(patients):
        with portal.database.writing() as conn:
            portal.resources(conn, WHOLE).load(_record(portal, f"p{place}", resources))
    return portal


def _record(portal: Portal, patient: str, resources: int) -> Iterator[Resource]:
    """A record of the wanted size: of each five, three values, a report and something else in turn."""
    yield {"resourceType": "Patient", "id": patient, "name": [{"family": patient}]}
    makers: tuple[Callable[[Portal, str, int], Resource], ...] = (_value, _value, _report, _value, _other)
    for number in range(resources - 1):
        yield makers[number % len(makers)](portal, patient, number)


def _day(portal: Portal, number: int) -> str:
    return (portal.clock.now() - timedelta(days=number * 5)).date().isoformat()


def _value(portal: Portal, patient: str, number: int) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"{patient}-{number}",
        "status": "final",
        "category": [concept(OBSERVATION_CATEGORY, "laboratory")],
        "code": concept(LOINC, ("2093-3", "2085-9", "4548-4")[number % 3]),
        "subject": reference("Patient", patient),
        "effectiveDateTime": _day(portal, number),
        "valueQuantity": {"value": 100 + number, "unit": "mg/dL"},
    }


def _report(portal: Portal, patient: str, number: int) -> Resource:
    return {
        "resourceType": "DiagnosticReport",
        "id": f"{patient}-{number}",
        "status": "final",
        "category": [concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB")],
        "code": concept(LOINC, "24331-1"),
        "subject": reference("Patient", patient),
        "effectiveDateTime": _day(portal, number),
        "result": [
            reference("Observation", f"{patient}-{number - 1}"),
            reference("Observation", f"{patient}-{number - 2}"),
        ],
    }


def _other(portal: Portal, patient: str, number: int) -> Resource:
    if number % 2:
        return {
            "resourceType": "MedicationRequest",
            "id": f"{patient}-{number}",
            "status": "active" if number % 4 == 1 else "stopped",
            "intent": "order",
            "medicationCodeableConcept": {"text": "lisinopril 10 mg"},
            "subject": reference("Patient", patient),
        }
    day = (portal.clock.now() + timedelta(days=number)).isoformat(timespec="seconds")
    actors = [{"actor": reference("Patient", patient), "status": "accepted"}]
    visit = {"resourceType": "Appointment", "id": f"{patient}-{number}", "status": "booked", "participant": actors}
    return {**visit, "start": day, "end": day}


if __name__ == "__main__":
    main()
