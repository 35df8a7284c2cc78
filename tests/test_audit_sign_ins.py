"""Sign-ins, refusals, locks, second proofs and sign-outs are noted, and one that cannot be noted does not count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from audit import SignIns, Trail
from audit.store import trail
from identity import IdentityUnavailable, Keys, open_engine
from tests.identity_fakes import SECRET, Desk, wrong_codes

# A number alone, which the carrier reports, proves nobody on SMS: something else was said too.
CLAIM = "+15415550121|1984-03-12"


class Door:
    def __init__(self, folder: Path) -> None:
        self.desk = Desk.in_folder(folder)
        self.engine: Any = open_engine(self.desk.url)
        self.keys = Keys(SECRET)
        self.trail = Trail(self.engine, self.desk.clock, self.keys)
        self.sign_ins = SignIns(self.desk.identity, self.trail)
        self.sender = self.desk.conversation("sms", "+15415550121")

    def noted(self) -> list[tuple[str, str, str, bool]]:
        """Interaction, outcome, reason, and whether the person is named by fingerprint; in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(trail).order_by(trail.c.chain, trail.c.number)).all()
        ada = self.keys.fingerprint("audit patient", "patient-ada")
        assert {row.who for row in rows} <= {None, ada}
        assert all(not row.resource_type and row.channel == "sms" for row in rows)
        return [(row.interaction, row.outcome, row.reason, row.who is not None) for row in rows]

    def breaks(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("ALTER TABLE audit_trail RENAME TO gone"))


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def test_d05_a_right_code_is_noted_with_the_persons_fingerprint(door: Door) -> None:
    check = door.sign_ins.check_code(door.sender, door.desk.code(door.sender, claim=CLAIM))
    assert check.outcome == "accepted"
    assert door.noted() == [("sign_in", "ok", "", True)]


def test_d05_wrong_codes_and_the_lock_are_noted_without_saying_who_was_claimed(door: Door) -> None:
    right = door.desk.code(door.sender)
    for code in [*wrong_codes(right, 5), right]:
        door.sign_ins.check_code(door.sender, code)
    noted = door.noted()
    assert noted[:4] == [("sign_in", "refused", "wrong", False)] * 4
    assert noted[-1] == ("sign_in", "refused", "locked", False)
    assert len(noted) == 6


def test_d05_a_code_that_came_too_late_is_noted(door: Door) -> None:
    right = door.desk.code(door.sender)
    door.desk.after(minutes=6)
    assert door.sign_ins.check_code(door.sender, right).outcome == "expired"
    assert door.noted() == [("sign_in", "refused", "expired", False)]


def test_d05_what_is_no_code_is_not_noted(door: Door) -> None:
    assert door.sign_ins.check_code(door.sender, "hello").outcome == "none"
    assert door.noted() == []


def test_d05_a_second_proof_is_noted_as_one(door: Door) -> None:
    door.sign_ins.check_code(door.sender, door.desk.code(door.sender, claim=CLAIM))
    door.desk.after(minutes=1)
    again = door.desk.code(door.sender, purpose="step_up")
    assert door.sign_ins.check_code(door.sender, again, "step_up").outcome == "accepted"
    assert door.noted()[-1] == ("step_up", "ok", "", True)


def test_d05_signing_out_is_noted_once_and_only_of_somebody_who_was_in(door: Door) -> None:
    door.sign_ins.check_code(door.sender, door.desk.code(door.sender, claim=CLAIM))
    door.sign_ins.sign_out(door.sender)
    door.sign_ins.sign_out(door.sender)
    assert [each for each in door.noted() if each[0] == "sign_out"] == [("sign_out", "ok", "", True)]


def test_f17_nobody_is_signed_in_while_it_cannot_be_noted(door: Door) -> None:
    right = door.desk.code(door.sender)
    door.breaks()
    with pytest.raises(IdentityUnavailable):
        door.sign_ins.check_code(door.sender, right)
    assert door.desk.identity.signed_in(door.sender) is None


def test_f17_when_not_even_a_probe_can_be_written_the_code_is_not_looked_at(door: Door) -> None:
    right = door.desk.code(door.sender)
    with door.engine.begin() as connection:
        connection.execute(text("DROP TABLE audit_probe"))
    with pytest.raises(IdentityUnavailable):
        door.sign_ins.check_code(door.sender, right)
    # The code has not been used up.
    assert door.desk.identity.check_code(door.sender, right).outcome == "accepted"


def test_f17_signing_out_works_all_the_same(door: Door) -> None:
    door.sign_ins.check_code(door.sender, door.desk.code(door.sender, claim=CLAIM))
    door.breaks()
    door.sign_ins.sign_out(door.sender)
    assert door.desk.identity.signed_in(door.sender) is None
