"""A passcode is chosen after a fresh proof, is no easy guess, is kept hashed, and locks after three wrong tries."""

from __future__ import annotations

import logging
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from identity import Keys, Limits, PasscodeCheck
from identity.passcodes import PasscodeHashes, is_trivial
from tests.identity_fakes import ADA, BEN, SECRET, Desk

BORN = date(1971, 4, 2)
CHOSEN = "7391"
QUICK = Limits(personal_on_assistants=True, passcode_work=2**10)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path, QUICK)


def choose(desk: Desk, passcode: str = CHOSEN) -> str:
    """Sign in on the web for it and choose; give that conversation."""
    web = desk.conversation()
    desk.sign_in(web, act="manage_quick_login")
    assert desk.identity.set_passcode(web, passcode, BORN) == "set"
    return web


def speaker(desk: Desk) -> str:
    """A conversation with a voice assistant whose account is linked."""
    alexa = desk.conversation("alexa")
    desk.identity.sign_in_linked(alexa, ADA)
    return alexa


def test_the_passcode_opens_what_a_voice_assistant_may_read_out(desk: Desk) -> None:
    choose(desk)
    alexa = speaker(desk)
    before = desk.identity.signed_in(alexa), desk.identity.level(alexa)
    assert desk.identity.check_passcode(alexa, CHOSEN) == PasscodeCheck("accepted")
    signed_in = desk.identity.signed_in(alexa)
    assert signed_in is not None
    assert (before, signed_in.patient_id, desk.identity.level(alexa)) == ((None, "public"), ADA.id, "verified")


def test_the_passcode_counts_for_the_session_it_was_given_in(desk: Desk) -> None:
    choose(desk)
    alexa, other = speaker(desk), speaker(desk)
    desk.identity.check_passcode(alexa, CHOSEN)
    desk.identity.sign_in_linked(alexa, ADA)
    assert [desk.identity.level(each) for each in (alexa, other)] == ["public", "public"]


def test_a_passcode_is_chosen_only_after_a_proof_for_that(desk: Desk) -> None:
    nobody, plain, paying, late = (desk.conversation() for _ in range(4))
    desk.sign_in(plain)
    desk.after(seconds=31)
    desk.sign_in(paying, act="pay_bill")
    desk.after(seconds=61)
    desk.sign_in(late, act="manage_quick_login")
    desk.after(minutes=5, seconds=1)
    outcomes = [desk.identity.set_passcode(each, CHOSEN, BORN) for each in (nobody, plain, paying, late, "invented")]
    assert outcomes == ["not_fresh"] * 5


def test_a_passcode_is_not_kept_when_the_session_ends_while_it_is_hashed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = desk.conversation()
    desk.sign_in(web, act="manage_quick_login")
    slow = PasscodeHashes.of

    def sign_out_meanwhile(hashes: PasscodeHashes, patient_id: str, passcode: str) -> str:
        desk.identity.sign_out_everywhere(patient_id)
        return slow(hashes, patient_id, passcode)

    monkeypatch.setattr(PasscodeHashes, "of", sign_out_meanwhile)
    assert desk.identity.set_passcode(web, CHOSEN, BORN) == "not_fresh"
    alexa = speaker(desk)
    assert not desk.identity.has_passcode(alexa)


def test_b13_no_passcode_is_chosen_with_a_new_phone(desk: Desk) -> None:
    desk.identity.phone_changed(ADA.id)
    web = desk.conversation()
    desk.sign_in(web, act="manage_quick_login")
    assert desk.identity.set_passcode(web, CHOSEN, BORN) == "not_fresh"


@pytest.mark.parametrize("passcode", ["", "123", "1234567", "12a4", "７３９１", " 7391"])
def test_a_passcode_has_four_to_six_digits(desk: Desk, passcode: str) -> None:
    web = choose(desk)
    assert desk.identity.set_passcode(web, passcode, BORN) == "malformed"
    assert desk.identity.check_passcode(web, passcode).outcome == "none"


@pytest.mark.parametrize(
    "passcode",
    ["1111", "000000", "1234", "4321", "0123", "456789", "2468", "1212", "123123", "1971", "0402", "0204", "040271"],
)
def test_what_anybody_would_try_first_is_refused(desk: Desk, passcode: str) -> None:
    web = choose(desk)
    assert desk.identity.set_passcode(web, passcode, BORN) == "trivial"
    assert desk.identity.check_passcode(web, CHOSEN).outcome == "accepted"


def test_another_persons_birth_year_is_as_good_as_any() -> None:
    assert (is_trivial("1984", BORN), is_trivial("1984", None), is_trivial("80412", BORN)) == (False, False, False)


def test_v01_three_wrong_passcodes_lock_out_even_the_right_one_for_half_an_hour(desk: Desk) -> None:
    choose(desk)
    alexa = speaker(desk)
    given = [desk.identity.check_passcode(alexa, each) for each in ("9137", "9138", "9139", CHOSEN)]
    assert [(check.outcome, check.tries_left) for check in given] == [
        ("wrong", 2),
        ("wrong", 1),
        ("locked", 0),
        ("locked", 0),
    ]
    assert given[-1].wait == timedelta(minutes=30)
    desk.after(minutes=30)
    assert desk.identity.check_passcode(speaker(desk), CHOSEN).outcome == "accepted"


def test_v01_wrong_passcodes_are_counted_over_sessions_and_restarts(desk: Desk) -> None:
    choose(desk)
    desk.identity.check_passcode(speaker(desk), "9137")
    other = desk.restarted()
    other.identity.check_passcode(speaker(other), "9137")
    assert desk.identity.check_passcode(speaker(desk), "9137").outcome == "locked"


def test_v01_each_lock_of_a_passcode_is_longer_than_the_one_before(desk: Desk) -> None:
    choose(desk)
    waits = []
    for _ in range(3):
        alexa = speaker(desk)
        wait = [desk.identity.check_passcode(alexa, "9137").wait for _ in range(3)][-1]
        assert wait is not None
        waits.append(wait)
        desk.after(seconds=wait.total_seconds())
    assert waits == [timedelta(minutes=minutes) for minutes in (30, 60, 120)]


def test_v09_a_locked_passcode_locks_no_code(desk: Desk) -> None:
    choose(desk)
    alexa = speaker(desk)
    for _ in range(3):
        desk.identity.check_passcode(alexa, "9137")
    desk.after(minutes=1)
    desk.sign_in(desk.conversation())


def test_a_passcode_belongs_to_its_owner_alone(desk: Desk) -> None:
    choose(desk)
    alexa = desk.conversation("alexa")
    desk.identity.sign_in_linked(alexa, BEN)
    assert desk.identity.check_passcode(alexa, CHOSEN).outcome == "wrong"
    assert not desk.identity.has_passcode(alexa)


def test_a_passcode_of_nobody_is_none(desk: Desk) -> None:
    assert desk.identity.check_passcode(desk.conversation("alexa"), CHOSEN) == PasscodeCheck("none")
    assert desk.identity.check_passcode("invented", CHOSEN) == PasscodeCheck("none")


def test_a_new_passcode_takes_the_place_of_the_one_before(desk: Desk) -> None:
    web = choose(desk)
    assert desk.identity.set_passcode(web, "804213", BORN) == "set"
    alexa = speaker(desk)
    assert [desk.identity.check_passcode(alexa, each).outcome for each in (CHOSEN, "804213")] == ["wrong", "accepted"]


def test_a_forgotten_passcode_opens_nothing_any_more_anywhere(desk: Desk) -> None:
    web = choose(desk)
    alexa = speaker(desk)
    desk.identity.check_passcode(alexa, CHOSEN)
    desk.identity.forget_passcode(web)
    assert (desk.identity.has_passcode(web), desk.identity.level(alexa)) == (False, "public")
    assert desk.identity.check_passcode(alexa, CHOSEN).outcome == "wrong"


def test_a_passcode_survives_a_restart_a_purge_and_a_new_secret(desk: Desk) -> None:
    choose(desk)
    desk.after(days=40)
    desk.identity.purge()
    rotated = desk.restarted("another secret, newer than the one", SECRET)
    assert rotated.identity.check_passcode(speaker(rotated), CHOSEN).outcome == "accepted"
    again = rotated.conversation()
    rotated.sign_in(again, act="manage_quick_login")
    assert rotated.identity.set_passcode(again, "804213", BORN) == "set"
    assert rotated.identity.check_passcode(speaker(rotated), CHOSEN).outcome == "wrong"


def test_d02_a_passcode_is_neither_written_nor_logged_nor_printed(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    web = choose(desk, "804213")
    check = desk.identity.check_passcode(web, "804213")
    disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"804213" not in disk
    assert "804213" not in caplog.text + repr(check) + repr(desk.identity)


def test_d02_two_people_with_one_passcode_cannot_be_seen_to_have_it() -> None:
    hashes = PasscodeHashes(Keys(SECRET), 2**10)
    kept = [hashes.of("one", CHOSEN), hashes.of("one", CHOSEN), hashes.of("other", CHOSEN)]
    assert len(set(kept)) == 3
    assert [hashes.matches(each, "one", CHOSEN) for each in kept] == [True, True, False]
    assert not PasscodeHashes(Keys("another secret that is long enough"), 2**10).matches(kept[0], "one", CHOSEN)


def test_d02_a_hash_of_a_passcode_is_slow() -> None:
    hashes = PasscodeHashes(Keys(SECRET), Limits().passcode_work)
    begin = time.perf_counter()
    hashes.of("one", CHOSEN)
    assert time.perf_counter() - begin > 0.01


@pytest.mark.parametrize("work", [2**9, 3000])
def test_the_cost_of_a_hash_cannot_be_made_small(work: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        Limits(passcode_work=work)
