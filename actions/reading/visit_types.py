"""The kind of visit a text asks for, from the words in `actions/visit_types.yml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.reading.misspelt import mended
from actions.reading.words import fold

FILE = Path(__file__).parent.parent / "visit_types.yml"
LONG = 6
REAL = frozenset({"contact", "fellow", "lentos", "lentas", "regula", "general", "annul"})
"""Words that are right as they are, one letter from a word for a visit."""


@cache
def visit_types() -> dict[str, dict[str, Any]]:
    """Code -> its name by language and the folded words for it under `said`."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def visit_type_name(code: str, language: str) -> str:
    """What a visit type is called; a code the clinic added itself is said as it is."""
    return visit_types().get(code, {}).get(language) or code.replace("_", " ")


@cache
def _words() -> tuple[str, ...]:
    """The long words of all kinds, towards which a misspelt word is mended."""
    said = {
        word for row in visit_types().values() for words in row["said"] for word in re.findall(r"[a-z]+", fold(words))
    }
    return tuple(sorted(word for word in said if len(word) >= LONG))


def read_visit_type(text: str) -> str | None:
    """The code of the visit type in a text; None when there is none.

    The longest words win, so that "allergy shot" is not a vaccine; a misspelt long word is forgiven.
    """
    folded = fold(text)
    right = re.sub(r"[a-z]{5,}", lambda found: _mended(found[0]), folded)
    found = [
        (len(words), code)
        for code, row in visit_types().items()
        for words in (row["en"], row["es"], *row["said"])
        if _occurs(words, folded) or _occurs(words, right)
    ]
    return max(found)[1] if found else None


def _mended(word: str) -> str:
    return word if word in REAL else mended(word, _words())


def _occurs(words: str, folded: str) -> bool:
    return re.search(rf"\b{re.escape(fold(words))}\b", folded) is not None
