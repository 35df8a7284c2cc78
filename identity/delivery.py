"""What a code is handed over as, who hands it over, and which telephones may get one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import phonenumbers
from phonenumbers import PhoneNumberType

_COUNTRIES = frozenset({"US", "CA"})
# Numbers on which a message costs its receiver, or which belong to no one person.
_REFUSED_KINDS = frozenset(
    {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.VOIP, PhoneNumberType.TOLL_FREE}
)


@dataclass(frozen=True)
class Delivery:
    """One code on its way to the telephone on file; neither number nor code show when it is printed."""

    to: str = field(repr=False)
    """E.164."""
    code: str = field(repr=False)
    by: Literal["text", "call"]
    """A landline gets a call that speaks the code."""
    language: str


@dataclass(frozen=True)
class Notice:
    """Word to the telephone on file that somebody gave too many wrong codes."""

    to: str = field(repr=False)
    """E.164."""
    by: Literal["text", "call"]
    language: str


class CodeSender(Protocol):
    """Hands over codes, and notices about them."""

    def send(self, delivery: Delivery) -> None:
        """Send the text or place the call.

        Raises:
            CodeNotSent: The carrier did not take it.
        """
        ...

    def send_notice(self, notice: Notice) -> None:
        """Send the text or place the call.

        Raises:
            CodeNotSent: The carrier did not take it.
        """
        ...


class CodeNotSent(Exception):
    """The carrier did not take a code; the message holds the carrier's error code and never the number.

    `temporary` says whether trying again can help.
    """

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(f"The code could not be sent: {reason}.")
        self.temporary = temporary


class OptedOut(CodeNotSent):
    """The carrier sends nothing to that number because its owner has said STOP."""

    def __init__(self) -> None:
        super().__init__("the owner of the number has opted out", temporary=False)


def may_receive_codes(phone: str | None) -> bool:
    """Whether `phone` is a valid number in the US or Canada and of no kind that is refused."""
    try:
        number = phonenumbers.parse(phone or "", None)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.region_code_for_number(number) not in _COUNTRIES:
        return False
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) not in _REFUSED_KINDS
