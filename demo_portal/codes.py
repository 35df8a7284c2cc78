"""Codes that are told once: drawn so that they can be read out, and kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets

# Without letters and digits that sound or look alike.
_LETTERS = "ACDEFHJKLMNPRTUVWXY34679"


def drawn(length: int) -> str:
    """A random code of that many letters and digits, for reading out."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def typed(text: str) -> str:
    """A code as it was drawn, of however somebody typed it."""
    return text.upper().replace(" ", "").replace("-", "")


def digest(code: str) -> str:
    """What of a code or token is kept."""
    return hashlib.sha256(code.encode()).hexdigest()
