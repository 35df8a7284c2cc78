"""The trail itself: what is in a row, what shows that it was touched, how long it is kept. On SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, text, update

from audit import Break, Entry, Trail, TrailUnavailable
from audit.store import heads, trail
from clock import FixedClock
from identity import Keys, open_engine
from tests.fakes import A_TUESDAY

ROOT = Path(__file__).parent.parent
SECRET = "a secret that only these tests know"
MARIA, LEO, JAMES = "patient-maria-77", "patient-leo-78", "patient-james-79"
WRITERS, EACH = 20, 10


class Archive:
    """A trail over one database, and a way past it for whoever means harm."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = FixedClock(A_TUESDAY)
        self.engine: Any = open_engine(url)
        self.trail = Trail(self.engine, self.clock, Keys(SECRET))

    def restarted(self, *secrets: str) -> Trail:
        return Trail(open_engine(self.url), self.clock, Keys(*(secrets or (SECRET,))))

    def rows(self) -> list[Any]:
        with self.engine.connect() as connection:
            return connection.execute(select(trail).order_by(trail.c.chain, trail.c.number)).all()

    def harm(self, *statements: Any) -> None:
        with self.engine.begin() as connection:
            for each in statements:
                connection.execute(each)


@pytest.fixture
def archive(database_url: str) -> Archive:
    return Archive(database_url)


def looked(patient: str = MARIA, **but: Any) -> Entry:
    given: dict[str, Any] = {
        "interaction": "search",
        "outcome": "ok",
        "who": patient,
        "act": "view_test_results",
        "channel": "sms",
        "resource_type": "DiagnosticReport",
        "session": "sender-1",
        "request": "0123456789abcdef.1",
    }
    return Entry(**(given | but))


def one(archive: Archive) -> Any:
    (row,) = archive.rows()
    return row


def test_d05_a_row_says_who_what_when_by_which_way_and_with_what_outcome(archive: Archive) -> None:
    entry = looked(interaction="update", changes=True, resource_id="a1", outcome="refused", reason="conflict")
    archive.trail.note(entry)
    row = one(archive)
    assert (row.at, row.act, row.channel, row.interaction) == (A_TUESDAY, "view_test_results", "sms", "update")
    assert (row.changes, row.resource_type) == (True, "DiagnosticReport")
    assert Keys(SECRET).unseal(row.resource_id) == "a1"
    assert (row.outcome, row.reason, row.request) == ("refused", "conflict", "0123456789abcdef.1")
    assert row.on_behalf_of is row.on_behalf_of_sealed is None
    assert len(row.who) == len(row.session) == 64


def test_d05_a_row_names_nobody_who_has_no_key(archive: Archive) -> None:
    archive.trail.note(looked(LEO, who=MARIA, on_behalf_of=LEO))
    said = str(tuple(one(archive)))
    assert all(secret not in said for secret in (MARIA, LEO, "sender-1"))


def test_d05_whose_record_it_was_and_who_looked_are_told_apart(archive: Archive) -> None:
    archive.trail.note(looked(MARIA, on_behalf_of=LEO), looked(MARIA), looked(JAMES))
    (seen,) = archive.trail.seen(LEO, A_TUESDAY)
    assert (seen.by, seen.resource_type, seen.channel) == (MARIA, "DiagnosticReport", "sms")
    assert [each.by for each in archive.trail.seen(MARIA, A_TUESDAY)] == [None]


def test_d05_ones_own_trail_is_newest_first_and_from_a_day_on(archive: Archive) -> None:
    for act in ("pay_bill", "view_allergies", "view_letters"):
        archive.trail.note(looked(act=act))
        archive.clock.advance(timedelta(days=1))
    seen = archive.trail.seen(MARIA, A_TUESDAY + timedelta(days=1))
    assert [each.act for each in seen] == ["view_letters", "view_allergies"]


def test_d05_what_is_sealed_and_counted_under_the_secret_before_is_still_ones_own(archive: Archive) -> None:
    archive.trail.note(looked(MARIA, on_behalf_of=LEO))
    rotated = archive.restarted("a newer secret that only these tests know", SECRET)
    rotated.note(looked(JAMES, on_behalf_of=LEO))
    assert {each.by for each in rotated.seen(LEO, A_TUESDAY)} == {MARIA, JAMES}
    assert rotated.verify() == []


HOSTILE = ("a b", "x\nevent=forged", "Müller", "../x", "<b>", "a" * 65, "a\x00", "DROP TABLE x;--", "line\u2028two")


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", ["act", "channel", "resource_type", "resource_id", "reason", "request"])
def test_d05_words_cannot_get_into_a_row(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"^not fit for the trail: {name}$"):
        looked(**{name: words})


def test_d05_an_unknown_outcome_or_interaction_cannot_either() -> None:
    with pytest.raises(ValueError, match="interaction, outcome"):
        looked(interaction="looked\n", outcome="fine")


def test_d05_all_of_several_rows_are_written_or_none(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    appended = 0
    append = Trail._append

    def fails_at_the_third(its: Trail, connection: Any, entry: Entry) -> None:
        nonlocal appended
        appended += 1
        if appended == 3:
            raise OSError("disk full")
        append(its, connection, entry)

    monkeypatch.setattr(Trail, "_append", fails_at_the_third)
    with pytest.raises(TrailUnavailable):
        archive.trail.note(*(looked(f"patient-{number}") for number in range(5)))
    assert archive.rows() == []


def some(archive: Archive, count: int = 5) -> int:
    """So many rows of Maria's; the chain they are in."""
    for number in range(count):
        archive.trail.note(looked(resource_id=f"r{number}"))
    return archive.rows()[0].chain


def test_d05_a_trail_that_nobody_touched_holds(archive: Archive) -> None:
    for person in range(40):
        archive.trail.note(looked(f"patient-{person}"), looked(f"patient-{person}", act="pay_bill"))
    assert archive.trail.verify() == []
    assert len({row.chain for row in archive.rows()}) > 8


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", A_TUESDAY + timedelta(seconds=1)),
        ("who", "0" * 64),
        ("who_sealed", "x"),
        ("on_behalf_of", "0" * 64),
        ("on_behalf_of_sealed", "x"),
        ("act", "pay_bill"),
        ("channel", "web"),
        ("interaction", "read"),
        ("changes", True),
        ("resource_type", "Account"),
        ("resource_id", "r9"),
        ("outcome", "refused"),
        ("reason", "conflict"),
        ("session", None),
        ("request", "x"),
        ("mac", "0" * 64),
    ],
)
def test_d05_an_edited_row_is_the_first_that_does_not_hold(archive: Archive, column: str, value: Any) -> None:
    chain = some(archive)
    archive.harm(update(trail).where(trail.c.number == 3).values({column: value}))
    assert [(each.chain, each.number) for each in archive.trail.verify()] == [(chain, 3)]


HARM: dict[str, tuple[Callable[[int], list[Any]], int, str]] = {
    "one taken out": (lambda _: [delete(trail).where(trail.c.number == 2)], 2, "missing"),
    "the first taken away": (lambda _: [delete(trail).where(trail.c.number == 1)], 1, "missing"),
    "the tail cut off": (lambda _: [delete(trail).where(trail.c.number > 3)], 4, "missing"),
    "all taken away": (lambda _: [delete(trail)], 1, "missing"),
    "the tail cut off and the head set back": (
        lambda _: [delete(trail).where(trail.c.number > 3), update(heads).where(heads.c.number == 5).values(number=3)],
        0,
        "head was changed",
    ),
    "said to be dropped by retention": (
        lambda _: [delete(trail).where(trail.c.number < 3), update(heads).where(heads.c.number == 5).values(dropped=2)],
        0,
        "head was changed",
    ),
    "the head taken away": (lambda chain: [delete(heads).where(heads.c.chain == chain)], 0, "head is missing"),
    "one put in behind the last": (
        lambda _: [
            insert(trail).from_select(
                [each.name for each in trail.columns],
                select(*(each + 3 if each.name == "number" else each for each in trail.columns)).where(
                    trail.c.number == 5
                ),
            )
        ],
        8,
        "no head knows of it",
    ),
}


@pytest.mark.parametrize(("harm", "number", "why"), HARM.values(), ids=HARM)
def test_d05_whatever_is_taken_away_or_put_in_shows(
    archive: Archive, harm: Callable[[int], list[Any]], number: int, why: str
) -> None:
    chain = some(archive)
    archive.harm(*harm(chain))
    (found,) = archive.trail.verify()
    assert (found.chain, found.number) == (chain, number)
    assert why in found.why


def test_d05_two_rows_that_changed_places_do_not_hold(archive: Archive) -> None:
    chain = some(archive)
    moves = ((2, 90), (3, 2), (90, 3))
    archive.harm(*(update(trail).where(trail.c.number == old).values(number=new) for old, new in moves))
    assert archive.trail.verify() == [Break(chain, 2, "it was changed, or the one before it")]


def test_d05_whoever_does_not_know_the_secret_cannot_go_on_with_a_chain(archive: Archive) -> None:
    chain = some(archive)
    archive.restarted("a secret that somebody else has thought of").note(
        looked(), *(looked(f"p{n}") for n in range(40))
    )
    assert [(each.chain, each.number) for each in archive.trail.verify() if each.chain == chain] == [(chain, 0)]


def test_d05_a_head_that_was_taken_away_is_not_made_anew_and_nothing_is_written_on_it(archive: Archive) -> None:
    chain = some(archive)
    archive.harm(delete(heads).where(heads.c.chain == chain))
    again = archive.restarted()
    with pytest.raises(TrailUnavailable):
        again.note(looked())
    assert [each.chain for each in again.verify()] == [chain]


def test_d05_many_writers_at_once_leave_whole_chains_with_every_row(archive: Archive) -> None:
    together = Barrier(WRITERS)
    trails = [archive.trail, archive.restarted()]

    def write(writer: int) -> None:
        together.wait()
        for number in range(EACH):
            # Half of them into one person's chain.
            who = MARIA if writer % 2 else f"patient-{writer}"
            trails[writer % 2].note(looked(who), looked(f"patient-{number}"))

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))
    assert len(archive.rows()) == WRITERS * EACH * 2
    assert archive.trail.verify() == []


def test_d05_what_was_kept_long_enough_goes_and_the_rest_still_holds(archive: Archive) -> None:
    some(archive, 3)
    archive.clock.advance(timedelta(days=100))
    some(archive, 2)
    assert archive.trail.retain(timedelta(days=50)) == 3
    assert [row.number for row in archive.rows()] == [4, 5]
    assert archive.trail.verify() == []
    archive.trail.note(looked())
    assert archive.trail.verify() == []
    archive.clock.advance(timedelta(days=100))
    assert archive.trail.retain(timedelta(days=50)) == 3
    assert archive.rows() == []
    archive.trail.note(looked())
    assert (archive.trail.verify(), one(archive).number) == ([], 7)


def test_d05_after_retention_the_oldest_that_is_left_cannot_be_taken_away(archive: Archive) -> None:
    chain = some(archive, 3)
    archive.clock.advance(timedelta(days=100))
    some(archive, 2)
    archive.trail.retain(timedelta(days=50))
    archive.harm(delete(trail).where(trail.c.number == 4))
    assert archive.trail.verify() == [Break(chain, 4, "it is missing")]


def test_d05_nothing_is_dropped_from_a_chain_that_does_not_hold(archive: Archive) -> None:
    some(archive, 3)
    archive.harm(update(trail).where(trail.c.number == 2).values(act="pay_bill"))
    archive.clock.advance(timedelta(days=100))
    assert archive.trail.retain(timedelta(days=50)) == 0
    assert len(archive.rows()) == 3


def test_d05_rows_are_changed_by_nothing_and_deleted_by_retention_alone() -> None:
    for path in (ROOT / "audit").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert set(re.findall(r"\bupdate\((\w+)", source)) <= {"heads"}, path
        deleted = set(re.findall(r"\bdelete\((\w+)", source))
        assert deleted <= ({"trail"} if path.name == "retention.py" else set()), path
    others = [
        path for folder in ("actions", "channels", "identity", "deploy") for path in (ROOT / folder).rglob("*.py")
    ]
    assert [path for path in others if "audit.store" in path.read_text(encoding="utf-8")] == []


def test_f17_a_trail_that_cannot_be_written_says_so_and_not_why_in_anybodys_words(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    archive.harm(text("DROP TABLE audit_trail"), text("DROP TABLE audit_probe"))
    for attempt in (archive.trail.ready, lambda: archive.trail.note(looked()), archive.trail.verify):
        with pytest.raises(TrailUnavailable):
            attempt()
    with pytest.raises(TrailUnavailable):
        archive.trail.seen(MARIA, A_TUESDAY)
    assert "event=audit_unavailable" in caplog.text
    assert all(secret not in caplog.text for secret in (MARIA, "DiagnosticReport", "sender-1", "INSERT"))


def test_f17_on_a_full_disk_nothing_is_noted_by_halves_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    archive = Archive(f"sqlite:///{tmp_path}/audit.db")
    limit = [1]

    # To SQLite a limit of pages is what a full disk is: SQLITE_FULL.
    @event.listens_for(archive.engine, "checkout")
    def full(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit[0]}")

    noted = sum(noting(archive, looked(resource_id=f"r{number}")) for number in range(200))
    assert noted < 200
    assert len(archive.rows()) == noted
    assert archive.trail.verify() == []
    limit[0] = 1_000_000
    assert noting(archive, looked())
    assert archive.trail.verify() == []


def noting(archive: Archive, entry: Entry) -> bool:
    try:
        archive.trail.note(entry)
    except TrailUnavailable:
        return False
    return True
