"""The table of docs/security.md: every control with the files that hold it and the tests that are named after it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests"


@dataclass(frozen=True)
class Control:
    """One row of controls.yml."""

    id: str
    group: str
    asvs: tuple[str, ...]
    """Requirements of OWASP ASVS 5.0, where one was looked up."""
    where: tuple[str, ...]
    """Paths from the top of the repository."""
    threat: str
    control: str
    later: str = ""

    @property
    def stem(self) -> str:
        """How the names of its tests begin: "test_v01_"."""
        return f"test_{self.id.lower().replace('-', '')}_"


def controls() -> list[Control]:
    """All rows, in their order."""
    return [Control(**{**row, "asvs": tuple(row["asvs"]), "where": tuple(row["where"])}) for row in _file()["controls"]]


@cache
def names_of_tests() -> list[tuple[str, str]]:
    """File and name of every test."""
    return [(path.name, name) for path in sorted(TESTS.rglob("test_*.py")) for name in _test_names(path)]


@cache
def shown_by() -> dict[str, dict[str, int]]:
    """For every control, the test files that show it and how many tests of each are named after it."""
    found: dict[str, dict[str, int]] = {}
    for control in controls():
        for file, name in names_of_tests():
            if name.startswith(control.stem):
                shown = found.setdefault(control.id, {})
                shown[file] = shown.get(file, 0) + 1
    return found


def controls_table() -> str:
    """The rows by group, in Markdown."""
    shown, lines = shown_by(), list[str]()
    for group, title in _file()["groups"].items():
        lines += [
            "",
            f"### {title}",
            "",
            "| id | against | control | where | tests | ASVS 5 |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(each, shown.get(each.id, {})) for each in controls() if each.group == group]
    return "\n".join(lines).strip()


def _row(control: Control, shown: dict[str, int]) -> str:
    where = ", ".join(f"`{path}`" for path in control.where)
    tests = ", ".join(f"`{file}` ({count})" for file, count in shown.items()) or "**none**"
    later = f" *Later: {control.later}.*" if control.later else ""
    asvs = ", ".join(control.asvs)
    return f"| {control.id} | {control.threat} | {control.control}.{later} | {where} | {tests} | {asvs} |"


def _test_names(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return [each.name for each in functions if each.name.startswith("test_")]


def _file() -> dict[str, Any]:
    return yaml.safe_load((HERE / "controls.yml").read_text(encoding="utf-8"))
