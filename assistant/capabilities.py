"""The catalogue of what the assistant can do, read from `capabilities.yml`; every layer is held against it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

CATALOGUE = Path(__file__).with_name("capabilities.yml")


@dataclass(frozen=True)
class Capability:
    """One thing a person can ask for."""

    id: str
    """Also the name of its intent."""
    area: str
    """Stem of its files in every layer."""
    access: str
    """public, verified, or step_up (a code of the last five minutes, asked for by this act)."""
    acts_for: tuple[str, ...]
    """self, child (0-11), teen (12-17), adult (18 and over, with an unexpired grant)."""
    kind: str
    """read, write, or guide."""
    title_en: str
    title_es: str
    """What it is called in the middle of a sentence, after 'I can ...'."""
    planned: bool
    """Understood, but answered with where to get it done until a later version."""
    missing: str | None
    """The part of its promise that a built row still lacks; None when it keeps all of it."""

    def title(self, language: str) -> str:
        return self.title_es if language == "es" else self.title_en


@dataclass(frozen=True)
class Capabilities:
    """All rows, in the catalogue's order."""

    rows: tuple[Capability, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(row.id for row in self.rows)

    def __getitem__(self, capability_id: str) -> Capability:
        return self._by_id()[capability_id]

    def __contains__(self, capability_id: object) -> bool:
        return capability_id in self._by_id()

    def _by_id(self) -> dict[str, Capability]:
        return {row.id: row for row in self.rows}

    @staticmethod
    @cache
    def load(path: Path = CATALOGUE) -> Capabilities:
        """Read the catalogue; a row with a missing or unknown key is a KeyError or TypeError that names it."""
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Capabilities(tuple(_row(**row) for row in loaded["capabilities"]))


def _row(
    *,
    id: str,
    area: str,
    access: str,
    acts_for: list[str],
    kind: str,
    does: str,
    title: dict[str, str],
    planned: bool = False,
    missing: str | None = None,
) -> Capability:
    del does  # prose for readers and for docs/capabilities.md
    return Capability(id, area, access, tuple(acts_for), kind, title["en"], title["es"], planned, missing)
