"""Writes the pages and tables of docs/ that other files know better; `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from actions.portal_client.ways import ways
from assistant.capabilities import CATALOGUE
from demo_portal.operations.table import OPERATIONS
from demo_portal.registry import TYPES
from docs.controls import controls_table
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
        "Each may come from a file instead, as containers do it: `CARELINE_SECRET_FILE=/run/secrets/careline`.",
        "",
        "| variable | in the demo | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{each.name}` | `{each.demo}`{' (secret)' if each.secret else ''} | {each.meaning} |" for each in TABLE
    ]
    return "\n".join(lines) + "\n"


def portal_page() -> str:
    """docs/portal.md with its two tables as the code has them."""
    return _with_tables("portal.md", ways=_ways_table(), types=_types_table())


def security_page() -> str:
    """docs/security.md with the controls and the tests that are there."""
    return _with_tables("security.md", controls=controls_table())


def _with_tables(name: str, **tables: str) -> str:
    """A page with its tables put between their marks; the words around them stay."""
    page = (HERE / name).read_text(encoding="utf-8")
    for mark, table in tables.items():
        start, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
        before, rest = page.split(start)
        page = f"{before}{start}\n{table}\n{end}{rest.split(end)[1]}"
    return page


def _ways_table() -> str:
    lines = [
        "| capability | what is asked of the portal | calls of the client | where the portal cannot |",
        "|---|---|---|---|",
    ]
    for name, way in ways().items():
        calls = ", ".join(f"`{call}`" for call in way.calls)
        otherwise = f"request `{way.request}`" if way.request else "hand-off"
        lines.append(f"| `{name}` | {way.fhir} | {calls} | {otherwise} |".replace("|date", "\\|date"))
    return "\n".join(lines)


def _types_table() -> str:
    lines = ["| type | interactions | search parameters | operations |", "|---|---|---|---|"]
    for served in TYPES:
        params = ", ".join(f"`{param.name}`" for param in served.params)
        named = [each.name for each in OPERATIONS if each.rtype == served.rtype and each.name != "validate"]
        operations = ", ".join(f"`${name}`" for name in named)
        whose = " (everybody's)" if served.shared else " (the assistant's)" if served.assistants else ""
        lines.append(f"| {served.rtype}{whose} | {', '.join(served.interactions)} | {params} | {operations} |")
    return "\n".join(lines)


PAGES = {
    "capabilities.md": capabilities_page,
    "portal.md": portal_page,
    "security.md": security_page,
    "settings.md": settings_page,
}


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
