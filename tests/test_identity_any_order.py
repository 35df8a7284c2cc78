"""Whatever people do in whatever order, nobody reaches more than they have proved, and limits hold."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import delete, event

from identity import ChallengeStart, CodeCheck, Limits
from identity.levels import at_least
from identity.store import conversations
from tests.identity_fakes import ADA, BEN, NOON, Desk, Patient, wrong_codes
from tests.identity_model import Expected, Model, Proved, most_within

SEQUENCES = int(os.environ.get("IDENTITY_SEQUENCES", "200"))
"""Random sequences of each kind; set it higher for a run by night."""
CHANNELS = ("web", "sms", "alexa")
LIMITS = Limits(personal_on_assistants=True, passcode_work=2**10)
# One phone with Ada, and a number that settles in the middle of a run.
ABE = Patient(id="patient-abe", phone=ADA.phone, given_name="Aberforth")
NEW = Patient(id="patient-new", phone="+15415550124", phone_since=NOON - timedelta(hours=71, minutes=30))
TALKS = st.integers(0, 1)
ANY_TALK = st.integers(0, 2)
KNOWN = st.sampled_from([ADA, ADA, ABE, BEN, NEW])
PEOPLE = st.sampled_from([ADA, ADA, ABE, BEN, NEW, None])
CLAIMS = st.sampled_from(["somebody", "somebody", "somebody by another name", ""])
ACTS = st.sampled_from([None, "pay_bill", "manage_quick_login"])
SECOND = st.sampled_from(["pay_bill", "manage_quick_login"])
PURPOSES = st.sampled_from(["sign_in", "sign_in", "step_up", "pay_bill"])
PAUSES = st.sampled_from([31, 121, 5 * 60, 14 * 60, 31 * 60])
PASSCODES = st.sampled_from(["7391", "804213", "7391"])


class Shop:
    """One file for all runs, emptied between them: making a new one costs more than a run."""

    def __init__(self) -> None:
        fast = "/dev/shm"
        self._folder = tempfile.TemporaryDirectory(dir=fast if os.path.isdir(fast) else None)
        self._desk: Desk | None = None

    def opened(self) -> Desk:
        """A desk over an empty store, at noon."""
        if self._desk is None:
            self._desk = Desk.in_folder(Path(self._folder.name), LIMITS)
            event.listen(self._desk.engine, "connect", _careless)
            self._desk.engine.dispose()
        self._desk.clock.advance(NOON - self._desk.clock.now())
        self._desk.identity.reset()
        with self._desk.engine.begin() as connection:
            connection.execute(delete(conversations))
        return self._desk


def _careless(connection: Any, _record: Any) -> None:
    # What is in there is thrown away.
    connection.execute("PRAGMA synchronous = OFF")


KNOWN_SHOP, UNKNOWN_SHOP = Shop(), Shop()


class SigningIn(RuleBasedStateMachine):
    """People on the web, by text and at a voice assistant ask, guess, copy codes, wait and sign out at random."""

    @initialize()
    def open(self) -> None:
        self.desk = KNOWN_SHOP.opened()
        self.senders = [self.desk.conversation(channel) for channel in CHANNELS]
        self.model = Model(CHANNELS)
        self.seen_codes: list[str] = ["000000"]
        self.asked_for: dict[int, list[Expected]] = {}
        self.accepted: list[str] = []
        self.looked_at = 0

    @rule(number=TALKS, person=KNOWN, claim=CLAIMS, act=ACTS)
    def sign_in(self, number: int, person: Patient, claim: str, act: str | None) -> None:
        self._ask(number, person, claim, "sign_in", act)
        self._give(number, self.seen_codes[-1], "sign_in")

    @rule(number=TALKS, person=PEOPLE, claim=CLAIMS, act=ACTS)
    def ask(self, number: int, person: Patient | None, claim: str, act: str | None) -> None:
        self._ask(number, person, claim, "sign_in", act)

    @precondition(lambda self: self.model.proved)
    @rule(number=TALKS, act=SECOND, give=st.booleans(), other=st.none() | KNOWN)
    def prove_again(self, number: int, act: str, give: bool, other: Patient | None) -> None:
        proved = self.model.proved.get(number)
        mine = next((each for each in (ADA, ABE, BEN, NEW) if proved and each.id == proved.patient_id), None)
        self._ask(number, other or mine, "", act, None)
        if give:
            self._give(number, self.seen_codes[-1], "step_up")

    @precondition(lambda self: self.model.newest)
    @rule(number=TALKS, claim=CLAIMS)
    def ask_for_the_same_person_in_the_other_conversation(self, number: int, claim: str) -> None:
        before = self.model.newest.get(1 - number)
        if before is not None:
            self._ask(number, before.person, claim, before.purpose, before.act)

    @rule(number=TALKS)
    def resend(self, number: int) -> None:
        start = self.desk.identity.resend(self.senders[number])
        before = self.model.newest.get(number)
        if before is not None:
            self._note(number, replace(before, at=self.desk.clock.now()), start)

    @precondition(lambda self: self.asked_for)
    @rule(which=st.integers(0, 1), age=st.integers(1, 2), purpose=st.none() | PURPOSES)
    def give_a_code_where_it_was_asked_for(self, which: int, age: int, purpose: str | None) -> None:
        number, asked_for = sorted(self.asked_for.items())[which % len(self.asked_for)]
        expected = asked_for[-min(age, len(asked_for))]
        self._give(number, expected.code or "", purpose or expected.purpose)

    @precondition(lambda self: self.model.replaced)
    @rule()
    def give_the_code_that_a_newer_one_has_replaced(self) -> None:
        number, expected = self.model.replaced[-1]
        self._give(number, expected.code or "", expected.purpose)

    @precondition(lambda self: self.asked_for)
    @rule(number=ANY_TALK, purpose=PURPOSES, which=st.integers(1, 3))
    def give_a_code_that_was_seen_anywhere(self, number: int, purpose: str, which: int) -> None:
        self._give(number, self.seen_codes[-which % len(self.seen_codes)], purpose)

    @precondition(lambda self: self.model.newest)
    @rule(number=TALKS, count=st.integers(1, 5), purpose=PURPOSES)
    def guess(self, number: int, count: int, purpose: str) -> None:
        for code in wrong_codes(self.seen_codes[-1], count):
            self._give(number, code, purpose)

    @rule(person=KNOWN)
    def link_an_account(self, person: Patient) -> None:
        self.desk.identity.sign_in_linked(self.senders[2], person)
        now = self.desk.clock.now()
        since = max((at for at in (person.phone_since, self.model.changed.get(person.id)) if at), default=None)
        self.model.proved[2] = Proved(person.id, now, now, now, None, since, claimed=False, linked=True)

    @precondition(lambda self: self.model.proved)
    @rule(number=ANY_TALK, passcode=PASSCODES)
    def choose_a_passcode(self, number: int, passcode: str) -> None:
        allowed = self.model.level(number, "manage_quick_login", self.desk.clock.now()) == "step_up"
        done = self.desk.identity.set_passcode(self.senders[number], passcode, None) == "set"
        assert done == allowed if self.model.certain else done <= allowed
        if done:
            self.model.passcodes[self.model.proved[number].patient_id] = passcode

    @precondition(lambda self: self.model.proved)
    @rule(number=ANY_TALK, passcode=PASSCODES)
    def say_a_passcode(self, number: int, passcode: str) -> None:
        now, proved = self.desk.clock.now(), self.model.proved.get(number)
        outcome = self.desk.identity.check_passcode(self.senders[number], passcode).outcome
        if proved is None or outcome == "none":
            assert outcome == "none"
            return
        guesses = self.model.of(f"passcode {proved.patient_id}", 3)
        if outcome == "accepted":
            assert self.model.lives(number, now)
            assert self.model.passcodes[proved.patient_id] == passcode
            assert not guesses.locked(now)
            guesses.clear()
            self.model.proved[number] = replace(proved, passcode_given=True)
        else:
            guesses.miss(now)

    @precondition(lambda self: self.model.passcodes)
    @rule(number=ANY_TALK)
    def forget_the_passcode(self, number: int) -> None:
        self.desk.identity.forget_passcode(self.senders[number])
        if self.model.lives(number, self.desk.clock.now()) and self.model.certain:
            mine = self.model.proved[number].patient_id
            self.model.passcodes.pop(mine, None)
            for each, proved in self.model.proved.items():
                if proved.patient_id == mine:
                    self.model.proved[each] = replace(proved, passcode_given=False)

    @rule(seconds=PAUSES, restart=st.booleans())
    def wait(self, seconds: int, restart: bool) -> None:
        self.desk.after(seconds=seconds)
        if restart:
            self.desk.start_anew()
            self.desk.identity.purge()

    @rule(seconds=st.sampled_from([10, 29, 600]))
    def set_the_clock_back(self, seconds: int) -> None:
        self.desk.after(seconds=-seconds)
        self.model.certain = False

    @precondition(lambda self: self.model.proved)
    @rule(number=ANY_TALK, stay=st.booleans())
    def say_something_or_sign_out(self, number: int, stay: bool) -> None:
        if stay:
            self.desk.identity.touch(self.senders[number])
            return self.model.touched(number, self.desk.clock.now())
        self.model.sign_out(number)
        return self.desk.identity.sign_out(self.senders[number])

    @rule(person=KNOWN, changed=st.booleans())
    def sign_out_everywhere(self, person: Patient, changed: bool) -> None:
        self.model.sign_out_everywhere(person.id)
        if not changed:
            return self.desk.identity.sign_out_everywhere(person.id)
        self.model.changed[person.id] = self.desk.clock.now()
        return self.desk.identity.phone_changed(person.id)

    @rule(person=KNOWN, stop=st.booleans())
    def say_stop_or_start(self, person: Patient, stop: bool) -> None:
        assert person.phone is not None
        if stop:
            self.model.opted_out.add(person.phone)
            return self.desk.identity.opt_out(person.phone)
        self.model.opted_out.discard(person.phone)
        return self.desk.identity.opt_in(person.phone)

    @invariant()
    def nobody_reaches_more_than_they_have_proved(self) -> None:
        if not hasattr(self, "senders"):
            return
        now = self.desk.clock.now()
        self.looked_at += 1
        purpose = ("pay_bill", "manage_quick_login")[self.looked_at % 2]
        for number, sender in enumerate(self.senders):
            allowed = self.model.level(number, purpose, now)
            reached = self.desk.identity.level(sender, purpose)
            assert at_least(allowed, reached), (number, allowed, reached)
            assert reached == allowed or not self.model.certain, (number, allowed, reached)
            if reached != "public":
                signed_in = self.desk.identity.signed_in(sender)
                assert signed_in is not None
                assert signed_in.patient_id == self.model.proved[number].patient_id

    @invariant()
    def a_token_is_never_anybody_elses(self) -> None:
        if not hasattr(self, "senders"):
            return
        number = self.looked_at % len(self.senders)
        token = self.desk.identity.token(self.senders[number])
        assert token is None or token == self.model.proved[number].patient_id

    @invariant()
    def each_code_is_accepted_once(self) -> None:
        accepted = getattr(self, "accepted", [])
        assert len(accepted) == len(set(accepted))

    @invariant()
    def nobody_and_no_phone_gets_more_texts_than_can_be_borne(self) -> None:
        for who, times in (self.model.texts if hasattr(self, "model") else {}).items():
            twice = 2 if who.startswith("+") else 1
            assert most_within(times, timedelta(minutes=15)) <= 3 * twice
            assert most_within(times, timedelta(hours=24)) <= 6 * twice

    def _ask(self, number: int, person: Patient | None, claim: str, purpose: str, act: str | None) -> None:
        said = claim and f"{claim} {person and person.id}"
        start = self.desk.start(self.senders[number], person, said, purpose, act)
        key = said or ("" if person else f"nobody in {number}")
        self._note(number, Expected(person, purpose, act, key, self.desk.clock.now(), None, False), start)

    def _note(self, number: int, expected: Expected, start: ChallengeStart) -> None:
        self.model.started(number, expected, start)
        if start.delivery is not None:
            assert expected.person is not None
            assert start.delivery.to == expected.person.phone
            assert start.delivery.to not in self.model.opted_out
            self.seen_codes.append(start.delivery.code)
            self.asked_for.setdefault(number, []).append(self.model.newest[number])

    def _give(self, number: int, code: str, purpose: str) -> None:
        now = self.desk.clock.now()
        right = self.model.right(number, code, purpose, now)
        expected = self.model.newest.get(number)
        check = self.desk.identity.check_code(self.senders[number], code, purpose)
        if check.outcome == "accepted":
            assert right
            assert expected is not None
            assert expected.person is not None
            # Of five wrong guesses at a person none more is looked at before the lock has passed.
            assert not self.model.of(f"person {expected.person.id}").locked(now)
            assert not self.model.of(f"claim {expected.claim_key}").locked(now)
            self.accepted.append(f"{expected.at.isoformat()} {code}")
        elif right and not any(each.wrong or each.locked_until for each in self.model.guesses.values()):
            # Only locks refuse a right code, and the end of the session that a second proof was for.
            assert (expected and expected.purpose != "sign_in", check.outcome) == (True, "expired")
        self.model.checked(number, check, now)
        self._after(number, check, right)

    def _after(self, number: int, check: CodeCheck, right: bool) -> None:
        sender, now = self.senders[number], self.desk.clock.now()
        if check.outcome == "accepted":
            self.model.accepted(number, now)
            self.desk.identity.keep_token(sender, self.model.proved[number].patient_id, now + timedelta(hours=2))
        elif check == CodeCheck("expired") and right:
            # A second proof that came after the session had ended is used up and proves nothing.
            self.model.newest.pop(number)
        elif check.outcome in ("wrong", "locked"):
            self._ended_by_a_lock(number)

    def _ended_by_a_lock(self, number: int) -> None:
        """A lock ends the session of the conversation it began in; when that is, the store knows."""
        now = self.desk.clock.now()
        if self.model.level(number, "", now) != "public" and self.desk.identity.level(self.senders[number]) == "public":
            locks = [each for each in self.model.guesses.values() if each.locked(now)]
            assert locks or not self.model.certain
            self.model.proved.pop(number)


class Telling(RuleBasedStateMachine):
    """The same is asked and guessed about a patient and about nobody, side by side, until a right code would tell."""

    @initialize(person=KNOWN, opted_out=st.booleans(), guardian=st.booleans())
    def open(self, person: Patient, opted_out: bool, guardian: bool) -> None:
        self.desks = [KNOWN_SHOP.opened(), UNKNOWN_SHOP.opened()]
        self.people = [replace(person, shares_phone_with_guardian=guardian), None]
        if opted_out:
            self.desks[0].identity.opt_out(str(person.phone))
        self.senders = [[desk.conversation(channel) for channel in CHANNELS[:2]] for desk in self.desks]
        self.right = "000000"

    @rule(number=TALKS, claim=st.sampled_from(["somebody", "somebody by another name"]), act=ACTS)
    def ask(self, number: int, claim: str, act: str | None) -> None:
        starts = [
            desk.start(senders[number], person, claim, act=act)
            for desk, senders, person in zip(self.desks, self.senders, self.people, strict=True)
        ]
        self._same(starts)

    @rule(number=TALKS)
    def resend(self, number: int) -> None:
        self._same([desk.identity.resend(each[number]) for desk, each in zip(self.desks, self.senders, strict=True)])

    @rule(number=TALKS, count=st.integers(1, 5))
    def guess(self, number: int, count: int) -> None:
        guesses = wrong_codes(self.right, count)
        told = [desk.guess(each[number], guesses) for desk, each in zip(self.desks, self.senders, strict=True)]
        assert told[0] == told[1]

    @rule(seconds=PAUSES, restart=st.booleans())
    def wait(self, seconds: int, restart: bool) -> None:
        for desk in self.desks:
            desk.after(seconds=seconds)
            if restart:
                desk.start_anew()
                desk.identity.purge()

    @rule(number=TALKS)
    def sign_out(self, number: int) -> None:
        for desk, each in zip(self.desks, self.senders, strict=True):
            desk.identity.sign_out(each[number])

    @rule()
    def sign_out_everywhere(self) -> None:
        # What the real person does elsewhere does not show here.
        for person in self.people[:1]:
            assert person is not None
            self.desks[0].identity.sign_out_everywhere(person.id)

    @invariant()
    def whether_a_code_is_waited_for_is_the_same(self) -> None:
        if hasattr(self, "senders"):
            waits = [
                [desk.identity.open_challenge(sender) for sender in senders]
                for desk, senders in zip(self.desks, self.senders, strict=True)
            ]
            assert waits[0] == waits[1]

    def _same(self, starts: list[ChallengeStart]) -> None:
        if starts[0].delivery is not None:
            self.right = starts[0].delivery.code
        assert starts[1].delivery is None
        assert replace(starts[0], delivery=None) == starts[1]


def _at_random(sequences: int) -> settings:
    return settings(
        max_examples=sequences,
        stateful_step_count=20,
        derandomize=True,
        database=None,
        deadline=None,
        # Shrinking would take minutes; the steps of a failure are printed as they were.
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )


TestSigningIn = SigningIn.TestCase
TestSigningIn.settings = _at_random(SEQUENCES)
TestTelling = Telling.TestCase
TestTelling.settings = _at_random(SEQUENCES)
