"""Reading and searching the demo portal, always within one's own record."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from demo_portal.registry import SHARED_TYPES, TYPES
from tests.demo_portal_case import Demo, demo, matches, refusal, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]


@pytest.mark.parametrize(
    "path",
    [
        "Patient/leo",
        "Appointment/james-chen-next",
        "Observation/sofia-cbc-hemoglobin",
        "Account/james-clinic",
        "RelatedPerson/maria-leo",
        "Patient/nobody",
    ],
)
async def test_what_is_foreign_looks_as_if_it_were_not_there(demo: Demo, path: str) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.get(path)

    assert response.status_code == 404
    assert response.json()["issue"][0]["code"] == "not-found"


async def test_every_search_without_a_patient_stays_in_the_record(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    own = [served.rtype for served in TYPES if not served.shared]

    bundles = [(await maria.get(rtype, _count=200)).json() for rtype in own]

    found = [resource for bundle in bundles for resource in matches(bundle)]
    assert len(found) > 15
    assert [r["id"] for r in found if "Patient/maria" not in f"{r} {r['resourceType']}/{r['id']}"] == []


async def test_d07_a_search_that_names_another_patient_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answers = [await maria.get("Observation", **{name: "Patient/leo"}) for name in ("patient", "subject")]

    assert [(a.status_code, refusal(a)) for a in answers] == [(403, "other-patient")] * 2


async def test_a_chain_does_not_reach_into_other_records(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    found = await maria.ids("Invoice", **{"account.status": "active"})

    assert found
    assert all(each.startswith("maria-") for each in found)
    assert await maria.ids("Appointment", **{"patient.name": "James"}) == []


async def test_what_belongs_to_nobody_is_readable_by_all(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    counts = {rtype: (await maria.get(rtype, _summary="count")).json()["total"] for rtype in SHARED_TYPES}

    assert {rtype for rtype, count in counts.items() if count == 0} == set()


async def test_results_come_newest_first_with_their_values(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    asked = {"patient": "maria", "category": "LAB", "_sort": "-date", "_include": "DiagnosticReport:result"}

    bundle = (await maria.get("DiagnosticReport", **asked)).json()

    assert [report["id"] for report in matches(bundle)] == ["maria-tsh", "maria-hemoglobin-a1c", "maria-lipid-panel"]
    included = [e["resource"]["resourceType"] for e in bundle["entry"] if e["search"]["mode"] == "include"]
    assert included == ["Observation"] * 5


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"date": "ge2026-03-08"}, ["maria-chen-next"]),
        ({"date": "lt2026-03-08"}, ["maria-chen-past"]),
        ({"date": "2026-03-08"}, ["maria-chen-next"]),
        ({"date": "2026-03"}, ["maria-chen-next"]),
        ({"date": "gt2026-03-08"}, []),
        ({"date": "eq2026-03-08T10:30:00-07:00"}, ["maria-chen-next"]),
        ({"date": "ne2026-03-08"}, ["maria-chen-past"]),
        ({"status": "booked,fulfilled", "_sort": "-date"}, ["maria-chen-next", "maria-chen-past"]),
        ({"status:not": "booked"}, ["maria-chen-past"]),
        ({"service-type": "https://careline.example.org/fhir/CodeSystem/visit-type|physical"}, ["maria-chen-next"]),
        ({"service-type": "http://elsewhere.example.org|physical"}, []),
        ({"practitioner": "chen", "status": "booked"}, ["maria-chen-next"]),
        ({"practitioner": "Practitioner/patel"}, []),
        ({"practitioner.name": "chen", "date": "ge2026-03-08"}, ["maria-chen-next"]),
        ({"_id": "maria-chen-past,james-chen-next"}, ["maria-chen-past"]),
        ({"_lastUpdated": "lt2020"}, []),
    ],
    ids=str,
)
async def test_a_search_finds_what_it_says(demo: Demo, params: dict[str, str], found: list[str]) -> None:
    maria = await demo.sign_in("maria")

    assert await maria.ids("Appointment", **params) == found


async def test_free_slots_of_a_provider_can_be_searched_plainly(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    asked = {"schedule.actor": "Practitioner/chen", "status": "free", "_sort": "start", "_count": "200"}
    days = [("start", "ge2026-03-09T00:00:00-07:00"), ("start", "lt2026-03-10T00:00:00-07:00")]

    response = await maria.http.get("/fhir/Slot", params=[*asked.items(), *days], headers=maria.headers)

    starts = [slot["start"] for slot in matches(response.json())]
    assert starts == sorted(starts)
    assert len(starts) > 3
    assert {start[:10] for start in starts} == {"2026-03-09"}


async def test_names_are_found_without_accents(demo: Demo) -> None:
    rosa = await demo.sign_in("rosa")

    assert await rosa.ids("Patient", family="martinez") == ["rosa"]
    assert await rosa.ids("Patient", **{"family:exact": "martinez"}) == []
    assert await rosa.ids("Patient", **{"name:contains": "TÍNE"}) == ["rosa"]


async def test_a_percent_sign_is_only_a_percent_sign(demo: Demo) -> None:
    rosa = await demo.sign_in("rosa")

    assert await rosa.ids("Practitioner", name="%") == []


async def test_a_search_that_tries_to_be_sql_finds_nothing(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.get("Appointment", status="booked' OR '1'='1")

    assert (response.status_code, response.json()["total"]) == (200, 0)


@pytest.mark.parametrize(
    "params",
    [
        {"colour": "red"},
        {"status:above": "booked"},
        {"_has:Task:focus:status": "requested"},
        {"_sort": "colour"},
        {"_sort": "patient"},
        {"_include": "Appointment:colour"},
        {"_include": "*"},
        {"_revinclude": "Task:colour"},
        {"_revinclude": "Colour:focus"},
        {"_elements": "id"},
        {"actor.name": "chen"},
        {"practitioner.role.name": "chen"},
        {"_summary": "text"},
    ],
    ids=str,
)
async def test_an_unknown_parameter_is_refused(demo: Demo, params: dict[str, str]) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.get("Appointment", **params)

    assert (response.status_code, refusal(response)) == (400, "unknown-parameter")


@pytest.mark.parametrize(
    "params",
    [
        {"date": "tomorrow"},
        {"date": "ap2026-03-08"},
        {"date": "2026-13-01"},
        {"date": "ge9999-12-31T23:59:59-12:00T"},
        {"_count": "many"},
        {"_count": "-1"},
        {"_page": "AAAA"},
        {"_page": "ñ"},
    ],
    ids=str,
)
async def test_a_malformed_value_is_refused(demo: Demo, params: dict[str, str]) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.get("Appointment", **params)

    assert (response.status_code, refusal(response)) == (400, "malformed")


async def test_pages_together_hold_everything_once(demo: Demo) -> None:
    leo = await demo.sign_in("leo")
    whole = await leo.ids("Observation", category="vital-signs", _sort="-date", _count=200)

    url, seen, totals = "/fhir/Observation?category=vital-signs&_sort=-date&_count=7", [], []
    while url:
        bundle = (await leo.http.get(url, headers=leo.headers)).json()
        seen += [resource["id"] for resource in matches(bundle)]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        url = links.get("next", "")
        totals.append(bundle["total"])

    assert seen == whole
    assert totals == [27] * 4


async def test_a_page_belongs_to_its_search(demo: Demo) -> None:
    leo = await demo.sign_in("leo")
    bundle = (await leo.get("Observation", _count=7)).json()
    page = urlsplit(bundle["link"][1]["url"]).query.rpartition("_page=")[2]

    response = await leo.get("Observation", _count=8, _page=page)

    assert response.status_code == 400


async def test_the_self_link_shows_what_was_applied(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    bundle = (await maria.get("Task", patient="maria", status="requested", code="")).json()

    own = urlsplit(bundle["link"][0]["url"])
    assert own.path == "/fhir/Task"
    assert own.query == "patient=maria&status=requested"


async def test_a_search_can_be_posted(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.http.post("/fhir/Account/_search", data={"status": "active"}, headers=maria.headers)

    assert [account["id"] for account in matches(response.json())] == ["maria-clinic"]


async def test_a_read_tells_its_version(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.get("Patient/maria")

    assert response.headers["ETag"] == f'W/"{response.json()["meta"]["versionId"]}"'
    assert response.headers["Content-Type"].startswith("application/fhir+json")
    assert response.headers["Cache-Control"] == "no-store"
