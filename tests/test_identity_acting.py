"""On whose record a session acts: only within that sign-in, sealed, and ended with it; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from identity import OWN, ActingFor, Deed, IdentityUnavailable, Standing, band_on, may
from identity.store import open_engine
from tests.identity_fakes import BEN, NOON, SECRET, Desk

CHILD = ActingFor("patient-canary-child", "Canaryname", "child full")
TEEN = ActingFor("patient-canary-teen", "Othername", "teen limited")
SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


@pytest.fixture
def web(desk: Desk) -> str:
    """A conversation in which Ada is signed in."""
    sender = desk.conversation()
    desk.sign_in(sender)
    return sender


def patient_of(desk: Desk, sender: str) -> str | None:
    found = desk.identity.acting_for(sender)
    return found.patient_id if found else None


def kept(desk: Desk, query: str) -> list[Any]:
    connection: Any
    with open_engine(desk.url).connect() as connection:
        return list(connection.execute(text(query)))


def test_a_session_begins_on_its_own_record(desk: Desk, web: str) -> None:
    assert desk.identity.acting_for(web) is None


def test_a_session_acts_on_the_record_it_went_over_to_last(desk: Desk, web: str) -> None:
    assert desk.identity.act_for(web, CHILD)
    assert desk.identity.act_for(web, TEEN)
    found = desk.identity.acting_for(web)
    assert found == ActingFor(TEEN.patient_id, TEEN.given_name, TEEN.standing, since=NOON)


def test_it_goes_back_to_its_own(desk: Desk, web: str) -> None:
    desk.identity.act_for(web, CHILD)
    desk.identity.act_for_oneself(web)
    assert patient_of(desk, web) is None


def test_b18_nobody_signed_in_acts_for_nobody(desk: Desk) -> None:
    sender = desk.conversation()
    assert not desk.identity.act_for(sender, CHILD)
    assert not desk.identity.act_for("invented", CHILD)
    assert (patient_of(desk, sender), patient_of(desk, "invented")) == (None, None)


def test_b12_signing_out_ends_it(desk: Desk, web: str) -> None:
    desk.identity.act_for(web, CHILD)
    desk.identity.keep_record_token(web, CHILD.patient_id, "token", SOON)
    desk.identity.sign_out(web)
    desk.after(minutes=1)
    desk.sign_in(web)
    assert (patient_of(desk, web), desk.identity.record_token(web, CHILD.patient_id)) == (None, None)


def test_b12_it_ends_with_the_session(desk: Desk, web: str) -> None:
    desk.identity.act_for(web, CHILD)
    desk.after(minutes=16)
    assert patient_of(desk, web) is None
    desk.sign_in(web)
    assert patient_of(desk, web) is None


def test_b12_whoever_signs_in_next_starts_on_their_own_record(desk: Desk, web: str) -> None:
    desk.identity.act_for(web, CHILD)
    desk.sign_in(web, BEN)
    assert patient_of(desk, web) is None


def test_another_conversation_of_the_same_person_is_not_touched(desk: Desk, web: str) -> None:
    other = desk.conversation()
    desk.after(minutes=1)
    desk.sign_in(other)
    desk.identity.act_for(web, CHILD)
    assert patient_of(desk, other) is None


def test_a_token_is_kept_for_that_record_alone_and_until_its_end(desk: Desk, web: str) -> None:
    desk.identity.act_for(web, CHILD)
    desk.identity.keep_record_token(web, TEEN.patient_id, "token of the teen", SOON)
    assert desk.identity.record_token(web, CHILD.patient_id) is None
    desk.identity.keep_record_token(web, CHILD.patient_id, "token of the child", SOON)
    assert desk.identity.record_token(web, CHILD.patient_id) == "token of the child"
    assert desk.identity.record_token(web, TEEN.patient_id) is None
    desk.after(minutes=1)
    assert desk.identity.record_token(web, CHILD.patient_id) is None


def test_a_token_goes_when_another_record_is_gone_over_to(desk: Desk, web: str) -> None:
    desk.identity.act_for(web, CHILD)
    desk.identity.keep_record_token(web, CHILD.patient_id, "token", SOON)
    desk.identity.act_for(web, TEEN)
    desk.identity.act_for(web, CHILD)
    assert desk.identity.record_token(web, CHILD.patient_id) is None


def test_nothing_of_it_can_be_read_in_the_store(desk: Desk, web: str) -> None:
    desk.identity.act_for(web, CHILD)
    desk.identity.keep_record_token(web, CHILD.patient_id, "canary-token", SOON)
    rows = str(kept(desk, "SELECT * FROM identity_acting"))
    assert rows != "[]"
    assert [each for each in (CHILD.patient_id, CHILD.given_name, "canary-token") if each in rows] == []


def test_it_survives_a_restart_and_a_new_secret(desk: Desk, web: str) -> None:
    desk.identity.act_for(web, CHILD)
    desk.identity.keep_record_token(web, CHILD.patient_id, "token", SOON)
    rotated = desk.restarted("a secret that came after it, much later", SECRET).identity
    found = rotated.acting_for(web)
    assert (found and found.patient_id, rotated.record_token(web, CHILD.patient_id)) == (CHILD.patient_id, "token")


def test_what_has_ended_is_dropped(desk: Desk, web: str) -> None:
    stays = desk.conversation()
    desk.identity.act_for(web, CHILD)
    desk.after(minutes=20)
    desk.sign_in(stays)
    desk.identity.act_for(stays, TEEN)
    desk.identity.purge()
    assert [row.sender_id for row in kept(desk, "SELECT sender_id FROM identity_acting")] == [stays]


def test_d12_a_store_that_cannot_tell_says_so_instead_of_showing_the_own_record(
    desk: Desk, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.identity.act_for(web, CHILD)

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("gone")

    monkeypatch.setattr(desk.identity._acting, "get", broken)
    monkeypatch.setattr(desk.identity._acting, "token", broken)
    with pytest.raises(IdentityUnavailable):
        desk.identity.acting_for(web)
    assert desk.identity.record_token(web, CHILD.patient_id) is None


TODAY = date(2026, 3, 17)
EVERYBODY = ("self", "child", "teen", "adult")
READS, WRITES = Deed(EVERYBODY, "records", True), Deed(EVERYBODY, "records", False)
BILLS, VISITS = Deed(EVERYBODY, "billing", False), Deed(EVERYBODY, "scheduling", False)


@pytest.mark.parametrize(
    ("born", "today", "band"),
    [
        (date(2014, 3, 17), date(2026, 3, 16), "child"), (date(2014, 3, 17), date(2026, 3, 17), "teen"),
        (date(2008, 3, 17), date(2026, 3, 16), "teen"), (date(2008, 3, 17), date(2026, 3, 17), "adult"),
        (date(2008, 2, 29), date(2026, 2, 28), "teen"), (date(2008, 2, 29), date(2026, 3, 1), "adult"), (date(2026, 3, 17), date(2026, 3, 17), "child"),
    ],
)  # fmt: skip
def test_b18_a_birthday_counts_on_its_day(born: date, today: date, band: str) -> None:
    assert band_on(born, today) == band


@pytest.mark.parametrize(
    ("standing", "may_do"),
    [
        (OWN, "read write bill visit"),
        (Standing("child", "full"), "read write bill visit"),
        (Standing("teen", "limited"), "read write bill visit"),
        (Standing("adult", "full"), "read write bill visit"),
        (Standing("adult", "view"), "read"),
        (Standing("adult", "billing"), "bill"),
        (Standing("adult", "scheduling"), "visit"),
        (Standing("adult", "limited"), ""),
        (Standing("child", "limited"), ""),
        (Standing("adult", "of a later version"), ""),
        (Standing("adult", "full", date(2026, 3, 17)), "read write bill visit"),
        (Standing("adult", "full", date(2026, 3, 16)), ""),
        (Standing("child", "full", date(2026, 3, 16)), ""),
    ],
    ids=str,
)
def test_b16_a_level_allows_what_it_says_and_no_more(standing: Standing, may_do: str) -> None:
    deeds = {"read": READS, "write": WRITES, "bill": BILLS, "visit": VISITS}
    assert " ".join(name for name, deed in deeds.items() if may(deed, standing, TODAY)) == may_do


@pytest.mark.parametrize("band", EVERYBODY)
def test_b16_the_catalogue_narrows_by_age(band: Any) -> None:
    others = [each for each in EVERYBODY if each != band]
    level = "limited" if band == "teen" else "full"
    assert may(Deed([band], "records", True), Standing(band, level), TODAY)
    assert not may(Deed(others, "records", True), Standing(band, level), TODAY)
