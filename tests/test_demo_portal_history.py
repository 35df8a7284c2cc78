"""What was, is kept: versions, histories, and who saw what."""

from __future__ import annotations

import base64
from typing import Any

from demo_portal.vocabulary import REFUSAL
from tests.demo_portal_case import Demo, Session, demo, matches, refusal, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]


async def cancelled(maria: Session) -> dict[str, Any]:
    """Maria's next visit, after she cancelled it."""
    found = await maria.get("Appointment/maria-chen-next")
    body = {**found.json(), "status": "cancelled"}
    return (await maria.put("Appointment/maria-chen-next", body, If_Match=found.headers["etag"])).json()


async def audit(session: Session, **params: Any) -> list[dict[str, Any]]:
    return matches((await session.get("AuditEvent", _sort="-date", _count=200, **params)).json())


def interactions(events: list[dict[str, Any]]) -> list[str]:
    return [event["subtype"][0]["code"] for event in events]


async def test_an_old_version_can_still_be_read(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    await cancelled(maria)

    first = await maria.get("Appointment/maria-chen-next/_history/1")
    second = await maria.get("Appointment/maria-chen-next/_history/2")

    assert (first.json()["status"], second.json()["status"]) == ("booked", "cancelled")
    assert first.headers["etag"] == 'W/"1"'


async def test_a_history_is_told_newest_first(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    await cancelled(maria)

    bundle = (await maria.get("Appointment/maria-chen-next/_history")).json()

    assert (bundle["type"], bundle["total"]) == ("history", 2)
    assert [entry["request"]["method"] for entry in bundle["entry"]] == ["PUT", "POST"]
    assert [entry["resource"]["status"] for entry in bundle["entry"]] == ["cancelled", "booked"]


async def test_a_version_that_never_was_is_not_found(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    assert (await maria.get("Appointment/maria-chen-next/_history/7")).status_code == 404


async def test_the_history_of_somebody_else_is_not_found(demo: Demo) -> None:
    await cancelled(await demo.sign_in("maria"))
    james = await demo.sign_in("james")

    for path in ("_history", "_history/1", "_history/2"):
        assert (await james.get(f"Appointment/maria-chen-next/{path}")).status_code == 404


async def test_what_has_not_changed_is_not_sent_again(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    headers = {**maria.headers, "If-None-Match": (await maria.get("Patient/maria")).headers["etag"]}

    response = await demo.http.get("/fhir/Patient/maria", headers=headers)

    assert (response.status_code, response.content) == (304, b"")


async def test_every_access_to_a_record_is_noted(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    before = len(await audit(maria))
    await maria.get("Observation", code="2093-3")
    await maria.get("Patient/maria")
    await cancelled(maria)

    events = await audit(maria)

    # The newest is the search for the events before, which is noted as well.
    assert sorted(interactions(events[: len(events) - before])) == [
        "read",
        "read",
        "search-type",
        "search-type",
        "update",
    ]
    changed = next(event for event in events if event["subtype"][0]["code"] == "update")
    assert changed["entity"][1]["what"] == {"reference": "Appointment/maria-chen-next"}
    assert (changed["action"], changed["outcome"]) == ("U", "0")


async def test_a_note_says_who_by_which_way_and_what_was_asked(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    await maria.get("Observation", code="2093-3")

    event = (await audit(maria))[0]

    assert event["agent"][0]["who"] == {"reference": "Patient/maria"}
    assert event["agent"][1]["who"] == {"display": "careline"}
    assert base64.b64decode(event["entity"][1]["query"]).decode() == "Observation?code=2093-3"
    assert {"type": "channel", "valueString": "web"} in event["entity"][1]["detail"]


async def test_looking_at_free_times_is_nobodys_access(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    before = await audit(maria)
    await maria.get("Slot", status="free")
    await maria.get("Practitioner/chen")

    assert len(await audit(maria)) == len(before) + 1


async def test_what_was_refused_is_noted_where_it_was_tried(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    refused = await maria.get("Observation", patient="james")

    event = (await audit(maria, outcome="4"))[0]

    assert (refused.status_code, interactions([event])) == (403, ["search-type"])
    assert await audit(await demo.sign_in("james"), outcome="4") == []


async def test_nobody_writes_or_changes_a_note(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    await maria.get("Patient/maria")
    event = (await audit(maria))[0]

    assert (await maria.post("AuditEvent", event)).status_code == 405
    assert (await maria.put(f"AuditEvent/{event['id']}", event, If_Match='W/"1"')).status_code == 405


async def test_a_note_is_seen_by_its_patient_only(demo: Demo) -> None:
    maria, james = await demo.sign_in("maria"), await demo.sign_in("james")
    await maria.get("Patient/maria")
    event = (await audit(maria))[0]

    assert (await james.get(f"AuditEvent/{event['id']}")).status_code == 404
    assert all("maria" not in str(each) for each in await audit(james))


async def test_everything_is_the_whole_record_and_no_other(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    found: list[dict[str, Any]] = []
    response = await maria.get("Patient/maria/$everything", _count=20)
    total = response.json()["total"]
    while True:
        bundle = response.json()
        found += [entry["resource"] for entry in bundle["entry"]]
        after = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        if not after:
            break
        response = await demo.http.get(after[0], headers=maria.headers)

    assert found[0]["resourceType"] == "Patient"
    assert len({(each["resourceType"], each["id"]) for each in found}) == len(found) == total
    assert {"Appointment", "DiagnosticReport", "MedicationRequest", "Account"} <= {
        each["resourceType"] for each in found
    }
    assert not any("Patient/james" in str(each) for each in found)


async def test_everything_can_be_asked_for_by_type_and_since(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    some = (await maria.get("Patient/maria/$everything", _type="AllergyIntolerance,Account")).json()
    none = (await maria.get("Patient/maria/$everything", _type="Account", _since="2026-03-03T00:00:00Z")).json()

    assert {entry["resource"]["resourceType"] for entry in some["entry"]} == {"AllergyIntolerance", "Account"}
    assert none["total"] == 0


async def test_everything_of_somebody_else_is_not_found(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    assert (await maria.get("Patient/james/$everything")).status_code == 404


async def test_a_wrong_question_for_everything_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    for params in ({"_type": "Nonsense"}, {"_since": "yesterday"}, {"_count": "0"}, {"colour": "red"}):
        assert (await maria.get("Patient/maria/$everything", **params)).status_code == 400


async def test_validating_stores_nothing_and_says_what_is_wrong(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    given = {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
    allergy = {
        "resourceType": "AllergyIntolerance",
        "patient": {"reference": "Patient/maria"},
        "clinicalStatus": {"coding": [given]},
        "code": {"text": "latex"},
    }

    good = await maria.post("AllergyIntolerance/$validate", allergy)
    bad = await maria.post("AllergyIntolerance/$validate", {**allergy, "criticality": "very"})

    assert [issue["severity"] for issue in good.json()["issue"]] == ["information"]
    assert {issue["severity"] for issue in bad.json()["issue"]} == {"error"}
    assert len(await maria.ids("AllergyIntolerance")) == 1


async def test_a_lenient_search_says_what_it_left_out(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    lenient = {**maria.headers, "Prefer": "handling=lenient"}

    strict = await maria.get("Appointment", colour="red", status="booked")
    found = await demo.http.get("/fhir/Appointment", params={"colour": "red", "status": "booked"}, headers=lenient)

    assert (strict.status_code, refusal(strict)) == (400, "unknown-parameter")
    assert [each["id"] for each in matches(found.json())] == ["maria-chen-next"]
    warning = next(entry for entry in found.json()["entry"] if entry["search"]["mode"] == "outcome")["resource"]
    assert warning["issue"][0]["severity"] == "warning"
    assert "colour" in warning["issue"][0]["details"]["text"]
    assert "colour" not in found.json()["link"][0]["url"]
    assert REFUSAL not in str(warning)
