"""Many at once: what may happen once happens once, on SQLite and on PostgreSQL.

PostgreSQL is tried where TEST_POSTGRES_URL names a database that the tests may empty.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import create_engine

from identity import Limits, TextLimits
from identity.store import metadata
from tests.identity_fakes import ADA, BEN, Desk, wrong_codes

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/identity.db"
    engine = create_engine(POSTGRES, future=True)
    with engine.begin() as connection:
        metadata.drop_all(connection)
    engine.dispose()
    return POSTGRES


@pytest.fixture
def desk(url: str) -> Desk:
    return Desk(url)


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


def test_v01_guesses_at_once_under_many_spellings_are_counted_for_the_one_person(url: str) -> None:
    generous = Limits(
        texts=TextLimits(per_quarter_hour=20, per_day=20), phone_texts=TextLimits(per_quarter_hour=20, per_day=20)
    )
    desk = Desk(url, generous)
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


def test_processes_that_start_at_once_make_the_tables_once(url: str) -> None:
    desks = _at_once(8, lambda _number: Desk(url))
    desks[0].sign_in(desks[7].conversation())


def test_people_who_sign_in_at_once_do_not_get_in_each_others_way(desk: Desk) -> None:
    people = [ADA, BEN]
    senders = [desk.conversation(), desk.conversation()]
    _at_once(2, lambda number: desk.sign_in(senders[number], people[number]))
    names = [signed_in.given_name for sender in senders if (signed_in := desk.identity.signed_in(sender))]
    assert names == ["Adalinde", "Bentley"]


def test_the_whole_way_works_on_both_databases(desk: Desk) -> None:
    opened = desk.identity.open_conversation("sms", "en", "+15415550121")
    desk.sign_in(opened.sender_id)
    desk.identity.keep_token(opened.sender_id, "token", desk.clock.now() + desk.limits.absolute)
    desk.identity.touch(opened.sender_id)
    desk.identity.ready()
    assert desk.identity.conversation(opened.id) == opened
    assert desk.identity.token(opened.sender_id) == "token"
    desk.after(days=31)
    assert desk.identity.purge() == {"challenges": 1, "sessions": 1, "conversations": 1, "subjects": 3}
