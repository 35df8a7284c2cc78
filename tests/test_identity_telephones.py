"""Telephones that are shared, changed or have said STOP; notices of locks; and ending all that somebody has open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clock import CLINIC_ZONE
from identity import Notice
from tests.identity_fakes import ADA, BEN, GRACE, NOON, SECRET, Desk, code_of, wrong_codes

PARTNER = replace(ADA, id="patient-abe", given_name="Aberforth")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path)


# Opting out


def test_a_phone_that_has_opted_out_gets_no_code_and_nobody_can_tell(desk: Desk) -> None:
    desk.identity.opt_out("+15415550121")
    start = desk.start(desk.conversation())
    assert (start.outcome, start.delivery) == ("started", None)


def test_opting_in_again_lets_codes_through(desk: Desk) -> None:
    desk.identity.opt_out("+15415550121")
    desk.identity.opt_in("(541) 555-0121")
    assert not desk.identity.opted_out("+15415550121")
    desk.sign_in(desk.conversation())


def test_opting_out_twice_is_opting_out(desk: Desk) -> None:
    desk.identity.opt_out("+15415550121")
    desk.identity.opt_out("541-555-0121")
    desk.identity.opt_in("+15415550121")
    assert not desk.identity.opted_out("+15415550121")


def test_an_opt_out_survives_restarts_purges_and_a_new_secret(desk: Desk) -> None:
    desk.identity.opt_out("+15415550121")
    desk.after(days=400)
    desk.identity.purge()
    assert desk.restarted("another secret, newer than the one", SECRET).identity.opted_out("+15415550121")


def test_a_code_under_way_is_not_sent_again_after_stop(desk: Desk) -> None:
    web = desk.conversation()
    desk.start(web)
    desk.identity.opt_out("+15415550121")
    desk.after(seconds=31)
    again = desk.identity.resend(web)
    assert (again.outcome, again.delivery) == ("started", None)


def test_d02_a_phone_that_has_opted_out_is_kept_as_a_fingerprint(desk: Desk, tmp_path: Path) -> None:
    desk.identity.opt_out("+15415550121")
    assert b"5415550121" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_v05_a_phone_that_has_opted_out_is_counted_like_any_other(tmp_path: Path) -> None:
    transcripts = []
    for name, person, stop in (("stop", ADA, True), ("stranger", None, False)):
        desk = Desk.in_folder(tmp_path / name)
        if stop:
            desk.identity.opt_out("+15415550121")
        web = desk.conversation()
        started = [replace(desk.start(web, person, "ada"), delivery=None)]
        checks = desk.guess(web, wrong_codes("000000", 6))
        desk.after(minutes=31)
        started.append(replace(desk.identity.resend(web), delivery=None))
        transcripts.append((started, checks))
    assert transcripts[0] == transcripts[1]


# Notices


def test_v09_somebody_who_was_locked_is_told_once(desk: Desk) -> None:
    desk.lock(desk.conversation())
    assert desk.identity.take_notices() == [Notice("+15415550121", "text", "en")]
    assert desk.identity.take_notices() == []


def test_v09_a_second_lock_on_the_same_day_is_not_told_and_one_after_a_day_is(desk: Desk) -> None:
    desk.lock(desk.conversation())
    told = [desk.identity.take_notices()]
    for wait in (timedelta(minutes=31), timedelta(hours=24)):
        desk.after(seconds=wait.total_seconds())
        desk.lock(desk.conversation())
        told.append(desk.identity.take_notices())
    assert [len(notices) for notices in told] == [1, 0, 1]


def test_v09_the_one_notice_a_day_survives_a_restart_and_a_purge(desk: Desk) -> None:
    desk.lock(desk.conversation())
    desk.identity.take_notices()
    other = desk.restarted()
    other.after(hours=12)
    other.identity.purge()
    other.lock(other.conversation())
    assert other.identity.take_notices() == []


def test_v09_a_lock_under_another_spelling_is_told_too(desk: Desk) -> None:
    first, second = desk.conversation(), desk.conversation()
    desk.guess(first, wrong_codes(desk.code(first, claim="ada lindgren"), 3))
    desk.guess(second, wrong_codes(desk.code(second, claim="ada m. lindgren"), 2))
    assert len(desk.identity.take_notices()) == 1


def test_v09_a_landline_that_was_locked_by_night_is_called_in_the_morning(desk: Desk) -> None:
    evening = datetime(2026, 3, 17, 21, 0, tzinfo=CLINIC_ZONE)
    desk.clock.advance(evening - desk.clock.now())
    desk.lock(desk.conversation(), GRACE)
    by_night = [desk.identity.take_notices()]
    desk.after(hours=10, minutes=59)
    by_night.append(desk.identity.take_notices())
    desk.after(minutes=1)
    assert (by_night, desk.identity.take_notices()) == ([[], []], [Notice("+15415550123", "call", "en")])


@pytest.mark.parametrize("person", [None, replace(ADA, phone=None), replace(ADA, phone="+447911123456")])
def test_v09_nobody_is_told_where_no_code_could_go(desk: Desk, person: object) -> None:
    web = desk.conversation()
    desk.start(web, person, "somebody")  # pyright: ignore[reportArgumentType]
    assert desk.guess(web, wrong_codes("000000", 5))[-1].outcome == "locked"
    assert desk.identity.take_notices() == []


def test_v09_whoever_has_opted_out_is_not_told(desk: Desk) -> None:
    web = desk.conversation()
    code = desk.code(web)
    desk.identity.opt_out("+15415550121")
    desk.guess(web, wrong_codes(code, 5))
    assert desk.identity.take_notices() == []


def test_v09_a_lock_of_a_stranger_does_not_end_the_session_of_the_person(desk: Desk) -> None:
    web, attacker = desk.conversation(), desk.conversation()
    desk.sign_in(web)
    desk.after(minutes=1)
    desk.lock(attacker)
    assert desk.identity.signed_in(web) is not None


def test_v09_whoever_fails_the_second_proof_is_signed_out_there_and_nowhere_else(desk: Desk) -> None:
    here, elsewhere = desk.conversation(), desk.conversation()
    desk.sign_in(here, claim="ada lindgren")
    desk.sign_in(elsewhere, claim="ada m. lindgren")
    code = desk.code(here, purpose="pay_bill")
    last = [desk.identity.check_code(here, each, "step_up").outcome for each in wrong_codes(code, 5)][-1]
    assert last == "locked"
    assert desk.identity.signed_in(here) is None
    assert desk.identity.signed_in(elsewhere) is not None


def test_v09_whoever_guesses_at_somebody_else_in_a_session_ends_that_session(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, BEN)
    desk.lock(web, ADA)
    assert desk.identity.signed_in(web) is None


# Everything somebody has open


def test_signing_out_everywhere_ends_sessions_tokens_and_codes_on_all_channels(desk: Desk) -> None:
    web, sms, alexa, asking = (desk.conversation(channel) for channel in ("web", "sms", "alexa", "phone"))
    desk.sign_in(web, claim="ada lindgren")
    desk.sign_in(sms, claim="ada m. lindgren")
    desk.identity.sign_in_linked(alexa, ADA)
    for sender in (web, sms, alexa):
        desk.identity.keep_token(sender, "token", NOON + timedelta(hours=1))
    code = desk.code(asking, claim="ada")
    desk.identity.sign_out_everywhere(ADA.id)
    assert [desk.identity.signed_in(each) for each in (web, sms, alexa)] == [None] * 3
    assert [desk.identity.token(each) for each in (web, sms, alexa)] == [None] * 3
    assert desk.guess(asking, [code])[0].outcome == "wrong"


def test_signing_out_everywhere_leaves_everybody_else_as_they_are(desk: Desk) -> None:
    web, other, asking = desk.conversation(), desk.conversation(), desk.conversation()
    desk.sign_in(web, ADA)
    desk.sign_in(other, BEN)
    code = desk.code(asking, PARTNER)
    desk.identity.sign_out_everywhere(ADA.id)
    assert desk.identity.signed_in(other) is not None
    assert desk.guess(asking, [code])[0].outcome == "accepted"


def test_signing_out_everywhere_survives_a_restart(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web)
    desk.restarted().identity.sign_out_everywhere(ADA.id)
    assert desk.restarted().identity.signed_in(web) is None


def test_v07_who_waits_for_a_code_does_not_see_that_its_owner_signed_out_everywhere(desk: Desk) -> None:
    web = desk.conversation()
    desk.start(web)
    desk.identity.sign_out_everywhere(ADA.id)
    assert desk.identity.open_challenge(web)


def test_v11_a_changed_phone_ends_all_that_is_open_and_opens_less_for_three_days(desk: Desk) -> None:
    web, asking = desk.conversation(), desk.conversation()
    desk.sign_in(web, claim="ada lindgren")
    code = desk.code(asking, claim="ada m. lindgren")
    desk.identity.phone_changed(ADA.id)
    assert desk.identity.signed_in(web) is None
    assert desk.guess(asking, [code])[0].outcome == "wrong"
    desk.after(hours=71)
    desk.sign_in(web, act="pay_bill")
    limited = desk.identity.level(web, "pay_bill")
    desk.after(hours=1)
    desk.sign_in(web, act="pay_bill")
    assert (limited, desk.identity.level(web, "pay_bill")) == ("limited", "step_up")


def test_v11_a_changed_phone_is_remembered_over_restarts_purges_and_a_new_secret(desk: Desk) -> None:
    desk.identity.phone_changed(ADA.id)
    desk.after(hours=71)
    desk.identity.purge()
    rotated = desk.restarted("another secret, newer than the one", SECRET)
    web = rotated.conversation()
    rotated.sign_in(web)
    assert rotated.identity.level(web) == "limited"


def test_v11_the_later_of_two_dates_counts(desk: Desk) -> None:
    desk.identity.phone_changed(ADA.id)
    desk.after(hours=72)
    web = desk.conversation()
    desk.sign_in(web, replace(ADA, phone_since=NOON + timedelta(hours=48)))
    assert desk.identity.reach(web).phone_settles == NOON + timedelta(hours=120)


def test_d04_a_phone_that_has_settled_is_forgotten(desk: Desk) -> None:
    desk.identity.phone_changed(ADA.id)
    desk.after(hours=72)
    assert desk.identity.purge()["people"] == 1


# Shared phones


def test_b12_two_people_on_one_phone_never_share_a_session_or_a_token(desk: Desk) -> None:
    web, other = desk.conversation(), desk.conversation()
    desk.sign_in(web, ADA)
    desk.sign_in(other, PARTNER)
    desk.identity.keep_token(web, "token of ada", NOON + timedelta(hours=1))
    names = [who.given_name for each in (web, other) if (who := desk.identity.signed_in(each))]
    assert names == ["Adalinde", "Aberforth"]
    assert (desk.identity.token(web), desk.identity.token(other)) == ("token of ada", None)


def test_b12_the_code_of_one_opens_nothing_of_the_other_on_the_same_phone(desk: Desk) -> None:
    web, other = desk.conversation(), desk.conversation()
    of_ada = desk.code(web, ADA)
    desk.start(other, PARTNER)
    assert desk.guess(other, [of_ada])[0].outcome == "wrong"
    assert desk.identity.signed_in(other) is None


def test_b12_changing_to_the_other_person_takes_a_code_of_their_own(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, ADA)
    desk.identity.keep_token(web, "token of ada", NOON + timedelta(hours=1))
    start = desk.start(web, PARTNER)
    before = desk.identity.signed_in(web)
    desk.guess(web, [code_of(start)])
    after = desk.identity.signed_in(web)
    assert before is not None
    assert after is not None
    assert (before.given_name, after.given_name, desk.identity.token(web)) == ("Adalinde", "Aberforth", None)


def test_b12_a_second_proof_of_the_other_person_freshens_nothing(desk: Desk) -> None:
    web = desk.conversation()
    desk.sign_in(web, ADA)
    code = desk.code(web, PARTNER, purpose="pay_bill")
    assert desk.identity.check_code(web, code, "step_up").outcome == "expired"
    assert not desk.identity.may(web, "step_up", "pay_bill")


def test_b17_a_phone_that_a_guardian_reads_too_cannot_unlock_a_teenager_and_nobody_can_tell(tmp_path: Path) -> None:
    transcripts = []
    for name, person in (("teen", replace(ADA, shares_phone_with_guardian=True)), ("stranger", None)):
        desk = Desk.in_folder(tmp_path / name)
        web = desk.conversation()
        starts = [desk.start(web, person, "ada")]
        checks = desk.guess(web, wrong_codes("000000", 3))
        desk.after(seconds=31)
        starts.append(desk.identity.resend(web))
        transcripts.append((starts, checks))
    assert transcripts[0] == transcripts[1]
    assert [start.delivery for start in transcripts[0][0]] == [None, None]
