"""Hears danger however it is put, from thousands of sentences that were written by hand for both languages.

Logistic regression over which words, pairs of words and letter groups occur, learned by `channels.emergency.training`.
Plain arithmetic on a file of weights; without the file it hears nothing and the patterns go on alone.
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
MOST_WORDS = 250
WINDOW = 24
STRIDE = 12
"""A long message is also read in overlapping stretches, so that one clause is not drowned by the rest."""

FEWEST = 2
"""A message of fewer words says too little; the patterns read it alone."""

SHORTEST_SENTENCE = 3

LENGTH_POWER = 0.7
"""How much a longer message's features are weighed down; between a sum (0) and a mean (1)."""

SHORT = 20
"""Added to the number of features, so that one telling word in a message of two does not decide alone."""

_WORD = re.compile(r"[a-z]+|\d+")
_SENTENCE_END = re.compile(r"[.!?;\n]+")
_GROUPS = (3, 4, 5)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hunch:
    """What a message sounds like, and how surely (0 to 1)."""

    kind: str
    chance: float


class LearnedEar:
    """The weights of both languages together, for people mix them."""

    def __init__(self, kinds: list[str], bias: list[float], weights: Mapping[str, list[float]]) -> None:
        self._kinds = kinds
        self._bias = bias
        self._weights = weights
        self._none = [0.0] * len(kinds)
        self._words: dict[str, tuple[list[float], int]] = {}

    def hunch(self, text: str) -> Hunch:
        """The most dangerous reading of the plain `text`, of any sentence of it, or of any stretch when it is long."""
        words, parts = parts_of(text)
        if len(words) < FEWEST:
            return Hunch(NOTHING, 0.0)
        so_far = [(self._none, 0)]
        for place in range(len(words)):
            sums, count = so_far[-1]
            alone, how_many = self._alone(words[place])
            beside = beside_it(words, place)
            so_far.append((self._added(sums, beside, alone), count + how_many + len(beside)))
        return max((self._between(so_far[a], so_far[b]) for a, b in parts), key=lambda h: h.chance)

    def _alone(self, word: str) -> tuple[list[float], int]:
        """What a word adds by itself, and by how many features; remembered for the words that were learned, no others."""
        known = self._words.get(word)
        if known is None:
            found = of_word(word)
            known = self._added(self._none, found), len(found)
            if found[0] in self._weights:
                self._words[word] = known
        return known

    def _added(self, sums: list[float], found: list[str], *more: list[float]) -> list[float]:
        rows = [self._weights[feature] for feature in found if feature in self._weights]
        return [sum(column) for column in zip(sums, *more, *rows, strict=True)]

    def _between(self, start: tuple[list[float], int], end: tuple[list[float], int]) -> Hunch:
        scale = scale_of(end[1] - start[1])
        scores = [(b - a) * scale + bias for a, b, bias in zip(start[0], end[0], self._bias, strict=True)]
        highest = max(scores)
        parts = {kind: math.exp(score - highest) for kind, score in zip(self._kinds, scores, strict=True)}
        kind = max((kind for kind in self._kinds if kind != NOTHING), key=lambda each: parts[each])
        return Hunch(kind, 1 - parts[NOTHING] / sum(parts.values()))


def load(path: Path = WEIGHTS) -> LearnedEar | None:
    """The weights; None when the file is missing or broken, so that the patterns go on alone."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return LearnedEar(kept["kinds"], kept["bias"], kept["weights"])
    except (OSError, ValueError, KeyError, TypeError):
        logger.error("event=emergency_weights_unreadable")
        return None


def scale_of(count: int) -> float:
    """What the sum of the weights of so many features is multiplied by."""
    return (count + SHORT) ** -LENGTH_POWER


def words_of(text: str) -> list[str]:
    """The words of the plain `text`; numbers count only as being there."""
    return ["0" if word[0].isdigit() else word for word in _WORD.findall(text)][:MOST_WORDS]


def parts_of(text: str) -> tuple[list[str], set[tuple[int, int]]]:
    """The words of the plain `text`, and beginning and end of all of them, of each sentence and of each stretch."""
    pieces = [words_of(piece) for piece in _SENTENCE_END.split(text)]
    words = [word for piece in pieces for word in piece][:MOST_WORDS]
    return words, {*_stretches(len(words)), *_sentences(pieces, len(words))}


def _stretches(length: int) -> Iterator[tuple[int, int]]:
    """Beginning and end of the whole message, and of its overlapping stretches when it is long."""
    yield 0, length
    if length > WINDOW:
        yield from ((start, min(length, start + WINDOW)) for start in range(0, length - STRIDE, STRIDE))


def _sentences(pieces: list[list[str]], length: int) -> Iterator[tuple[int, int]]:
    """Beginning and end of each sentence that says something, when there are several."""
    begin = 0
    for piece in pieces:
        end = min(length, begin + len(piece))
        if end - begin >= SHORTEST_SENTENCE:
            yield begin, end
        begin = end


def features(words: list[str], place: int) -> list[str]:
    """The word at `place`, with its two left neighbours, and its letter groups."""
    return [*of_word(words[place]), *beside_it(words, place)]


def of_word(word: str) -> list[str]:
    """A word and its letter groups."""
    padded = f"<{word}>"
    groups = [padded[at : at + length] for length in _GROUPS for at in range(len(padded) - length + 1)]
    return [f"{word}_", *groups]


def beside_it(words: list[str], place: int) -> list[str]:
    """The word at `place` with each of its two left neighbours."""
    found = [f"{words[place - 1]} {words[place]}"] if place else []
    return [*found, f"{words[place - 2]} ~ {words[place]}"] if place > 1 else found
