"""The documentation cannot lie about commands, files, settings and capabilities."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.controls import Control, controls, names_of_tests, shown_by
from docs.generate import stale_pages

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def test_the_generated_pages_are_up_to_date() -> None:
    assert stale_pages() == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_exists(page: Path) -> None:
    assert set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))) <= targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_in_code_marks_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("{en,es}", "en")
    paths = re.findall(
        r"`((?:actions|assistant|channels|demo_portal|deploy|docs|evaluation|identity|simulator|tests)/[\w./-]*)`", text
    )
    # Pages name some files by a pattern; those end in the folder that holds them.
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"`(test_\w+_\w+_\w+)`", page.read_text(encoding="utf-8")))
    assert named - {name for _, name in names_of_tests()} == set()


@pytest.mark.parametrize("control", controls(), ids=lambda control: control.id)
def test_every_control_has_its_files_and_a_test_named_after_it(control: Control) -> None:
    assert [path for path in control.where if not (ROOT / path).exists()] == []
    assert shown_by().get(control.id), f"no test is called {control.stem}..."


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make test" in readme
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8")
