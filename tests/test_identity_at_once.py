"""Many at once: what may happen once happens once, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import inspect, text

from identity import GuessLimits, Limits, TextLimits, open_engine
from identity.store import metadata
from tests.identity_fakes import ADA, BEN, SECRET, Desk, Patient, wrong_codes

LIMITS = Limits(personal_on_assistants=True, passcode_work=2**10, brake=GuessLimits(30, timedelta(minutes=30)))
ADDED = {
    "identity_sessions": ("fresh_for", "claimed", "linked", "passcode_at", "phone_since"),
    "identity_challenges": ("act", "claimed"),
}
"""Columns that a store of the first days has not got."""


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url, LIMITS)


def _at_once[T](count: int, act: Callable[[int], T]) -> list[T]:
    """Do `act` in `count` threads that all begin at the same moment."""
    together = Barrier(count)

    def wait_and_act(number: int) -> T:
        together.wait()
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(wait_and_act, range(count)))


def test_v02_of_fifty_who_give_the_right_code_at_once_one_is_let_in(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    desks = [desk, desk.restarted()]
    outcomes = Counter(_at_once(50, lambda number: desks[number % 2].identity.check_code(web, right).outcome))
    assert outcomes == {"accepted": 1, "none": 49}


def test_v01_of_twenty_wrong_guesses_at_once_five_are_looked_at(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    guesses = wrong_codes(right, 20)
    outcomes = _at_once(20, lambda number: desk.identity.check_code(web, guesses[number]).outcome)
    assert Counter(outcomes) == {"wrong": 4, "locked": 16}
    assert desk.identity.check_code(web, right).outcome == "locked"


def test_v01_guesses_at_once_under_many_spellings_are_counted_for_the_one_person(database_url: str) -> None:
    generous = Limits(
        texts=TextLimits(per_quarter_hour=20, per_day=20), phone_texts=TextLimits(per_quarter_hour=20, per_day=20)
    )
    desk = Desk(database_url, generous)
    senders = [desk.conversation() for _ in range(10)]
    for number, sender in enumerate(senders):
        desk.start(sender, ADA, f"spelling {number}")
    _at_once(10, lambda number: desk.identity.check_code(senders[number], "000000"))
    later = desk.conversation()
    assert desk.start(later, ADA, "one more spelling").delivery is None


def test_v08_of_twenty_who_ask_for_a_code_at_once_one_gets_it(desk: Desk) -> None:
    senders = [desk.conversation() for _ in range(20)]
    starts = _at_once(20, lambda number: desk.start(senders[number]))
    assert sum(start.delivery is not None for start in starts) == 1
    assert Counter(start.outcome for start in starts) == {"started": 1, "too_soon": 19}


def test_processes_that_start_at_once_make_the_tables_once(database_url: str) -> None:
    desks = _at_once(8, lambda _number: Desk(database_url))
    desks[0].sign_in(desks[7].conversation())


def test_people_who_sign_in_at_once_do_not_get_in_each_others_way(desk: Desk) -> None:
    people = [ADA, BEN]
    senders = [desk.conversation(), desk.conversation()]
    _at_once(2, lambda number: desk.sign_in(senders[number], people[number]))
    names = [signed_in.given_name for sender in senders if (signed_in := desk.identity.signed_in(sender))]
    assert names == ["Adalinde", "Bentley"]


def test_v01_of_twenty_wrong_passcodes_at_once_three_are_looked_at(desk: Desk) -> None:
    web, alexa = desk.conversation(), desk.conversation("alexa")
    desk.sign_in(web, act="manage_quick_login")
    assert desk.identity.set_passcode(web, "7391", None) == "set"
    desk.identity.sign_in_linked(alexa, ADA)
    desks = [desk, desk.restarted()]
    given = _at_once(20, lambda number: desks[number % 2].identity.check_passcode(alexa, f"80{number + 10}"))
    assert sum(check.outcome == "wrong" for check in given) <= 3
    assert desk.identity.check_passcode(alexa, "7391").outcome == "locked"


def test_of_ten_passcodes_chosen_at_once_one_is_kept(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, act="manage_quick_login")
    _at_once(10, lambda number: desk.identity.set_passcode(web, f"73{number + 10}", None))
    outcomes = []
    for number in range(10):
        alexa = desk.conversation("alexa")
        desk.identity.sign_in_linked(alexa, ADA)
        outcomes.append(desk.identity.check_passcode(alexa, f"73{number + 10}").outcome)
        desk.after(hours=25)
    assert Counter(outcomes) == {"accepted": 1, "wrong": 9}


def test_v09_locks_at_once_bring_one_notice_which_one_of_many_gets(desk: Desk) -> None:
    web = desk.conversation()
    guesses = wrong_codes(desk.code(web), 20)
    _at_once(20, lambda number: desk.identity.check_code(web, guesses[number]))
    desks = [desk, desk.restarted()]
    taken = _at_once(8, lambda number: desks[number % 2].identity.take_notices())
    assert sorted(len(notices) for notices in taken) == [0] * 7 + [1]


def test_b03_wrong_codes_at_once_are_all_counted_and_pause_once(desk: Desk) -> None:
    senders = [desk.conversation() for _ in range(31)]
    for number, sender in enumerate(senders):
        desk.start(sender, None, f"somebody {number}")
    _at_once(30, lambda number: desk.identity.check_code(senders[number], "000000"))
    before = desk.start(desk.conversation(), BEN).outcome
    desk.identity.check_code(senders[30], "000000")
    after = desk.start(desk.conversation(), ADA)
    assert (before, after.outcome, after.wait) == ("started", "paused", timedelta(minutes=30))


def test_signing_out_everywhere_while_signing_in_leaves_one_person_in_or_out_and_never_a_token(desk: Desk) -> None:
    people = [Patient(id=f"patient-{number}", phone=f"+1541555{number + 130:04d}") for number in range(8)]
    senders = [desk.conversation() for _ in people]
    codes = [desk.code(sender, person) for sender, person in zip(senders, people, strict=True)]

    def act(number: int) -> str:
        which = number // 2
        if number % 2:
            desk.identity.sign_out_everywhere(people[which].id)
            return "out"
        return desk.identity.check_code(senders[which], codes[which]).outcome

    outcomes = _at_once(16, act)[::2]
    for person in people:
        desk.identity.sign_out_everywhere(person.id)
    assert set(outcomes) <= {"accepted", "wrong"}
    assert [desk.identity.signed_in(sender) for sender in senders] == [None] * 8


def test_opting_out_at_once_is_opting_out(desk: Desk) -> None:
    _at_once(8, lambda _number: desk.identity.opt_out("+15415550121"))
    assert desk.identity.opted_out("+15415550121")


def test_a_store_of_an_earlier_version_gets_what_it_lacks_and_goes_on(database_url: str) -> None:
    desk = Desk(database_url, LIMITS)
    web, asking = desk.conversation(), desk.conversation()
    desk.sign_in(web)
    code = desk.code(asking, BEN)
    engine = open_engine(database_url)
    with engine.begin() as connection:
        for table, columns in ADDED.items():
            for column in columns:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        for table in ("people", "notices", "opt_outs", "failures"):
            connection.execute(text(f"DROP TABLE identity_{table}"))
    later = _at_once(4, lambda _number: Desk(database_url, LIMITS, desk.clock))[0]
    signed_in = later.identity.signed_in(web)
    assert signed_in is not None
    assert signed_in.patient_id == ADA.id
    assert later.identity.level(web, "pay_bill") == "verified"
    assert later.guess(asking, [code])[0].outcome == "accepted"
    later.identity.opt_out("+15415550121")
    there: Any = inspect(engine)
    for table in metadata.sorted_tables:
        assert {each["name"] for each in there.get_columns(table.name)} == {each.name for each in table.columns}


def test_d10_a_new_secret_works_on_both_databases(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, act="manage_quick_login")
    assert desk.identity.set_passcode(web, "7391", date(1971, 4, 2)) == "set"
    rotated = desk.restarted("another secret, newer than the one", SECRET)
    assert rotated.identity.check_passcode(web, "7391").outcome == "accepted"


def test_the_whole_way_works_on_both_databases(desk: Desk) -> None:
    opened = desk.identity.open_conversation("sms", "en", "+15415550121")
    desk.sign_in(opened.sender_id)
    desk.identity.keep_token(opened.sender_id, "token", desk.clock.now() + desk.limits.absolute)
    desk.identity.touch(opened.sender_id)
    desk.identity.ready()
    assert desk.identity.conversation(opened.id) == opened
    assert desk.identity.token(opened.sender_id) == "token"
    desk.after(days=31)
    assert desk.identity.purge() == {
        "challenges": 1,
        "sessions": 1,
        "conversations": 1,
        "subjects": 3,
        "people": 0,
        "notices": 0,
        "failures": 0,
    }
