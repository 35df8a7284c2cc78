"""The demo portal says no in FHIR's words, stores nothing then, and promises only what it does."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from demo_portal.app import create_app
from demo_portal.operations.table import OPERATIONS
from demo_portal.registry import TYPES
from demo_portal.settings import Settings, SettingsError
from demo_portal.vocabulary import TASK_CODE
from demo_portal.writes.rules import RULES
from tests.demo_portal_case import CLIENT, ORIGIN, Demo, demo, issue_code, refusal, seeded_file, settings, task

__all__ = ["demo", "seeded_file", "settings"]
REFILL = task((TASK_CODE, "fulfill"), "maria", "MedicationRequest/maria-lisinopril", "k1")


async def stored_tasks(demo: Demo) -> int:
    maria = await demo.sign_in("maria")
    return (await maria.get("Task", _summary="count")).json()["total"]


@pytest.mark.parametrize(
    "path", ["/", "/fhir/", "/fhir/Nonsense", "/fhir/Patient/maria/more", "/fhir/Patient/$nothing/x"]
)
async def test_an_unknown_address_is_an_outcome(demo: Demo, path: str) -> None:
    maria = await demo.sign_in("maria")

    response = await maria.http.get(path, headers=maria.headers)

    assert (response.status_code, issue_code(response)) == (404, "not-found")
    assert response.headers["Content-Type"].startswith("application/fhir+json")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/fhir/Patient/maria"),
        ("POST", "/fhir/Patient"),
        ("PATCH", "/fhir/Appointment/x"),
        ("GET", "/oauth/token"),
    ],
)
async def test_a_method_that_is_not_served_is_an_outcome(demo: Demo, method: str, path: str) -> None:
    response = await demo.http.request(method, path)

    assert (response.status_code, issue_code(response)) == (405, "not-supported")
    assert response.headers["Allow"]


async def send(demo: Demo, content: bytes, kind: str = "application/fhir+json") -> httpx.Response:
    maria = await demo.sign_in("maria")
    headers = {**maria.headers, "Content-Type": kind, "Idempotency-Key": "k"}
    return await maria.http.post("/fhir/Task", content=content, headers=headers)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"Task"',
        b"\xff\xfe",
        b'{"resourceType": "Patient"}',
        b'{"resourceType": "Task", "resourceType": "Task"}',
        b'{"resourceType": "Task", "n": NaN}',
        b'{"resourceType": "Task", "n": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"resourceType": "Task", "n": ' + b'{"a":' * 80 + b"1" + b"}" * 80 + b"}",
    ],
    ids=lambda content: str(content[:24]),
)
async def test_a_broken_body_is_an_outcome(demo: Demo, content: bytes) -> None:
    before = await stored_tasks(demo)
    response = await send(demo, content)

    assert (response.status_code, refusal(response)) == (400, "malformed")
    assert await stored_tasks(demo) == before


async def test_an_over_large_body_is_refused(demo: Demo) -> None:
    response = await send(demo, b'{"resourceType": "Task", "n": "' + b"x" * 10_000_000 + b'"}')

    assert (response.status_code, issue_code(response)) == (413, "too-long")


async def test_another_media_type_is_refused(demo: Demo) -> None:
    response = await send(demo, b"<Task/>", "application/fhir+xml")

    assert (response.status_code, refusal(response)) == (415, "media-type")


async def test_xml_is_not_spoken(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    by_header = await maria.http.get("/fhir/Patient/maria", headers={**maria.headers, "Accept": "application/fhir+xml"})
    by_format = await maria.get("Patient/maria", _format="xml")

    assert (by_header.status_code, by_format.status_code) == (406, 406)


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"status": None}, "required", "Task.status"),
        ({"status": "asked"}, "code-invalid", "Task.status"),
        ({"intent": None}, "required", "Task.intent"),
        ({"intent": ["order"]}, "code-invalid", "Task.intent"),
        ({"code": None}, "required", "Task.code"),
        ({"code": {"coding": "fulfill"}}, "value", "Task.code.coding"),
        ({"for": {"reference": "http://elsewhere.example.org/Patient/maria"}}, "value", "Task.for"),
        ({"focus": "MedicationRequest/maria-lisinopril"}, "value", "Task.focus"),
        ({"input": []}, "structure", "Task.input"),
        ({"input": [{"type": {"text": "x"}}]}, "required", "Task.input[0].value[x]"),
        ({"authoredOn": "yesterday"}, "value", "Task.authoredOn"),
        ({"description": ""}, "value", "Task.description"),
        ({"description": "a\u0000b"}, "value", "Task.description"),
        ({"id": "../x"}, "value", "Task.id"),
        ({"colour": "red"}, "structure", "Task.colour"),
    ],
    ids=str,
)
async def test_an_invalid_resource_is_refused(demo: Demo, change: dict[str, Any], code: str, where: str) -> None:
    before = await stored_tasks(demo)
    maria = await demo.sign_in("maria")
    body = {name: value for name, value in {**REFILL, **change}.items() if value is not None}

    response = await maria.file({**body, "identifier": REFILL["identifier"]})

    issue = response.json()["issue"][0]
    assert (response.status_code, issue["code"], issue["expression"]) == (422, code, [where])
    assert await stored_tasks(demo) == before


async def test_a_conditional_create_that_says_nothing_is_refused(demo: Demo) -> None:
    maria = await demo.sign_in("maria")

    answers = [await maria.post("Task", REFILL, If_None_Exist=asked) for asked in ("_count=1", "colour=red")]

    assert [(a.status_code, refusal(a)) for a in answers] == [(400, "malformed"), (400, "unknown-parameter")]


async def test_a_fault_is_an_outcome_that_tells_nothing(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    maria = await demo.sign_in("maria")

    def fail(*_: object) -> None:
        raise RuntimeError("maria lives at")

    monkeypatch.setattr("demo_portal.store.resources.Resources.read", fail)
    response = await maria.get("Patient/maria")

    assert (response.status_code, issue_code(response)) == (500, "exception")
    assert "lives" not in response.text


async def test_the_statement_names_what_is_served_and_no_more(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    rest = (await demo.http.get("/fhir/metadata")).json()["rest"][0]

    for served in rest["resource"]:
        codes = {interaction["code"] for interaction in served["interaction"]}
        answers = {
            "search-type": await maria.get(served["type"], _summary="count"),
            "read": await maria.get(f"{served['type']}/x"),
            "history-instance": await maria.get(f"{served['type']}/x/_history"),
            "vread": await maria.get(f"{served['type']}/x/_history/1"),
            "create": await maria.post(served["type"], {}),
            "update": await maria.put(f"{served['type']}/x", {}),
        }
        not_served = {code for code, answer in answers.items() if refusal(answer) in ("address", "not-supported")}
        assert not_served == answers.keys() - codes
        assert (await maria.http.delete(f"/fhir/{served['type']}/x", headers=maria.headers)).status_code == 405


async def test_every_search_parameter_of_the_statement_is_understood(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    rest = (await demo.http.get("/fhir/metadata")).json()["rest"][0]
    example = {"date": "2026", "token": "x", "string": "x", "reference": "Task/x", "uri": "urn:x"}

    for served in rest["resource"]:
        for param in served.get("searchParam", []):
            response = await maria.get(served["type"], **{param["name"]: example[param["type"]]})
            assert response.status_code == 200, (served["type"], param)
        for include in served.get("searchInclude", []):
            assert (await maria.get(served["type"], _include=include)).status_code == 200
        for reverse in served.get("searchRevInclude", []):
            assert (await maria.get(served["type"], _revinclude=reverse)).status_code == 200


async def test_every_operation_is_in_the_statement(demo: Demo) -> None:
    rest = (await demo.http.get("/fhir/metadata")).json()["rest"][0]

    named = {(r["type"], o["name"]) for r in rest["resource"] for o in r.get("operation", [])}

    assert named == {(operation.rtype, operation.name) for operation in OPERATIONS}


async def test_the_smart_configuration_leads_to_the_token_endpoint(demo: Demo) -> None:
    found = (await demo.http.get("/.well-known/smart-configuration")).json()

    assert found["token_endpoint"] == f"{ORIGIN}/oauth/token"
    assert (await demo.http.post(found["token_endpoint"], data=CLIENT)).json()["error"] == "unsupported_grant_type"


async def test_readiness_reads_the_store(demo: Demo) -> None:
    assert (await demo.http.get("/readyz")).status_code == 200

    demo.app.state.portal.database.engine = Broken()

    assert (await demo.http.get("/healthz")).status_code == 200
    assert (await demo.http.get("/readyz")).status_code == 503


class Broken:
    """An engine whose database has gone."""

    def connect(self) -> Any:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("SELECT 1", {}, Exception("gone"))

    def dispose(self) -> None:
        pass


@pytest.mark.parametrize(
    "environ",
    [
        {"PORTAL_HOST": "0.0.0.0"},
        {"PORTAL_PORT": "http"},
        {"PORTAL_CLIENT_SECRET": "short"},
        {"CARELINE_DEMO": "0"},
    ],
    ids=str,
)
def test_settings_that_cannot_be_used_stop_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        Settings.from_environment(environ)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    assert Settings().client_secret not in repr(Settings())


async def test_outside_demo_mode_there_is_no_reset_and_no_seed(demo: Demo, tmp_path: Any) -> None:
    plain = Settings(database_url=f"sqlite:///{tmp_path / 'plain.db'}", demo=False, client_secret="x" * 32)
    app = create_app(plain, demo.clock)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as http:
        response = await http.post("/demo/reset", headers={"X-Demo-Key": plain.demo_key})

    app.state.portal.database.close()
    assert response.status_code == 404


def test_what_may_be_written_is_what_has_a_rule() -> None:
    served = {(each.rtype, code) for each in TYPES for code in each.interactions if code in ("create", "update")}
    ruled = {(rtype, "create") for rtype, rule in RULES.items() if rule.create}
    ruled |= {(rtype, "update") for rtype, rule in RULES.items() if rule.update}

    assert served == ruled


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "sqlite:///var/portal.db"),
        ({"DATABASE_URL": "sqlite:///var/careline.db"}, "sqlite:///var/portal.db"),
        ({"DATABASE_URL": "postgresql://all"}, "postgresql://all"),
        ({"DATABASE_URL": "postgresql://all", "PORTAL_DATABASE_URL": "postgresql://own"}, "postgresql://own"),
    ],
)
def test_the_store_is_the_one_that_was_named(environment: dict[str, str], url: str) -> None:
    assert Settings.from_environment(environment).database_url == url
