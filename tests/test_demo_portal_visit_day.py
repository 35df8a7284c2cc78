"""Moving visits, arriving, joining by video, checking in at home and shortcuts in the demo portal."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from demo_portal.vocabulary import LIST_KIND, PORTAL_REQUEST, REQUEST_PARAMETER, codes_in
from tests.demo_portal_case import Demo, Session, booking, demo, matches, refusal, seeded_file, settings, slot_of, task

__all__ = ["demo", "seeded_file", "settings"]
ECHECKIN = (PORTAL_REQUEST, "echeckin")


async def move(session: Session, visit: str, slot: str, key: str = "k", visit_type: str = "physical") -> httpx.Response:
    body = booking(session.patient, slot, visit_type)
    old = {"name": "appointment-reference", "valueReference": {"reference": f"Appointment/{visit}"}}
    body["parameter"].append(old)
    return await session.post("Appointment/$reschedule", body, Idempotency_Key=key)


async def put(session: Session, address: str, **changes: Any) -> httpx.Response:
    read = await session.get(address)
    return await session.put(address, {**read.json(), **changes}, If_Match=read.headers["ETag"])


async def steps_of(session: Session, parent: str) -> dict[str, dict[str, Any]]:
    found = matches((await session.get("Task", **{"part-of": f"Task/{parent}"})).json())
    return {codes_in(each["code"], PORTAL_REQUEST)[0].removeprefix("echeckin-"): each for each in found}


def output(name: str, **value: Any) -> list[dict[str, Any]]:
    return [{"type": {"coding": [{"system": REQUEST_PARAMETER, "code": name}]}, **value}]


async def test_a_move_books_the_new_time_and_frees_the_old(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    old = slot_of((await maria.get("Appointment/maria-chen-next")).json())
    new = slot_of((await maria.offers(practitioner="Practitioner/chen"))[0])

    moved = await move(maria, "maria-chen-next", new)

    assert (moved.status_code, moved.json()["status"], slot_of(moved.json())) == (200, "booked", new)
    assert (await maria.get("Appointment/maria-chen-next")).json()["status"] == "cancelled"
    assert [(await maria.get(f"Slot/{each}")).json()["status"] for each in (old, new)] == ["free", "busy"]


async def test_a_move_with_the_same_key_is_done_once_and_with_another_wish_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    first, second = [slot_of(each) for each in (await maria.offers(practitioner="Practitioner/chen"))[:2]]

    moved = await move(maria, "maria-chen-next", first)

    assert (await move(maria, "maria-chen-next", first)).json()["id"] == moved.json()["id"]
    assert refusal(await move(maria, "maria-chen-next", second)) == "key-reused"


async def test_a_move_that_is_refused_changes_nothing(demo: Demo) -> None:
    maria, wei = await demo.sign_in("maria"), await demo.sign_in("wei")
    new = slot_of((await maria.offers(practitioner="Practitioner/chen"))[0])
    await wei.book(new)

    answers = [
        await move(maria, "maria-chen-next", new),
        await move(maria, "maria-chen-next", "nope"),
        await move(maria, "maria-chen-next", slot_of((await wei.offers())[0]), visit_type="eye_exam"),
    ]

    assert [refusal(each) for each in answers] == ["slot-taken", "", "visit-type-not-offered"]
    visit = (await maria.get("Appointment/maria-chen-next")).json()
    assert visit["status"] == "booked"
    assert (await maria.get(f"Slot/{slot_of(visit)}")).json()["status"] == "busy"


@pytest.mark.parametrize("visit", ["maria-chen-past", "rosa-patel-next", "nope"])
async def test_what_is_over_or_somebody_elses_is_not_moved(demo: Demo, visit: str) -> None:
    maria = await demo.sign_in("maria")
    new = slot_of((await maria.offers(practitioner="Practitioner/chen"))[0])

    assert (await move(maria, visit, new)).status_code in (404, 422)
    assert (await maria.get(f"Slot/{new}")).json()["status"] == "free"


async def test_a_visit_moved_by_many_at_once_is_moved_once(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    slots = [slot_of(each) for each in (await maria.offers(practitioner="Practitioner/chen"))[:8]]

    answers = await asyncio.gather(*(move(maria, "maria-chen-next", slot, slot) for slot in slots))

    assert sum(each.is_success for each in answers) == 1
    booked = [each for each in slots if (await maria.get(f"Slot/{each}")).json()["status"] == "busy"]
    assert len(booked) == 1
    assert len(await maria.ids("Appointment", status="booked")) == 1


async def test_arriving_is_possible_around_the_visit(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    starts = datetime.fromisoformat((await maria.get("Appointment/maria-chen-next")).json()["start"])
    assert refusal(await put(maria, "Appointment/maria-chen-next", status="arrived")) == "too-early"

    demo.clock.advance(starts - timedelta(minutes=60) - demo.clock.now())
    maria = await demo.sign_in("maria")
    arrived = await put(maria, "Appointment/maria-chen-next", status="arrived")

    assert (arrived.status_code, arrived.json()["status"]) == (200, "arrived")
    assert (await put(maria, "Appointment/maria-chen-next", status="arrived")).status_code == 200
    assert (await put(maria, "Appointment/maria-chen-next", status="cancelled")).status_code == 422


async def test_nobody_arrives_at_a_visit_by_video_or_after_the_end(demo: Demo) -> None:
    james, maria = await demo.sign_in("james"), await demo.sign_in("maria")

    assert refusal(await put(james, "Appointment/james-chen-next", status="arrived")) == "by-video"

    ends = datetime.fromisoformat((await maria.get("Appointment/maria-chen-next")).json()["end"])
    demo.clock.advance(ends + timedelta(seconds=1) - demo.clock.now())
    maria = await demo.sign_in("maria")
    assert refusal(await put(maria, "Appointment/maria-chen-next", status="arrived")) == "visit-over"


@pytest.mark.parametrize(("minutes", "is_open"), [(-16, False), (-15, True), (29, True), (30, False)])
async def test_the_link_of_a_video_visit_is_told_in_its_time_only(demo: Demo, minutes: int, is_open: bool) -> None:
    james = await demo.sign_in("james")
    visit = (await james.get("Appointment/james-chen-next")).json()
    assert "https://video" not in str(visit)
    demo.clock.advance(datetime.fromisoformat(visit["start"]) + timedelta(minutes=minutes) - demo.clock.now())
    james = await demo.sign_in("james")

    told = (await james.get("Appointment/james-chen-next/$video-visit")).json()

    names = [each["name"] for each in told["parameter"]]
    assert ("url" in names) == is_open


async def test_the_link_is_for_the_patient_of_a_video_visit(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    theirs = await maria.get("Appointment/james-chen-next/$video-visit")
    in_person = await maria.get("Appointment/maria-chen-next/$video-visit")

    assert (theirs.status_code, refusal(in_person)) == (404, "not-by-video")


async def test_james_has_a_check_in_open(demo: Demo) -> None:
    james = await demo.sign_in("james")
    found = matches((await james.get("Task", code="echeckin")).json())
    steps = await steps_of(james, found[0]["id"])

    assert (found[0]["status"], found[0]["focus"]["reference"]) == ("in-progress", "Appointment/james-chen-next")
    assert [name for name, step in steps.items() if step["status"] == "completed"] == ["demographics"]


async def test_a_check_in_is_begun_once_and_ends_with_its_last_step(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    begun = await maria.file(task(ECHECKIN, "maria", "Appointment/maria-chen-next", "k1"))
    again = await maria.file(task(ECHECKIN, "maria", "Appointment/maria-chen-next", "k2"))
    assert (begun.status_code, again.status_code, refusal(again)) == (201, 409, "open-request-exists")
    steps = await steps_of(maria, begun.json()["id"])
    assert set(steps) == {"demographics", "insurance", "medications", "consent", "copay"}

    unsigned = await put(maria, f"Task/{steps['consent']['id']}", status="completed")
    unpaid = await put(
        maria, f"Task/{steps['copay']['id']}", status="completed", output=output("receipt", valueString="R-1")
    )
    assert (unsigned.status_code, refusal(unpaid)) == (422, "unknown-receipt")
    proofs = {
        "consent": output("signature", valueString="Maria Lopez"),
        "copay": output("at-desk", valueBoolean=True),
    }
    for name, step in steps.items():
        assert (await maria.get(f"Task/{begun.json()['id']}")).json()["status"] == "in-progress"
        more = {"output": proofs[name]} if name in proofs else {}
        assert (await put(maria, f"Task/{step['id']}", status="completed", **more)).status_code == 200

    assert (await maria.get(f"Task/{begun.json()['id']}")).json()["status"] == "completed"
    assert (await maria.get("Appointment/maria-chen-next")).json()["status"] == "booked"


async def test_a_check_in_is_for_an_own_visit_of_the_next_days(demo: Demo) -> None:
    james, maria = await demo.sign_in("james"), await demo.sign_in("maria")

    early = await james.file(task(ECHECKIN, "james", "Appointment/james-patel-next", "k1"))
    theirs = await maria.file(task(ECHECKIN, "maria", "Appointment/james-chen-next", "k2"))
    over = await maria.file(task(ECHECKIN, "maria", "Appointment/maria-chen-past", "k3"))

    assert [refusal(each) for each in (early, over)] == ["too-early", "not-active"]
    assert theirs.status_code == 404


@pytest.mark.parametrize("changes", [{"status": "cancelled"}, {"status": "rejected"}, {"priority": "stat"}])
async def test_a_step_can_only_be_completed(demo: Demo, changes: dict[str, str]) -> None:
    james = await demo.sign_in("james")
    steps = await steps_of(james, "james-echeckin")

    assert refusal(await put(james, f"Task/{steps['insurance']['id']}", **changes)) == "not-changeable"


async def test_a_step_cannot_be_filed_by_itself(demo: Demo) -> None:
    james = await demo.sign_in("james")
    asked = task((PORTAL_REQUEST, "echeckin-copay"), "james", "Appointment/james-chen-next", "k1")

    assert refusal(await james.file(asked)) == "unknown-request"


def shortcut(title: str = "labs", **changes: Any) -> dict[str, Any]:
    items = ["HealthcareService/lab-draw", "Practitioner/kim", "Location/southgate"]
    return {
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "title": title,
        "code": {"coding": [{"system": LIST_KIND, "code": "favorite-appointments"}]},
        "subject": {"reference": "Patient/priya"},
        "entry": [{"item": {"reference": each}} for each in items],
        **changes,
    }


async def test_shortcuts_are_kept_and_given_up(demo: Demo) -> None:
    priya = await demo.sign_in("priya")
    assert await priya.ids("List", status="current") == ["priya-my-allergy-shot"]
    kept = await priya.post("List", shortcut())

    assert kept.status_code == 201
    assert (await put(priya, f"List/{kept.json()['id']}", status="retired")).status_code == 200
    assert await priya.ids("List", status="current") == ["priya-my-allergy-shot"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code": {"text": "other"}},
        {"title": " "},
        {"entry": [{"item": {"reference": "Practitioner/kim"}}]},
        {"entry": [{"item": {"reference": "HealthcareService/nope"}}]},
        {"entry": [{"item": {"reference": "Patient/maria"}}]},
        {"subject": {"reference": "Patient/maria"}},
    ],
    ids=["another kind", "no name", "no kind of visit", "unknown", "a patient", "somebody else's"],
)
async def test_a_list_that_is_no_shortcut_is_refused(demo: Demo, changes: dict[str, Any]) -> None:
    priya = await demo.sign_in("priya")

    assert (await priya.post("List", shortcut(**changes))).status_code in (403, 422)
    assert await priya.ids("List", status="current") == ["priya-my-allergy-shot"]


async def test_the_clinic_is_asked_for_a_time(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    said = {name: {"valueString": name} for name in ("reason", "days", "phone")}
    whole = {**task((PORTAL_REQUEST, "appointment-request"), "maria", "", "k1", **said)}
    del whole["focus"]
    lacking = {**whole, "input": whole["input"][:2], "identifier": [{**whole["identifier"][0], "value": "k2"}]}

    assert (await maria.file(whole)).json()["status"] == "requested"
    assert (await maria.file(lacking)).status_code == 422


@pytest.mark.parametrize(
    ("patient", "names"),
    [
        ("maria", {"Lipid panel recheck"}),
        ("james", {"Creatinine recheck", "Colonoscopy"}),
        ("aisha", {"Growth ultrasound"}),
    ],
)
async def test_what_is_ordered_and_not_yet_done(demo: Demo, patient: str, names: set[str]) -> None:
    session = await demo.sign_in(patient)
    found = matches((await session.get("ServiceRequest", status="active")).json())
    prepared = {each["code"]["text"] for each in found if "patientInstruction" in each}

    assert prepared == names
    assert all("_patientInstruction" in each for each in found if "patientInstruction" in each)


async def test_every_kind_of_visit_says_how_to_prepare_and_what_cancelling_late_costs(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    services = matches((await maria.get("HealthcareService")).json())

    assert len(services) == 12
    assert all({"extraDetails", "_extraDetails"} <= each.keys() and len(each["extension"]) == 2 for each in services)


async def test_one_provider_has_times_on_both_sides_of_the_next_clock_change(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    # From 2 March 2026 the next change is within the eight weeks; the night before 8 March.
    found = matches((await maria.get("Slot", schedule="Schedule/kim", _count=200, _sort="start")).json())
    offsets = {each["start"][:10]: each["start"][-6:] for each in found}

    assert (offsets["2026-03-06"], offsets["2026-03-09"]) == ("-08:00", "-07:00")
