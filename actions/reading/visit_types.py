"""The kind of visit a text asks for, from the words in `actions/visit_types.yml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from actions.reading.words import fold

FILE = Path(__file__).parent.parent / "visit_types.yml"


@cache
def visit_types() -> dict[str, dict[str, Any]]:
    """Code -> its name by language and the folded words for it under `said`."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def visit_type_name(code: str, language: str) -> str:
    """What a visit type is called; a code the clinic added itself is said as it is."""
    return visit_types().get(code, {}).get(language) or code.replace("_", " ")


def read_visit_type(text: str) -> str | None:
    """The code of the visit type in a text; None when there is none.

    The longest words win, so that "allergy shot" is not a vaccine; a misspelt word of six letters or more is forgiven.
    """
    folded = fold(text)
    found = [
        (len(words), code) for code, row in visit_types().items() for words in row["said"] if _occurs(words, folded)
    ]
    if found:
        return max(found)[1]
    words = re.findall(r"[a-z]{6,}", folded)
    near = [
        (fuzz.ratio(word, said), code)
        for code, row in visit_types().items()
        for said in row["said"]
        for word in words
        if " " not in said and len(said) >= 6
    ]
    best = max(near, default=(0.0, ""))
    return best[1] if best[0] >= 86 else None


def _occurs(words: str, folded: str) -> bool:
    return re.search(rf"\b{re.escape(fold(words))}\b", folded) is not None
