"""Every capability knows how it is done at a portal, and what is left where the portal cannot."""

from __future__ import annotations

import inspect

import pytest

from actions.portal_client import Directory, Portal, PublicPortal
from actions.portal_client.server import Capabilities
from actions.portal_client.ways import Way, grade, ways
from assistant.capabilities import Capabilities as Catalogue
from demo_portal.operations.table import OPERATIONS
from demo_portal.registry import SERVED
from demo_portal.tasks.kinds import KINDS

CALLS = {
    name
    for port in (Portal, PublicPortal, Directory)
    for name, _ in inspect.getmembers(port, inspect.iscoroutinefunction)
}
CATALOGUE = set(Catalogue.load().ids)
# They say something, or end something, without asking a portal.
NEED_NO_PORTAL = {
    "connect_health_app", "child_account_help", "sign_out", "mobile_app_help", "watch_help", "two_step_help",
    "what_can_you_do", "privacy_question", "ask_medical_advice", "report_emergency", "report_crisis", "greet", "goodbye",
    "thank", "affirm", "deny", "stop_task", "go_back", "start_over", "repeat_that", "show_more", "resend_code",
    "bot_challenge", "out_of_scope",
}  # fmt: skip


def served() -> set[str]:
    """Every interaction and operation of the demo portal, named as a Way names it."""
    stated = {f"{rtype}.{code}" for rtype, each in SERVED.items() for code in each.interactions}
    return stated | {f"{each.rtype}.${each.name}" for each in OPERATIONS}


def test_every_capability_has_a_way_or_needs_no_portal() -> None:
    assert set(CATALOGUE) - set(ways()) <= NEED_NO_PORTAL
    assert set(ways()) <= set(CATALOGUE)


@pytest.mark.parametrize(("capability", "way"), ways().items(), ids=str)
def test_a_way_names_what_there_is(capability: str, way: Way) -> None:
    assert set(way.calls) <= CALLS
    assert set(way.native) <= served()
    assert way.request is None or way.request in {code for _, code in KINDS}
    assert way.calls
    assert way.fhir


def test_every_call_of_the_port_is_used_by_a_capability() -> None:
    assert {call for way in ways().values() for call in way.calls} == CALLS


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (frozenset({"Patient.update", "Task.create"}), "native"),
        (frozenset({"Patient.read", "Task.create"}), "request"),
        (frozenset({"Patient.read"}), "handoff"),
    ],
)
def test_a_grade_follows_what_the_portal_states(stated: frozenset[str], found: str) -> None:
    assert grade("update_emergency_contact", Capabilities(interactions=stated)) == found


def test_what_needs_no_portal_is_always_done() -> None:
    assert grade("greet", Capabilities(interactions=frozenset({"Patient.read"}))) == "native"
