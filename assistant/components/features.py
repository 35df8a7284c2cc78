"""Turns the words of a message into the numbers that the classifier weighs: words, pairs of words, letter groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

# Letter groups carry misspelt and run-together words; words and pairs carry the difference between close intents.
WORDS: dict[str, Any] = {"analyzer": "word", "token_pattern": r"\S+", "ngram_range": (1, 2)}
LETTERS: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (1, 4)}
KINDS = (WORDS, LETTERS)


class Features:
    """Two TF-IDF spaces side by side, each of unit length."""

    def __init__(self, vectorizers: Sequence[TfidfVectorizer]) -> None:
        self._vectorizers = vectorizers

    @classmethod
    def trained_on(cls, sentences: Sequence[Sequence[str]]) -> Features:
        """The spaces that these sentences span."""
        texts = [" ".join(words) for words in sentences]
        return cls([_vectorizer(kind).fit(texts) for kind in KINDS])

    @classmethod
    def restored(cls, terms: Sequence[Sequence[str]], weights: Sequence[NDArray[np.float32]]) -> Features:
        """The spaces that `terms` and `weights` of another instance describe."""
        vectorizers = []
        for kind, names, idf in zip(KINDS, terms, weights, strict=True):
            vectorizer = _vectorizer(kind, {name: index for index, name in enumerate(names)})
            vectorizer.idf_ = idf
            vectorizers.append(vectorizer)
        return cls(vectorizers)

    @property
    def terms(self) -> list[list[str]]:
        """The name of each column, one list for each space."""
        return [vectorizer.get_feature_names_out().tolist() for vectorizer in self._vectorizers]

    @property
    def weights(self) -> list[NDArray[np.float32]]:
        """The inverse document frequency of each column, one array for each space."""
        return [vectorizer.idf_ for vectorizer in self._vectorizers]

    def of(self, sentences: Sequence[Sequence[str]]) -> csr_matrix:
        """One row for each sentence."""
        texts = [" ".join(words) for words in sentences]
        return csr_matrix(hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers]))


def _vectorizer(kind: dict[str, Any], vocabulary: dict[str, int] | None = None) -> TfidfVectorizer:
    single: Any = np.float32
    return TfidfVectorizer(**kind, vocabulary=vocabulary, lowercase=False, sublinear_tf=True, dtype=single)
