"""Models are code in all but name: each is kept with its SHA-256 beside it and is not used when a byte of it has changed.

The sum tells a damaged or exchanged file from the one that training wrote. Whoever may write both could write both anew:
in an installation the folder of the models is to be read-only.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path


class Changed(Exception):
    """A model is not the one that was trained; the message says which and what to do."""


def beside(path: Path) -> Path:
    """Where the sum of a file is kept."""
    return path.with_name(f"{path.name}.sha256")


def write(path: Path) -> None:
    """Keep the sum of a file that training has just written, in the form of `sha256sum`."""
    partial = beside(path).with_suffix(".new")
    partial.write_text(f"{_sum(path)}  {path.name}\n", encoding="utf-8")
    partial.replace(beside(path))


def is_kept(path: Path) -> bool:
    """True when the file has a sum beside it."""
    return beside(path).exists()


def verify(path: Path) -> None:
    """Do nothing when the file is what training wrote.

    Raises:
        Changed: It is not, or nobody knows.
    """
    try:
        kept = beside(path).read_text(encoding="utf-8").partition(" ")[0].strip()
    except (OSError, UnicodeDecodeError):
        raise Changed(f"{path.name} has no checksum beside it, so nobody knows where it is from. {_AGAIN}") from None
    if not hmac.compare_digest(kept.encode(), _sum(path).encode()):
        raise Changed(f"{path.name} is not what training wrote: its checksum differs. {_AGAIN}")


_AGAIN = "Do not use it: take the model from where it was built, or run `make train`."


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
