"""A code goes out in neutral words, by text or call, through Twilio's own client, to the right kind of number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from actions.bootstrap import code_sender
from clock import FixedClock
from identity.delivery import CodeNotSent, Delivery, Notice, OptedOut, may_receive_codes
from identity.number_lookup import LookingUpSender
from identity.twilio_delivery import TwilioAccount, TwilioCodeSender
from identity.wording import CodeWording
from settings import Settings
from simulator import CarrierStore, carrier_routes, count_segments
from tests.identity_fakes import NOON, InProcess

CLINIC = "Cascade Medical Group"
WORDING = CodeWording(CLINIC, phone="(541) 555-0100")
ACCOUNT = TwilioAccount(
    account_sid="AC00000000000000000000000000000001",
    auth_token="token for these tests",
    from_number="+15415550100",
    base_url="http://testserver/simulator/twilio",
)
TEXT = Delivery("+15415550121", "123456", "text", "en")


@pytest.fixture
def store() -> CarrierStore:
    return CarrierStore()


@pytest.fixture
def http(store: CarrierStore) -> Iterator[httpx.Client]:
    routes = carrier_routes(store, ACCOUNT.account_sid, ACCOUNT.auth_token, FixedClock(NOON))
    with httpx.Client(transport=InProcess(Starlette(routes=routes))) as client:
        yield client


def test_a_code_is_texted_through_twilios_client(store: CarrierStore, http: httpx.Client) -> None:
    TwilioCodeSender(ACCOUNT, WORDING, http).send(TEXT)
    sent = store.texts("+15415550121")
    assert [(text.to, text.sender) for text in sent] == [("+15415550121", "+15415550100")]
    assert sent[0].body == (
        "Cascade Medical Group: your code is 123456. It works for 5 minutes. We never ask for it outside this chat."
    )


def test_a_code_for_a_landline_is_spoken_twice_digit_by_digit(store: CarrierStore, http: httpx.Client) -> None:
    TwilioCodeSender(ACCOUNT, WORDING, http).send(Delivery("+15415550106", "123456", "call", "es"))
    calls = store.calls("+15415550106")
    assert len(calls) == 1
    assert calls[0].said.count("1, 2, 3, 4, 5, 6") == 2
    assert "Su clave es" in calls[0].said
    assert store.texts() == []


def test_an_api_key_may_send_for_the_account(http: httpx.Client) -> None:
    requests: list[httpx.Request] = []
    sender = TwilioCodeSender(
        TwilioAccount("AC1", "secret of the key", "+15415550100", api_key="SK1"), WORDING, _answering(requests, 201)
    )
    sender.send(TEXT)
    expected = httpx.BasicAuth("SK1", "secret of the key")
    signed = next(expected.auth_flow(httpx.Request("POST", "https://api.twilio.com")))
    assert requests[0].headers["authorization"] == signed.headers["authorization"]
    assert str(requests[0].url) == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"


def _answering(requests: list[httpx.Request], status: int, error: int = 30007) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        body = {"sid": "SM1", "code": error, "message": "Attempt to send to +15415550121", "status": status}
        return httpx.Response(status, json=body)

    return httpx.Client(transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(("status", "temporary"), [(400, False), (429, True), (500, True), (503, True)])
def test_a_refusal_by_the_carrier_says_whether_to_try_again(status: int, temporary: bool) -> None:
    sender = TwilioCodeSender(ACCOUNT, WORDING, _answering([], status))
    with pytest.raises(CodeNotSent) as refused:
        sender.send(TEXT)
    assert refused.value.temporary is temporary


def test_d01_a_refusal_repeats_neither_number_nor_code(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(CodeNotSent) as refused:
        TwilioCodeSender(ACCOUNT, WORDING, _answering([], 400)).send(TEXT)
    said = f"{refused.value}{caplog.text}"
    assert "30007" in said
    assert "5415550121" not in said
    assert "123456" not in said


def test_a_number_whose_owner_has_said_stop_is_told_apart_from_other_refusals() -> None:
    sender = TwilioCodeSender(ACCOUNT, WORDING, _answering([], 400, 21610))
    with pytest.raises(OptedOut) as refused:
        sender.send(TEXT)
    assert not refused.value.temporary
    assert "5415550121" not in str(refused.value)


def test_v09_the_notice_of_a_lock_is_texted_or_called(store: CarrierStore, http: httpx.Client) -> None:
    sender = TwilioCodeSender(ACCOUNT, WORDING, http)
    sender.send_notice(Notice("+15415550121", "text", "en"))
    sender.send_notice(Notice("+15415550106", "call", "es"))
    assert [text.body for text in store.texts("+15415550121")] == [WORDING.notice_text("en")]
    assert [call.said for call in store.calls("+15415550106")] == [WORDING.notice_speech("es")]


@pytest.mark.parametrize("language", ["en", "es"])
def test_v09_the_notice_of_a_lock_is_one_segment_says_where_to_call_and_names_nobody(language: str) -> None:
    said = WORDING.notice_text(language)
    counted = count_segments(said)
    assert (counted.alphabet, counted.count) == ("GSM-7", 1)
    assert "(541) 555-0100" in said
    assert "{" not in said + WORDING.notice_speech(language)


class Lookup:
    """A service that knows one number that changed hands, or nothing at all."""

    def __init__(self, changed: str = "", broken: bool = False) -> None:
        self._changed = changed
        self._broken = broken
        self.asked: list[timedelta] = []

    def changed(self, phone: str, within: timedelta) -> bool:
        self.asked.append(within)
        if self._broken:
            raise RuntimeError(f"no answer about {phone}")
        return phone == self._changed


def test_a_number_that_changed_hands_within_seven_days_gets_nothing(store: CarrierStore, http: httpx.Client) -> None:
    lookup = Lookup(changed=TEXT.to)
    sender = LookingUpSender(TwilioCodeSender(ACCOUNT, WORDING, http), lookup)
    with pytest.raises(CodeNotSent):
        sender.send(TEXT)
    with pytest.raises(CodeNotSent):
        sender.send_notice(Notice(TEXT.to, "text", "en"))
    assert (store.texts(), lookup.asked) == ([], [timedelta(days=7)] * 2)


def test_a_number_that_did_not_change_hands_gets_its_code(store: CarrierStore, http: httpx.Client) -> None:
    LookingUpSender(TwilioCodeSender(ACCOUNT, WORDING, http), Lookup()).send(TEXT)
    assert len(store.texts(TEXT.to)) == 1


def test_d12_when_nobody_can_say_whether_a_number_changed_hands_nothing_is_sent(
    store: CarrierStore, http: httpx.Client
) -> None:
    sender = LookingUpSender(TwilioCodeSender(ACCOUNT, WORDING, http), Lookup(broken=True))
    with pytest.raises(CodeNotSent) as refused:
        sender.send(TEXT)
    assert store.texts() == []
    assert TEXT.to not in str(refused.value)


@pytest.mark.parametrize("lookup", [None, Lookup()])
def test_numbers_are_looked_up_only_where_an_operator_has_a_service_for_it(lookup: Lookup | None) -> None:
    sender = code_sender(Settings.from_environment({"CARELINE_DEMO": "1"}), lookup)
    assert isinstance(sender, TwilioCodeSender if lookup is None else LookingUpSender)


def test_a_carrier_that_cannot_be_reached_may_be_tried_again() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    sender = TwilioCodeSender(ACCOUNT, WORDING, httpx.Client(transport=httpx.MockTransport(unreachable)))
    with pytest.raises(CodeNotSent) as refused:
        sender.send(TEXT)
    assert refused.value.temporary


def test_v08_nothing_is_handed_over_for_a_number_that_may_not_get_codes(
    store: CarrierStore, http: httpx.Client
) -> None:
    with pytest.raises(CodeNotSent):
        TwilioCodeSender(ACCOUNT, WORDING, http).send(Delivery("+19005550123", "123456", "text", "en"))
    assert store.texts() == []


@pytest.mark.parametrize("phone", ["+15415550101", "+15415550117", "+16135550123", "+1 541 555 0101"])
def test_v08_numbers_in_the_us_and_canada_may_get_codes(phone: str) -> None:
    assert may_receive_codes(phone)


@pytest.mark.parametrize(
    "phone",
    [
        None,
        "",
        "911",
        "5415550101",
        "+18765550123",
        "+12425550123",
        "+447911123456",
        "+525512345678",
        "+19005550123",
        "+18005550123",
    ],
)
def test_v08_other_numbers_may_not(phone: str | None) -> None:
    assert not may_receive_codes(phone)


@pytest.mark.parametrize("language", ["en", "es"])
def test_v12_the_text_is_one_segment_of_the_small_alphabet(language: str) -> None:
    counted = count_segments(WORDING.text("123456", language))
    assert (counted.alphabet, counted.count) == ("GSM-7", 1)


@pytest.mark.parametrize("say", [WORDING.text, WORDING.speech])
def test_v12_the_words_are_in_the_language_asked_for_and_otherwise_in_english(say: Callable[[str, str], str]) -> None:
    assert say("123456", "es") != say("123456", "en")
    assert say("123456", "fr") == say("123456", "en")


def test_v12_the_text_says_how_long_the_code_works() -> None:
    assert "10 minutes" in CodeWording(CLINIC, timedelta(minutes=10), phone="(541) 555-0100").text("123456", "en")


def test_v12_a_clinic_whose_name_makes_the_text_too_long_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="characters shorter"):
        CodeWording(
            "The Very Long Name of a Clinic That Nobody Ever Says in Full, Not Even at the Front Desk, Inc.", phone=""
        )
