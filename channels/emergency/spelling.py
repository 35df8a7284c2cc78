"""Mends misspelt danger words and leaves every ordinary word of either language alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import combinations

from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

SHORTEST = 4
LONG_WORD = 8
LONGEST_WORD = 20
COMMON = 60
"""A word met less often than this in the frequency list may itself be a misspelling."""


class Spelling:
    """Knows the words that the patterns look for; finds them behind one wrong letter, or two in a long word."""

    def __init__(self, vocabulary: Iterable[str], ordinary: Iterable[str] = ()) -> None:
        self._wanted = frozenset(vocabulary)
        self._ordinary = _common_words() | frozenset(ordinary)
        self._behind: dict[str, list[str]] = {}
        for word in sorted(w for w in self._wanted if len(w) >= SHORTEST):
            for cut in _shortened(word):
                self._behind.setdefault(cut, []).append(word)

    def mend(self, word: str) -> str:
        """The danger word that `word` most likely means, or `word` itself."""
        if word in self._wanted or word in self._ordinary or not SHORTEST <= len(word) <= LONGEST_WORD:
            return word
        near = {wanted for cut in _shortened(word) for wanted in self._behind.get(cut, ())}
        ranked = sorted((OSA.distance(word, wanted), wanted[0] != word[0], wanted) for wanted in near)
        return next((wanted for distance, _, wanted in ranked if distance <= _allowed(word, wanted)), word)


def _allowed(word: str, wanted: str) -> int:
    return 2 if min(len(word), len(wanted)) >= LONG_WORD else 1


def _shortened(word: str) -> set[str]:
    # Two words within n edits share a form with at most n letters left out of each.
    most = 2 if len(word) >= LONG_WORD - 1 else 1
    return {"".join(kept) for cut in range(most + 1) for kept in combinations(word, len(word) - cut)}


@cache
def _common_words() -> frozenset[str]:
    words: set[str] = set()
    for language in ("en", "es"):
        counts = SpellChecker(language=language).word_frequency.dictionary
        words.update(_without_accents(word) for word, count in counts.items() if count >= COMMON)
    return frozenset(words)


def _without_accents(word: str) -> str:
    return word.translate(str.maketrans("áéíóúüñ", "aeiouun")).replace("'", "")
