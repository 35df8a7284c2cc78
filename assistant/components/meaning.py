"""Learns which intent a sentence has from what it means, whatever its words are: two small layers over its vector
(`sentence_vectors`).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

HIDDEN = 256
ROUNDS = 25
PENALTY = 1e-2
FAINTEST = -20.0
"""No intent is less likely than this logarithm says, so that it can always be outvoted."""

Layers = list[NDArray[np.float32]]


class Meaning:
    """Weights and bias of both layers."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers

    @classmethod
    def trained_on(cls, vectors: NDArray[np.float32], labels: NDArray[np.int32]) -> Meaning:
        """Learn from a row for each sentence and the number of its intent; every number up to the highest occurs."""
        network = MLPClassifier((HIDDEN,), alpha=PENALTY, max_iter=ROUNDS, learning_rate_init=2e-3, random_state=0)
        with warnings.catch_warnings():
            # It is stopped early on purpose: longer, it learns the sentences by heart.
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted: Any = network.fit(vectors, labels)
        first, second = fitted.coefs_
        first_bias, second_bias = fitted.intercepts_
        if second.shape[1] == 1:
            # Two intents share one output; they lie on its two sides.
            second, second_bias = np.hstack([-second, second]) / 2, np.concatenate([-second_bias, second_bias]) / 2
        parts = (first, first_bias, second, second_bias)
        # In half precision as they are saved, so that what is saved is what was measured.
        return cls([part.astype(np.float16).astype(np.float32) for part in parts])

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The logarithm of each intent's probability, one row for each sentence."""
        first, first_bias, second, second_bias = self.layers
        hidden = np.maximum(vectors @ first + first_bias, 0.0)
        return np.maximum(log_softmax(hidden @ second + second_bias, axis=1), FAINTEST)
