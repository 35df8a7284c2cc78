"""Hears danger that is said in a roundabout way and that no pattern holds; it can only cause a question, never an alarm.

Logistic regression over which letter groups and word pairs occur, learned by `channels.emergency.training` from
`tests/data` and the assistant's own examples. Plain arithmetic on a file of weights; without the file it hears nothing.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

WEIGHTS = Path(__file__).with_name("weights.json")
NOTHING = "nothing"
SURE = 0.9
"""From this chance of danger on a question is asked: at most 5 in 1,000 ordinary messages, docs/safety.md."""
MOST_WORDS = 250
WINDOW = 14
STRIDE = 7
"""A long message is also read in overlapping stretches, so that one clause is not drowned by the rest."""

FEWEST = 3
"""A message of fewer words says too little for a hunch; the patterns read it alone."""

_WORD = re.compile(r"[a-z]+|\d+")
_GROUPS = (3, 4, 5)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hunch:
    """What a message sounds like, and how surely (0 to 1)."""

    kind: str
    chance: float


class Oblique:
    """The weights of one language."""

    def __init__(self, kinds: list[str], bias: list[float], weights: Mapping[str, list[float]]) -> None:
        self._kinds = kinds
        self._bias = bias
        self._weights = weights
        self._none = [0.0] * len(kinds)

    def hunch(self, text: str) -> Hunch:
        """The most dangerous reading of the plain `text`, or of any stretch of it."""
        words = words_of(text)
        if len(words) < FEWEST:
            return Hunch(NOTHING, 0.0)
        so_far = [(self._none, 0)]
        for place in range(len(words)):
            sums, count = so_far[-1]
            found = list(features(words, place))
            so_far.append((self._added(sums, found), count + len(found)))
        return max((self._between(so_far[a], so_far[b]) for a, b in stretches(len(words))), key=lambda h: h.chance)

    def _added(self, sums: list[float], found: list[str]) -> list[float]:
        rows = [self._weights[feature] for feature in found if feature in self._weights]
        return [sum(column) for column in zip(sums, *rows, strict=True)]

    def _between(self, start: tuple[list[float], int], end: tuple[list[float], int]) -> Hunch:
        scale = 1 / math.sqrt(max(1, end[1] - start[1]))
        scores = [(b - a) * scale + bias for a, b, bias in zip(start[0], end[0], self._bias, strict=True)]
        highest = max(scores)
        parts = {kind: math.exp(score - highest) for kind, score in zip(self._kinds, scores, strict=True)}
        kind = max((kind for kind in self._kinds if kind != NOTHING), key=lambda each: parts[each])
        return Hunch(kind, 1 - parts[NOTHING] / sum(parts.values()))


def load(path: Path = WEIGHTS) -> dict[str, Oblique]:
    """The weights by language; empty when the file is missing or broken, so that the patterns go on alone."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {language: Oblique(model["kinds"], model["bias"], model["weights"]) for language, model in kept.items()}
    except (OSError, ValueError, KeyError, TypeError):
        logger.error("event=oblique_weights_unreadable")
        return {}


def words_of(text: str) -> list[str]:
    """The words of the plain `text`; numbers count only as being there."""
    return ["0" if word[0].isdigit() else word for word in _WORD.findall(text)][:MOST_WORDS]


def stretches(length: int) -> list[tuple[int, int]]:
    """Beginning and end of the whole message, and of its overlapping stretches when it is long."""
    if length <= WINDOW:
        return [(0, length)]
    return [(0, length), *((start, min(length, start + WINDOW)) for start in range(0, length - STRIDE, STRIDE))]


def features(words: list[str], place: int) -> Iterator[str]:
    """The word at `place`, with its left neighbour, and its letter groups."""
    word = words[place]
    yield f"{word}_"
    if place:
        yield f"{words[place - 1]} {word}"
    padded = f"<{word}>"
    for length in _GROUPS:
        yield from (padded[start : start + length] for start in range(len(padded) - length + 1))
