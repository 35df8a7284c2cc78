"""The local carrier takes what Twilio takes, refuses what it refuses in its words, and shows what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from clock import FixedClock
from identity.twilio_delivery import TwilioAccount, twilio_client
from simulator import CarrierStore, carrier_routes
from tests.identity_fakes import NOON, InProcess

HOST = "http://testserver"
SID = "AC00000000000000000000000000000001"
TOKEN = "token for these tests"
FROM, TO, OTHER = "+15415550100", "+15415550101", "+15415550102"
MESSAGES = f"/simulator/twilio/2010-04-01/Accounts/{SID}/Messages.json"
CALLS = f"/simulator/twilio/2010-04-01/Accounts/{SID}/Calls.json"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store() -> CarrierStore:
    return CarrierStore(most=5)


@pytest.fixture
def http(store: CarrierStore, clock: FixedClock) -> Iterator[httpx.Client]:
    with httpx.Client(
        transport=InProcess(Starlette(routes=carrier_routes(store, SID, TOKEN, clock))), base_url=HOST
    ) as client:
        yield client


@pytest.fixture
def twilio(http: httpx.Client) -> Client:
    return _client(http, TOKEN)


def _client(http: httpx.Client, token: str, sid: str = SID) -> Client:
    return twilio_client(TwilioAccount(sid, token, FROM, base_url=f"{HOST}/simulator/twilio"), http)


def _post(http: httpx.Client, path: str, **form: str) -> tuple[int, dict[str, Any]]:
    answer = http.post(path, data=form, auth=(SID, TOKEN))
    return answer.status_code, answer.json()


def test_twilios_client_gets_the_message_that_it_made(twilio: Client) -> None:
    message = twilio.messages.create(to=TO, from_=FROM, body="See you at 10:30")
    assert message.sid is not None
    assert message.sid.startswith("SM")
    assert len(message.sid) == 34
    assert (message.to, message.from_, message.body, message.status) == (TO, FROM, "See you at 10:30", "queued")
    assert (message.num_segments, message.date_created, message.account_sid) == ("1", NOON, SID)


def test_twilios_client_gets_the_call_that_it_made(twilio: Client) -> None:
    call = twilio.calls.create(to=TO, from_=FROM, twiml="<Response><Say>Hello</Say></Response>")
    assert call.sid is not None
    assert call.sid.startswith("CA")
    assert (call.to, call.from_formatted, call.status, call.direction) == (TO, FROM, "queued", "outbound-api")


def test_texts_to_a_number_are_shown_newest_last(twilio: Client, http: httpx.Client, clock: FixedClock) -> None:
    twilio.messages.create(to=TO, from_=FROM, body="first")
    clock.advance(timedelta(seconds=1))
    twilio.messages.create(to=OTHER, from_=FROM, body="for another")
    twilio.messages.create(to=TO, from_=FROM, body="Su próxima cita")
    assert http.get("/simulator/sms", params={"to": TO}).json() == [
        {"at": "2026-03-17T12:00:00+00:00", "to": TO, "body": "first", "segments": 1},
        {"at": "2026-03-17T12:00:01+00:00", "to": TO, "body": "Su próxima cita", "segments": 1},
    ]


@pytest.mark.parametrize("query", ["?to=+15415550101", "?to=%2B15415550101", "?to=15415550101"])
def test_the_plus_sign_of_a_number_may_be_written_any_way(twilio: Client, http: httpx.Client, query: str) -> None:
    twilio.messages.create(to=TO, from_=FROM, body="hello")
    assert len(http.get(f"/simulator/sms{query}").json()) == 1


def test_without_a_number_everything_is_shown(twilio: Client, http: httpx.Client) -> None:
    twilio.messages.create(to=TO, from_=FROM, body="one")
    twilio.messages.create(to=OTHER, from_=FROM, body="two")
    assert [text["to"] for text in http.get("/simulator/sms").json()] == [TO, OTHER]


def test_the_words_of_a_call_are_shown(twilio: Client, http: httpx.Client) -> None:
    twiml = "<Response><Say>Your code</Say><Pause/><Gather><Say>is <emphasis>1</emphasis></Say></Gather></Response>"
    twilio.calls.create(to=TO, from_=FROM, twiml=twiml)
    assert http.get("/simulator/calls", params={"to": TO}).json() == [
        {"at": "2026-03-17T12:00:00+00:00", "to": TO, "said": "Your code is 1"}
    ]


def test_a_call_that_is_led_by_webhook_has_no_words_yet(twilio: Client, store: CarrierStore) -> None:
    twilio.calls.create(to=TO, from_=FROM, url="https://clinic.example.org/voice")
    assert [call.said for call in store.calls(TO)] == [""]


def test_only_the_newest_are_kept(twilio: Client, store: CarrierStore) -> None:
    for number in range(7):
        twilio.messages.create(to=TO, from_=FROM, body=str(number))
    assert [text.body for text in store.texts()] == ["2", "3", "4", "5", "6"]


def test_everything_can_be_forgotten(twilio: Client, store: CarrierStore) -> None:
    twilio.messages.create(to=TO, from_=FROM, body="one")
    twilio.calls.create(to=TO, from_=FROM, twiml="<Response/>")
    store.clear()
    assert (store.texts(), store.calls()) == ([], [])


def test_a_wrong_token_is_refused_as_twilio_does(http: httpx.Client, store: CarrierStore) -> None:
    with pytest.raises(TwilioRestException) as refused:
        _client(http, "another token").messages.create(to=TO, from_=FROM, body="hello")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    assert store.texts() == []


@pytest.mark.parametrize("header", [None, "Bearer abc", "Basic", "Basic !!!", "Basic /////w=="])
def test_a_request_without_proper_credentials_is_refused(http: httpx.Client, header: str | None) -> None:
    headers = {"authorization": header} if header else {}
    answer = http.post(MESSAGES, data={"To": TO, "From": FROM, "Body": "hello"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_another_account_is_not_found(http: httpx.Client) -> None:
    status, body = _post(http, MESSAGES.replace(SID, "AC2"), To=TO, From=FROM, Body="hello")
    assert (status, body["code"]) == (404, 20404)


@pytest.mark.parametrize("to", ["12", "hello", "+1541555", "+999999999999999999"])
def test_an_invalid_number_is_refused_with_21211(twilio: Client, store: CarrierStore, to: str) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=to, from_=FROM, body="hello")
    assert (refused.value.status, refused.value.code) == (400, 21211)
    assert store.texts() == []


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": FROM, "Body": "hello"}, 21604),
        ({"To": TO, "Body": "hello"}, 21603),
        ({"To": TO, "From": "12", "Body": "hello"}, 21212),
        ({"To": TO, "From": FROM}, 21602),
        ({"To": TO, "From": FROM, "Body": "x" * 1601}, 21617),
    ],
)
def test_an_incomplete_message_is_refused_in_twilios_words(http: httpx.Client, form: dict[str, str], code: int) -> None:
    status, body = _post(http, MESSAGES, **form)
    assert (status, body["code"], body["status"]) == (400, code, 400)
    assert body["message"]
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": FROM, "Twiml": "<Response/>"}, 21201),
        ({"To": TO, "Twiml": "<Response/>"}, 21213),
        ({"To": TO, "From": FROM}, 21205),
        ({"To": TO, "From": FROM, "Twiml": "<Response"}, 12100),
    ],
)
def test_an_incomplete_call_is_refused_in_twilios_words(http: httpx.Client, form: dict[str, str], code: int) -> None:
    status, body = _post(http, CALLS, **form)
    assert (status, body["code"]) == (400, code)


def test_a_number_written_otherwise_is_shown_in_the_usual_form(twilio: Client, store: CarrierStore) -> None:
    twilio.messages.create(to="(541) 555-0101", from_=FROM, body="hello")
    assert len(store.texts(TO)) == 1
