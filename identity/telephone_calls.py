"""What Identity answers about telephones and all that a person has open: opting out, a changed number, notices."""

from __future__ import annotations

from identity.delivery import Notice
from identity.parts import Parts
from identity.transactions import At


class TelephoneCalls(Parts):
    """A part of Identity."""

    def opt_out(self, phone: str) -> None:
        """Send neither codes nor notices to `phone` from now on; nothing but `opt_in` ends it."""
        with self._writing() as at:
            self._opt_outs.add(at.connection, phone, at.now)

    def opt_in(self, phone: str) -> None:
        """Send to `phone` again."""
        with self._writing() as at:
            self._opt_outs.remove(at.connection, phone)

    def opted_out(self, phone: str) -> bool:
        """Whether nothing may be sent to `phone`."""
        with self._reading() as at:
            return self._opt_outs.has(at.connection, phone)

    def phone_changed(self, patient_id: str) -> None:
        """Note that somebody's number on file was changed: all they have open ends, and for a while less is opened."""
        with self._writing() as at:
            self._people.phone_changed(at.connection, patient_id, at.now)
            self._end_all(at, patient_id)

    def sign_out_everywhere(self, patient_id: str) -> None:
        """End somebody's sessions, tokens and open codes in all conversations on all channels."""
        with self._writing() as at:
            self._end_all(at, patient_id)

    def take_notices(self) -> list[Notice]:
        """The notices that are due; whoever takes them hands them over, nobody gets them again."""
        with self._writing() as at:
            return self._notices.take(at.connection, at.now)

    def _end_all(self, at: At, patient_id: str) -> None:
        self._challenges.void(at.connection, patient_id)
        self._sessions.end_all(at.connection, patient_id)
