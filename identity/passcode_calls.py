"""What Identity answers about passcodes: chosen after a fresh proof, given to voice assistants, never told to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from identity.parts import Parts
from identity.passcodes import PasscodeOutcome, PasscodeSet, is_passcode, is_trivial
from identity.transactions import At

SET_PASSCODE = "manage_quick_login"
"""The act that the proof for choosing a passcode must have been given for."""


@dataclass(frozen=True)
class PasscodeCheck:
    """What came of a passcode that was given."""

    outcome: PasscodeOutcome
    """"none" when nobody is signed in, and when it has not four to six digits: then nothing counts."""
    tries_left: int = 0
    wait: timedelta | None = None
    """How long the lock lasts, when locked."""


class PasscodeCalls(Parts):
    """A part of Identity."""

    def set_passcode(self, sender_id: str, passcode: str, born: date | None) -> PasscodeSet:
        """Keep the passcode of whoever is signed in, in place of the one before.

        Args:
            sender_id: The conversation; it must have a fresh proof for choosing a passcode.
            passcode: Four to six digits.
            born: The birth date on file, of which no passcode may be made; None when it is not known.
        """
        if not is_passcode(passcode):
            return "malformed"
        if is_trivial(passcode, born):
            return "trivial"
        with self._reading() as at:
            chooser = self._may_set(at, sender_id)
        if chooser is None:
            return "not_fresh"
        # Slow on purpose, hence outside a transaction.
        hashed = self._hashes.of(chooser, passcode)
        with self._writing() as at:
            if self._may_set(at, sender_id) != chooser:
                return "not_fresh"
            self._people.keep_passcode(at.connection, chooser, hashed)
            return "set"

    def has_passcode(self, sender_id: str) -> bool:
        """Whether whoever is signed in has chosen a passcode."""
        with self._reading() as at:
            patient_id = self._signed_in(at, sender_id)
            return patient_id is not None and self._people.passcode(at.connection, patient_id) is not None

    def check_passcode(self, sender_id: str, passcode: str) -> PasscodeCheck:
        """Judge a passcode of whoever is signed in; the right one counts for this session."""
        if not is_passcode(passcode):
            return PasscodeCheck("none")
        with self._writing() as at:
            patient_id = self._signed_in(at, sender_id)
            if patient_id is None:
                return PasscodeCheck("none")
            key = self._keys.fingerprint("passcode of", patient_id)
            # Counted before it is looked at, which holds guesses at the same moment to the limit.
            if not self._counters.take_guess(at.connection, key, self._limits.passcodes, at.now):
                wait = self._counters.locked_for(at.connection, key, at.now)
                return PasscodeCheck("locked", 0, wait)
            hashed = self._people.passcode(at.connection, patient_id)
        right = self._hashes.matches(hashed, patient_id, passcode)
        with self._writing() as at:
            same = self._people.passcode(at.connection, patient_id) == hashed
            if right and same and self._sessions.give_passcode(at.connection, sender_id, patient_id, at.now):
                self._counters.clear(at.connection, key, at.now)
                return PasscodeCheck("accepted")
            after = self._counters.after_wrong(at.connection, key, self._limits.passcodes, at.now)
            return PasscodeCheck("locked" if after.locked_for else "wrong", after.tries_left, after.locked_for)

    def forget_passcode(self, sender_id: str) -> None:
        """Drop the passcode of whoever is signed in; until there is another, voice assistants say nothing personal."""
        with self._writing() as at:
            patient_id = self._signed_in(at, sender_id)
            if patient_id is not None:
                self._people.keep_passcode(at.connection, patient_id, None)
                self._sessions.take_passcodes(at.connection, patient_id)

    def _may_set(self, at: At, sender_id: str) -> str | None:
        """The patient who may choose a passcode now; None when nobody may."""
        chosen_by = self._reach(at, sender_id, SET_PASSCODE)
        return self._signed_in(at, sender_id) if chosen_by.covers("step_up") else None

    def _signed_in(self, at: At, sender_id: str) -> str | None:
        signed_in = self._sessions.get(at.connection, sender_id, at.now)
        return signed_in.patient_id if signed_in else None
