"""Mends misspelt words towards the words that the intents were trained on; real words of English and Spanish stay."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from assistant.components.words import plain_letters

# Shorter words have too many neighbours: "pay", "day", "may".
SHORTEST = 4
TWO_EDITS_FROM = 7


class WordList:
    """A set of words kept as sorted 32-bit checksums: one megabyte for 250,000 words, nothing to parse at start.

    One foreign word in 17,000 passes for a member, which costs that word its correction and nothing else.
    """

    def __init__(self, checksums: NDArray[np.uint32]) -> None:
        self.checksums = checksums

    @classmethod
    def of(cls, words: Iterable[str]) -> WordList:
        """The list of these words, compared without accents and case."""
        return cls(np.unique(np.fromiter((_checksum(plain_letters(word)) for word in words), dtype=np.uint32)))

    def __contains__(self, word: str) -> bool:
        checksum = np.uint32(_checksum(word))
        place = int(np.searchsorted(self.checksums, checksum))
        return place < len(self.checksums) and self.checksums[place] == checksum


def dictionary_of(languages: Sequence[str]) -> WordList:
    """The words that are spelt right in these languages; takes a second, so it belongs to training."""
    from spellchecker import SpellChecker

    return WordList.of(
        word for language in languages for word in SpellChecker(language=language, distance=1).word_frequency.words()
    )


class Speller:
    """Replaces a word nobody knows by the nearest word of the training sentences."""

    def __init__(self, counts: dict[str, int], dictionary: WordList) -> None:
        """`counts` says how often each word was seen in training; of two equally near words the commoner wins."""
        self._counts = counts
        self.dictionary = dictionary
        self._targets = [word for word in counts if len(word) >= SHORTEST]

    @classmethod
    def trained_on(cls, sentences: Iterable[Sequence[str]], dictionary: WordList) -> Speller:
        """A speller for the words of these sentences."""
        return cls(dict(Counter(word for sentence in sentences for word in sentence)), dictionary)

    @property
    def counts(self) -> dict[str, int]:
        """How often each known word stands in the training sentences."""
        return self._counts

    def knows(self, word: str) -> bool:
        """True when the word stands in the training sentences."""
        return word in self._counts

    def mend(self, word: str) -> str:
        """The word itself, or the nearest known one: one edit away from four letters on, two from seven on."""
        if len(word) < SHORTEST or self.knows(word) or word in self.dictionary:
            return word
        edits = 2 if len(word) >= TWO_EDITS_FROM else 1
        near = extract(word, self._targets, scorer=OSA.distance, score_cutoff=edits, limit=None)
        if not near:
            return word
        return min(near, key=lambda found: (found[1], found[0][0] != word[0], -self._counts[found[0]], found[0]))[0]


def _checksum(word: str) -> int:
    return zlib.crc32(word.encode())
