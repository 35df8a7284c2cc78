"""Several things at once, or none of them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.demo_portal_case import Demo, Session, demo, matches, refusal, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]


def post(resource: dict[str, Any], urn: str | None = None) -> dict[str, Any]:
    entry = {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}
    return {"fullUrl": urn, **entry} if urn else entry


async def send(session: Session, *entries: dict[str, Any], kind: str = "transaction") -> Any:
    bundle = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
    return await session.http.post(
        "/fhir", json=bundle, headers={**session.headers, "Content-Type": "application/fhir+json"}
    )


async def cancelling(maria: Session, version: str | None = None) -> dict[str, Any]:
    found = await maria.get("Appointment/maria-chen-next")
    body = {**found.json(), "status": "cancelled"}
    request = {"method": "PUT", "url": "Appointment/maria-chen-next", "ifMatch": version or found.headers["etag"]}
    return {"resource": body, "request": request}


async def test_all_of_it_is_done(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await send(maria, await cancelling(maria), {"request": {"method": "GET", "url": "Patient/maria"}})

    assert response.status_code == 200
    answers = response.json()["entry"]
    assert [answer["response"]["status"] for answer in answers] == ["200", "200"]
    assert answers[0]["response"]["etag"] == 'W/"2"'
    assert answers[1]["resource"]["id"] == "maria"
    assert (await maria.get("Appointment/maria-chen-next")).json()["status"] == "cancelled"


async def test_when_one_part_is_refused_nothing_is_done(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    foreign = {
        "resource": {"resourceType": "Patient", "id": "james", "active": True},
        "request": {"method": "PUT", "url": "Patient/james", "ifMatch": 'W/"1"'},
    }

    response = await send(maria, await cancelling(maria), foreign)

    assert response.status_code == 404
    assert response.json()["issue"][0]["expression"] == ["Bundle.entry[1]"]
    assert (await maria.get("Appointment/maria-chen-next")).json()["status"] == "booked"


async def test_a_stale_part_stops_the_whole(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await send(maria, await cancelling(maria, 'W/"7"'))

    assert (response.status_code, refusal(response)) == (412, "stale")


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"request": {"method": "DELETE", "url": "Patient/maria"}},
        {"request": {"method": "POST", "url": "Task"}},
        {"request": {"method": "GET", "url": "https://elsewhere.example.org/Patient/maria"}},
        {"request": {"method": "GET", "url": "Nonsense/1"}},
        {"request": {"method": "PUT", "url": "Task"}, "resource": {"resourceType": "Task"}},
        {"request": {"method": "POST", "url": "Task"}, "resource": {"resourceType": "Patient"}},
        {"request": "GET Patient/maria"},
    ],
)
async def test_a_malformed_part_is_an_outcome(demo: Demo, entry: dict[str, Any]) -> None:
    maria = await demo.sign_in("maria")

    response = await send(maria, entry)

    assert (response.status_code, refusal(response)) == (400, "malformed")


async def test_a_batch_or_an_empty_transaction_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    assert (await send(maria, kind="transaction")).status_code == 400
    assert (await send(maria, {"request": {"method": "GET", "url": "Patient/maria"}}, kind="batch")).status_code == 400


async def test_too_many_parts_are_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    assert (await send(maria, *[{"request": {"method": "GET", "url": "Patient/maria"}}] * 51)).status_code == 400


async def test_a_part_may_name_another_by_its_urn(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    urn = f"urn:uuid:{uuid.uuid4()}"
    device = {"resourceType": "Device", "status": "active", "patient": {"reference": "Patient/maria"}}
    made = {"target": [{"reference": urn}, {"reference": "Patient/maria"}], "recorded": "2026-03-02T09:00:00-08:00"}
    provenance = {"resourceType": "Provenance", **made, "agent": [{"who": {"reference": "Patient/maria"}}]}

    response = await send(maria, post(provenance), post({**device, "type": {"text": "Scale"}}, urn))

    assert response.status_code == 200, response.text
    first, second = (entry["resource"] for entry in response.json()["entry"])
    named = second["target"] if second["resourceType"] == "Provenance" else first["target"]
    assert named[0]["reference"].startswith("Device/")


async def test_a_token_opens_no_more_in_a_transaction_than_outside(demo: Demo) -> None:
    granted = (await demo.exchange(demo.subject_token("maria"), scope="patient/Appointment.rs")).json()
    maria = Session(demo.http, {"Authorization": f"Bearer {granted['access_token']}"}, "maria")

    read = await send(maria, {"request": {"method": "GET", "url": "Appointment/maria-chen-next"}})
    other = await send(maria, {"request": {"method": "GET", "url": "Patient/maria"}})

    assert read.status_code == 200
    assert (other.status_code, refusal(other)) == (403, "scope")


async def test_a_search_can_be_a_part(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await send(maria, {"request": {"method": "GET", "url": "Appointment?status=booked"}})

    assert [each["id"] for each in matches(response.json()["entry"][0]["resource"])] == ["maria-chen-next"]


async def test_each_part_is_noted_in_the_log(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    await send(maria, await cancelling(maria), {"request": {"method": "GET", "url": "Observation?code=2093-3"}})

    events = matches((await maria.get("AuditEvent", _sort="-date", _count=200)).json())
    codes = {event["subtype"][0]["code"] for event in events}
    assert {"transaction", "update", "search-type"} <= codes
    changed = next(event for event in events if event["subtype"][0]["code"] == "update")
    assert changed["entity"][1]["what"] == {"reference": "Appointment/maria-chen-next"}
