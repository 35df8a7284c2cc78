"""Writes which test passed on which server, for people to read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

TARGETS = ("demo", "postgres", "foreign", "server")
WORDS = {
    "demo": "demo portal, SQLite",
    "postgres": "demo portal, PostgreSQL",
    "foreign": "Medplum's engine",
    "server": "given server",
}
_seen: dict[str, dict[str, str]] = {}
"""What became of each test, by target."""


def note(item: pytest.Item, report: pytest.TestReport) -> None:
    """Remember what became of a test on its target."""
    call = getattr(item, "callspec", None)
    name: str | None = call.params.get("target") if call else None
    if call is None or name not in TARGETS:
        return
    by_target = _seen.setdefault(_row(item, call.id, name), {})
    if report.failed:
        by_target[name] = "**failed**"
    elif report.skipped:
        by_target[name] = _why(report)
    elif report.when == "call":
        by_target.setdefault(name, "passed")


def write(path: Path) -> None:
    """Write the table, unless only one of our own targets was asked."""
    asked = [name for name in TARGETS if any(name in by_target for by_target in _seen.values())]
    if len(asked) < 2 and "server" not in asked:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_lines(asked)) + "\n", encoding="utf-8")


def _lines(asked: list[str]) -> list[str]:
    found = ["# The contract, server by server", "", f"Run on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.", ""]
    found += [f"- {WORDS[name]}: {_count(name)}" for name in asked]
    found += ["", f"| Test | {' | '.join(WORDS[name] for name in asked)} |", f"|---|{'---|' * len(asked)}"]
    for test, by_target in sorted(_seen.items()):
        found.append(f"| {test} | {' | '.join(by_target.get(name, 'not run') for name in asked)} |")
    return found


def _row(item: pytest.Item, case: str, target: str) -> str:
    """File, test and case, the same for each target."""
    other = f"-{case}-".replace(f"-{target}-", "-", 1).strip("-").replace("|", "/").replace("`", "")
    test = item.nodeid.partition("[")[0].rpartition("/")[2]
    return f"`{test}[{other}]`" if other else f"`{test}`"


def _count(name: str) -> str:
    said = [by_target[name] for by_target in _seen.values() if name in by_target]
    passed, failed = said.count("passed"), said.count("**failed**")
    return f"{passed} passed, {failed} failed, {len(said) - passed - failed} not asked"


def _why(report: pytest.TestReport) -> str:
    words = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return words.removeprefix("Skipped: ").replace("not stated by the server", "not capable").replace("|", "/")
