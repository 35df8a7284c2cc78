"""Who has looked: both logs as one, by day and by name, three at a time where it is heard."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.portal_client import NotRecorded, PortalUnavailable, Refused
from actions.portal_client.models.sharing import Access
from actions.sharing.accesses import KINDS
from actions.sharing.view_access_log import (
    ActionAskViewAccessLogMore,
    ActionViewAccessLog,
    ValidateViewAccessLogForm,
)
from audit import Entry
from clock import CLINIC_ZONE
from demo_portal.registry import TYPES
from tests.turns import ADA, NOW, Talk


def access(day: int, hour: int, who: str, what: str = "DiagnosticReport", **but: Any) -> Access:
    given: dict[str, Any] = {"through": "Hospital records", "changed": False, "refused": False, "channel": ""}
    return Access(datetime(2026, 3, day, hour, 15, tzinfo=CLINIC_ZONE), who, what=what, **(given | but))


CHEN = access(14, 17, "Amy Chen, MD")
MERRILL = access(12, 22, "J. Merrill, Riverbend Hospital billing", "Account")
PORTAL = access(11, 9, "you", "Appointment", through="")


def talk_of(folder: Path, *accesses: Access, **more: Any) -> Talk:
    talk = Talk(folder, **more)
    talk.portal.answers["access_log"] = list(accesses)
    return talk


def own(talk: Talk, turn: str = "a" * 16, **but: Any) -> str:
    """What the assistant did yesterday at 2:15 PM; the request id."""
    then = talk.clock.now()
    talk.clock.advance(timedelta(hours=-19, minutes=-45))
    request = f"{turn}.{but.pop('number', 1)}"
    given: dict[str, Any] = {
        "who": ADA.id,
        "act": "view_test_results",
        "channel": "sms",
        "resource_type": "DiagnosticReport",
        "request": request,
    }
    talk.trail.note(Entry("search", but.pop("outcome", "ok"), **(given | but)))
    talk.clock.advance(then - talk.clock.now())
    return request


async def see(talk: Talk, words: str = "who has looked at my record", intent: str = "view_access_log") -> None:
    talk.hears(words, intent)
    await talk.fills(ValidateViewAccessLogForm)
    if talk.followup == "action_view_access_log":
        await talk.does(ActionViewAccessLog)


def lines(talk: Talk) -> list[str]:
    return str(talk.value("lines")).split("\n")


async def test_people_and_the_assistant_are_one_list_newest_first(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, CHEN, MERRILL, PORTAL)
    own(talk)
    await see(talk)
    assert talk.acts[0] == "utter_view_access_log_found"
    assert lines(talk) == [
        "- This assistant, by text message, on Monday, March 16 at 2:15 PM: looked at your test results",
        "- Dr. Amy Chen, through Hospital records, on Saturday, March 14 at 5:15 PM: looked at your test results",
        "- J. Merrill, through Hospital records, on Thursday, March 12 at 10:15 PM: looked at your bills",
        "- You, on Wednesday, March 11 at 9:15 AM: looked at your visits",
    ]


async def test_in_spanish_it_is_said_in_spanish(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, CHEN, PORTAL, language="es")
    own(talk, changes=True)
    await see(talk, "quién ha visto mi expediente")
    assert lines(talk) == [
        "- Este asistente, por mensaje de texto, el lunes 16 de marzo a las 2:15 de la tarde: vio y cambió sus resultados",
        "- Dr. Amy Chen, por medio de Hospital records, el sábado 14 de marzo a las 5:15 de la tarde: vio sus resultados",
        "- Usted, el miércoles 11 de marzo a las 9:15 de la mañana: vio sus citas",
    ]


async def test_what_is_in_both_logs_is_told_once_and_what_is_in_one_is_told(tmp_path: Path) -> None:
    talk = talk_of(tmp_path)
    request = own(talk)
    yesterday = datetime(2026, 3, 16, 14, 15, tzinfo=CLINIC_ZONE)
    both = access(16, 14, "you", through="careline", channel="sms", request=request)
    unknown = access(15, 14, "you", "Coverage", through="careline", channel="web", request="b" * 16 + ".1")
    talk.portal.answers["access_log"] = [both, unknown]
    assert both.at == yesterday
    await see(talk)
    assert lines(talk) == [
        "- This assistant, by text message, on Monday, March 16 at 2:15 PM: looked at your test results",
        "- This assistant, in the web chat, on Sunday, March 15 at 2:15 PM: looked at your insurance details",
    ]


async def test_what_one_turn_of_the_conversation_asked_is_one_line(tmp_path: Path) -> None:
    talk = talk_of(tmp_path)
    for number, kind in enumerate(("Condition", "MedicationRequest", "AllergyIntolerance", "Immunization"), start=1):
        own(talk, resource_type=kind, number=number)
    own(talk, "c" * 16, resource_type="Account", outcome="unavailable")
    await see(talk)
    (line,) = lines(talk)
    assert line.endswith(": looked at your health issues, medicines and other parts")


async def test_whoever_looked_for_somebody_else_is_named_as_the_portal_names_them(tmp_path: Path) -> None:
    talk = talk_of(tmp_path)
    request = own(talk, who="patient-linda", on_behalf_of=ADA.id)
    own(talk, "d" * 16, who="patient-linda", on_behalf_of=ADA.id, resource_type="Account")
    talk.portal.answers["access_log"] = [
        access(16, 14, "Linda O'Connor", through="careline", request=request),
    ]
    await see(talk)
    assert {line.partition(", by text")[0] for line in lines(talk)} == {
        "- This assistant, for Linda O'Connor",
        "- This assistant, for somebody else",
    }


async def test_what_was_refused_is_said_to_be(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, access(14, 17, "Nora Ling", refused=True))
    await see(talk)
    assert lines(talk)[0].endswith("tried to see your test results and was refused")


async def test_nobody_has_looked(tmp_path: Path) -> None:
    talk = talk_of(tmp_path)
    await see(talk)
    assert (talk.acts, talk.value("since")) == (["utter_view_access_log_none"], "December 17, 2025")


async def test_this_very_look_is_not_in_its_own_list(tmp_path: Path) -> None:
    talk = talk_of(tmp_path)
    talk.trail.note(
        Entry("search", "ok", ADA.id, resource_type="AuditEvent", request="e" * 16 + ".1", act="view_access_log")
    )
    await see(talk)
    assert talk.acts == ["utter_view_access_log_none"]


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("who looked at my record last week", ["J. Merrill", "Dr. Amy Chen", "You"]),
        ("did anybody look yesterday", ["This assistant"]),
        ("who opened it on March 12", ["J. Merrill"]),
        ("any looks since friday", ["This assistant", "Dr. Amy Chen"]),
        ("did Dr. Chen look", ["Dr. Amy Chen"]),
        ("has merrill from billing been in there", ["J. Merrill"]),
        ("what have you looked at in my record", ["This assistant"]),
        ("which parts did this assistant open", ["This assistant"]),
    ],
)
async def test_a_day_or_a_name_narrows_it(tmp_path: Path, words: str, who: list[str]) -> None:
    talk = talk_of(tmp_path, CHEN, MERRILL, PORTAL)
    own(talk)
    await see(talk, words)
    assert {line[2:].partition(",")[0] for line in lines(talk)} == set(who)


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("¿lo vio la doctora Chen?", ["Dr. Amy Chen"]),
        ("quién lo miró ayer", ["Este asistente"]),
        ("quién entró el 12 de marzo", ["J. Merrill"]),
        ("tú qué has mirado en mi expediente", ["Este asistente"]),
    ],
)
async def test_in_spanish_too(tmp_path: Path, words: str, who: list[str]) -> None:
    talk = talk_of(tmp_path, CHEN, MERRILL, PORTAL, language="es")
    own(talk)
    await see(talk, words)
    assert {line[2:].partition(",")[0] for line in lines(talk)} == set(who)


async def test_the_portal_is_asked_from_the_first_day_that_was_named(tmp_path: Path) -> None:
    talk = talk_of(tmp_path)
    await see(talk, "who has looked since january")
    assert talk.portal.called("access_log") == [(date(2026, 1, 1),)]


@pytest.mark.parametrize(
    ("words", "name", "language"),
    [("did Dr. Novak look at it", "Novak", "en"), ("¿la abrió la enfermera Solís?", "Solís", "es")],
)
async def test_a_name_that_has_not_looked_is_said_not_to_have(
    tmp_path: Path, words: str, name: str, language: str
) -> None:
    talk = talk_of(tmp_path, CHEN, language=language)
    await see(talk, words)
    assert (talk.acts, talk.value("name")) == (["utter_view_access_log_nobody_of_that_name"], name)


async def test_after_names_of_others_the_privacy_office_is_named(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, MERRILL)
    await see(talk, "i don't recognize a name on that list")
    assert talk.acts == ["utter_view_access_log_found", "utter_view_access_log_privacy_office"]


async def test_where_only_oneself_has_looked_it_is_not(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, PORTAL)
    await see(talk)
    assert talk.acts == ["utter_view_access_log_found"]


@pytest.mark.parametrize(("channel", "at_once"), [("phone", 3), ("alexa", 3), ("sms", 3), ("web", 8)])
async def test_a_few_are_told_at_once_and_more_on_request(tmp_path: Path, channel: str, at_once: int) -> None:
    talk = talk_of(tmp_path, *(access(16 - day, 9, f"Nurse{day} Ling") for day in range(10)), channel=channel)
    await see(talk)
    told = [str(talk.value("lines"))]
    assert talk.followup == "view_access_log_form"
    shown = at_once
    while shown < 10:
        await talk.fills(ValidateViewAccessLogForm)
        assert talk.requested == "view_access_log_more"
        await talk.does(ActionAskViewAccessLogMore)
        assert (talk.acts, talk.value("count")) == (["utter_ask_view_access_log_more"], 10 - shown)
        await see(talk, "more", "show_more")
        assert talk.acts[0] == "utter_view_access_log_next"
        told.append(str(talk.value("lines")))
        shown += at_once
    assert "".join(told).count("Ling") == 10
    assert talk.acts[-1] == "utter_view_access_log_privacy_office"
    assert talk.slots["view_access_log_page"] is None
    assert "\n" not in told[0] if channel in ("phone", "alexa") else "\n" in told[0]


@pytest.mark.parametrize(("words", "intent"), [("yes please", "affirm"), ("next", "show_more"), ("the rest", "inform")])
async def test_going_on_may_be_said_in_many_ways(tmp_path: Path, words: str, intent: str) -> None:
    talk = talk_of(tmp_path, *(access(16 - day, 9, "Nora Ling") for day in range(5)), channel="phone")
    await see(talk)
    await talk.fills(ValidateViewAccessLogForm)
    await see(talk, words, intent)
    assert talk.acts[0] == "utter_view_access_log_next"


async def test_no_ends_it(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, *(access(16 - day, 9, "Nora Ling") for day in range(5)), channel="phone")
    await see(talk)
    await talk.fills(ValidateViewAccessLogForm)
    await see(talk, "no thanks", "deny")
    assert talk.acts == ["utter_view_access_log_done"]
    assert talk.slots["view_access_log_page"] is talk.slots["view_access_log_query"] is None


async def test_another_question_begins_another_list(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, CHEN, *(access(13 - day, 9, "Nora Ling") for day in range(5)), channel="phone")
    await see(talk)
    await talk.fills(ValidateViewAccessLogForm)
    await see(talk, "did dr chen look at it", "view_access_log")
    assert talk.acts[0] == "utter_view_access_log_found"
    assert str(talk.value("lines")).count("Chen") == 1


async def test_a_portal_without_a_log_leaves_what_the_assistant_did(tmp_path: Path) -> None:
    talk = talk_of(tmp_path)
    own(talk)
    talk.portal.fail("access_log", Refused("not-supported"))
    await see(talk)
    assert talk.acts == ["utter_view_access_log_own_only", "utter_view_access_log_found"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PortalUnavailable(), "utter_portal_unavailable"),
        (NotRecorded(), "utter_access_not_recorded"),
        (Refused("forbidden"), "utter_portal_refused"),
    ],
)
async def test_what_goes_wrong_is_said_and_nothing_is_shown(tmp_path: Path, error: Exception, said: str) -> None:
    talk = talk_of(tmp_path, CHEN)
    talk.portal.fail("access_log", error)
    await see(talk)
    assert talk.acts == [said]


async def test_f17_a_trail_that_cannot_be_read_is_not_left_out_in_silence(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, CHEN)
    with talk.trail._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_trail RENAME TO gone")
    await see(talk)
    assert talk.acts == ["utter_access_not_recorded"]


async def test_nobody_is_told_before_they_have_proved_who_they_are(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, CHEN, signed_in=False)
    await see(talk)
    assert (talk.requested, talk.portal.called("access_log")) == ("sign_in_phone", [])


async def test_what_was_asked_before_signing_in_is_answered_after_it(tmp_path: Path) -> None:
    talk = talk_of(tmp_path, CHEN, MERRILL, signed_in=False)
    await see(talk, "did doctor chen look at my record")
    talk.sign_in()
    talk.hears("", "code_checked", known_code_check={"outcome": "accepted", "tries_left": 0})
    await talk.fills(ValidateViewAccessLogForm)
    await talk.does(ActionViewAccessLog)
    assert [line[2:].partition(",")[0] for line in lines(talk)] == ["Dr. Amy Chen"]


def test_every_kind_of_record_that_the_portal_serves_has_words() -> None:
    of_patients = {served.rtype for served in TYPES if not served.shared and not served.assistants}
    assert of_patients - KINDS.keys() == set()


def test_days_of_the_tests_are_those_of_the_clock() -> None:
    assert (NOW.date().isoformat(), NOW.hour) == ("2026-03-17", 10)
