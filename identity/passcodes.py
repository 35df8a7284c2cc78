"""Passcodes of four to six digits that a person chooses for voice assistants: how they are judged, hashed and compared."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator
from datetime import date
from typing import Literal

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from identity.keys import Keys

PasscodeSet = Literal["set", "malformed", "trivial", "not_fresh"]
PasscodeOutcome = Literal["accepted", "wrong", "locked", "none"]
_FOUR_TO_SIX = re.compile("[0-9]{4,6}")
_SALT_BYTES = 16
_FALLBACK_SALT = bytes(_SALT_BYTES)


def is_passcode(text: str) -> bool:
    """Whether `text` has the form of one."""
    return _FOUR_TO_SIX.fullmatch(text) is not None


def is_trivial(passcode: str, born: date | None) -> bool:
    """Whether somebody who knows the person a little would try `passcode` first."""
    return _repeats(passcode) or _runs(passcode) or (born is not None and passcode in set(_of_birth(born)))


class PasscodeHashes:
    """A slow hash under the installation's secret; `work` is its cost (n of scrypt)."""

    def __init__(self, keys: Keys, work: int) -> None:
        self._keys = keys
        self._work = work

    def of(self, patient_id: str, passcode: str) -> str:
        """The hash to keep: salt and digest in hexadecimal digits."""
        salt = secrets.token_bytes(_SALT_BYTES)
        keyed = self._keys.fingerprint("passcode", patient_id, passcode)
        return f"{salt.hex()}:{self._digest(salt, keyed)}"

    def matches(self, hashed: str | None, patient_id: str, passcode: str) -> bool:
        """Whether `passcode` is the one that was hashed; takes as long when there is none."""
        salt, _, kept = (hashed or "").partition(":")
        given = bytes.fromhex(salt) if salt else _FALLBACK_SALT
        keyed = self._keys.fingerprints("passcode", patient_id, passcode)
        return any([hmac.compare_digest(self._digest(given, each), kept) for each in keyed])

    def _digest(self, salt: bytes, keyed: str) -> str:
        return Scrypt(salt=salt, length=32, n=self._work, r=8, p=1).derive(keyed.encode()).hex()


def _repeats(passcode: str) -> bool:
    """1111, 1212, 123123."""
    lengths = [length for length in (1, 2, 3) if len(passcode) % length == 0]
    return any(passcode[:length] * (len(passcode) // length) == passcode for length in lengths)


def _runs(passcode: str) -> bool:
    """1234, 4321, 2468, 8901."""
    steps = {(int(after) - int(before)) % 10 for before, after in zip(passcode, passcode[1:], strict=False)}
    return len(steps) == 1


def _of_birth(born: date) -> Iterator[str]:
    """The year, and the parts of the date in the orders in which people write them."""
    year, short, month, day = f"{born:%Y}", f"{born:%y}", f"{born:%m}", f"{born:%d}"
    yield from (year, month + day, day + month, month + short, short + month, month + year, year + month)
    yield from (month + day + short, day + month + short, short + month + day)
