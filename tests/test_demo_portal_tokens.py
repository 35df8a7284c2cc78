"""Who gets a token of the demo portal, and how far it reaches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.demo_portal_case import CLIENT, Demo, demo, matches, refusal, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]


def question(phone: str, born: str) -> dict[str, object]:
    patient = {"resourceType": "Patient", "telecom": [{"system": "phone", "value": phone}], "birthDate": born}
    given = [{"name": "resource", "resource": patient}, {"name": "onlyCertainMatches", "valueBoolean": True}]
    return {"resourceType": "Parameters", "parameter": given}


async def test_a_verified_patient_gets_a_token_for_ten_minutes(demo: Demo) -> None:
    granted = (await demo.exchange(demo.subject_token("maria"))).json()

    assert granted["patient"] == "maria"
    assert granted["token_type"] == "Bearer"
    assert granted["expires_in"] == 600


async def test_a_token_lapses_with_the_clock(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    demo.clock.advance(timedelta(minutes=10))

    response = await maria.get("Patient/maria")

    assert response.status_code == 401
    assert response.json()["issue"][0]["code"] == "login"
    assert "Bearer" in response.headers["WWW-Authenticate"]


async def test_a_subject_token_works_once(demo: Demo) -> None:
    token = demo.subject_token("maria")
    await demo.exchange(token)

    again = await demo.exchange(token)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": 9_999_999_999},
        {"exp": None},
        {"exp": "soon"},
        {"auth_time": None},
        {"auth_time": 9_999_999_999},
        {"aud": "http://elsewhere.example.org"},
        {"iss": "somebody"},
        {"jti": None},
        {"sub": "nobody"},
        {"secret": "a secret of the right length but not ours"},
    ],
    ids=str,
)
async def test_a_subject_token_that_cannot_be_trusted_is_refused(demo: Demo, changes: dict[str, Any]) -> None:
    secret = {"secret": str(changes["secret"])} if "secret" in changes else {}
    claims = {name: value for name, value in changes.items() if name != "secret"}
    patient = str(claims.pop("sub", "maria"))

    response = await demo.exchange(demo.subject_token(patient, **secret, **claims))

    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


async def test_a_subject_token_without_signature_is_refused(demo: Demo) -> None:
    head, claims, _ = demo.subject_token("maria").split(".")

    response = await demo.exchange(f"{head}.{claims}.")

    assert response.json()["error"] == "invalid_grant"


async def test_a_client_with_the_wrong_secret_gets_nothing(demo: Demo) -> None:
    response = await demo.exchange(demo.subject_token("maria"), client_secret="wrong")

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_an_unknown_grant_is_refused(demo: Demo) -> None:
    response = await demo.http.post("/oauth/token", data={**CLIENT, "grant_type": "password"})

    assert response.json()["error"] == "unsupported_grant_type"


async def test_the_assistant_itself_may_not_ask_for_records(demo: Demo) -> None:
    form = {**CLIENT, "grant_type": "client_credentials", "scope": "system/*.rs"}

    response = await demo.http.post("/oauth/token", data=form)

    assert response.json()["error"] == "invalid_scope"


async def test_a_token_with_less_scope_can_do_less(demo: Demo) -> None:
    granted = (await demo.exchange(demo.subject_token("maria"), scope="patient/Appointment.rs")).json()
    bearer = {"Authorization": f"Bearer {granted['access_token']}"}

    seen = [
        (await demo.http.get(f"/fhir/{rtype}", headers=bearer)).status_code for rtype in ("Appointment", "Observation")
    ]

    assert seen == [200, 403]


async def test_the_assistants_own_token_opens_no_record(demo: Demo) -> None:
    assistant = await demo.assistant()

    seen = [(await assistant.get(path)).status_code for path in ("Patient/maria", "Patient", "Slot", "Appointment")]

    assert seen == [403, 403, 403, 403]


async def test_a_patients_token_cannot_look_people_up(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.post("Patient/$match", question("+15415550102", "1958-11-02"))

    assert (response.status_code, refusal(response)) == (403, "scope")


async def test_phone_and_birth_date_find_one_person(demo: Demo) -> None:
    assistant = await demo.assistant()

    found = matches((await assistant.post("Patient/$match", question("+15415550104", "1951-07-20"))).json())

    assert [patient["id"] for patient in found] == ["rosa"]
    assert found[0]["communication"][0]["language"]["coding"][0]["code"] == "es"
    assert found[0]["telecom"][0]["use"] == "mobile"
    assert "generalPractitioner" not in found[0]


async def test_people_who_share_a_phone_are_told_apart_by_birth_date(demo: Demo) -> None:
    assistant = await demo.assistant()

    found = [
        matches((await assistant.post("Patient/$match", question("+15415550105", born))).json())[0]["id"]
        for born in ("1979-01-15", "1981-09-08")
    ]

    assert found == ["robert", "anne"]


async def test_a_match_with_two_hits_gives_none(demo: Demo) -> None:
    give_smith2_the_phone_of_smith1(demo)
    assistant = await demo.assistant()

    response = await assistant.post("Patient/$match", question("+15415550113", "1966-04-04"))

    assert response.status_code == 200
    assert matches(response.json()) == []


@pytest.mark.parametrize("born", ["1984-03-13", "1984-03-12,1985-01-01", "1984", "ge1900-01-01"])
async def test_no_trick_with_the_birth_date_finds_anybody(demo: Demo, born: str) -> None:
    assistant = await demo.assistant()

    response = await assistant.post("Patient/$match", question("+15415550101", born))

    assert matches(response.json()) == []


async def test_a_match_without_certainty_is_refused(demo: Demo) -> None:
    assistant = await demo.assistant()
    body = question("+15415550101", "1984-03-12")
    body["parameter"] = body["parameter"][:1]  # type: ignore[index]

    response = await assistant.post("Patient/$match", body)

    assert response.status_code == 400


async def test_a_made_up_token_is_refused(demo: Demo) -> None:
    response = await demo.http.get("/fhir/Patient/maria", headers={"Authorization": "Bearer made-up"})

    assert response.status_code == 401


def give_smith2_the_phone_of_smith1(demo: Demo) -> None:
    from demo_portal.store.resources import WHOLE

    portal = demo.app.state.portal
    with portal.database.writing() as conn:
        whole = portal.resources(conn, WHOLE)
        first, second = whole.read("Patient", "smith1"), whole.read("Patient", "smith2")
        whole.amend({**second, "telecom": first["telecom"]})


def give_phone(demo: Demo, who: str, phone: str) -> str:
    """Let a patient be reached at a number; give their birth date."""
    from demo_portal.store.resources import WHOLE

    portal = demo.app.state.portal
    with portal.database.writing() as conn:
        whole = portal.resources(conn, WHOLE)
        patient = whole.read("Patient", who)
        whole.amend({**patient, "telecom": [{"system": "phone", "value": phone, "use": "mobile"}]})
    return patient["birthDate"]
