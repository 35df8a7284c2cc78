"""What the FHIR client promises, asked of any FHIR server. Everything a contract test may use is said here.

Write `async def test_...(target: Target) -> None` and take `Target` from `tests.contract.targets`. Each test then runs
once per target: the demo portal on SQLite (always), on PostgreSQL (marker `postgres`), and Medplum's engine, which none
of us wrote (marker `foreign`). With FHIR_BASE_URL set, it runs against that server alone (FHIR_TOKEN goes along if set).

    target.portal("maria")    FhirPortal of that patient, signed in
    target.public             FhirPublicPortal, nobody signed in
    target.directory          who has this number and birth date
    target.trail.rows         what the client noted of each request of somebody signed in
    target.clock              FixedClock at tests.fakes.A_TUESDAY
    target.capabilities       what the server states, as the client reads it: .offers("Appointment.$book")
    target.wire.sent          every request so far, as "POST /fhir/Task"
    target.wire.loses = "..." the answer to the next request that reads so is lost after the server has acted
    target.wire.then_dead     True: from then on every other answer is lost too
    target.server.fhir_path   what such requests begin with after the first slash, "fhir/" or another
    target.wire.heeds = {...} the only search parameters that the server gets to see from now on

The demo people are there as of A_TUESDAY, anew for each test: what a test changes is gone in the next one. Servers of
others hold the same resources, but slots of two weeks only, and they know no tokens: they show everybody everything.

A test is a promise that every server must let the client keep, unless it says otherwise:

    @if_capable("Appointment.$book", "Task.create")    skipped where the server states one of them not; the skip says which
    @demo_only("its own rule about early refills")     what only the demo portal promises: rules, refusal details,
                                                       tokens that lapse, effects that wait for the clock

Other people's servers may refuse with other codes and other classes of PortalError: assert the detail in a `demo_only`
test, and that nothing changed in one for everybody. A run over more than one target writes var/contract.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.audit_events import compare, portal_events
from tests.contract import matrix, targets
from tests.contract.engine import running_engine
from tests.contract.targets import ForeignServer, Target
from tests.contract.wire import told_of_a_person
from tests.postgres import PostgresServer

_TARGETS = (
    [pytest.param("server")]
    if targets.GIVEN_SERVER
    else [
        pytest.param("demo"),
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("foreign", marks=pytest.mark.foreign),
    ]
)


@pytest.fixture(scope="session")
def seeded_portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded SQLite database to copy."""
    path = tmp_path_factory.mktemp("contract") / "portal.db"
    targets.fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def foreign_server() -> Iterator[ForeignServer]:
    """The engine from npm, or the server that FHIR_BASE_URL names, with the demo people in it."""
    if targets.GIVEN_SERVER:
        yield ForeignServer("server", targets.GIVEN_SERVER, targets.GIVEN_TOKEN).seeded()
        return
    with running_engine() as address:
        yield ForeignServer("foreign", address, "").seeded()


@pytest.fixture(params=_TARGETS)
async def target(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Target]:
    """One server with the demo people as on the first day."""
    name: str = request.param
    only = request.node.get_closest_marker("demo_only")
    if only and name not in ("demo", "postgres"):
        pytest.skip(f"demo portal only: {only.args[0]}")
    async with _opened(name, request, tmp_path) as found:
        missing = [each for each in _needed(request.node) if not found.capabilities.offers(each)]
        if missing:
            pytest.skip(f"not stated by the server: {', '.join(missing)}")
        yield found
        if found.app is not None and found.trail.rows:
            # D-05: whatever the test was about, each event of the portal has its one row.
            compare(portal_events(found.app), found.trail.rows)
        # D-03: where the server takes searches in the body, an address tells nothing of a person but ids.
        assert found.app is None or [url for url in found.wire.urls if told_of_a_person(url)] == []


def _opened(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> targets.Opened:
    if name == "demo":
        return targets.on_sqlite(request.getfixturevalue("seeded_portal"), tmp_path)
    if name == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        return targets.on_postgres(server)
    return targets.on_foreign(request.getfixturevalue("foreign_server"))


def _needed(node: pytest.Item) -> list[str]:
    return [name.replace("/", ".") for mark in node.iter_markers("if_capable") for name in mark.args]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    found = yield
    matrix.note(item, found.get_result())


def pytest_sessionfinish() -> None:
    matrix.write(Path("var/contract.md"))
