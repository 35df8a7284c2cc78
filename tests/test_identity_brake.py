"""Too many wrong codes in all pause new codes for everybody, for a while, and somebody is alarmed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from identity import GuessLimits, Limits
from tests.identity_fakes import ADA, BEN, Desk, wrong_codes

PAUSE = timedelta(minutes=30)
FEW = Limits(brake=GuessLimits(most=8, first_lock=PAUSE))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path, FEW)


def miss(desk: Desk, count: int, round_: int = 0) -> None:
    """Give as many wrong codes, four for each of many claims, so that nobody is locked."""
    for number in range(0, count, 4):
        sender = desk.conversation()
        desk.start(sender, None, f"somebody {round_} {number}")
        desk.guess(sender, wrong_codes("000000", min(4, count - number)))


def test_b03_more_wrong_codes_than_usual_pause_new_codes_for_everybody(desk: Desk) -> None:
    miss(desk, 8)
    before = desk.start(desk.conversation(), BEN)
    miss(desk, 1, 1)
    paused = [desk.start(desk.conversation(), person, "anybody") for person in (ADA, None)]
    assert before.outcome == "started"
    assert [(start.outcome, start.wait, start.delivery) for start in paused] == [("paused", PAUSE, None)] * 2


def test_b03_the_pause_ends_by_itself_and_the_next_is_longer(desk: Desk) -> None:
    miss(desk, 9)
    desk.after(minutes=30)
    again = desk.start(desk.conversation())
    miss(desk, 9, 1)
    second = desk.start(desk.conversation(), BEN)
    assert (again.outcome, second.outcome, second.wait) == ("started", "paused", 2 * PAUSE)


def test_b03_a_code_that_is_under_way_still_works_while_new_ones_pause(desk: Desk) -> None:
    web = desk.conversation()
    code = desk.code(web)
    miss(desk, 9)
    assert desk.identity.resend(web).outcome == "paused"
    assert desk.guess(web, [code])[0].outcome == "accepted"


def test_b03_the_pause_is_an_alarm_in_the_log_without_anybodys_name(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    miss(desk, 9)
    alarms = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.getMessage() for record in alarms] == ["event=codes_paused wrong=9 minutes=30"]


def test_b03_the_pause_and_the_count_survive_a_restart(desk: Desk) -> None:
    miss(desk, 5)
    miss(desk.restarted(), 4, 1)
    assert desk.restarted().start(desk.conversation()).outcome == "paused"


def test_b03_a_clinic_that_is_used_to_many_wrong_codes_is_paused_at_three_times_the_median(desk: Desk) -> None:
    # Seven days of 5 to 8: their median is 6, three times that is 18.
    for day, count in enumerate((5, 6, 8, 6, 5, 6, 8)):
        miss(desk, count, day)
        desk.after(hours=24)
    miss(desk, 18, 8)
    before = desk.start(desk.conversation(), BEN)
    miss(desk, 1, 9)
    assert (before.outcome, desk.start(desk.conversation()).outcome) == ("started", "paused")


def test_b03_one_bad_day_does_not_make_the_next_ones_seem_usual(desk: Desk) -> None:
    miss(desk, 40)
    desk.after(days=2)
    miss(desk, 9, 1)
    assert desk.start(desk.conversation()).outcome == "paused"


def test_b03_wrong_codes_of_yesterday_pause_nobody_today(desk: Desk) -> None:
    miss(desk, 8)
    desk.after(hours=24)
    miss(desk, 8, 1)
    assert desk.start(desk.conversation()).outcome == "started"


def test_b03_right_codes_do_not_count(desk: Desk) -> None:
    for _ in range(3):
        web = desk.conversation()
        code = desk.code(web)
        assert desk.guess(web, [*wrong_codes(code, 2), code])[-1].outcome == "accepted"
        desk.after(minutes=16)
    assert desk.start(desk.conversation(), BEN).outcome == "started"


def test_d04_counts_of_more_than_a_week_ago_are_dropped(desk: Desk) -> None:
    miss(desk, 3)
    desk.after(days=7)
    kept = desk.identity.purge()["failures"]
    desk.after(days=1)
    assert (kept, desk.identity.purge()["failures"]) == (0, 1)


def test_v08_the_budget_of_texts_survives_a_restart(tmp_path: Path) -> None:
    desk = Desk.in_folder(tmp_path, Limits(texts_per_hour=1))
    desk.start(desk.conversation(), ADA)
    other = desk.restarted()
    other.identity.purge()
    assert other.start(other.conversation(), BEN).delivery is None
