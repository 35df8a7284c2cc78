"""The keys of the session store, all derived from the one secret that an operator sets."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SHORTEST_SECRET = 24


class Unreadable(Exception):
    """What was sealed cannot be opened: it was changed, or its secret is no longer known."""


class Keys:
    """Fingerprints (HMAC-SHA-256) and sealed values (Fernet) under one secret.

    To rotate the secret, give the new one first and the one before it after it: new values use the first,
    older conversations, codes and tokens go on working. Counted guesses and texts start anew.
    """

    def __init__(self, secret: str, *older: str) -> None:
        if any(len(each) < _SHORTEST_SECRET for each in (secret, *older)):
            raise ValueError(f"The identity secret must have at least {_SHORTEST_SECRET} characters.")
        self._mac_keys = [_derive(each, "careline fingerprint") for each in (secret, *older)]
        fernets = [Fernet(base64.urlsafe_b64encode(_derive(each, "careline seal"))) for each in (secret, *older)]
        self._fernet = MultiFernet(fernets)

    def fingerprint(self, kind: str, *parts: str) -> str:
        """A keyed hash (64 hexadecimal characters) of `parts`, different for each `kind`."""
        return _mac(self._mac_keys[0], kind, parts)

    def fingerprints(self, kind: str, *parts: str) -> list[str]:
        """The same under every secret still valid, the present one first: for looking up."""
        return [_mac(key, kind, parts) for key in self._mac_keys]

    def seal(self, text: str) -> str:
        """Encrypt `text` for keeping."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Decrypt what `seal` gave.

        Raises:
            Unreadable: It was changed or sealed under another secret.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Unreadable("A sealed value of the session store cannot be read.") from None


def _derive(secret: str, use: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=use.encode()).derive(secret.encode())


def _mac(key: bytes, kind: str, parts: tuple[str, ...]) -> str:
    # Lengths keep ("ab", "c") apart from ("a", "bc").
    message = "".join(f"{len(part)}:{part}" for part in (kind, *parts))
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
