"""Nobody can find out whether somebody is a patient: strangers, locked people and patients meet the same words."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from identity import Limits
from tests.identity_fakes import ADA, Desk, Patient, wrong_codes

# Codes that are wrong for all; a right one is drawn at random, so a test draws again when it hits one of them.
GUESSES = ("000001", "000002", "000003", "000004", "000005")

type Step = Callable[[Desk, str, Patient | None], object]


def _start(desk: Desk, sender: str, person: Patient | None) -> object:
    start = desk.start(sender, person, "ada lindgren 1971-04-02")
    return replace(start, delivery=None)


def _resend(desk: Desk, sender: str, _person: Patient | None) -> object:
    return replace(desk.identity.resend(sender), delivery=None)


def _wait(**span: float) -> Step:
    return lambda desk, _sender, _person: desk.after(**span)


def _guess(code: str) -> Step:
    return lambda desk, sender, _person: desk.identity.check_code(sender, code)


def _is_open(desk: Desk, sender: str, _person: Patient | None) -> object:
    return desk.identity.open_challenge(sender)


def _guess_for_payment(desk: Desk, sender: str, _person: Patient | None) -> object:
    return desk.identity.check_code(sender, GUESSES[0], "pay_bill")


WALKS: dict[str, list[Step]] = {
    "asking too often": [_start, _start, _resend, _wait(seconds=30), _resend, _start, _wait(minutes=2), _start, _start],
    "guessing until locked": [_start, *map(_guess, GUESSES), _is_open, _guess("000009"), _wait(seconds=31), _start],
    "after the lock": [_start, *map(_guess, GUESSES), _wait(minutes=31), _start, _guess(GUESSES[0]), _is_open],
    "a second lock": [_start, *map(_guess, GUESSES), _wait(minutes=31), _start, *map(_guess, GUESSES)],
    "waiting too long": [_start, _is_open, _wait(minutes=5), _is_open, _guess(GUESSES[0]), _resend, _guess(GUESSES[0])],
    "coming back later": [_start, _guess(GUESSES[0]), _wait(minutes=40), _guess(GUESSES[0]), _resend, _start],
    "another purpose": [_start, _guess_for_payment, _guess(GUESSES[0])],
    "a whole day": [_start, _wait(minutes=20)] * 7,
}


def _transcript(desk: Desk, walk: list[Step], person: Patient | None) -> list[object]:
    sender = desk.conversation()
    return [step(desk, sender, person) for step in walk]


@pytest.mark.parametrize("name", WALKS)
@pytest.mark.parametrize(
    "known",
    [ADA, Patient(can_text=False), Patient(phone=None), Patient(phone="+447911123456")],
    ids=["patient", "landline", "no phone", "foreign phone"],
)
def test_v07_patients_and_strangers_meet_the_same_words_counts_and_waits(
    tmp_path: Path, name: str, known: Patient
) -> None:
    folders = [tmp_path / "known", tmp_path / "unknown"]
    with_record = _transcript(Desk.in_folder(folders[0]), WALKS[name], known)
    without_record = _transcript(Desk.in_folder(folders[1]), WALKS[name], None)
    assert with_record == without_record


@pytest.mark.parametrize("name", WALKS)
def test_v05_a_locked_patient_is_told_what_a_stranger_is_told(tmp_path: Path, name: str) -> None:
    locked = Desk.in_folder(tmp_path / "locked")
    attacker = locked.conversation()
    locked.guess(attacker, wrong_codes(locked.code(attacker, claim="another spelling"), 5))
    stranger = Desk.in_folder(tmp_path / "unknown")
    assert _transcript(locked, WALKS[name], ADA) == _transcript(stranger, WALKS[name], None)


def test_v07_two_spellings_do_not_show_that_they_are_one_patient(tmp_path: Path) -> None:
    known, unknown = Desk.in_folder(tmp_path / "known"), Desk.in_folder(tmp_path / "unknown")
    transcripts = []
    for desk, person in ((known, ADA), (unknown, None)):
        first, second = desk.conversation(), desk.conversation()
        starts = [desk.start(first, person, "ada lindgren"), desk.start(second, person, "ada m. lindgren")]
        checks = [*desk.guess(first, GUESSES), *desk.guess(second, GUESSES)]
        again = [desk.start(desk.conversation(), person, f"ada {number}") for number in range(9)]
        transcripts.append([[(start.outcome, start.wait) for start in starts + again], checks])
    assert transcripts[0] == transcripts[1]


def test_v07_a_stranger_is_never_signed_in_and_nothing_is_ever_sent(tmp_path: Path) -> None:
    desk = Desk.in_folder(tmp_path)
    web = desk.conversation()
    start = desk.start(web, None, "nobody")
    desk.guess(web, GUESSES)
    assert start.delivery is None
    assert desk.identity.signed_in(web) is None


def test_v07_strangers_are_counted_apart_from_one_another(tmp_path: Path) -> None:
    desk = Desk.in_folder(tmp_path)
    one, other = desk.conversation(), desk.conversation()
    desk.start(one, None, "person one")
    desk.start(other, None, "person two")
    desk.guess(one, GUESSES)
    assert desk.guess(other, GUESSES[:1])[0].tries_left == 4


def _opt_out(desk: Desk, person: Patient) -> None:
    desk.identity.opt_out(str(person.phone))


# What is on file, and what has happened before; None is nobody.
CASES: dict[str, Callable[[Desk, Patient], Patient | None]] = {
    "match": lambda _desk, person: person,
    "no match, or deceased": lambda _desk, _person: None,
    "no phone": lambda _desk, person: replace(person, phone=None),
    "opted out": lambda desk, person: _opt_out(desk, person) or person,
    "phone of a guardian": lambda _desk, person: replace(person, shares_phone_with_guardian=True),
}


@pytest.mark.timed
def test_v06_asking_for_a_code_takes_the_same_time_for_all(tmp_path: Path) -> None:
    desk = Desk.in_folder(tmp_path, Limits(texts_per_hour=1000))
    took: dict[str, list[float]] = {name: [] for name in CASES}
    for number in range(200):
        for name, prepare in CASES.items():
            patient = Patient(id=f"patient-{number} {name}", phone=f"+1541555{number + 100:04d}")
            person, sender = prepare(desk, patient), desk.conversation()
            begin = time.perf_counter()
            desk.start(sender, person, f"person {number} {name}")
            took[name].append(time.perf_counter() - begin)
            desk.identity.opt_in(str(patient.phone))
    medians = [statistics.median(each) for each in took.values()]
    # The security design allows 50 ms; the answer is padded by the dialogue on top.
    assert max(medians) - min(medians) < 0.05
