"""The search for what must not be kept finds it in every form in which it could be kept."""

from __future__ import annotations

import base64
import json
import sqlite3
from pathlib import Path

import pytest

from tests.canaries import Secret, hits, verdict

NAME = Secret("person", "Muñoz Canary")
CODE = Secret("code", "481516")


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize(
    "form",
    [
        lambda text: text,
        json.dumps,
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
        lambda text: base64.b64encode(text.encode()).decode(),
    ],
    ids=["plain", "json", "hex", "HEX", "base64"],
)
def test_d01_a_planted_secret_is_found_in_every_form(tmp_path: Path, form: object, before: str) -> None:
    (tmp_path / "deep").mkdir()
    assert callable(form)
    (tmp_path / "deep" / "gateway.log").write_text(f"event=x {form(before + ' ' + NAME.text)} y")
    assert hits(tmp_path, [NAME, CODE]) == [("deep/gateway.log", NAME)]


def test_v13_a_planted_code_is_found_in_a_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "careline.db") as database:
        database.execute("CREATE TABLE kept (one TEXT, two TEXT, three TEXT)")
        database.execute("INSERT INTO kept VALUES ('9', '481516', '7')")
    database.close()
    assert hits(tmp_path, [CODE]) == [("careline.db", CODE)]


def test_v13_fractions_of_seconds_and_fingerprints_are_no_codes(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("05:38:58.481516 at=1764394738.481516 key=ab481516cd and 1234815167")
    assert hits(tmp_path, [CODE]) == []


def test_d02_the_record_itself_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "portal.db").write_text(NAME.text)
    (tmp_path / "portal.db-wal").write_text(NAME.text)
    assert hits(tmp_path, [NAME]) == []


def test_d01_the_verdict_names_the_file_and_never_the_secret() -> None:
    lines = verdict([("log/gateway.log", NAME), ("tracker.db-wal", CODE)])
    assert lines[:2] == [
        "log/gateway.log holds what must not be kept: person",
        "tracker.db holds what must not be kept: code",
    ]
    assert NAME.text not in "".join(lines)


def test_d01_a_short_name_is_found_by_itself_and_not_inside_of_sealed_text(tmp_path: Path) -> None:
    short = Secret("person", "Khan")
    (tmp_path / "sealed.db").write_text("gAAAAABzKhan-fAgXE6aw0mNonvvM4Wo8wI")
    assert hits(tmp_path, [short]) == []
    (tmp_path / "gateway.log").write_text('event=x {"name": "Khan"}')
    assert hits(tmp_path, [short]) == [("gateway.log", short)]
