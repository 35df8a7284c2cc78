"""The people and the clinic of the demo portal are as they are told, whenever they are loaded."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import yaml

from clock import FixedClock
from demo_portal.app import create_app
from demo_portal.seed.calendar import Calendar
from demo_portal.seed.sources import FOLDER
from demo_portal.settings import Settings
from demo_portal.store.moments import years_after
from demo_portal.tasks.payment import balance
from demo_portal.vocabulary import CONTROLLED_SUBSTANCE, PREFERRED_PHARMACY, extension
from tests.demo_portal_case import ORIGIN, Demo, Session, demo, matches, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]
PEOPLE = [person["key"] for person in yaml.safe_load((FOLDER / "people.yml").read_text(encoding="utf-8"))]
ZONE = ZoneInfo("America/Los_Angeles")


async def all_of(session: Session, rtype: str, **params: Any) -> list[dict[str, Any]]:
    return matches((await session.get(rtype, _count=200, **params)).json())


async def test_everybody_can_sign_in_and_is_themselves(demo: Demo) -> None:
    names = {}
    for key in PEOPLE:
        session = await demo.sign_in(key)
        names[key] = (await session.get(f"Patient/{key}")).json()["name"][0]["text"]

    assert len(names) == 19
    assert names["james"] == "James O'Connor"
    assert names["rosa"] == "Rosa Martínez"
    assert names["smith1"] == names["smith2"] == "Michael Smith"


@pytest.mark.parametrize(("key", "age"), [("leo", 8), ("sofia", 13), ("mateo", 17), ("daniel", 18)])
async def test_children_have_the_age_they_are_told_to_have(demo: Demo, key: str, age: int) -> None:
    session = await demo.sign_in(key)

    born = date.fromisoformat((await session.get(f"Patient/{key}")).json()["birthDate"])

    assert years_after(born, age) <= date(2026, 3, 2) < years_after(born, age + 1)


def test_ages_hold_on_any_day() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(800)]

    for today in days:
        born = Calendar(today, ZONE).born("04-18", 8)
        assert years_after(born, 8) <= today < years_after(born, 9)


@pytest.mark.parametrize(
    ("key", "visits"),
    [
        ("maria", [("2026-02-10T09:00:00-08:00", "fulfilled"), ("2026-03-08T10:30:00-07:00", "booked")]),
        ("leo", [("2026-03-17T15:30:00-07:00", "booked")]),
        ("sofia", [("2026-03-10T16:00:00-07:00", "booked")]),
        ("mateo", [("2026-03-06T15:00:00-08:00", "booked")]),
        ("daniel", [("2026-03-11T11:00:00-07:00", "booked")]),
        ("james", [("2026-03-03T14:00:00-08:00", "booked"), ("2026-03-23T08:30:00-07:00", "booked")]),
        ("rosa", [("2026-03-05T09:00:00-08:00", "booked")]),
        ("dorothy", [("2026-03-07T13:00:00-08:00", "booked")]),
        ("aisha", [("2026-03-04T11:15:00-08:00", "booked")]),
        ("anne", []),
    ],
)
async def test_visits_are_at_their_local_time(demo: Demo, key: str, visits: list[tuple[str, str]]) -> None:
    session = await demo.sign_in(key)

    found = await all_of(session, "Appointment", **{"_sort": "date", "status:not": "waitlist"})

    assert [(visit["start"], visit["status"]) for visit in found] == visits


async def test_james_waits_for_an_earlier_time(demo: Demo) -> None:
    james = await demo.sign_in("james")

    assert await james.ids("Appointment", status="waitlist") == ["james-patel-waitlist"]


async def test_nobody_has_a_visit_in_a_free_slot(demo: Demo) -> None:
    statuses = []
    for key in PEOPLE:
        session = await demo.sign_in(key)
        for visit in await all_of(session, "Appointment", status="booked"):
            statuses.append((await session.get(visit["slot"][0]["reference"])).json()["status"])

    assert statuses == ["busy"] * 10


async def test_results_carry_values_flags_and_state(demo: Demo) -> None:
    maria, harold = await demo.sign_in("maria"), await demo.sign_in("harold")

    lipids = await all_of(maria, "Observation", category="laboratory")
    potassium = await all_of(harold, "Observation", category="laboratory")

    ldl = next(o for o in lipids if o["code"]["text"] == "LDL cholesterol")
    assert (ldl["valueQuantity"]["value"], ldl["interpretation"][0]["coding"][0]["code"]) == (162, "H")
    assert potassium[0]["interpretation"][0]["coding"][0]["code"] == "HH"
    assert await maria.ids("DiagnosticReport", status="registered") == ["maria-tsh"]


async def test_a_sensitive_result_is_marked_restricted(demo: Demo) -> None:
    harold = await demo.sign_in("harold")

    biopsy = (await all_of(harold, "DiagnosticReport", status="registered"))[0]

    assert biopsy["code"]["text"] == "Skin biopsy"
    assert biopsy["meta"]["security"][0]["code"] == "R"


async def test_a_series_has_a_value_every_three_months(demo: Demo) -> None:
    james = await demo.sign_in("james")

    found = await all_of(james, "Observation", code="4548-4", _sort="date")

    series = [(o["effectiveDateTime"][:10], o["valueQuantity"]["value"]) for o in found]
    assert series == [("2025-05-23", 7.4), ("2025-08-23", 7.9), ("2025-11-23", 8.3), ("2026-02-23", 8.9)]


async def test_medicines_are_as_told(demo: Demo) -> None:
    maria, james = await demo.sign_in("maria"), await demo.sign_in("james")

    left = {
        order["medicationCodeableConcept"]["text"]: order["dispenseRequest"]["numberOfRepeatsAllowed"]
        for order in await all_of(maria, "MedicationRequest")
    }
    controlled = [o["id"] for o in await all_of(james, "MedicationRequest") if extension(o, CONTROLLED_SUBSTANCE)]

    assert left == {"lisinopril 10 mg tablet": 2, "sertraline 50 mg tablet": 0}
    assert await maria.ids("MedicationStatement") == ["maria-cetirizine"]
    assert len(await all_of(james, "MedicationRequest")) == 7
    assert controlled == ["james-oxycodone"]


@pytest.mark.parametrize(
    ("key", "owed"),
    [
        ("maria", {"clinic": 18450}),
        ("sofia", {"clinic": 4000}),
        ("james", {"clinic": 34000, "hospital": 90000}),
        ("rosa", {"clinic": 6210}),
        ("robert", {"clinic": 7500}),
        ("anne", {}),
    ],
)
async def test_balances_are_as_told(demo: Demo, key: str, owed: dict[str, int]) -> None:
    session = await demo.sign_in(key)

    found = await all_of(session, "Account", status="active")

    assert {account["type"]["coding"][0]["code"]: balance(account) for account in found} == owed


async def test_marias_bill_is_due_in_twelve_days(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    invoice = (await all_of(maria, "Invoice", status="issued"))[0]

    assert "2026-03-14" in str(invoice["extension"])


async def test_maria_has_a_pharmacy_of_choice(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    chosen = extension((await maria.get("Patient/maria")).json(), PREFERRED_PHARMACY)

    assert chosen is not None
    assert chosen["valueReference"]["display"] == "Willamette Pharmacy"
    assert sorted(await maria.ids("Organization", type="pharmacy")) == ["mail-order", "oakway", "willamette"]


async def test_a_landline_is_not_a_mobile(demo: Demo) -> None:
    dorothy = await demo.sign_in("dorothy")

    telecom = (await dorothy.get("Patient/dorothy")).json()["telecom"]

    assert telecom == [{"system": "phone", "value": "+15415550106", "use": "home"}]


async def test_who_may_act_for_whom_ends_when_it_is_told_to(demo: Demo) -> None:
    ends = {}
    for key in ("leo", "daniel", "james"):
        session = await demo.sign_in(key)
        ends |= {r["id"]: (r["active"], r["period"]["end"]) for r in await all_of(session, "RelatedPerson")}

    assert ends == {
        "maria-leo": (True, "2035-04-18"),
        "frank-leo": (False, "2026-01-31"),
        "maria-daniel": (False, "2026-01-30"),
        "linda-oconnor-james": (True, "2026-05-31"),
    }


async def test_slots_cover_eight_weeks_of_working_hours(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slots: list[dict[str, Any]] = []
    url = "/fhir/Slot?schedule=Schedule/kim&_sort=start&_count=200"
    while url:
        bundle = (await maria.http.get(url, headers=maria.headers)).json()
        slots += matches(bundle)
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")

    starts = [datetime.fromisoformat(slot["start"]) for slot in slots if slot["id"] != "kim-20260307-1300"]
    assert {start.date() - date(2026, 3, 2) for start in starts} <= {timedelta(days=n) for n in range(56)}
    assert {start.weekday() for start in starts} == {0, 1, 2, 3, 4, 5}
    assert {f"{start:%H:%M}" for start in starts if start.weekday() == 5} == {
        f"{h:02}:{m}" for h in range(9, 13) for m in ("00", "30")
    }
    assert min(f"{start:%H:%M}" for start in starts) == "07:30"


async def test_working_hours_stay_through_daylight_saving(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    first = [
        (await maria.ids("Slot", schedule="Schedule/chen", start=day, _sort="start"))[0]
        for day in ("2026-03-06", "2026-03-09")
    ]
    starts = [(await maria.get(f"Slot/{slot}")).json()["start"] for slot in first]

    assert starts == ["2026-03-06T08:00:00-08:00", "2026-03-09T08:00:00-07:00"]


async def test_chen_has_free_times_every_week(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    free = await all_of(maria, "Slot", schedule="Schedule/chen", status="free")

    weeks = Counter(datetime.fromisoformat(slot["start"]).isocalendar().week for slot in free)

    assert len(weeks) >= 3
    assert min(weeks.values()) > 10


async def test_a_reset_brings_everything_back(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    before = (await maria.get("Patient/maria")).json()
    read = await maria.get("Appointment/maria-chen-next")
    await maria.put(
        "Appointment/maria-chen-next", {**read.json(), "status": "cancelled"}, If_Match=read.headers["ETag"]
    )

    response = await demo.http.post("/demo/reset", headers={"X-Demo-Key": demo.settings.demo_key})

    assert (response.status_code, response.json()["day"]) == (200, "2026-03-02")
    assert (await maria.get("Appointment/maria-chen-next")).json() == read.json()
    assert (await maria.get("Patient/maria")).json() == before


async def test_a_reset_follows_the_demo_clock(demo: Demo) -> None:
    demo.clock.advance(timedelta(days=10))
    await demo.http.post("/demo/reset", headers={"X-Demo-Key": demo.settings.demo_key})
    maria = await demo.sign_in("maria")

    visit = (await maria.get("Appointment/maria-chen-next")).json()

    assert visit["start"] == "2026-03-18T10:30:00-07:00"


async def test_a_reset_needs_its_key(demo: Demo) -> None:
    answers = [await demo.http.post("/demo/reset", headers=given) for given in ({}, {"X-Demo-Key": "wrong"})]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_any_day_of_the_year_can_be_seeded(tmp_path: Any) -> None:
    for day in (datetime(2026, 11, 1, 12, tzinfo=UTC), datetime(2028, 2, 29, 20, tzinfo=UTC)):
        settings = Settings(database_url=f"sqlite:///{tmp_path / day.strftime('%Y.db')}")
        app = create_app(settings, FixedClock(day))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as http:
            assert (await http.get("/readyz")).status_code == 200
        app.state.portal.database.close()
