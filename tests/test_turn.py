"""Whatever goes wrong inside an action becomes a sentence, and no log line says who was spoken to or about what."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actions import bootstrap
from actions.account import ActionSignOut
from actions.billing.pay_bill import ActionPayBill, ValidatePayBillForm
from actions.bootstrap import NotSignedIn, Services
from actions.conversation import ActionGoodbye
from actions.medications.refill_medication import ActionRefillMedication, ValidateRefillMedicationForm
from actions.portal_client import (
    DuplicateRequest,
    OutcomeUnknown,
    PortalError,
    PortalUnavailable,
    Refused,
    ResultValue,
    SessionExpired,
    SlotTaken,
    UnusableAnswer,
)
from actions.results.view_test_results import ActionViewTestResults
from actions.scheduling.book_appointment import ActionBookAppointment
from actions.task import TaskForm
from actions.turn import CarelineAction, Event, Turn
from identity import IdentityUnavailable
from tests.turns import (
    ADA,
    BANK,
    CHEN,
    CLINIC_BILL,
    CRESCENT,
    LISINOPRIL,
    OAKWAY,
    PHONE,
    VISA,
    WILLAMETTE,
    Talk,
    open_slot,
    result,
)

MARKER = "zyxqmarker"
SECRETS = (
    MARKER,
    "Adalinde",
    "Quillfeather",
    PHONE,
    PHONE[2:],
    "1984-03-12",
    ADA.id,
    "lisinopril",
    "Willamette",
    "4242",
    "Lipid",
    "Chen",
    "physical",
)


class ActionProbe(CarelineAction):
    """Raises what it is given, or says that all is well."""

    def __init__(
        self, services: Callable[[], Services] = bootstrap.services, error: BaseException | None = None
    ) -> None:
        # Can be built with nothing, as everything the executor finds has to be.
        super().__init__(services)
        self.error = error

    def name(self) -> str:
        return "action_probe"

    async def act(self, turn: Turn) -> list[Event]:
        if self.error is not None:
            raise self.error
        turn.utter("utter_probe")
        return []


def concrete(base: type[CarelineAction] = CarelineAction) -> Iterator[type[CarelineAction]]:
    for each in base.__subclasses__():
        if not inspect.isabstract(each) and each.__module__.startswith("actions."):
            yield each
        yield from concrete(each)


ACTIONS = sorted(set(concrete()), key=lambda action: action.__qualname__)
CALLS = ("open_slots", "book_appointment", "appointments", "providers", "places", "medications", "pharmacies", "request_refill",
         "test_results", "balances", "payment_methods", "pay", "person")  # fmt: skip


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    """Everything a task may need is there, and every slot is filled with something that must not be told."""
    talk = Talk(tmp_path)
    portal, slot = talk.portal, open_slot(24, 10)
    portal.all_providers, portal.all_places, portal.slots = [CHEN], [CRESCENT], [slot]
    portal.taking, portal.all_pharmacies = [LISINOPRIL], [WILLAMETTE, OAKWAY]
    portal.results = [result("Lipid panel", 13, ResultValue("LDL", "162", "mg/dL", "<=100", "H"), comment=MARKER)]
    portal.accounts, portal.methods = [CLINIC_BILL], [VISA, BANK]
    when = {"earliest": "2026-03-24", "latest": "2026-03-24", "weekdays": [], "times": [], "any_day": False}
    chosen = {"id": slot.id, "start": slot.start.isoformat(), "provider": CHEN.name, "place": CRESCENT.name}
    talk.slots |= {
        "sign_in_phone": PHONE, "sign_in_birth_date": "1984-03-12", "sign_in_claim": f"{PHONE}|1984-03-12", "opening": MARKER,
        "book_appointment_visit_type": "physical", "book_appointment_provider": {"id": CHEN.id, "name": CHEN.name},
        "book_appointment_when": when, "book_appointment_slot": chosen, "book_appointment_offer": [chosen], "book_appointment_confirmed": True,
        "refill_medication_medications": [LISINOPRIL.id], "refill_medication_pharmacy": {"id": WILLAMETTE.id, "name": WILLAMETTE.name},
        "refill_medication_confirmed": True, "view_test_results_query": f"my Lipid panel {MARKER}",
        "pay_bill_account": CLINIC_BILL.id, "pay_bill_amount": 5000, "pay_bill_method": VISA.id, "pay_bill_confirmed": True,
    }  # fmt: skip
    return talk.hears(
        f"i am Adalinde Quillfeather {MARKER}, my number is {PHONE}", "view_test_results", intent_ranking=[]
    )


async def say(talk: Talk, error: BaseException | None) -> list[Event]:
    return await talk.runs(ActionProbe(lambda: talk.services, error))


async def test_what_goes_well_is_said(talk: Talk) -> None:
    await say(talk, None)
    assert talk.acts == ["utter_probe"]


@pytest.mark.parametrize(
    ("error", "act"),
    [
        (NotSignedIn(), "utter_sign_in_again"),
        (SessionExpired(), "utter_portal_unavailable"),
        (OutcomeUnknown(), "utter_outcome_unknown"),
        (PortalUnavailable(), "utter_portal_unavailable"),
        (PortalUnavailable("busy", timedelta(seconds=30)), "utter_portal_unavailable"),
        (UnusableAnswer(MARKER), "utter_portal_unavailable"),
        (Refused("forbidden"), "utter_portal_refused"),
        (SlotTaken(), "utter_portal_refused"),
        (DuplicateRequest(), "utter_portal_refused"),
        (PortalError(MARKER), "utter_portal_refused"),
        (IdentityUnavailable(MARKER), "utter_failed"),
        (KeyError(MARKER), "utter_failed"),
        (StopIteration(MARKER), "utter_failed"),
        (RecursionError(MARKER), "utter_failed"),
        (UnicodeDecodeError("utf-8", MARKER.encode(), 0, 1, MARKER), "utter_failed"),
        (TimeoutError(), "utter_failed"),
        (AssertionError(MARKER), "utter_failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_every_error_becomes_its_own_sentence(
    talk: Talk, caplog: pytest.LogCaptureFixture, error: Exception, act: str
) -> None:
    caplog.set_level(logging.DEBUG)
    assert await say(talk, error) == []
    assert talk.acts == [act]
    assert MARKER not in caplog.text


async def test_every_portal_error_there_is_has_been_thought_of(talk: Talk) -> None:
    def below(kind: type[PortalError]) -> Iterator[type[PortalError]]:
        yield kind
        for each in kind.__subclasses__():
            yield from below(each)

    for kind in below(PortalError):
        await say(talk, kind("conflict") if kind is Refused else kind())
        assert len(talk.acts) == 1, kind
        assert talk.acts != ["utter_failed"], kind


async def test_a_token_that_the_portal_has_forgotten_is_forgotten_too(talk: Talk) -> None:
    talk.identity.keep_token(talk.sender, "token", talk.clock.now() + timedelta(hours=1))
    await say(talk, SessionExpired())
    assert talk.identity.token(talk.sender) is None
    assert talk.identity.signed_in(talk.sender) is not None


async def test_a_store_that_fails_while_another_failure_is_answered_changes_nothing(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def keep_token(self, *_: Any) -> None:
            raise IdentityUnavailable(MARKER)

    object.__setattr__(talk.services, "identity", Broken())
    await say(talk, SessionExpired())
    assert talk.acts == ["utter_portal_unavailable"]
    assert MARKER not in caplog.text


async def test_a_failure_nobody_thought_of_is_logged_by_its_place(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    await say(talk, KeyError(MARKER))
    assert "action_probe: KeyError at test_turn.py:" in caplog.text


async def test_being_stopped_is_no_failure(talk: Talk) -> None:
    with pytest.raises(KeyboardInterrupt):
        await say(talk, KeyboardInterrupt())


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
async def test_a_log_says_nothing_of_what_goes_well(
    talk: Talk, caplog: pytest.LogCaptureFixture, action: type[CarelineAction]
) -> None:
    caplog.set_level(logging.DEBUG)
    await run(talk, action)
    assert [secret for secret in SECRETS if secret in caplog.text] == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
@pytest.mark.parametrize(
    "error",
    [PortalUnavailable(MARKER), OutcomeUnknown(), Refused("invalid", MARKER), ValueError(MARKER)],
    ids=lambda error: type(error).__name__,
)
async def test_a_log_says_nothing_of_what_fails(
    talk: Talk, caplog: pytest.LogCaptureFixture, action: type[CarelineAction], error: Exception
) -> None:
    caplog.set_level(logging.DEBUG)
    for call in CALLS:
        talk.portal.fail(call, error)
    talk.directory.fail("find_person", error)
    await run(talk, action)
    assert [secret for secret in SECRETS if secret in caplog.text] == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
async def test_a_log_says_nothing_when_the_session_store_is_gone(
    talk: Talk, caplog: pytest.LogCaptureFixture, action: type[CarelineAction]
) -> None:
    class Gone:
        def __getattr__(self, name: str) -> Any:
            raise IdentityUnavailable(f"{MARKER} {name}")

    object.__setattr__(talk.services, "identity", Gone())
    caplog.set_level(logging.DEBUG)
    await run(talk, action)
    assert [secret for secret in SECRETS if secret in caplog.text] == []


async def run(talk: Talk, action: type[CarelineAction]) -> None:
    if issubclass(action, TaskForm):
        await talk.fills(action)
    elif "floor" in inspect.signature(action).parameters:
        await talk.does(action, floor=timedelta(0))
    else:
        await talk.does(action)


@pytest.mark.parametrize(
    ("action", "call"),
    [
        (ActionBookAppointment, "book_appointment"),
        (ActionRefillMedication, "request_refill"),
        (ActionPayBill, "pay"),
        (ActionViewTestResults, "test_results"),
    ],
)
async def test_a_task_that_fails_waits_to_be_taken_up(talk: Talk, action: type[CarelineAction], call: str) -> None:
    talk.portal.fail(call, PortalUnavailable())
    await talk.does(action)
    assert talk.acts == ["utter_portal_unavailable"]
    assert talk.slots["task_stack"] == [
        action.__name__ and action(lambda: talk.services).name().removeprefix("action_")
    ]
    assert talk.followup == "action_listen"


@pytest.mark.parametrize(
    ("form", "slot"),
    [(ValidatePayBillForm, "pay_bill_amount"), (ValidateRefillMedicationForm, "refill_medication_medications")],
)
async def test_a_form_that_fails_ends_and_keeps_what_was_said(talk: Talk, form: type[TaskForm], slot: str) -> None:
    before = talk.slots[slot]
    for call in CALLS:
        talk.portal.fail(call, PortalUnavailable())
    await talk.fills(form)
    assert (talk.loop, talk.requested, talk.slots[slot]) == (None, None, before)


@pytest.mark.parametrize("action", [ActionSignOut, ActionGoodbye])
async def test_what_needs_no_portal_works_without_one(talk: Talk, action: type[CarelineAction]) -> None:
    for call in CALLS:
        talk.portal.fail(call, PortalUnavailable())
    await talk.does(action)
    assert talk.acts in (["utter_sign_out_done"], ["utter_goodbye"])


async def test_words_that_were_said_before_have_no_pick_in_them(talk: Talk) -> None:
    turn = talk.hears("Yes", pick="yes abc").turn()
    assert (turn.picked, turn.as_if_now_said("physical").picked, turn.as_if_now_said("physical").text) == (
        "yes abc",
        None,
        "physical",
    )


def test_another_request_is_one_only_when_it_is_clear(talk: Talk) -> None:
    clear = talk.hears("show my results", "view_test_results", confidence=0.6).turn()
    vague = talk.hears("show my results", "view_test_results", confidence=0.4).turn()
    answer = talk.hears("yes", "affirm").turn()
    unknown = talk.hears("x", "something_else").turn()
    assert [turn.asks_for_something_else("pay_bill") for turn in (clear, vague, answer, unknown)] == [
        True,
        False,
        False,
        False,
    ]
    assert not clear.asks_for_something_else("view_test_results")


def test_what_was_read_now_hides_the_slot_of_before(talk: Talk) -> None:
    turn = talk.turn()
    turn.remember("pay_bill_amount", None)
    assert (turn.slot("pay_bill_amount"), turn.slot("pay_bill_method"), dict(turn.read_now)) == (
        None,
        VISA.id,
        {"pay_bill_amount": None},
    )


def test_a_message_without_anything_in_it_is_still_a_turn(tmp_path: Path) -> None:
    talk = Talk(tmp_path, signed_in=False)
    turn = replace_message(talk, {})
    assert (turn.text, turn.intent, turn.confidence, turn.picked, turn.channel, dict(turn.known)) == (
        "",
        "",
        0.0,
        None,
        "web",
        {},
    )


def replace_message(talk: Talk, message: dict[str, Any]) -> Turn:
    talk.message = message
    return talk.turn()


def test_the_present_is_said_in_the_clinics_zone(talk: Talk) -> None:
    assert talk.turn().now.isoformat() == "2026-03-17T10:00:00-07:00"
