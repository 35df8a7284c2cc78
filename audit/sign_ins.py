"""Proofs of who somebody is, checked by `identity` and noted: a sign-in that cannot be noted does not count."""

from __future__ import annotations

from typing import Literal, cast

from audit.entry import Entry, Outcome, known_reason
from audit.trail import Trail, TrailUnavailable
from identity import CodeCheck, Identity, IdentityUnavailable

SIGN_IN = "sign_in"


class SignIns:
    """Stands before `Identity` where a proof is given or ended; the gateway and the actions each hold one."""

    def __init__(self, identity: Identity, trail: Trail) -> None:
        self._identity = identity
        self._trail = trail

    def check_code(self, sender_id: str, code: str, purpose: str = SIGN_IN) -> CodeCheck:
        """Judge a code as `Identity.check_code` does, and note what came of it.

        Raises:
            IdentityUnavailable: it could not be judged or noted; nobody was let in by it.
        """
        self._ready()
        check = self._identity.check_code(sender_id, code, purpose)
        if check.outcome == "none":
            return check
        accepted = check.outcome == "accepted"
        try:
            if accepted:
                self._note(sender_id, _step(purpose), "ok", "")
            else:
                self._note(sender_id, _step(purpose), "refused", known_reason(check.outcome))
        except TrailUnavailable:
            if accepted:
                self._identity.sign_out(sender_id)
            raise IdentityUnavailable("A sign-in cannot be noted. Try again in a moment.") from None
        return check

    def refuse(self, sender_id: str, purpose: str = SIGN_IN) -> None:
        """Note that no further code is sent for now; that this fails changes nothing, since nobody is let in."""
        try:
            self._note(sender_id, _step(purpose), "refused", "too_many")
        except TrailUnavailable:
            return

    def sign_out(self, sender_id: str) -> None:
        """Sign out and note who it was; that the note fails does not keep anybody signed in."""
        who = self._identity.signed_in(sender_id)
        self._identity.sign_out(sender_id)
        if who is None:
            return
        channel = self._channel(sender_id)
        try:
            self._trail.note(
                Entry("sign_out", "ok", who.patient_id, act="sign_out", channel=channel, session=sender_id)
            )
        except TrailUnavailable:
            return

    def _ready(self) -> None:
        try:
            self._trail.ready()
        except TrailUnavailable:
            raise IdentityUnavailable("A sign-in cannot be noted. Try again in a moment.") from None

    def _note(self, sender_id: str, step: Literal["sign_in", "step_up"], outcome: Outcome, reason: str) -> None:
        # Who it is that fails to sign in is not known; who claims to be whom is not kept.
        who = self._identity.signed_in(sender_id)
        patient = who.patient_id if who else None
        channel = self._channel(sender_id)
        entry = Entry(step, outcome, patient, act=SIGN_IN, channel=channel, reason=reason, session=sender_id)
        self._trail.note(entry)

    def _channel(self, sender_id: str) -> str:
        conversation = self._identity.by_sender(sender_id)
        return conversation.channel if conversation else ""


def _step(purpose: str) -> Literal["sign_in", "step_up"]:
    return cast(Literal["sign_in", "step_up"], SIGN_IN if purpose == SIGN_IN else "step_up")
