"""Whose record a token opens, decided at the moment it is asked for: relationship, age, grant, and their ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from clock import CLINIC_ZONE
from demo_portal import proxies
from demo_portal.store.moments import years_after
from demo_portal.store.resources import WHOLE
from demo_portal.vocabulary import ACCESS_LEVEL, PORTAL_REQUEST
from tests.demo_portal_case import MONDAY_NINE, Demo, Session, demo, refusal, seeded_file, settings, task

__all__ = ["demo", "seeded_file", "settings"]
REFUSED = "There is no access to this record."


async def token(demo: Demo, actor: str, patient: str) -> dict[str, str]:
    response = await demo.exchange(demo.subject_token(actor), patient=patient)
    return response.json()


async def sign_in_for(demo: Demo, actor: str, patient: str) -> Session:
    granted = await token(demo, actor, patient)
    return Session(demo.http, {"Authorization": f"Bearer {granted['access_token']}"}, patient)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CLINIC_ZONE).astimezone(UTC)


def go_to(demo: Demo, moment: datetime) -> None:
    demo.clock.advance(moment - demo.clock.now())


async def test_b16_a_mother_opens_her_childs_whole_record(demo: Demo) -> None:
    granted = await token(demo, "maria", "leo")
    leo = Session(demo.http, {"Authorization": f"Bearer {granted['access_token']}"}, "leo")

    assert (granted["patient"], granted["fhirUser"]) == ("leo", "RelatedPerson/maria-leo")
    for rtype in ("Observation", "MedicationRequest", "Appointment", "Immunization", "DiagnosticReport"):
        assert (await leo.get(rtype)).status_code == 200
    assert (await leo.get("Patient/maria")).status_code == 404


@pytest.mark.parametrize("rtype", ["Consent", "RelatedPerson", "Basic"])
async def test_b16_who_else_has_access_is_only_the_owners_business(demo: Demo, rtype: str) -> None:
    response = await (await sign_in_for(demo, "maria", "leo")).get(rtype)

    assert (response.status_code, refusal(response)) == (403, "scope")


@pytest.mark.parametrize("rtype", ["Observation", "DiagnosticReport", "MedicationRequest", "Appointment", "Condition",
                                   "Encounter", "DocumentReference", "Communication", "AuditEvent", "Task", "ChargeItem"])  # fmt: skip
async def test_b17_of_a_teenager_nothing_confidential_can_be_read(demo: Demo, rtype: str) -> None:
    sofia = await sign_in_for(demo, "maria", "sofia")

    for response in (await sofia.get(rtype), await sofia.get(rtype, _summary="count"), await sofia.get(f"{rtype}/x")):
        assert (response.status_code, refusal(response)) == (403, "scope")
    assert (await sofia.get("Patient/sofia/$everything")).status_code == 403
    assert (await sofia.get("Patient/sofia/$summary")).status_code == 403


async def test_b17_for_a_teenager_vaccines_bills_and_booking_remain(demo: Demo) -> None:
    sofia = await sign_in_for(demo, "maria", "sofia")

    assert len(await sofia.ids("Immunization")) == 1
    assert await sofia.ids("Account") == ["sofia-clinic"]
    offer = (await sofia.offers("well_child"))[0]
    booked = await sofia.book(offer["slot"][0]["reference"].removeprefix("Slot/"), visit_type="well_child")
    assert booked.json()["status"] == "booked"


async def test_b17_for_a_teenager_only_some_requests_are_taken(demo: Demo) -> None:
    sofia = await sign_in_for(demo, "maria", "sofia")
    asked = task((PORTAL_REQUEST, "release-of-information"), "sofia", "Patient/sofia", "k1",
                 part={"valueString": "all"}, form={"valueString": "pdf"})  # fmt: skip
    response = await sofia.file(asked)

    assert (response.status_code, refusal(response)) == (403, "scope")


@pytest.mark.parametrize(
    ("actor", "patient"),
    [("maria", "daniel"), ("frank", "leo"), ("maria", "james"), ("maria", "nobody"), ("linda-oconnor", "maria"), ("james", "linda-oconnor")],
    ids=["adult without a grant", "guardian of the past", "a stranger", "nobody", "another stranger", "the other way round"],
)  # fmt: skip
async def test_b17_every_refusal_reads_the_same(demo: Demo, actor: str, patient: str) -> None:
    assert await token(demo, actor, patient) == {"error": "invalid_grant", "error_description": REFUSED}


async def test_b18_a_grant_opens_an_adults_record_until_it_ends(demo: Demo) -> None:
    james = await sign_in_for(demo, "linda-oconnor", "james")
    assert len(await james.ids("MedicationRequest")) == 7
    go_to(demo, midnight(MONDAY_NINE.date() + timedelta(days=90)))
    assert "access_token" in await token(demo, "linda-oconnor", "james")

    go_to(demo, midnight(MONDAY_NINE.date() + timedelta(days=91)))
    assert (await token(demo, "linda-oconnor", "james"))["error_description"] == REFUSED


async def test_b18_a_revoked_grant_opens_nothing_from_the_next_token_on(demo: Demo) -> None:
    james = await demo.sign_in("james")
    found = await james.get("Consent/james-grant-linda-oconnor")
    await james.put(
        "Consent/james-grant-linda-oconnor", {**found.json(), "status": "inactive"}, If_Match=found.headers["etag"]
    )

    assert (await token(demo, "linda-oconnor", "james"))["error_description"] == REFUSED


@pytest.mark.parametrize(
    ("level", "open_types", "closed_types"),
    [
        ("view", ["Observation", "Appointment"], []),
        ("scheduling", ["Appointment"], ["Observation", "MedicationRequest"]),
        ("billing", ["Account", "Coverage"], ["Observation", "Appointment"]),
    ],
)
async def test_b16_a_grant_narrows(demo: Demo, level: str, open_types: list[str], closed_types: list[str]) -> None:
    james = await demo.sign_in("james")
    found = await james.get("Consent/james-grant-linda-oconnor")
    code = [{"coding": [{"system": ACCESS_LEVEL, "code": level}]}]
    narrowed = {**found.json(), "provision": {**found.json()["provision"], "code": code}}
    await james.put("Consent/james-grant-linda-oconnor", narrowed, If_Match=found.headers["etag"])
    linda = await sign_in_for(demo, "linda-oconnor", "james")

    assert {(await linda.get(rtype)).status_code for rtype in open_types} == {200}
    assert {(await linda.get(rtype)).status_code for rtype in closed_types} <= {403}
    assert (await linda.post("Device", {"resourceType": "Device"})).status_code == 403


@pytest.mark.parametrize(
    ("child", "age", "before", "after"), [("leo", 12, "full", "limited"), ("mateo", 18, "limited", None)]
)
async def test_b18_a_birthday_counts_from_its_first_moment(
    demo: Demo, child: str, age: int, before: str, after: str | None
) -> None:
    born = date.fromisoformat((await (await demo.sign_in(child)).get(f"Patient/{child}")).json()["birthDate"])
    day = midnight(years_after(born, age))
    portal = demo.app.state.portal

    def level(moment: datetime) -> str | None:
        go_to(demo, moment)
        with portal.database.reading() as conn:
            found = proxies.standing(portal.resources(conn, WHOLE), "maria", child)
        return found.level if found else None

    assert level(day - timedelta(days=1)) == before
    assert level(day - timedelta(seconds=1)) == before
    assert level(day) == after
    assert level(day + timedelta(days=1)) == after


async def test_b18_a_token_ends_with_the_birthday(demo: Demo) -> None:
    born = date.fromisoformat((await (await demo.sign_in("leo")).get("Patient/leo")).json()["birthDate"])
    go_to(demo, midnight(years_after(born, 12)) - timedelta(minutes=3))
    granted = await token(demo, "maria", "leo")
    leo = Session(demo.http, {"Authorization": f"Bearer {granted['access_token']}"}, "leo")

    assert granted["expires_in"] == 180
    assert (await leo.get("Observation")).status_code == 200
    demo.clock.advance(timedelta(minutes=4))
    assert (await leo.get("Observation")).status_code == 401


@pytest.mark.parametrize(
    ("born", "today", "band"),
    [
        (date(2012, 2, 29), date(2024, 2, 28), "child"),
        (date(2012, 2, 29), date(2024, 2, 29), "teen"),
        (date(2008, 2, 29), date(2026, 2, 28), "teen"),
        (date(2008, 2, 29), date(2026, 3, 1), "adult"),
        (date(2014, 6, 1), date(2026, 5, 31), "child"),
        (date(2014, 6, 1), date(2026, 6, 1), "teen"),
    ],
)
def test_b18_ages_at_their_edges(born: date, today: date, band: str) -> None:
    assert proxies.band_of(born, today) == band


async def test_b16_nothing_of_ones_own_can_be_done_in_somebody_elses_name(demo: Demo) -> None:
    leo = await sign_in_for(demo, "maria", "leo")

    assert (await leo.get("Patient/leo/$acts-for")).status_code == 403
    assert (await leo.post("Patient/leo/$invite", {"resourceType": "Parameters"})).status_code == 403


async def test_b16_what_was_done_for_somebody_else_is_noted_with_who_did_it(demo: Demo) -> None:
    await (await sign_in_for(demo, "maria", "leo")).get("Observation")
    leo = await demo.sign_in("leo")
    events = (await leo.get("AuditEvent", _sort="-date")).json()["entry"]

    assert events[0]["resource"]["agent"][0]["who"] == {"reference": "RelatedPerson/maria-leo"}


async def test_b16_a_childs_summary_can_be_seen_and_shared_by_the_mother(demo: Demo) -> None:
    leo = await sign_in_for(demo, "maria", "leo")

    assert (await leo.get("Patient/leo/$summary")).status_code == 200
    assert (await leo.post("Patient/leo/$share", {"resourceType": "Parameters"})).status_code == 200


@pytest.mark.parametrize(
    ("actor", "patient"), [("maria", "sofia"), ("linda-oconnor", "james")], ids=["teenager", "adult"]
)
async def test_b16_nobody_shares_the_record_of_a_teenager_or_an_adult_for_them(
    demo: Demo, actor: str, patient: str
) -> None:
    its = await sign_in_for(demo, actor, patient)

    for path in ("$share", "$revoke-share"):
        given = [{"name": "id", "valueString": "x"}] if path == "$revoke-share" else []
        body = {"resourceType": "Parameters", **({"parameter": given} if given else {})}
        assert (await its.post(f"Patient/{patient}/{path}", body)).status_code == 403
    assert (await its.get(f"Patient/{patient}/$shares")).status_code == 403


def payment(account: str, cents: int, method: str, patient: str) -> dict[str, object]:
    money = {"valueMoney": {"value": cents / 100, "currency": "USD"}}
    return task(
        (PORTAL_REQUEST, "pay"),
        patient,
        f"Account/{account}",
        f"k-{method}",
        amount=money,
        method={"valueString": method},
    )


async def test_b16_a_mother_pays_what_a_child_owes_with_a_card_of_her_own(demo: Demo) -> None:
    sofia = await sign_in_for(demo, "maria", "sofia")
    listed = (await sofia.get("Patient/sofia/$payment-methods")).json()["parameter"]
    assert [part["valueString"] for each in listed for part in each["part"] if part["name"] == "id"] == [
        "pm-maria-1",
        "pm-maria-2",
    ]
    assert (await sofia.file(payment("sofia-clinic", 4000, "pm-maria-1", "sofia"))).json()["status"] == "completed"


async def test_b16_nobody_pays_with_a_card_of_somebody_else(demo: Demo) -> None:
    for actor, patient, method in (
        ("maria", "sofia", "pm-james-1"),
        ("maria", "maria", "pm-james-1"),
        ("sofia", "sofia", "pm-maria-1"),
    ):
        session = await sign_in_for(demo, actor, patient)
        response = await session.file(payment(f"{patient}-clinic", 100, method, patient))
        assert (response.status_code, refusal(response)) == (422, "unknown-method"), actor
