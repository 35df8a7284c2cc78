"""Whatever people do in whatever order, nobody is signed in without the right code, and limits hold."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from identity import ChallengeStart, CodeCheck
from tests.identity_fakes import ADA, BEN, Desk, Patient, wrong_codes

CONVERSATIONS = st.integers(0, 1)
CHANNELS = ("web", "sms")
PEOPLE = st.sampled_from([ADA, ADA, BEN, None])
CLAIMS = st.sampled_from(["somebody", "somebody by another name"])
PURPOSES = st.sampled_from(["sign_in", "sign_in", "pay_bill"])
PAUSES = st.sampled_from([31, 121, 5 * 60, 14 * 60])


@dataclass(frozen=True)
class Expected:
    """What the newest challenge of a conversation should accept."""

    person: Patient | None
    purpose: str
    code: str | None
    at: datetime


@dataclass
class Model:
    """The rules once more, in a few words and without a database."""

    newest: dict[int, Expected] = field(default_factory=dict)
    proved: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    replaced: list[tuple[int, Expected]] = field(default_factory=list)
    texts: dict[str, list[datetime]] = field(default_factory=dict)

    def started(
        self, conversation: int, person: Patient | None, purpose: str, start: ChallengeStart, at: datetime
    ) -> None:
        if start.outcome != "started":
            return
        code = start.delivery.code if start.delivery else None
        if code and person:
            self.texts.setdefault(person.id, []).append(at)
            mine = [(other, expected) for other, expected in self.newest.items() if expected.person == person]
            self.replaced += [(other, expected) for other, expected in mine if expected.code]
            self.newest |= {other: replace(expected, code=None) for other, expected in mine}
        self.newest[conversation] = Expected(person, purpose, code, at)

    def right(self, conversation: int, code: str, purpose: str, at: datetime) -> bool:
        expected = self.newest.get(conversation)
        if expected is None or expected.code is None:
            return False
        in_time = at - expected.at < timedelta(minutes=5)
        return in_time and (expected.code, expected.purpose) == (code, purpose)


class SigningIn(RuleBasedStateMachine):
    """People in two conversations ask, resend, guess, copy codes, wait and sign out at random."""

    @initialize()
    def open(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.desk = Desk.in_folder(Path(self._folder.name))
        self.senders = [self.desk.conversation(channel) for channel in CHANNELS]
        self.model = Model()
        self.seen_codes: list[str] = ["000000"]
        self.asked_for: dict[int, list[Expected]] = {}
        self.accepted: list[str] = []
        self.somebody_was_wrong = False

    def teardown(self) -> None:
        if hasattr(self, "_folder"):
            self._folder.cleanup()

    @rule(number=CONVERSATIONS, person=PEOPLE, claim=CLAIMS)
    def sign_in(self, number: int, person: Patient | None, claim: str) -> None:
        self.ask(number, person, claim, "sign_in")
        self._give(number, self.seen_codes[-1], "sign_in")

    @rule(number=CONVERSATIONS, person=PEOPLE, claim=CLAIMS, purpose=PURPOSES)
    def ask(self, number: int, person: Patient | None, claim: str, purpose: str) -> None:
        start = self.desk.start(self.senders[number], person, f"{claim} {person and person.id}", purpose)
        self._note(number, person, purpose, start)

    @precondition(lambda self: self.model.newest)
    @rule(number=CONVERSATIONS, claim=CLAIMS)
    def ask_for_the_same_person_in_the_other_conversation(self, number: int, claim: str) -> None:
        before = self.model.newest.get(1 - number)
        if before is not None:
            self.ask(number, before.person, claim, before.purpose)

    @rule(number=CONVERSATIONS)
    def resend(self, number: int) -> None:
        start = self.desk.identity.resend(self.senders[number])
        before = self.model.newest.get(number)
        if before is not None:
            self._note(number, before.person, before.purpose, start)

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
    @rule(number=CONVERSATIONS, purpose=PURPOSES, which=st.integers(1, 3))
    def give_a_code_that_was_seen_anywhere(self, number: int, purpose: str, which: int) -> None:
        self._give(number, self.seen_codes[-which % len(self.seen_codes)], purpose)

    @precondition(lambda self: self.model.newest)
    @rule(number=CONVERSATIONS, count=st.integers(1, 5), purpose=PURPOSES)
    def guess(self, number: int, count: int, purpose: str) -> None:
        for code in wrong_codes(self.seen_codes[-1], count):
            self._give(number, code, purpose)

    @rule(seconds=PAUSES, restart=st.booleans())
    def wait(self, seconds: int, restart: bool) -> None:
        self.desk.after(seconds=seconds)
        if restart:
            self.desk = self.desk.restarted()
            self.desk.identity.purge()

    @precondition(lambda self: self.model.proved)
    @rule(number=CONVERSATIONS, stay=st.booleans())
    def say_something_or_sign_out(self, number: int, stay: bool) -> None:
        if stay:
            return self.desk.identity.touch(self.senders[number])
        self.model.newest.pop(number, None)
        self.model.proved.pop(number, None)
        return self.desk.identity.sign_out(self.senders[number])

    @invariant()
    def only_who_gave_the_right_code_is_signed_in(self) -> None:
        for number, sender in enumerate(getattr(self, "senders", [])):
            signed_in = self.desk.identity.signed_in(sender)
            if signed_in is None:
                continue
            patient, at = self.model.proved[number]
            assert signed_in.patient_id == patient
            assert self.desk.clock.now() - at <= timedelta(hours=1)

    @invariant()
    def each_code_is_accepted_once(self) -> None:
        accepted = getattr(self, "accepted", [])
        assert len(accepted) == len(set(accepted))

    @invariant()
    def nobody_gets_more_texts_than_they_can_bear(self) -> None:
        for times in (self.model.texts if hasattr(self, "model") else {}).values():
            assert _most_within(times, timedelta(minutes=15)) <= 3
            assert _most_within(times, timedelta(hours=24)) <= 6

    def _note(self, number: int, person: Patient | None, purpose: str, start: ChallengeStart) -> None:
        self.model.started(number, person, purpose, start, self.desk.clock.now())
        if start.delivery is not None:
            assert person is not None
            assert start.delivery.to == person.phone
            self.seen_codes.append(start.delivery.code)
            self.asked_for.setdefault(number, []).append(self.model.newest[number])

    def _give(self, number: int, code: str, purpose: str) -> None:
        now = self.desk.clock.now()
        right = self.model.right(number, code, purpose, now)
        expected = self.model.newest.get(number)
        check = self.desk.identity.check_code(self.senders[number], code, purpose)
        if right and not self.somebody_was_wrong:
            # Only locks refuse a right code, and the end of the session that a second proof was for.
            assert check.outcome == "accepted" or (purpose, check.outcome) == ("pay_bill", "expired")
        self.somebody_was_wrong |= check.outcome in ("wrong", "locked")
        if check.outcome == "accepted":
            assert right
            assert expected is not None
            assert expected.person is not None
            self._accepted(number, expected, code, now)
        elif check == CodeCheck("expired") and right:
            # A second proof that came after the session had ended is used up and proves nothing.
            self.model.newest.pop(number)

    def _accepted(self, number: int, expected: Expected, code: str, now: datetime) -> None:
        assert expected.person is not None
        self.accepted.append(f"{expected.at.isoformat()} {code}")
        self.model.newest.pop(number)
        if expected.purpose == "sign_in":
            self.model.proved[number] = (expected.person.id, now)
        else:
            assert self.model.proved[number][0] == expected.person.id


def _most_within(times: list[datetime], window: timedelta) -> int:
    return max((sum(first <= other < first + window for other in times) for first in times), default=0)


TestSigningIn = SigningIn.TestCase
TestSigningIn.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    # Shrinking would take minutes; the steps of a failure are printed as they were.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
