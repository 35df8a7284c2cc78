"""What was said is kept sealed, in its place and no longer than it may be; on SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from assistant.talk_store import SealedTalk, Talk, TalkMoved, talk
from clock import FixedClock
from identity import Keys, open_engine
from identity.keys import Unreadable
from tests.identity_fakes import NOON

SECRET = "a secret of the tests of what is said"
CANARY = "quokkacanary"
A, B = "a" * 64, "b" * 64


@dataclass
class Shelf:
    """A store, and the files or the server behind it."""

    url: str
    folder: Path
    clock: FixedClock

    def __post_init__(self) -> None:
        self.engine: Any = open_engine(self.url)
        self.talk = SealedTalk(self.engine, self.clock, Keys(SECRET))

    def rows(self) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(talk).order_by(talk.c.sender_id, talk.c.first_event)))

    def run(self, statement: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(statement)

    def tables(self) -> list[str]:
        looked: Any = sa.inspect(self.engine)
        return looked.get_table_names()

    def bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.folder.glob("kept.db*")))


@pytest.fixture
def shelf(database_url: str, tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(database_url, tmp_path, FixedClock(NOON))
    yield made
    # Before the database goes.
    made.engine.dispose()


def said(*words: str) -> list[dict[str, Any]]:
    return [{"event": "user", "text": word, "parse_data": {"intent": {"name": "greet"}}} for word in words]


def test_what_was_said_comes_back_in_its_order(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said("one", "two"))
    shelf.talk.append(B, 0, said("other"))
    shelf.talk.append(A, 2, said("three"))
    assert [each["text"] for each in shelf.talk.read(A)] == ["one", "two", "three"]
    assert shelf.talk.read("nobody") == []
    assert sorted(shelf.talk.senders()) == [A, B]


def test_d02_no_column_says_a_word_of_it(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said(CANARY))
    assert [column.name for column in talk.columns] == ["sender_id", "first_event", "events", "said_at", "sealed"]
    assert CANARY not in str(shelf.rows())
    assert "greet" not in str(shelf.rows())


def test_d02_no_byte_of_the_files_holds_it_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    shelf = Shelf(f"sqlite:///{tmp_path}/kept.db", tmp_path, FixedClock(NOON))
    shelf.talk.append(A, 0, said(CANARY))
    files = list(tmp_path.glob("kept.db*"))
    assert len(files) > 1
    assert CANARY.encode() not in shelf.bytes()
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_d02_a_changed_row_is_refused(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said(CANARY))
    sealed = shelf.rows()[0].sealed
    shelf.run(sa.update(talk).values(sealed=sealed[:-5] + ("AAAAA" if sealed[-5:] != "AAAAA" else "BBBBB")))
    with pytest.raises(Unreadable):
        shelf.talk.read(A)


def test_d02_a_row_of_somebody_else_is_refused(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said(CANARY))
    shelf.run(sa.update(talk).values(sender_id=B))
    with pytest.raises(TalkMoved):
        shelf.talk.read(B)


def test_d02_a_conversation_without_its_beginning_is_refused(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said("one"))
    shelf.talk.append(A, 1, said("two"))
    shelf.run(sa.delete(talk).where(talk.c.first_event == 0))
    with pytest.raises(TalkMoved):
        shelf.talk.read(A)


def test_of_two_turns_at_once_the_second_is_refused(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said("one"))
    shelf.talk.append(A, 1, said("two"))
    with pytest.raises(TalkMoved):
        shelf.talk.append(A, 1, said("another two"))
    assert [each["text"] for each in shelf.talk.read(A)] == ["one", "two"]


def test_a_new_conversation_does_not_write_over_an_old_one(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said("one"))
    with pytest.raises(TalkMoved):
        shelf.talk.append(A, 0, said("one again"))


def test_d10_what_was_kept_under_the_secret_before_is_read_and_new_words_use_the_new_one(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said("one"))
    newer = SealedTalk(shelf.engine, shelf.clock, Keys("the secret that came after it was changed", SECRET))
    newer.append(A, 1, said("two"))
    assert [each["text"] for each in newer.read(A)] == ["one", "two"]
    with pytest.raises(Unreadable):
        shelf.talk.read(A)


def test_d04_what_is_kept_no_longer_goes_as_a_whole(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said(CANARY))
    shelf.clock.advance(timedelta(days=20))
    shelf.talk.append(A, 1, said("again"))
    shelf.talk.append(B, 0, said("later"))
    shelf.clock.advance(timedelta(days=11))
    assert shelf.talk.purge(timedelta(days=30)) == 2
    assert (shelf.talk.read(A), [each["text"] for each in shelf.talk.read(B)]) == ([], ["later"])


def test_d04_a_conversation_under_way_waits_until_it_rests(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said("one"))
    shelf.clock.advance(timedelta(days=31))
    shelf.talk.append(A, 1, said("two"))
    assert shelf.talk.purge(timedelta(days=30)) == 0
    shelf.clock.advance(timedelta(minutes=59))
    assert shelf.talk.purge(timedelta(days=30)) == 0
    shelf.clock.advance(timedelta(minutes=1))
    assert shelf.talk.purge(timedelta(days=30)) == 2


def test_d04_kept_for_no_day_goes_after_an_hour(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said("one"))
    shelf.clock.advance(timedelta(minutes=59))
    assert shelf.talk.purge(timedelta(0)) == 0
    shelf.clock.advance(timedelta(minutes=1))
    assert shelf.talk.purge(timedelta(0)) == 1


def test_d04_nothing_of_what_is_gone_stays_in_the_files(tmp_path: Path) -> None:
    shelf = Shelf(f"sqlite:///{tmp_path}/kept.db", tmp_path, FixedClock(NOON))
    shelf.talk.append(A, 0, said(CANARY * 400))
    sealed = shelf.rows()[0].sealed.encode()
    assert sealed[:2000] in shelf.bytes()
    shelf.clock.advance(timedelta(days=31))
    shelf.talk.purge(timedelta(days=30))
    left = shelf.bytes()
    assert A.encode() not in left
    # A page holds a few thousand bytes; no part of the sealed row may be left in a free one either.
    assert [at for at in range(0, len(sealed) - 40, 40) if sealed[at : at + 40] in left] == []


def test_a_conversation_erased_in_the_middle_of_a_turn_stays_erased(shelf: Shelf) -> None:
    shelf.talk.append(A, 0, said(CANARY))
    shelf.talk.append(B, 0, said("kept"))
    assert shelf.talk.erase([A]) == 1
    shelf.talk.append(A, 1, said("and more"))
    assert shelf.talk.read(A) == []
    assert [each["text"] for each in shelf.talk.read(B)] == ["kept"]
    shelf.talk.append(A, 0, said("a new beginning"))
    assert [each["text"] for each in shelf.talk.read(A)] == ["a new beginning"]


RASAS_OWN = """CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL,
    timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT)"""


def test_d02_what_an_earlier_version_wrote_in_clear_is_dropped_and_counted(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.run(sa.text(RASAS_OWN))
    row = {"one": 1, "who": A, "kind": "user", "data": json.dumps({"text": CANARY})}
    insert = "INSERT INTO events (id, sender_id, type_name, data) VALUES (:one, :who, :kind, :data)"
    shelf.run(sa.text(insert).bindparams(**row))
    SealedTalk(shelf.engine, shelf.clock, Keys(SECRET))
    assert "events" not in shelf.tables()
    assert CANARY.encode() not in shelf.bytes()
    assert "event=unsealed_conversations_dropped rows=1" in caplog.text


def test_a_table_of_that_name_that_is_not_rasas_is_left_alone(shelf: Shelf) -> None:
    shelf.run(sa.text("CREATE TABLE events (id INTEGER PRIMARY KEY, what TEXT)"))
    SealedTalk(shelf.engine, shelf.clock, Keys(SECRET))
    assert "events" in shelf.tables()


def test_it_is_ready_only_when_it_can_be_written_and_read(shelf: Shelf) -> None:
    shelf.talk.ready()
    shelf.talk.ready()
    shelf.run(sa.text("DROP TABLE dialogue_talk"))
    with pytest.raises(DBAPIError):
        shelf.talk.ready()


def test_many_processes_may_start_at_once(shelf: Shelf) -> None:
    shelf.run(sa.text("DROP TABLE dialogue_talk"))
    with ThreadPoolExecutor(8) as pool:
        begun = [pool.submit(Talk, open_engine(shelf.url), shelf.clock) for _ in range(8)]
        made = [each.result() for each in begun]
    made[0].ready()
    for each in made:
        each._engine.dispose()
