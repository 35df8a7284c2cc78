"""`python -m audit` as an operator runs it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from audit import Entry, Trail
from audit.__main__ import main
from clock import FixedClock
from identity import Keys, open_engine
from settings import DEMO_SECRET
from tests.fakes import A_TUESDAY


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/careline.db"
    for name, value in {"CARELINE_DEMO": "1", "DATABASE_URL": url, "CLOCK_FILE": str(tmp_path / "clock")}.items():
        monkeypatch.setenv(name, value)
    return url


def note(url: str, *, years_ago: int = 0) -> None:
    clock = FixedClock(A_TUESDAY - timedelta(days=366 * years_ago))
    trail = Trail(open_engine(url), clock, Keys(DEMO_SECRET))
    trail.note(Entry("read", "ok", "maria", resource_type="Account", resource_id="a1"))


def test_d05_a_whole_trail_is_said_to_hold(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    note(url)
    assert main(["verify"]) == 0
    assert capsys.readouterr().out == "The audit trail holds: 1 rows.\n"


def test_d05_the_first_row_that_does_not_hold_is_named(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        note(url)
    with open_engine(url).begin() as connection:
        connection.execute(text("UPDATE audit_trail SET outcome = 'refused' WHERE number = 2"))
    assert main(["verify"]) == 1
    assert "row 2 does not hold" in capsys.readouterr().out


def test_d05_what_is_older_than_the_setting_goes(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    note(url, years_ago=9)
    note(url)
    assert main(["retain"]) == 0
    assert main(["verify"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Dropped 1 rows that were older than 6 years.",
        "The audit trail holds: 1 rows.",
    ]


@pytest.mark.parametrize("asked", [[], ["delete"], ["verify", "quickly"]])
def test_anything_else_is_answered_with_what_can_be_asked(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked) == 2
    assert "python -m audit verify" in capsys.readouterr().err


def test_a_store_that_is_not_there_is_told_apart_from_a_broken_trail(
    monkeypatch: pytest.MonkeyPatch, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    assert main(["verify"]) == 2
    assert "cannot be written or read" in capsys.readouterr().err
