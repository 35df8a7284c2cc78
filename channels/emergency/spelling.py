"""Mends misspelt danger words and leaves every ordinary word of either language alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import combinations

from rapidfuzz.distance import OSA, Indel
from spellchecker import SpellChecker

SHORTEST = 4
LONG_WORD = 8
LONGEST_WORD = 20
COMMON = 60
"""A word met less often than this in the frequency lists may itself be a misspelling."""

_CLITIC = re.compile(r"(?:me|te|se|nos|l[aeo]s?){1,2}$")
_SOUNDS = (("ll", "y"), ("qu", "c"), ("k", "c"), ("v", "b"), ("z", "s"), ("ce", "se"), ("ci", "si"), ("ge", "je"), ("gi", "ji"),
           ("mb", "nb"), ("mp", "np"), ("h", ""), ("x", "s"), ("rr", "r"))  # fmt: skip


class Spelling:
    """Knows the words that the patterns look for; finds them behind one wrong letter, or two in a long word.

    `careful` takes only slips that do not make another real word likely (a letter lost, doubled or swapped, a sound
    written otherwise), for a language whose word list lacks inflected forms.
    """

    def __init__(self, vocabulary: Iterable[str], ordinary: Iterable[str], careful: bool) -> None:
        self._wanted = frozenset(vocabulary)
        self._ordinary = _common_words() | frozenset(ordinary)
        self._careful = careful
        self._behind: dict[str, list[str]] = {}
        for word in sorted(w for w in self._wanted if len(w) >= SHORTEST):
            for cut in _shortened(word):
                self._behind.setdefault(cut, []).append(word)

    def mend(self, word: str) -> tuple[str, ...]:
        """The danger words nearest to `word`, or `word` alone when it is an ordinary one or none is near."""
        if word in self._wanted or not SHORTEST <= len(word) <= LONGEST_WORD or self._is_ordinary(word):
            return (word,)
        near = {wanted for cut in _shortened(word) for wanted in self._behind.get(cut, ())}
        ranked = sorted((OSA.distance(word, wanted), wanted) for wanted in near)
        fitting = [(distance, wanted) for distance, wanted in ranked if self._fits(word, wanted, distance)]
        return tuple(wanted for distance, wanted in fitting if distance == fitting[0][0]) or (word,)

    def _is_ordinary(self, word: str) -> bool:
        if word in self._ordinary:
            return True
        stem = _CLITIC.sub("", word)
        return self._careful and stem != word and (stem in self._ordinary or stem + "r" in self._ordinary)

    def _fits(self, word: str, wanted: str, distance: int) -> bool:
        if distance > (2 if min(len(word), len(wanted)) >= LONG_WORD else 1):
            return False
        return not self._careful or _is_slip(word, wanted, distance)


def _is_slip(word: str, wanted: str, distance: int) -> bool:
    if distance == 1 and (Indel.distance(word, wanted) == 1 or sorted(word) == sorted(wanted)):
        return True
    return Indel.distance(_sound(word), _sound(wanted)) <= (1 if len(word) >= LONG_WORD else 0)


def _sound(word: str) -> str:
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return word


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
