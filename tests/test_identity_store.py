"""What the session store keeps, for how long, in what form, and what happens when it fails."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from identity import Identity, IdentityUnavailable, Keys, open_engine
from identity.keys import Unreadable
from identity.store import metadata
from tests.identity_fakes import ADA, BEN, NOON, SECRET, Desk, code_of, wrong_codes


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path)


def _bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def _rows(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / "identity.db") as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_d02_no_number_name_token_or_conversation_id_is_written_in_clear(desk: Desk, tmp_path: Path) -> None:
    opened = desk.identity.open_conversation("sms", "en", "+15415550177")
    desk.start(opened.sender_id, None, "zebulon quartermain")
    desk.sign_in(opened.sender_id)
    desk.identity.keep_token(opened.sender_id, "canary-token-of-ada", NOON + timedelta(hours=1))
    disk = _bytes_on_disk(tmp_path)
    canaries = ["5415550121", "5415550177", "Adalinde", "quartermain", "canary-token-of-ada", opened.id]
    assert [canary for canary in canaries if canary.encode() in disk] == []
    # The search works: what may be kept is found.
    assert ADA.id.encode() in disk


def test_v13_no_code_is_written_in_clear(desk: Desk, tmp_path: Path) -> None:
    codes = []
    for number in range(4):
        sender = desk.conversation()
        code = desk.code(sender, claim=f"spelling {number}") if number < 3 else codes[0]
        desk.guess(sender, wrong_codes(code, 1))
        codes.append(code)
    disk = _bytes_on_disk(tmp_path)
    # One could turn up among the digits of a fingerprint by chance; all three cannot.
    assert not all(code.encode() in disk for code in codes)


def test_d04_challenges_are_dropped_after_a_day(desk: Desk, tmp_path: Path) -> None:
    desk.start(desk.conversation())
    desk.after(hours=23, minutes=59)
    early = desk.identity.purge()["challenges"]
    desk.after(minutes=1)
    assert (early, desk.identity.purge()["challenges"]) == (0, 1)
    assert _rows(tmp_path, "identity_challenges") == 0


def test_d04_conversations_are_dropped_after_thirty_days_of_silence(desk: Desk) -> None:
    spoken = desk.identity.open_conversation("web", "en")
    silent = desk.identity.open_conversation("web", "en")
    desk.after(days=15)
    desk.identity.touch(spoken.sender_id)
    desk.after(days=15)
    assert desk.identity.purge()["conversations"] == 1
    assert desk.identity.conversation(silent.id) is None
    assert desk.identity.conversation(spoken.id) is not None


def test_d04_sessions_that_have_ended_are_dropped_and_living_ones_stay(desk: Desk) -> None:
    ended, living = desk.conversation(), desk.conversation()
    desk.sign_in(ended)
    desk.after(minutes=14)
    desk.sign_in(living)
    desk.after(minutes=2)
    assert desk.identity.purge()["sessions"] == 1
    assert desk.identity.signed_in(living) is not None


def test_d04_an_expired_token_is_dropped_from_the_file(desk: Desk, tmp_path: Path) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.identity.keep_token(web, "token", NOON + timedelta(minutes=1))
    desk.after(minutes=2)
    desk.identity.purge()
    with sqlite3.connect(tmp_path / "identity.db") as connection:
        assert connection.execute("SELECT token_sealed FROM identity_sessions").fetchall() == [(None,)]


def test_d04_counts_are_dropped_when_they_count_no_more_but_locks_stay(desk: Desk, tmp_path: Path) -> None:
    web = desk.conversation()
    desk.guess(web, wrong_codes(desk.code(web), 5))
    desk.after(hours=23)
    desk.identity.purge()
    before = _rows(tmp_path, "identity_subjects")
    desk.after(hours=2)
    desk.identity.purge()
    assert before > 0
    assert _rows(tmp_path, "identity_subjects") == 0


def test_d04_what_was_dropped_is_gone_from_the_bytes_of_the_files(desk: Desk, tmp_path: Path) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    before = ADA.id.encode() in _bytes_on_disk(tmp_path)
    desk.after(hours=2)
    desk.identity.purge()
    assert (before, ADA.id.encode() in _bytes_on_disk(tmp_path)) == (True, False)


def test_d10_nobody_else_on_the_machine_may_read_the_files(desk: Desk, tmp_path: Path) -> None:
    desk.sign_in(desk.conversation())
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_d04_who_was_texted_is_forgotten_once_the_code_is_used(desk: Desk, tmp_path: Path) -> None:
    desk.sign_in(desk.conversation())
    with sqlite3.connect(tmp_path / "identity.db") as connection:
        assert connection.execute("SELECT person_sealed, code_mac FROM identity_challenges").fetchall() == [("", None)]


def test_the_store_says_that_it_is_ready_after_a_real_write_and_read(desk: Desk) -> None:
    desk.identity.ready()
    desk.after(seconds=1)
    desk.restarted().identity.ready()


class StoppedClock:
    """A clock that has stopped telling the time."""

    def now(self) -> datetime:
        raise OSError("no time")


def test_d12_a_store_that_lost_its_tables_lets_nobody_in(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    _drop_tables(desk)
    assert desk.identity.signed_in(web) is None
    assert not desk.identity.may(web, "limited")
    assert desk.identity.token(web) is None
    with pytest.raises(IdentityUnavailable):
        desk.identity.check_code(web, right)
    with pytest.raises(IdentityUnavailable):
        desk.identity.ready()


def _drop_tables(desk: Desk) -> None:
    with open_engine(desk.url).begin() as connection:
        metadata.drop_all(connection)


def test_d12_a_stopped_clock_lets_nobody_in(desk: Desk) -> None:
    web, signed_in = desk.conversation(), desk.conversation()
    desk.sign_in(signed_in, BEN)
    right = desk.code(web)
    stopped = Identity(open_engine(desk.url), StoppedClock(), Keys(SECRET))
    with pytest.raises(IdentityUnavailable):
        stopped.check_code(web, right)
    assert stopped.signed_in(signed_in) is None


def test_d12_a_changed_row_lets_nobody_in(desk: Desk) -> None:
    web = desk.conversation()
    right = desk.code(web)
    with open_engine(desk.url).begin() as connection:
        connection.execute(text("UPDATE identity_challenges SET person_sealed = 'changed'"))
    with pytest.raises(IdentityUnavailable):
        desk.identity.check_code(web, right)
    assert desk.identity.signed_in(web) is None


def test_d12_a_code_moved_to_another_conversation_in_the_table_does_not_work(desk: Desk) -> None:
    web, other = desk.conversation(), desk.conversation()
    right = desk.code(web)
    with open_engine(desk.url).begin() as connection:
        connection.execute(text("UPDATE identity_challenges SET sender_id = :other"), {"other": other})
    assert desk.guess(other, [right])[0].outcome == "wrong"


def test_d01_a_failure_logs_and_says_nothing_of_what_was_asked(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    web = desk.conversation()
    code = code_of(desk.start(web))
    _drop_tables(desk)
    with pytest.raises(IdentityUnavailable) as refused:
        desk.identity.check_code(web, code)
    said = caplog.text + str(refused.value)
    assert "The session store failed" in said
    assert [canary for canary in (code, "5415550121", "Adalinde", ADA.id, web) if canary in said] == []


def test_d10_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 24"):
        Keys("short")


def test_fingerprints_differ_by_kind_and_by_where_one_part_ends() -> None:
    keys = Keys(SECRET)
    prints = [keys.fingerprint("a", "bc"), keys.fingerprint("ab", "c"), keys.fingerprint("a", "b", "c")]
    assert len(set(prints)) == 3
    assert keys.fingerprint("a", "bc") == Keys(SECRET).fingerprint("a", "bc")


def test_what_was_sealed_under_another_secret_cannot_be_read() -> None:
    sealed = Keys(SECRET).seal("a number")
    with pytest.raises(Unreadable):
        Keys("a secret that never saw this value").unseal(sealed)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused_because_two_processes_cannot_share_it(url: str) -> None:
    with pytest.raises(ValueError, match="needs a file"):
        open_engine(url)
