"""Tokens, and finding the person a phone number and a birth date belong to."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import jwt
import pytest

from actions.portal_client import (
    FhirDirectory,
    NoAccess,
    Person,
    PortalError,
    PortalUnavailable,
    Refused,
    SessionExpired,
    TokenClient,
    UnusableAnswer,
    portal_http_client,
)
from clock import CLINIC_ZONE, FixedClock
from tests.fakes import A_TUESDAY
from tests.portal_client_fakes import FhirServer, Notes, bundle, fhir, outcome, sent
from tests.portal_client_fakes import portal as signed_in

SECRET = "a-secret-that-is-long-enough-for-hs256"
MARIA_BORN = date(1984, 3, 12)
MARIAS_PHONE = "+15415550101"


def granted(**more: Any) -> httpx.Response:
    body = {"access_token": "abc", "token_type": "Bearer", "expires_in": 600, "scope": "patient/*.rs", **more}
    return httpx.Response(200, json=body)


def denied(error: str, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"error": error})


class Portal:
    """A token endpoint and a FHIR server in one, with a clock that can be moved."""

    def __init__(self, *tokens: httpx.Response | Exception) -> None:
        self.tokens = list(tokens)
        self.forms: list[dict[str, str]] = []
        self.fhir = FhirServer()
        self.clock = FixedClock(A_TUESDAY)
        client = portal_http_client("https://portal.test", httpx.MockTransport(self))
        self.client = TokenClient(client, "careline", SECRET, self.clock)
        self.directory = FhirDirectory(client, self.client, trail=Notes())

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/oauth/token":
            return self.fhir(request)
        self.forms.append(dict(parse_qsl(request.content.decode())))
        answer = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


async def test_an_exchange_vouches_for_the_person_and_brings_their_token() -> None:
    portal = Portal(granted(patient="maria"))
    token = await portal.client.exchange("maria", A_TUESDAY - timedelta(minutes=5), channel="sms")
    assert (token.access_token, token.expires_in, token.patient_id) == ("abc", 600, "maria")
    asked = portal.forms[0]
    assert asked["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange"
    claims = jwt.decode(
        asked["subject_token"],
        SECRET,
        algorithms=["HS256"],
        audience="https://portal.test/oauth/token",
        issuer="careline",
        options={"verify_exp": False, "verify_iat": False},
    )
    now = int(A_TUESDAY.timestamp())
    assert (claims["sub"], claims["channel"], claims["amr"]) == ("maria", "sms", ["sms", "kba"])
    assert claims["auth_time"] == now - 300
    assert now < claims["exp"] <= now + 120


async def test_no_two_exchanges_use_one_statement() -> None:
    portal = Portal(granted(patient="maria"))
    await portal.client.exchange("maria", A_TUESDAY)
    await portal.client.exchange("maria", A_TUESDAY)
    read = [jwt.decode(each["subject_token"], options={"verify_signature": False})["jti"] for each in portal.forms]
    assert read[0] != read[1]


@pytest.mark.parametrize("patient", ["leo", None, 7])
async def test_d07_a_token_for_somebody_else_is_not_used(patient: object) -> None:
    with pytest.raises(UnusableAnswer):
        await Portal(granted(patient=patient)).client.exchange("maria", A_TUESDAY)


async def test_a_person_the_portal_does_not_take_from_us_must_verify_again() -> None:
    with pytest.raises(SessionExpired):
        await Portal(denied("invalid_grant")).client.exchange("maria", A_TUESDAY)


async def test_b16_a_token_for_anothers_record_is_asked_for_by_name() -> None:
    portal = Portal(granted(patient="leo", expires_in=42))
    token = await portal.client.exchange("maria", A_TUESDAY, for_patient="leo")
    assert (token.patient_id, token.expires_in, portal.forms[0]["patient"]) == ("leo", 42, "leo")
    claims = jwt.decode(portal.forms[0]["subject_token"], options={"verify_signature": False})
    assert claims["sub"] == "maria"


async def test_ones_own_record_needs_no_name() -> None:
    portal = Portal(granted(patient="maria"))
    await portal.client.exchange("maria", A_TUESDAY, for_patient="maria")
    assert "patient" not in portal.forms[0]


async def test_b16_no_access_is_no_reason_to_verify_again() -> None:
    with pytest.raises(NoAccess):
        await Portal(denied("invalid_grant")).client.exchange("maria", A_TUESDAY, for_patient="leo")


@pytest.mark.parametrize("patient", ["maria", "sofia", None])
async def test_d07_a_token_for_another_record_than_asked_for_is_not_used(patient: object) -> None:
    with pytest.raises(UnusableAnswer):
        await Portal(granted(patient=patient)).client.exchange("maria", A_TUESDAY, for_patient="leo")


TROUBLE = {
    "wrong client": denied("invalid_client", 401),
    "wrong scope": denied("invalid_scope"),
    "busy": httpx.Response(429, headers={"retry-after": "9"}),
    "fault": httpx.Response(500, text="oops"),
    "redirect": httpx.Response(302, headers={"location": "https://elsewhere.test"}),
    "a page": httpx.Response(200, text="<html>", headers={"content-type": "text/html"}),
    "half": httpx.Response(200, content=b"{", headers={"content-type": "application/json"}),
    "no token": httpx.Response(200, json={}),
    "another kind": granted(token_type="mac"),
    "a token with a line break": granted(access_token="a\r\nX: y"),
    "no end": granted(expires_in=None),
    "slow": httpx.ReadTimeout("slow"),
    "away": httpx.ConnectError("away"),
    "broken": httpx.DecodingError("broken"),
}


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
async def test_without_a_token_the_portal_is_unavailable(trouble: httpx.Response | Exception) -> None:
    with pytest.raises(PortalUnavailable):
        await Portal(trouble).client.own_token()
    with pytest.raises(PortalUnavailable):
        await Portal(trouble).client.exchange("maria", A_TUESDAY)


async def test_our_own_token_is_kept_until_shortly_before_it_lapses() -> None:
    portal = Portal(granted(access_token="first"), granted(access_token="second"))
    assert await portal.client.own_token() == "first"
    portal.clock.advance(timedelta(seconds=569))
    assert await portal.client.own_token() == "first"
    portal.clock.advance(timedelta(seconds=2))
    assert await portal.client.own_token() == "second"
    assert "system/Patient.match" in portal.forms[0]["scope"].split()


async def test_a_token_does_not_show_when_it_is_printed() -> None:
    token = await Portal(granted(patient="maria")).client.exchange("maria", A_TUESDAY)
    assert "abc" not in repr(token)


def maria(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "maria",
        "name": [{"use": "official", "text": "Maria Elena Lopez", "given": ["Maria", "Elena"], "family": "Lopez"}],
        "telecom": [{"system": "phone", "value": MARIAS_PHONE, "use": "mobile"}],
        "birthDate": "1984-03-12",
        **more,
    }


async def find(*matches: dict, phone: str = MARIAS_PHONE) -> Person | None:
    portal = Portal(granted())
    portal.fhir.on("POST Patient/$match", bundle(*matches))
    return await portal.directory.find_person(phone, MARIA_BORN)


async def test_the_one_person_both_belong_to_is_found() -> None:
    assert await find(maria()) == Person("maria", "Maria", "Maria Elena Lopez", MARIAS_PHONE, True, "en")


async def test_d03_the_question_names_nobody_in_its_address() -> None:
    portal = Portal(granted())
    portal.fhir.on("POST Patient/$match", bundle())
    await portal.directory.find_person(MARIAS_PHONE, MARIA_BORN)
    asked = portal.fhir.calls("POST Patient/$match")[0]
    assert str(asked.url) == "https://portal.test/fhir/Patient/$match"
    given = {each["name"]: each for each in sent(asked)["parameter"]}
    assert given["resource"]["resource"]["birthDate"] == "1984-03-12"
    assert given["onlyCertainMatches"]["valueBoolean"] is True


async def test_nobody_and_two_people_are_the_same_answer() -> None:
    assert await find() is None
    assert await find(maria(), maria(id="other")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"birthDate": "1984-03-13"},
        {"birthDate": "1984-03"},
        {"telecom": [{"system": "phone", "value": "+15415550199", "use": "mobile"}]},
        {"telecom": [{"system": "phone", "value": MARIAS_PHONE, "use": "old"}]},
        {"telecom": [{"system": "fax", "value": MARIAS_PHONE}]},
        {"telecom": []},
        {"active": False},
        {"deceasedBoolean": True},
        {"deceasedDateTime": "2025-01-01"},
    ],
)
async def test_a_person_who_does_not_fit_is_nobody_whatever_the_server_says(wrong: dict) -> None:
    assert await find(maria(**wrong)) is None


TEEN_BORN = date(2011, 3, 18)


def teen(**more: Any) -> dict[str, Any]:
    return maria(**{"id": "teen", "birthDate": TEEN_BORN.isoformat(), **more})


def mother(**more: Any) -> dict[str, Any]:
    telecom = [{"system": "phone", "value": "(541) 555-0101"}]
    return {
        "resourceType": "RelatedPerson",
        "id": "r1",
        "patient": {"reference": "Patient/teen"},
        "telecom": telecom,
    } | more


async def find_teen(patient: dict, *included: dict) -> bool:
    portal = Portal(granted())
    portal.fhir.on("POST Patient/$match", bundle(patient, included=list(included)))
    found = await portal.directory.find_person(MARIAS_PHONE, date.fromisoformat(patient["birthDate"]))
    assert found is not None
    return found.shares_phone_with_guardian


@pytest.mark.parametrize(
    ("who", "shared"),
    [
        (mother(), True),
        (mother(active=False), False),
        (mother(telecom=[{"system": "phone", "value": "+15415550199"}]), False),
        (mother(telecom=[{"system": "phone", "value": MARIAS_PHONE, "use": "old"}]), False),
        (mother(telecom=[]), False),
    ],
)
async def test_b17_a_teenagers_phone_that_a_guardian_reads_too_is_told(who: dict, shared: bool) -> None:
    assert await find_teen(teen(), who) is shared


async def test_b17_a_contact_on_file_with_the_same_number_counts_as_a_guardian() -> None:
    contact = [{"name": {"text": "Mother"}, "telecom": [{"system": "phone", "value": MARIAS_PHONE}]}]
    assert await find_teen(teen(contact=contact))


# The clock of these tests stands at 2026-03-17: the ages are 11, 12, 17 and 18.
@pytest.mark.parametrize(
    ("born", "shared"), [("2014-03-18", False), ("2014-03-17", True), ("2008-03-18", True), ("2008-03-17", False)]
)
async def test_b17_only_from_12_to_17_is_a_shared_phone_told(born: str, shared: bool) -> None:
    assert await find_teen(maria(id="teen", birthDate=born), mother()) is shared


async def test_b17_a_teenager_who_is_signed_in_is_judged_by_everybody_who_acts_for_them() -> None:
    server = FhirServer().on("GET Patient/maria", fhir(teen(id="maria")))
    server.on("GET RelatedPerson", bundle(mother(patient={"reference": "Patient/maria"})))
    assert (await signed_in(server).person()).shares_phone_with_guardian


@pytest.mark.parametrize(
    ("start", "since"),
    [
        ("2026-03-16", datetime(2026, 3, 16, 23, 59, 59, 999999, tzinfo=CLINIC_ZONE)),
        ("2026-03", datetime(2026, 3, 31, 23, 59, 59, 999999, tzinfo=CLINIC_ZONE)),
        ("2025-12", datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=CLINIC_ZONE)),
        ("2025", datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=CLINIC_ZONE)),
        ("2026-03-16T08:30:00-07:00", datetime(2026, 3, 16, 8, 30, tzinfo=CLINIC_ZONE)),
    ],
)
async def test_b13_a_number_is_on_file_since_the_last_moment_that_the_portals_words_allow(
    start: str, since: datetime
) -> None:
    found = await find(maria(telecom=[{"system": "phone", "value": MARIAS_PHONE, "period": {"start": start}}]))
    assert found is not None
    assert found.phone_since == since


async def test_a_number_may_be_written_as_people_do() -> None:
    found = await find(maria(telecom=[{"system": "phone", "value": "(541) 555-0101", "use": "mobile"}]))
    assert found is not None
    assert found.phone == MARIAS_PHONE


async def test_a_landline_gets_no_texts() -> None:
    found = await find(maria(telecom=[{"system": "phone", "value": MARIAS_PHONE, "use": "home"}]))
    assert found is not None
    assert not found.can_text


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ([], "en"),
        ([{"language": {"coding": [{"code": "es-MX"}]}}], "es"),
        (
            [{"language": {"coding": [{"code": "en"}]}}, {"language": {"coding": [{"code": "es"}]}, "preferred": True}],
            "es",
        ),
        ([{"language": {"coding": [{"code": "vi"}]}, "preferred": True}], "en"),
    ],
)
async def test_a_person_is_spoken_to_in_the_language_they_prefer(spoken: list, expected: str) -> None:
    found = await find(maria(communication=spoken))
    assert found is not None
    assert found.language == expected


async def test_a_person_is_called_by_the_name_they_use() -> None:
    usual = {"use": "usual", "given": ["Mari"]}
    found = await find(maria(name=[usual, *maria()["name"]]))
    assert found is not None
    assert (found.given_name, found.full_name) == ("Mari", "Maria Elena Lopez")


async def test_a_forgotten_token_is_replaced_once() -> None:
    portal = Portal(granted(access_token="old"), granted(access_token="new"))
    portal.fhir.on("POST Patient/$match", outcome("login", 401), bundle(maria()))
    assert await portal.directory.find_person(MARIAS_PHONE, MARIA_BORN) is not None
    sent_with = [each.headers["authorization"] for each in portal.fhir.calls("POST Patient/$match")]
    assert sent_with == ["Bearer old", "Bearer new"]


async def test_a_token_that_is_never_accepted_is_our_trouble_not_the_persons() -> None:
    portal = Portal(granted())
    portal.fhir.on("POST Patient/$match", outcome("login", 401))
    with pytest.raises(PortalUnavailable):
        await portal.directory.find_person(MARIAS_PHONE, MARIA_BORN)
    assert len(portal.fhir.calls("POST Patient/$match")) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (outcome("forbidden", 403), Refused),
        (outcome("exception", 500), PortalUnavailable),
        (httpx.ReadTimeout("slow"), PortalUnavailable),
        (httpx.Response(200, text="<html>"), UnusableAnswer),
        (fhir({"resourceType": "Patient", "id": "maria"}), UnusableAnswer),
        (bundle({"resourceType": "Patient", "id": "x", "birthDate": "1984-03-12", "telecom": "no"}), UnusableAnswer),
    ],
)
async def test_trouble_is_never_taken_for_nobody(answer: httpx.Response | Exception, error: type[PortalError]) -> None:
    portal = Portal(granted())
    portal.fhir.on("POST Patient/$match", answer)
    with pytest.raises(error):
        await portal.directory.find_person(MARIAS_PHONE, MARIA_BORN)


async def test_an_error_of_the_portal_does_not_quote_the_person() -> None:
    portal = Portal(granted())
    portal.fhir.on("POST Patient/$match", bundle(maria(name=json.loads('[{"given": 7}]'))))
    with pytest.raises(UnusableAnswer) as caught:
        await portal.directory.find_person(MARIAS_PHONE, MARIA_BORN)
    assert "maria" not in str(caught.value).lower()
    assert caught.value.__suppress_context__


async def test_whoever_is_signed_in_is_told_with_the_number_to_reach_them_at() -> None:
    lines = [
        {"system": "email", "value": "maria@example.org"},
        {"system": "phone", "value": "+15415550122", "use": "home", "rank": 1},
        {"system": "phone", "value": "+15415550123", "use": "mobile", "rank": 3},
        {"system": "phone", "value": MARIAS_PHONE, "use": "mobile", "rank": 2},
        {"system": "phone", "value": "+15415550124", "use": "old"},
    ]
    server = FhirServer().on("GET Patient/maria", fhir(maria(telecom=lines)))
    found = await signed_in(server).person()
    assert (found.given_name, found.phone, found.can_text) == ("Maria", MARIAS_PHONE, True)


@pytest.mark.parametrize("telecom", [[], [{"system": "phone", "value": "ask at the desk", "use": "mobile"}]])
async def test_somebody_without_a_phone_has_no_number(telecom: list) -> None:
    found = await signed_in(FhirServer().on("GET Patient/maria", fhir(maria(telecom=telecom)))).person()
    assert (found.phone, found.can_text) == ("", False)
