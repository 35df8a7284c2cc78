"""The four processes together: what the gateway promises a client, what a failure does, what the logs may hold."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import player
from tests.conftest import Careline
from tests.player import Client, newest_code

pytestmark = pytest.mark.process

MARIA = "+15415550101"


def signed_in(careline: Careline, opening: str = "sign me in", language: str = "en") -> Client:
    return player.signed_in(Client(careline.http, language=language), MARIA, "1984-03-12", opening)


def appointments_of_maria(careline: Careline) -> list[dict[str, Any]]:
    """What the portal holds, seen with a token of the test's own and not through the assistant."""
    import time

    import jwt

    from settings import DEMO_SECRET

    origin = f"http://127.0.0.1:{careline.ports.portal}"
    now = int(time.time())
    claims = {
        "iss": "careline",
        "aud": f"{origin}/oauth/token",
        "sub": "maria",
        "amr": ["sms", "kba"],
        "auth_time": now,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    }
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "subject_token": jwt.encode(claims, DEMO_SECRET, "HS256"),
        "client_id": "careline",
        "client_secret": DEMO_SECRET,
    }
    token = httpx.post(f"{origin}/oauth/token", data=form).json()["access_token"]
    bundle = httpx.get(
        f"{origin}/fhir/Appointment",
        params={"patient": "maria", "status": "booked"},
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    return [
        entry["resource"] for entry in bundle.get("entry", []) if entry["resource"]["resourceType"] == "Appointment"
    ]


@pytest.mark.parametrize(
    ("language", "opening", "yes", "code_first"),
    [
        (
            "en",
            "book me with Dr. Chen next week in the morning for a physical",
            "yes",
            "utter_ask_book_appointment_slot",
        ),
        (
            "es",
            "hágame una cita con la Dra. Chen la próxima semana en la mañana para un examen físico",
            "sí",
            "utter_ask_book_appointment_slot",
        ),
    ],
)
def test_the_sentence_of_the_readme_leads_to_a_booked_appointment(
    careline: Careline, language: str, opening: str, yes: str, code_first: str
) -> None:
    before = {appointment["id"] for appointment in appointments_of_maria(careline)}
    client = Client(careline.http, language=language)
    for said in (opening, "541-555-0101", "1984-03-12"):
        client.say(said)
    assert client.code(MARIA)[0]["act"] == code_first
    client.pick(2)
    reply = client.say(yes)[-1]
    assert reply["act"] == "utter_book_appointment_booked"
    new = [appointment for appointment in appointments_of_maria(careline) if appointment["id"] not in before]
    assert [(appointment["id"], appointment["serviceType"][0]["coding"][0]["code"]) for appointment in new] == [
        (reply["values"]["appointment"], "physical")
    ]
    assert new[0]["start"] == reply["parts"][0]["start"]


def test_one_yes_sent_many_times_books_and_pays_once(careline: Careline) -> None:
    client = signed_in(careline, "pay my bill")
    client.say("all of it")
    client.say("visa")
    body = {"channel": "web", "conversation": client.conversation, "text": "yes", "message_id": str(uuid.uuid4())}
    answers = [careline.http.post("/v1/turns", json=body).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["replies"][0]["values"]["left"] == "$0.00"
    assert client.say("pay my bill")[0]["act"] == "utter_pay_bill_nothing_owed"


def test_an_unknown_conversation_begins_anew_and_the_message_is_answered(careline: Careline) -> None:
    answer = careline.http.post("/v1/turns", json={"channel": "web", "conversation": "x" * 22, "text": "hello"}).json()
    assert [reply["act"] for reply in answer["replies"]] == ["utter_conversation_unknown", "utter_greet"]
    assert answer["conversation"] != "x" * 22


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{not json", 400),
        (b'{"channel": "web"}', 400),
        (b'{"channel": "pigeon", "text": "hi"}', 400),
        (json.dumps({"channel": "web", "text": "a" * 1500}).encode(), 413),
        (b"[" * 50_000, 400),
    ],
)
def test_a_request_that_cannot_be_answered_gets_a_sentence(careline: Careline, content: bytes, status: int) -> None:
    answer = careline.http.post("/v1/turns", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["detail"].endswith(".")


def test_without_a_key_nothing_is_answered(careline: Careline) -> None:
    assert (
        careline.http.post(
            "/v1/turns", json={"channel": "web", "text": "hi"}, headers={"Authorization": "Bearer no"}
        ).status_code
        == 401
    )


def test_with_the_portal_down_nothing_is_lost_and_continue_goes_on(careline: Careline) -> None:
    client = signed_in(careline, "refill my lisinopril")
    careline.processes.stop_one("portal")
    try:
        down = client.say("yes")
        assert down[-1]["act"] == "utter_portal_unavailable"
        assert "Nothing was changed" in down[-1]["text"]
    finally:
        careline.processes.start_one("portal")
    assert client.say("continue")[-1]["act"] == "utter_ask_refill_medication_confirmed"
    assert client.say("yes")[0]["act"] == "utter_refill_medication_sent"


def test_with_everything_behind_down_an_emergency_is_still_heard(careline: Careline) -> None:
    for name in ("dialogue", "actions", "portal"):
        careline.processes.stop_one(name)
    try:
        heard = careline.http.post("/v1/turns", json={"channel": "sms", "text": "mi papá no despierta y no respira"})
        assert heard.status_code == 200
        assert "911" in heard.json()["replies"][0]["text"]
        other = careline.http.post("/v1/turns", json={"channel": "web", "text": "refill my pills"})
        assert other.status_code == 503
        assert "911" in other.json()["detail"]
    finally:
        for name in ("portal", "actions", "dialogue"):
            careline.processes.start_one(name)


def test_a_code_works_once_and_only_in_its_conversation(careline: Careline) -> None:
    first, second = Client(careline.http), Client(careline.http)
    for said in ("sign me in", "541 555 0101", "1984-03-12"):
        first.say(said)
    code = newest_code(careline.http, MARIA)
    second.say("sign me in")
    second.say(code)
    assert not second.signed_in
    first.say(code)
    assert first.signed_in
    first.say("sign me out")
    first.say("sign me in")
    first.say(code)
    assert not first.signed_in


def test_the_dialogue_keeps_within_its_memory(careline: Careline) -> None:
    signed_in(careline, "what were my test results")
    status = Path(f"/proc/{careline.processes.pid('dialogue')}/status").read_text()
    resident = int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) // 1024
    # Of these, 160 MB are the sentence encoder (docs/decisions/0013-sentence-vectors.md).
    assert resident < 450, f"{resident} MB"


def test_d01_no_word_number_or_code_of_a_patient_is_in_any_log_or_on_the_way(careline: Careline) -> None:
    client = signed_in(careline, "my canaryword lisinopril refill, card 4111 1111 1111 1111")
    code = newest_code(careline.http, MARIA)
    client.say("what about my canaryword cholesterol")
    client.say("pay my canaryword bill")
    careline.http.post("/v1/turns", content=b'{"text": "canaryword')
    logs = careline.logs
    for trace in (
        "canaryword",
        "5550101",
        "555 0101",
        "1984-03-12",
        "Lopez",
        "Maria",
        "lisinopril",
        "184.50",
        "4111",
        code,
    ):
        assert trace not in logs, trace
    assert code.encode() not in b"".join(path.read_bytes() for path in careline.var.glob("tracker.db*"))
    assert b"4111 1111" not in b"".join(path.read_bytes() for path in careline.var.glob("*.db*"))


def test_r08_only_the_gateway_answers_strangers(careline: Careline) -> None:
    dialogue, actions = (f"http://127.0.0.1:{port}" for port in (careline.ports.dialogue, careline.ports.actions))
    assert httpx.post(f"{dialogue}/webhooks/careline/turn", json={"sender": "x", "text": "hi"}).status_code == 401
    assert httpx.post(f"{actions}/webhook", json={"next_action": "action_pay_bill"}).status_code == 401
    for path in ("/conversations/x/tracker", "/model", "/domain", "/status", "/version", "/webhooks/rest/webhook"):
        assert httpx.get(f"{dialogue}{path}").status_code in (404, 405), path
