"""Who is offered a time that frees up in the demo portal, for how long, and what an answer does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from demo_portal.vocabulary import OFFER_EXPIRES, extension
from tests.demo_portal_case import Demo, Session, demo, issue_code, matches, refusal, seeded_file, settings, slot_of

__all__ = ["demo", "seeded_file", "settings"]


async def cancel(session: Session, visit: str) -> httpx.Response:
    read = await session.get(f"Appointment/{visit}")
    return await session.put(
        f"Appointment/{visit}", {**read.json(), "status": "cancelled"}, If_Match=read.headers["ETag"]
    )


async def offers(session: Session) -> list[dict[str, Any]]:
    return matches((await session.get("Appointment", status="proposed")).json())


async def answer(session: Session, offer: str, said: str) -> httpx.Response:
    body = {
        "resourceType": "AppointmentResponse",
        "appointment": {"reference": f"Appointment/{offer}"},
        "actor": {"reference": f"Patient/{session.patient}"},
        "participantStatus": said,
    }
    return await session.post("AppointmentResponse", body)


def wish(visit: dict[str, Any], **changes: Any) -> dict[str, Any]:
    found = {
        "resourceType": "Appointment",
        "status": "waitlist",
        "serviceType": visit["serviceType"],
        "requestedPeriod": [{"start": "2026-03-02T00:00:00-08:00", "end": visit["start"]}],
        "supportingInformation": [{"reference": f"Appointment/{visit['id']}"}],
        "participant": visit["participant"],
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


async def books_far_away(demo: Demo, patient: str) -> tuple[Session, dict[str, Any]]:
    """Somebody with a visit with the cardiologist in more than three weeks, who waits for an earlier one."""
    session = await demo.sign_in(patient)
    ends = {"start": "2026-03-26T00:00:00-07:00", "end": "2026-04-20T00:00:00-07:00"}
    slot = slot_of((await session.offers("follow_up", practitioner="Practitioner/patel", **ends))[0])
    visit = (await session.book(slot, visit_type="follow_up")).json()
    assert (await session.post("Appointment", wish(visit))).status_code == 201
    return session, visit


async def test_a_freed_time_is_kept_for_who_waits(demo: Demo) -> None:
    rosa, james, maria = [await demo.sign_in(each) for each in ("rosa", "james", "maria")]
    slot = slot_of((await rosa.get("Appointment/rosa-patel-next")).json())

    await cancel(rosa, "rosa-patel-next")

    (offer,) = await offers(james)
    assert slot_of(offer) == slot
    until = extension(offer, OFFER_EXPIRES)
    assert until is not None
    assert until["valueInstant"] == "2026-03-02T09:30:00-08:00"
    assert (await james.get(f"Slot/{slot}")).json()["status"] == "busy-tentative"
    assert refusal(await maria.book(slot, visit_type="follow_up")) == "slot-taken"
    assert await offers(maria) == []


async def test_accepting_books_and_gives_up_the_later_visit(demo: Demo) -> None:
    rosa, james = await demo.sign_in("rosa"), await demo.sign_in("james")
    later = slot_of((await james.get("Appointment/james-patel-next")).json())
    await cancel(rosa, "rosa-patel-next")
    (offer,) = await offers(james)

    assert (await answer(james, offer["id"], "accepted")).status_code == 201

    booked = (await james.get(f"Appointment/{offer['id']}")).json()
    assert (booked["status"], extension(booked, OFFER_EXPIRES)) == ("booked", None)
    assert {each["status"] for each in booked["participant"]} == {"accepted"}
    assert (await james.get("Appointment/james-patel-next")).json()["status"] == "cancelled"
    assert (await james.get("Appointment/james-patel-waitlist")).json()["status"] == "cancelled"
    assert (await james.get(f"Slot/{later}")).json()["status"] == "free"
    assert (await james.get(f"Slot/{slot_of(booked)}")).json()["status"] == "busy"
    assert refusal(await answer(james, offer["id"], "accepted")) == "already-answered"


async def test_declining_passes_it_to_the_next_who_waits(demo: Demo) -> None:
    rosa, james = await demo.sign_in("rosa"), await demo.sign_in("james")
    wei, _ = await books_far_away(demo, "wei")
    await cancel(rosa, "rosa-patel-next")
    (offer,) = await offers(james)
    assert await offers(wei) == []

    await answer(james, offer["id"], "declined")

    (second,) = await offers(wei)
    assert slot_of(second) == slot_of(offer)
    assert (await james.get(f"Appointment/{offer['id']}")).json()["status"] == "cancelled"
    assert (await james.get("Appointment/james-patel-waitlist")).json()["status"] == "waitlist"
    await answer(wei, second["id"], "declined")
    assert (await wei.get(f"Slot/{slot_of(offer)}")).json()["status"] == "free"


async def test_an_offer_that_lapses_goes_to_the_next_who_waits(demo: Demo) -> None:
    rosa, james = await demo.sign_in("rosa"), await demo.sign_in("james")
    await books_far_away(demo, "wei")
    await cancel(rosa, "rosa-patel-next")
    (offer,) = await offers(james)

    demo.clock.advance(timedelta(minutes=30))

    james, wei = await demo.sign_in("james"), await demo.sign_in("wei")
    assert refusal(await answer(james, offer["id"], "accepted")) == "offer-lapsed"
    assert [slot_of(each) for each in await offers(wei)] == [slot_of(offer)]
    assert await offers(james) == []
    assert (await james.get("Appointment/james-patel-next")).json()["status"] == "booked"


async def test_the_time_that_an_acceptance_frees_is_offered_in_turn(demo: Demo) -> None:
    rosa, james = await demo.sign_in("rosa"), await demo.sign_in("james")
    wei, _ = await books_far_away(demo, "wei")
    later = slot_of((await james.get("Appointment/james-patel-next")).json())
    await cancel(rosa, "rosa-patel-next")
    (offer,) = await offers(james)

    await answer(james, offer["id"], "accepted")

    assert [slot_of(each) for each in await offers(wei)] == [later]


async def test_nobody_is_offered_what_does_not_suit(demo: Demo) -> None:
    maria, james = await demo.sign_in("maria"), await demo.sign_in("james")

    await cancel(maria, "maria-chen-next")

    assert await offers(james) == []


async def test_nobody_can_answer_somebody_elses_offer(demo: Demo) -> None:
    rosa, james = await demo.sign_in("rosa"), await demo.sign_in("james")
    await cancel(rosa, "rosa-patel-next")
    (offer,) = await offers(james)

    response = await answer(rosa, offer["id"], "accepted")

    assert response.status_code in (404, 422)
    assert (await james.get(f"Appointment/{offer['id']}")).json()["status"] == "proposed"


@pytest.mark.parametrize(
    ("visit", "code"), [("james-chen-next", "not-an-offer"), ("james-patel-waitlist", "not-an-offer")]
)
async def test_only_an_offer_can_be_answered(demo: Demo, visit: str, code: str) -> None:
    james = await demo.sign_in("james")

    response = await answer(james, visit, "accepted")

    assert response.status_code == 422
    assert refusal(response) in (code, "already-answered", "offer-lapsed")
    assert (await james.get("Appointment/james-patel-next")).json()["status"] == "booked"


async def test_leaving_the_list_gives_up_what_is_offered(demo: Demo) -> None:
    rosa, james = await demo.sign_in("rosa"), await demo.sign_in("james")
    await cancel(rosa, "rosa-patel-next")
    (offer,) = await offers(james)

    assert (await cancel(james, "james-patel-waitlist")).status_code == 200

    assert await offers(james) == []
    assert (await james.get(f"Slot/{slot_of(offer)}")).json()["status"] == "free"
    assert (await james.get("Appointment/james-patel-next")).json()["status"] == "booked"


async def test_cancelling_the_visit_ends_the_wish_for_an_earlier_one(demo: Demo) -> None:
    james = await demo.sign_in("james")

    await cancel(james, "james-patel-next")

    assert await james.ids("Appointment", status="waitlist") == []


async def test_a_visit_waits_once(demo: Demo) -> None:
    james = await demo.sign_in("james")
    visit = (await james.get("Appointment/james-patel-next")).json()

    response = await james.post("Appointment", wish(visit))

    assert (response.status_code, issue_code(response), refusal(response)) == (409, "duplicate", "open-request-exists")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {"status": "booked", "start": "2026-03-03T09:00:00-08:00", "end": "2026-03-03T09:30:00-08:00"},
            "not-changeable",
        ),
        ({"requestedPeriod": None}, "invalid-resource"),
        ({"requestedPeriod": [{"start": "2026-03-02", "end": "2027-03-02"}]}, "not-earlier"),
        ({"requestedPeriod": [{"start": "2026-02-02", "end": "2026-02-20"}]}, "in-the-past"),
        ({"serviceType": [{"text": "surgery"}]}, "other-visit"),
    ],
    ids=["a booking", "no period", "later", "past", "another kind"],
)
async def test_a_wish_must_be_for_an_earlier_time_of_the_same_kind(
    demo: Demo, changes: dict[str, Any], code: str
) -> None:
    maria = await demo.sign_in("maria")
    visit = (await maria.get("Appointment/maria-chen-next")).json()

    response = await maria.post("Appointment", wish(visit, **changes))

    assert (response.status_code, refusal(response)) == (422, code)
    assert await maria.ids("Appointment", status="waitlist") == []


async def test_a_wish_for_somebody_elses_visit_is_refused(demo: Demo) -> None:
    maria, james = await demo.sign_in("maria"), await demo.sign_in("james")
    his = (await james.get("Appointment/james-chen-next")).json()
    mine = [{"actor": {"reference": "Patient/maria"}, "status": "accepted"}]

    response = await maria.post("Appointment", wish(his, participant=mine))

    assert response.status_code in (404, 422)
