"""What the gateway says by itself, from sentences.yml: a few replies, and a sentence for every problem."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_SENTENCES = Path(__file__).parent / "sentences.yml"


@cache
def sentences() -> dict[str, Any]:
    """The file, read once."""
    return yaml.safe_load(_SENTENCES.read_text(encoding="utf-8"))


def reply_text(act: str, language: str, **values: object) -> str:
    """One of the gateway's own replies."""
    return sentences()["replies"][act][language].format(**values)


def malformed(what: str, language: str, **values: object) -> str:
    """What is wrong with a request, as the end of a sentence."""
    return sentences()["malformed"][what][language].format(**values)
