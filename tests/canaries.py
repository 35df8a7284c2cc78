"""Searches what a whole run of the tests left behind for what must never be kept: `python -m tests.canaries`.

Each worker of the process tests leaves its working folder in LEFT_BEHIND and notes the codes that were texted beside it.
What is there by right is not searched: the portal's own database, which is the record.
"""

from __future__ import annotations

import base64
import os
import re
import sqlite3
import sys
import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
LEFT_BEHIND = ROOT / "var" / "tests"
OWN = LEFT_BEHIND / os.environ.get("PYTEST_XDIST_WORKER", "alone")
"""Of this worker: the folder of its run, and the codes."""
RUN, CODES = "run", "codes"
RECORD = "portal.db"
CARDS_AND_NUMBERS = ("4111111111111111", "4111 1111 1111 1111", "123-45-6789")
SAID = ("canaryword",)
SHORT = 6
"""Characters; a text of fewer comes about by chance in a megabyte of sealed ones."""

# Fractions of seconds have six digits as well.
_TIMES = re.compile(rb"\d\d:\d\d:\d\d[.,]\d{3,6}|(?<!\d)1\d{9}\.\d+")


@dataclass(frozen=True)
class Secret:
    """One thing to look for."""

    kind: str
    """"person", "said", "number" or "code"."""
    text: str


def secrets() -> list[Secret]:
    """Everything that was put in to be looked for, and every code that was texted."""
    people = yaml.safe_load((ROOT / "channels/web/people.yml").read_text(encoding="utf-8"))["people"]
    names = {person["name"] for person in people} | {person["name"].split()[-1] for person in people}
    digits = [person["phone"][2:] for person in people]
    phones = {
        form
        for each in digits
        for form in (each, f"{each[:3]}-{each[3:6]}-{each[6:]}", f"{each[:3]} {each[3:6]} {each[6:]}")
    }
    born = {str(person["born"]) for person in people if "born" in person}
    return [
        *(Secret("person", each) for each in sorted(names | phones | born)),
        *(Secret("said", each) for each in SAID),
        *(Secret("number", each) for each in CARDS_AND_NUMBERS),
        *(Secret("code", each) for each in sorted(noted_codes())),
    ]


def note_code(code: str) -> None:
    """Remember, outside of what is searched, that this code was texted."""
    OWN.mkdir(parents=True, exist_ok=True)
    with (OWN / CODES).open("a") as noted:
        noted.write(f"{code}\n")


def noted_codes() -> set[str]:
    return {code for path in LEFT_BEHIND.glob(f"*/{CODES}") for code in path.read_text().split()}


def hits(folder: Path, looked_for: Iterable[Secret]) -> list[tuple[str, Secret]]:
    """Where which secret stands: names of files below `folder`, each secret once a file."""
    patterns = [(secret, pattern_of(secret)) for secret in looked_for]
    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.name.startswith(RECORD)):
        contents = [_TIMES.sub(b" ", content) for content in _contents(path)]
        name = path.relative_to(folder).as_posix()
        found += [(name, secret) for secret, pattern in patterns if any(map(pattern.search, contents))]
    return found


def pattern_of(secret: Secret) -> re.Pattern[bytes]:
    """The secret in plain, as JSON and addresses write it, and unless it is short in hex and in base64 at any place."""
    raw = secret.text.encode()
    escaped = secret.text.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")
    plain = b"|".join({re.escape(each) for each in (raw, escaped, urllib.parse.quote(secret.text).encode())})
    is_short = len(raw) < SHORT
    if secret.kind == "code" or is_short:
        # Fingerprints, ids and sealed texts hold any few characters somewhere; these stand by themselves.
        plain = rb"(?<![0-9A-Za-z.])(?:" + plain + rb")(?![0-9A-Za-z])"
    if is_short:
        # Within something encoded it is looked for as a part of the whole name.
        return re.compile(plain)
    coded = b"|".join(re.escape(each) for each in (raw.hex().encode(), raw.hex().upper().encode(), *_base64(raw)))
    return re.compile(plain + b"|" + coded)


def _base64(raw: bytes) -> Iterator[bytes]:
    """What of the encoded secret is the same whatever stands before and after it, for each of three places."""
    for place in range(3):
        encoded = base64.b64encode(b"\0" * place + raw + b"\0" * 3)
        begin = -(-place * 8 // 6)
        end = (place + len(raw)) * 8 // 6
        yield encoded[begin:end]


def _contents(path: Path) -> list[bytes]:
    """The bytes of a file; of a database also each value by itself, since its files run them together."""
    raw = path.read_bytes()
    if not raw.startswith(b"SQLite format 3"):
        return [raw]
    return [raw, b"\n".join(_values(path))]


def _values(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                yield from (value if isinstance(value, bytes) else str(value).encode() for value in row)


def verdict(found: list[tuple[str, Secret]]) -> list[str]:
    """One line for each thing that is not as it should be; none of them repeats a secret."""
    base = [(re.sub(r"-(wal|shm|journal)$", "", name), secret.kind) for name, secret in found]
    return sorted({f"{name} holds what must not be kept: {kind}" for name, kind in base})


def main() -> int:
    """Search what every worker of the last run has left; the number of things wrong."""
    runs = sorted(LEFT_BEHIND.glob(f"*/{RUN}"))
    if not any(list(run.glob("log/*.log")) for run in runs) or not noted_codes():
        print("There is no run to search. Run `make dialogues` first.")
        return 1
    looked_for = secrets()
    lines = verdict([hit for run in runs for hit in hits(run, looked_for)])
    for line in lines:
        print(line)
    files = sum(path.is_file() and not path.name.startswith(RECORD) for run in runs for path in run.rglob("*"))
    print(f"{len(looked_for)} secrets searched in {files} files: {len(lines) or 'nothing'} wrong.")
    return len(lines)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
