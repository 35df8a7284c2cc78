"""Finding times, and listing and cancelling appointments, over FHIR."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import httpx
import pytest

from actions.portal_client import OutcomeUnknown, Refused, SlotWish
from actions.portal_client.windows import windows
from clock import CLINIC_ZONE
from tests.fakes import A_TUESDAY
from tests.portal_client_fakes import (
    ANY_TIME,
    FhirServer,
    appointment,
    bundle,
    fhir,
    offer,
    outcome,
    portal,
    sent,
)

NINE = offer("s9", "2026-03-18T09:00:00-07:00", "2026-03-18T09:30:00-07:00")
TEN = offer("s10", "2026-03-18T17:00:00Z", "2026-03-18T17:30:00Z")
TWO = offer("s14", "2026-03-18T14:00:00-07:00", "2026-03-18T14:30:00-07:00")
PLAIN = ()
"""The operations of a server that only knows plain FHIR."""


def asked_for(request: httpx.Request) -> dict:
    return {each["name"]: next(v for k, v in each.items() if k != "name") for each in sent(request)["parameter"]}


async def test_times_come_earliest_first_in_the_clinics_zone() -> None:
    server = FhirServer().on("POST Appointment/$find", bundle(TWO, TEN, NINE))
    found = await portal(server).open_slots(ANY_TIME)
    assert [each.id for each in found] == ["s9", "s10", "s14"]
    assert found[1].start == datetime(2026, 3, 18, 10, 0, tzinfo=CLINIC_ZONE)
    assert found[1].start.tzinfo is CLINIC_ZONE
    assert (found[0].provider.name, found[0].provider.specialty) == ("Amy Chen, MD", "Family Medicine")
    assert (found[0].place.name, found[0].place.phone) == ("Crescent Clinic", "+15415550190")


async def test_no_more_times_than_wished_come() -> None:
    server = FhirServer().on("POST Appointment/$find", bundle(NINE, TEN, TWO))
    assert len(await portal(server).open_slots(replace(ANY_TIME, limit=2))) == 2


async def test_find_is_asked_for_what_was_wished() -> None:
    server = FhirServer().on("POST Appointment/$find", bundle())
    await portal(server).open_slots(replace(ANY_TIME, provider_id="chen", place_id="crescent"))
    asked = asked_for(server.calls("POST Appointment/$find")[0])
    assert asked["visit-type"] == "physical"
    assert asked["practitioner"] == {"reference": "Practitioner/chen"}
    assert asked["location"] == {"reference": "Location/crescent"}
    assert (asked["start"], asked["end"]) == ("2026-03-17T17:00:00Z", "2026-03-31T17:00:00Z")


@pytest.mark.parametrize(
    "narrower",
    [
        {"provider_id": "okafor"},
        {"place_id": "southgate"},
        {"time_ranges": ((time(11), time(13)),)},
        {"weekdays": (4,)},
        {"earliest": A_TUESDAY + timedelta(days=3)},
        {"latest": A_TUESDAY + timedelta(hours=1)},
    ],
)
async def test_times_that_were_not_wished_are_dropped_whatever_the_server_says(narrower: dict) -> None:
    server = FhirServer().on("POST Appointment/$find", bundle(NINE, TEN, TWO))
    assert await portal(server).open_slots(replace(ANY_TIME, **narrower)) == []


async def test_times_in_the_past_are_not_asked_for() -> None:
    server = FhirServer().on("POST Appointment/$find", bundle())
    await portal(server).open_slots(replace(ANY_TIME, earliest=A_TUESDAY - timedelta(days=2)))
    assert asked_for(server.calls("POST Appointment/$find")[0])["start"] == "2026-03-17T17:00:00Z"


async def test_asking_stops_as_soon_as_there_is_enough() -> None:
    server = FhirServer().on("POST Appointment/$find", bundle(NINE, TEN, TWO))
    wish = replace(ANY_TIME, latest=A_TUESDAY + timedelta(days=50), time_ranges=((time(8), time(17)),))
    assert len(await portal(server).open_slots(wish)) == 3
    assert len(server.calls("POST Appointment/$find")) == 4


async def test_a_time_without_a_known_provider_is_not_offered() -> None:
    stranger = offer("s9", "2026-03-18T09:00:00-07:00", "2026-03-18T09:30:00-07:00", practitioner="nobody")
    assert await portal(FhirServer().on("POST Appointment/$find", bundle(stranger))).open_slots(ANY_TIME) == []


def plain_slot(slot_id: str, status: str = "free", hour: int = 9, **more: object) -> dict:
    times = {"start": f"2026-03-18T{hour:02}:00:00-07:00", "end": f"2026-03-18T{hour:02}:30:00-07:00"}
    schedule = {"reference": "Schedule/chens"}
    return {"resourceType": "Slot", "id": slot_id, "status": status, "schedule": schedule, **times, **more}


CHENS = {
    "resourceType": "Schedule",
    "id": "chens",
    "actor": [{"reference": "Practitioner/chen"}, {"reference": "Location/crescent"}],
}
EYE_EXAM = [{"coding": [{"system": "https://careline.example.org/fhir/CodeSystem/visit-type", "code": "eye_exam"}]}]


async def test_a_server_without_find_is_searched_for_free_slots() -> None:
    found = bundle(plain_slot("s2", hour=10), plain_slot("s1"), plain_slot("s3", "busy"), included=[CHENS])
    server = FhirServer(PLAIN).on("GET Slot", found)
    wish = replace(ANY_TIME, provider_id="chen")
    assert [each.id for each in await portal(server).open_slots(wish)] == ["s1", "s2"]
    asked = server.calls("GET Slot")[0].url.params
    assert asked["schedule.actor"] == "Practitioner/chen"
    assert asked.get_list("start") == ["ge2026-03-17T17:00:00Z", "lt2026-03-31T17:00:00Z"]


async def test_schedules_that_did_not_come_along_are_fetched() -> None:
    server = FhirServer(PLAIN).on("GET Slot", bundle(plain_slot("s1"))).on("GET Schedule", bundle(CHENS))
    assert [each.id for each in await portal(server).open_slots(ANY_TIME)] == ["s1"]


async def test_a_slot_for_another_kind_of_visit_is_not_offered() -> None:
    server = FhirServer(PLAIN).on("GET Slot", bundle(plain_slot("s1", serviceType=EYE_EXAM), included=[CHENS]))
    assert await portal(server).open_slots(ANY_TIME) == []


async def test_without_a_kind_of_visit_all_free_slots_suit() -> None:
    server = FhirServer().on("GET Slot", bundle(plain_slot("s1", serviceType=EYE_EXAM), included=[CHENS]))
    assert len(await portal(server).open_slots(replace(ANY_TIME, visit_type=None))) == 1


def wish_for(earliest: datetime, days: int, *ranges: tuple[time, time], weekdays: tuple[int, ...] = ()) -> SlotWish:
    return SlotWish("physical", None, None, earliest, earliest + timedelta(days=days), ranges, weekdays)


def test_a_morning_on_the_day_the_clocks_change_has_its_hours_by_the_wall_clock() -> None:
    saturday = datetime(2026, 3, 7, 0, 0, tzinfo=CLINIC_ZONE)
    found = windows(wish_for(saturday, 3, (time(8), time(12))), CLINIC_ZONE)
    starts = [start.isoformat() for start, _ in found]
    assert starts == ["2026-03-07T16:00:00+00:00", "2026-03-08T15:00:00+00:00", "2026-03-09T15:00:00+00:00"]
    assert all(end - start == timedelta(hours=4) for start, end in found)


def test_an_evening_may_end_at_midnight() -> None:
    found = windows(wish_for(datetime(2026, 3, 17, 0, 0, tzinfo=CLINIC_ZONE), 1, (time(18), time(0))), CLINIC_ZONE)
    assert found == [(datetime(2026, 3, 18, 1, tzinfo=UTC), datetime(2026, 3, 18, 7, tzinfo=UTC))]


def test_only_the_days_of_the_week_that_were_wished_are_asked_for() -> None:
    found = windows(wish_for(A_TUESDAY, 14, weekdays=(0, 3)), CLINIC_ZONE)
    assert [start.astimezone(CLINIC_ZONE).weekday() for start, _ in found] == [3, 0, 3, 0]


def test_a_wish_that_is_over_before_it_begins_asks_for_nothing() -> None:
    assert windows(wish_for(A_TUESDAY, 0), CLINIC_ZONE) == []
    assert windows(wish_for(A_TUESDAY, 0, (time(8), time(12))), CLINIC_ZONE) == []


async def test_appointments_come_soonest_first_without_holds_and_without_what_is_over() -> None:
    later = appointment("later", start="2026-04-01T09:00:00-07:00", end="2026-04-01T09:30:00-07:00")
    over = appointment("over", start="2026-03-17T08:00:00-07:00", end="2026-03-17T08:30:00-07:00")
    going_on = appointment("now", "arrived", start="2026-03-17T09:45:00-07:00", end="2026-03-17T10:15:00-07:00")
    expires = {"url": "https://careline.example.org/fhir/StructureDefinition/hold-expires", "valueInstant": "x"}
    held = appointment("held", "pending", extension=[expires])
    timeless = {name: value for name, value in appointment("wish", "pending").items() if name not in ("start", "end")}
    gone = appointment("gone", "cancelled")
    server = FhirServer().on("GET Appointment", bundle(later, appointment(), over, going_on, held, timeless, gone))
    found = await portal(server).appointments()
    assert [each.id for each in found] == ["now", "a1", "later"]
    assert (found[1].visit_type, found[1].status) == ("physical", "booked")
    assert found[1].provider is not None
    assert found[1].provider.family_name == "Chen"
    assert server.calls("GET Appointment")[0].url.params["date"] == "ge2026-03-17"


async def test_somebody_who_has_left_is_named_as_the_appointment_names_them() -> None:
    actors = [
        {"actor": {"reference": "Patient/maria"}},
        {"actor": {"reference": "Practitioner/gone", "display": "Ann van Dyk, MD"}},
    ]
    server = FhirServer().on("GET Appointment", bundle(appointment(participant=actors)))
    found = (await portal(server).appointments())[0]
    assert found.provider is not None
    assert (found.provider.name, found.provider.family_name) == ("Ann van Dyk, MD", "Dyk")
    assert found.place is None


async def test_cancelling_sends_the_version_that_was_read() -> None:
    server = FhirServer().on("GET Appointment/a1", fhir(appointment(), etag='W/"0a-7"'))
    server.on("PUT Appointment/a1", fhir(appointment(status="cancelled")))
    await portal(server).cancel_appointment("a1", "k1")
    asked = server.calls("PUT Appointment/a1")[0]
    assert asked.headers["if-match"] == 'W/"0a-7"'
    assert sent(asked)["status"] == "cancelled"
    assert sent(asked)["cancelationReason"]["coding"][0]["code"] == "pat"


async def test_cancelling_what_is_cancelled_changes_nothing() -> None:
    server = FhirServer().on("GET Appointment/a1", fhir(appointment(status="cancelled")))
    await portal(server).cancel_appointment("a1", "k1")
    assert server.calls("PUT Appointment/a1") == []


async def test_an_appointment_that_changed_meanwhile_is_not_cancelled() -> None:
    server = FhirServer().on("GET Appointment/a1", fhir(appointment()))
    server.on("PUT Appointment/a1", outcome("conflict", 412))
    with pytest.raises(Refused, match="conflict"):
        await portal(server).cancel_appointment("a1", "k1")


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout("slow"), outcome("exception", 500), outcome("conflict", 412)])
async def test_a_cancellation_that_shows_when_looked_for_is_done(trouble: httpx.Response | Exception) -> None:
    server = FhirServer().on("GET Appointment/a1", fhir(appointment()), fhir(appointment(status="cancelled")))
    await portal(server.on("PUT Appointment/a1", trouble)).cancel_appointment("a1", "k1")
    assert len(server.calls("PUT Appointment/a1")) == 1


@pytest.mark.parametrize("second_look", [fhir(appointment()), outcome("exception", 500)])
async def test_a_cancellation_that_does_not_show_stays_open(second_look: httpx.Response) -> None:
    server = FhirServer().on("GET Appointment/a1", fhir(appointment()), second_look)
    with pytest.raises(OutcomeUnknown):
        await portal(server.on("PUT Appointment/a1", httpx.ReadTimeout("slow"))).cancel_appointment("a1", "k1")


async def test_an_empty_answer_to_a_cancellation_is_enough() -> None:
    server = FhirServer().on("GET Appointment/a1", fhir(appointment()))
    await portal(server.on("PUT Appointment/a1", httpx.Response(204))).cancel_appointment("a1", "k1")


async def test_providers_come_by_family_name_with_where_they_work() -> None:
    abe = {"resourceType": "Practitioner", "id": "abe", "name": [{"given": ["Jo"], "family": "Abe", "suffix": ["NP"]}]}
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/abe"}}
    known = portal(FhirServer().on("GET PractitionerRole", bundle(role)).on("GET Practitioner", bundle(abe)))
    assert [(each.name, each.specialty, each.place_id) for each in await known.providers()] == [
        ("Jo Abe, NP", "", None)
    ]
    chen = (await portal(FhirServer()).providers())[0]
    assert (chen.place_id, chen.languages) == ("crescent", ("en",))


async def test_places_have_their_address_on_one_line() -> None:
    assert (await portal(FhirServer()).places())[0].address == "1500 Crescent Way, Eugene, OR 97401"
