"""What the assistant is built from: fixed by hash, listed, and without what is known to be open to attack."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from deploy.dependencies import Finding, accepted, audit_command, export

ROOT = Path(__file__).parent.parent
DAY = date(2026, 3, 1)


def locked() -> list[dict[str, Any]]:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return [package for package in lock["package"] if "registry" in package["source"]]


def test_d11_every_file_of_every_package_is_fixed_by_its_hash() -> None:
    packages = locked()
    assert len(packages) > 100
    files = [file for each in packages for file in [each.get("sdist"), *each.get("wheels", [])] if file]
    assert [file["url"] for file in files if not file.get("hash", "").startswith("sha256:")] == []
    assert [each["name"] for each in packages if not each.get("sdist") and not each.get("wheels")] == []


def test_d11_no_package_comes_from_anywhere_but_the_index() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    others = [package["name"] for package in lock["package"] if "registry" not in package["source"]]
    assert others == ["careline"]


def test_r08_rasa_is_not_a_release_with_the_open_door_for_models() -> None:
    # CVE-2024-49375: code could be run through Rasa's model interface before 3.6.21.
    assert Version(version("rasa")) >= Version("3.6.21")


def test_d11_the_list_of_parts_names_each_locked_package_that_runs(tmp_path: Path) -> None:
    export("cyclonedx1.5", tmp_path / "sbom.json")
    export("requirements.txt", tmp_path / "requirements.txt")
    listed = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))["components"]
    parts = {f"{each['name']}=={each['version']}" for each in listed}
    required = (tmp_path / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split()[0] for line in required if line and line[0].isalnum()}
    assert len(pinned) > 80
    assert pinned - parts == set()
    assert "rasa==3.6.21" in parts
    assert not any(part.startswith("pytest==") for part in parts)


def test_d11_every_accepted_finding_says_why_and_is_not_older_than_90_days() -> None:
    today = datetime.now(UTC).date()
    assert [each.id for each in accepted() if each.is_over(today)] == []
    assert [each.id for each in accepted() if len(each.reason.split()) < 4 or each.accepted > today] == []


@pytest.mark.parametrize(("days", "over"), [(0, False), (90, False), (91, True)])
def test_d11_after_90_days_an_accepted_finding_is_over(days: int, over: bool) -> None:
    finding = Finding("GHSA-x", "somewhere", DAY, "not reached by any call of ours")
    assert finding.is_over(DAY + timedelta(days=days)) is over


def test_d11_an_entry_that_lacks_something_is_named(tmp_path: Path) -> None:
    listed = tmp_path / "accepted.yml"
    listed.write_text("findings:\n  - {id: GHSA-x, package: y, accepted: 2026-03-01}\n", encoding="utf-8")
    with pytest.raises(TypeError, match="reason"):
        accepted(listed)


def test_d11_the_audit_passes_over_what_is_accepted_and_nothing_that_is_over(tmp_path: Path) -> None:
    now, old = (Finding(f"GHSA-{age}", "x", DAY - timedelta(days=age), "why not now") for age in (1, 91))
    command = audit_command(tmp_path / "requirements.txt", [now, old], DAY)
    ignored = [command[index + 1] for index, part in enumerate(command) if part == "--ignore-vuln"]
    assert ignored == ["GHSA-1"]
    assert "--strict" in command
