"""Reads the folders of the seed in which each thing has a file of its own: articles, questionnaires."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from demo_portal.seed.sources import FOLDER, Entry

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def entries(folder: str) -> dict[str, Entry]:
    """What is in the YAML files of a folder, by the name of the file without its ending, in order of the names.

    Raises:
        ValueError: a file is empty or holds something else than one entry.
    """
    return {path.stem: _entry(folder, path.name) for path in sorted((FOLDER / folder).glob("*.yml"))}


@cache
def _entry(folder: str, name: str) -> Entry:
    found: Any = yaml.load((FOLDER / folder / name).read_text(encoding="utf-8"), Loader=_Loader)
    if not isinstance(found, dict):
        raise ValueError(f"{folder}/{name} holds no entry.")
    return found
