"""The sentences the learned ear learns from: danger, its harmless twins, and ordinary requests, by hand and language.

Each file of `sentences/<language>/` was written by one hand, sentence by sentence: `danger_*.txt` (category, tab,
sentence), `near_*.txt` and `ordinary_*.txt`. What tests measure with lies in tests/data and is never learned from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

HERE = Path(__file__).parent / "sentences"
EXAMPLES = Path(__file__).parents[2] / "assistant" / "data" / "nlu"
LANGUAGES = ("en", "es")
NOTHING = "nothing"
DANGER = "emergency"
KINDS = {
    "suicide": "crisis",
    "postpartum": "postpartum",
    "violence": "violence",
    "poison_overdose": "poison",
    "pregnancy": "pregnancy",
}
"""Categories that have an answer of their own; every other danger is an emergency."""

INTENTS = {"report_emergency": DANGER, "report_crisis": "crisis"}
ASSISTANT = "assistant"

type Group = Literal["danger", "near", "ordinary"]

_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Sentence:
    """A sentence with what it is and who wrote it."""

    text: str
    language: str
    kind: str
    """What the answer has to be: nothing, emergency, poison, pregnancy, crisis, postpartum or violence."""
    group: Group
    hand: str


def sentences() -> list[Sentence]:
    """All of them: by hand, and the examples of the assistant's intents."""
    return [each for language in LANGUAGES for each in (*_by_hand(language), *_of_the_assistant(language))]


def read_danger(path: Path) -> list[tuple[str, str]]:
    """Category and sentence of each line."""
    pairs = [line.split("\t", 1) for line in read_lines(path)]
    return [(category, text) for category, text in pairs]


def read_lines(path: Path) -> list[str]:
    """The lines of a file of sentences, without comments; of `category, tab, sentence` all of it."""
    written = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in written if line.strip() and not line.startswith("#")]


def ordinary(language: str) -> list[str]:
    """The assistant's examples of everything but danger, without the marks of entities, each once."""
    return [each.text for each in _of_the_assistant(language) if each.group == "ordinary"]


def _by_hand(language: str) -> list[Sentence]:
    found: list[Sentence] = []
    for path in sorted((HERE / language).glob("*.txt")):
        group, _, hand = path.stem.partition("_")
        if group == "danger":
            pairs = read_danger(path)
            found += [Sentence(text, language, KINDS.get(name, DANGER), "danger", hand) for name, text in pairs]
            continue
        texts = [line.rpartition("\t")[2] for line in read_lines(path)]
        found += [Sentence(text, language, NOTHING, "near" if group == "near" else "ordinary", hand) for text in texts]
    return found


def _of_the_assistant(language: str) -> list[Sentence]:
    found: dict[str, Sentence] = {}
    for path in sorted((EXAMPLES / language).rglob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or []:
            # Synonyms and lookup tables have no intent.
            kind = INTENTS.get(group.get("intent"), NOTHING) if group.get("intent") else None
            for text in _texts(group) if kind else ():
                found[text] = Sentence(
                    text, language, kind or NOTHING, "danger" if kind != NOTHING else "ordinary", ASSISTANT
                )
    return list(found.values())


def _texts(group: dict[str, Any]) -> list[str]:
    written = [line.strip().removeprefix("-").strip() for line in str(group.get("examples") or "").splitlines()]
    return [_ANNOTATION.sub(r"\1", line) for line in written if line]
