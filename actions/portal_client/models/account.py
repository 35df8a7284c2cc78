"""What the portal tells about who somebody is, and how the portal reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "es"]


@dataclass(frozen=True)
class Person:
    """Somebody in the portal's directory, as far as signing in needs."""

    id: str
    given_name: str
    full_name: str
    phone: str
    """E.164; the number that was asked for, if one was."""
    can_text: bool
    """False for a landline: the code must be spoken."""
    language: Language
