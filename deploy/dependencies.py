"""What the assistant is built from: a list of it (`python -m deploy.dependencies sbom FILE`) and a look at what is known
against it (`... audit`), both from the lock alone. The audit asks an advisory service and needs the network.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
ACCEPTED = Path(__file__).with_name("accepted_findings.yml")
LOOKED_AT_WITHIN = timedelta(days=90)
AUDITOR = "pip-audit>=2.9"


class NoUv(Exception):
    """There is no uv on this machine; `make setup` brings it."""


@dataclass(frozen=True)
class Finding:
    """A known weakness that is accepted for now."""

    id: str
    package: str
    accepted: date
    reason: str

    def is_over(self, today: date) -> bool:
        return today > self.accepted + LOOKED_AT_WITHIN


def accepted(path: Path = ACCEPTED) -> list[Finding]:
    """The list, in its order; an entry that lacks something is a TypeError that names it."""
    return [Finding(**entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["findings"]]


def uv() -> str:
    """The program that reads the lock.

    Raises:
        NoUv: There is none.
    """
    own = ROOT / ".tools/bin/uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise NoUv("There is no uv here: run `make setup`.")
    return found


def export(format_: str, to: Path) -> None:
    """Write what runs in an installation (no tools of the developers), with hashes, as `format_` of `uv export`."""
    arguments = ["export", "--frozen", "--offline", "--quiet", "--no-dev", "--format", format_, "-o", str(to)]
    subprocess.run([uv(), *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def audit_command(requirements: Path, findings: Sequence[Finding], today: date) -> list[str]:
    """How the auditor is called; what is accepted is passed over as long as it is not over.

    It is strict: a package about which the service knows nothing is a failure, or a service out of reach would read as
    "nothing is known".
    """
    command = [uv(), "tool", "run", "--from", AUDITOR, "pip-audit", "--strict", "--disable-pip", "--require-hashes"]
    ignored = [part for each in findings if not each.is_over(today) for part in ("--ignore-vuln", each.id)]
    return [*command, *ignored, "-r", str(requirements)]


def audit() -> int:
    """Ask what is known against the locked versions; 0 when nothing is that has not been accepted."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        export("requirements.txt", requirements)
        # The auditor's whole answer is for whoever called it.
        return subprocess.run(audit_command(requirements, accepted(), date.today()), check=False).returncode  # noqa: DTZ011


def main(arguments: list[str]) -> None:
    try:
        match arguments:
            case ["sbom", file]:
                Path(file).parent.mkdir(parents=True, exist_ok=True)
                export("cyclonedx1.5", Path(file))
                print(f"{file}: what an installation consists of, as CycloneDX 1.5")
            case ["audit"]:
                sys.exit(audit())
            case _:
                raise SystemExit("Say `python -m deploy.dependencies sbom FILE` or `audit`.")
    except NoUv as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main(sys.argv[1:])
