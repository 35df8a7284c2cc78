"""Conversations that are to be forgotten: which they are, what goes at once, and what must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from identity import Limits
from identity.store import challenges
from tests.identity_fakes import ADA, BEN, Desk, wrong_codes


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


def test_d04_who_asks_is_signed_out_at_once_and_the_conversation_is_marked(desk: Desk) -> None:
    mine, other = desk.conversation(), desk.conversation()
    desk.sign_in(mine)
    assert desk.identity.ask_erasure(mine) == 1
    assert desk.identity.signed_in(mine) is None
    assert desk.identity.erasures_due() == [mine]
    assert desk.identity.by_sender(other) is not None


def test_d04_an_open_code_is_void(desk: Desk) -> None:
    sender = desk.conversation()
    code = desk.code(sender)
    desk.identity.ask_erasure(sender)
    assert desk.identity.check_code(sender, code).outcome == "none"


def test_d04_everything_is_every_conversation_of_the_person_and_of_nobody_else(desk: Desk) -> None:
    web, sms, of_ben, of_nobody = (desk.conversation(channel) for channel in ("web", "sms", "web", "web"))
    for sender, person in ((web, ADA), (of_ben, BEN)):
        desk.sign_in(sender, person)
    desk.after(minutes=20)
    # The sign-in of before has run out and is forgotten; whose the conversation was is not.
    desk.identity.purge()
    desk.sign_in(sms)
    assert desk.identity.ask_erasure(sms, everything=True) == 2
    assert set(desk.identity.erasures_due()) == {web, sms}
    assert desk.identity.by_sender(of_ben) is not None
    assert desk.identity.by_sender(of_nobody) is not None


def test_d04_everything_of_nobody_is_this_one(desk: Desk) -> None:
    first, second = desk.conversation(), desk.conversation()
    desk.sign_in(first)
    assert desk.identity.ask_erasure(second, everything=True) == 1
    assert desk.identity.erasures_due() == [second]


def test_d04_asking_twice_is_asking_once(desk: Desk) -> None:
    sender = desk.conversation()
    desk.identity.ask_erasure(sender)
    desk.identity.ask_erasure(sender)
    assert desk.identity.erasures_due() == [sender]


def test_d04_what_is_finished_is_gone_and_is_swept_for_another_hour(desk: Desk) -> None:
    opened = desk.identity.open_conversation("web", "en")
    desk.identity.ask_erasure(opened.sender_id)
    desk.identity.finish_erasure([opened.sender_id])
    assert desk.identity.conversation(opened.id) is None
    assert desk.identity.erasures_due() == [opened.sender_id]
    desk.after(hours=1)
    desk.identity.finish_erasure([opened.sender_id])
    assert desk.identity.erasures_due() == []


def test_d04_whose_a_conversation_was_goes_with_it(desk: Desk) -> None:
    old = desk.conversation()
    desk.sign_in(old)
    desk.after(days=30)
    assert desk.identity.purge()["conversations"] == 1
    new = desk.conversation()
    desk.sign_in(new)
    assert desk.identity.ask_erasure(new, everything=True) == 1


def test_r13_a_lock_outlives_the_conversation_in_which_it_came_about(desk: Desk) -> None:
    sender = desk.conversation()
    right = desk.code(sender)
    desk.guess(sender, wrong_codes(right, 5))
    desk.identity.ask_erasure(sender)
    desk.identity.finish_erasure([sender])
    again = desk.conversation()
    start = desk.start(again)
    # Somebody who is locked gets no code, and is not told so.
    assert start.delivery is None


def test_r13_the_texts_sent_today_are_counted_all_the_same(desk: Desk) -> None:
    for _ in range(6):
        sender = desk.conversation()
        desk.start(sender)
        desk.identity.ask_erasure(sender)
        desk.identity.finish_erasure([sender])
        desk.after(minutes=20)
    assert desk.start(desk.conversation()).outcome == "too_many"


def test_r13_the_people_claimed_by_one_client_are_counted_all_the_same(tmp_path: Path) -> None:
    desk = Desk.in_folder(tmp_path, Limits(claims_per_client=2))
    for number in range(2):
        sender = desk.conversation("sms", "+15415550199")
        assert desk.start(sender, None, claim=f"somebody {number}").outcome == "started"
        desk.identity.ask_erasure(sender)
        desk.identity.finish_erasure([sender])
    assert desk.start(desk.conversation("sms", "+15415550199"), None, claim="another").outcome == "too_many"


def test_d04_what_still_counts_says_neither_who_nor_where(desk: Desk) -> None:
    sender = desk.conversation()
    desk.code(sender)
    desk.identity.ask_erasure(sender)
    engine: Any = desk.identity._engine
    with engine.connect() as connection:
        row = connection.execute(sa.select(challenges)).one()
    assert (row.sender_id, row.person_sealed, row.code_mac) == ("", "", None)
