"""Writes the pages of docs/ that other files know better: capabilities.md and settings.md; `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from assistant.capabilities import CATALOGUE
from settings import TABLE

HERE = Path(__file__).parent
LEGS = {"self": "oneself", "child": "child 0-11", "teen": "teen 12-17", "adult": "adult, with a grant"}


def capabilities_page() -> str:
    """The catalogue as tables, one an area."""
    rows = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["capabilities"]
    built = [row for row in rows if not row.get("planned")]
    lines = [
        "# What a patient can do",
        "",
        f"Generated from `assistant/capabilities.yml` by `make docs`. Built: {len(built)} of {len(rows)}; the others are understood and answered with where to get them done.",
    ]
    for area in dict.fromkeys(row["area"] for row in rows):
        lines += [
            "",
            f"## {area}",
            "",
            "| id | state | proof | on whose record | what the person gets |",
            "|---|---|---|---|---|",
        ]
        lines += [_capability_row(row) for row in rows if row["area"] == area]
    return "\n".join(lines) + "\n"


def _capability_row(row: dict[str, object]) -> str:
    state = "planned" if row.get("planned") else f"built, without: {row['missing']}" if row.get("missing") else "built"
    whose = ", ".join(LEGS[leg] for leg in list(row["acts_for"]))  # pyright: ignore[reportArgumentType]
    return f"| `{row['id']}` | {state} | {row['access']} | {whose} | {row['does']} |"


def settings_page() -> str:
    """Every environment variable of the assistant's processes."""
    lines = [
        "# Settings",
        "",
        "Environment variables of the gateway, the dialogue and the actions. Generated from `settings.py` by `make docs`.",
        "The value in the demo is also the default; for those marked secret it is refused outside demo mode.",
        "",
        "| variable | in the demo | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{each.name}` | `{each.demo}`{' (secret)' if each.secret else ''} | {each.meaning} |" for each in TABLE
    ]
    return "\n".join(lines) + "\n"


PAGES = {"capabilities.md": capabilities_page, "settings.md": settings_page}


def stale_pages() -> list[str]:
    """Names of the pages that are not what they would be if written now."""
    return [
        name
        for name, page in PAGES.items()
        if not (HERE / name).exists() or (HERE / name).read_text(encoding="utf-8") != page()
    ]


def main() -> None:
    if "--check" in sys.argv:
        sys.exit(f"Run `make docs`: {', '.join(stale_pages())}" if stale_pages() else 0)
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
