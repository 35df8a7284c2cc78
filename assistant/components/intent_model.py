"""Learns which intent a sentence has, and says how sure it is and whether the sentence belongs here at all.

One linear model over words and letters for all languages (docs/decisions/0005-linear-intent-classifier.md), and a small
one over what a sentence means (docs/decisions/0013-sentence-vectors.md), added up. Nothing here knows Rasa.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.svm import LinearSVC

from assistant.components.features import Features
from assistant.components.meaning import Meaning
from assistant.components.speller import Speller, WordList, dictionary_of
from assistant.components.words import words_of
from sentence_vectors import encoder, vectors_of

FOLDS = 3
FOREIGN = "out_of_scope"
"""The intent of what does not belong here; the more a sentence is like it, the less it does."""
# The best value of a foreign sentence is about -1; the offset sets how much known words count beside the values.
SCORE_OFFSET = 3.0
SHARPEST = 30.0
# Weight of what intents of one group have in common, beside what is each one's own.
GROUP_SHARE = 0.5
# Weight of what the sentence means, beside its words.
MEANING_SHARE = 0.15


@dataclass(frozen=True)
class Recipe:
    """How a model is trained."""

    c: float = 0.5
    """Cost of a training sentence on the wrong side; higher follows the sentences closer."""
    reject: float = 0.05
    """Share of the training sentences that belong here, and that models which have not seen them would turn away."""
    languages: tuple[str, ...] = ("en", "es")
    """Languages whose real words the speller leaves alone."""
    groupings: tuple[Callable[[str], str], ...] = ()
    """Each gives the group of an intent (its verb, its area); intents of a group learn from each other's sentences."""


@dataclass(frozen=True)
class Reading:
    """What the model makes of one message."""

    ranking: list[tuple[str, float]]
    """Every intent with its probability, likeliest first."""
    in_scope: float
    """Higher for messages that are like the training sentences; compare with the model's threshold."""
    known_words: float
    """Share of the words, after mending, that stand in the training sentences; 0 when there is no word."""
    mended_words: int
    """How many words the speller replaced."""


@dataclass(frozen=True)
class _Said:
    """Sentences as both models see them; the meaning is that of the text as it was written, accents and all."""

    words: list[list[str]]
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Said:
        return cls([words_of(text) for text in texts], vectors_of(texts))

    def only(self, indexes: NDArray[np.intp]) -> _Said:
        return _Said([self.words[index] for index in indexes], self.vectors[indexes])


@dataclass(frozen=True)
class _Scores:
    values: NDArray[np.float32]
    known_words: NDArray[np.float32]
    mended_words: NDArray[np.int32]

    def in_scope(self, own: NDArray[np.bool_]) -> NDArray[np.float32]:
        """How much each sentence belongs here; `own` is False in the column of what does not, if that was learnt as well."""
        score = (self.values[:, own].max(axis=1) + SCORE_OFFSET) * (0.5 + 0.5 * self.known_words)
        return score - self.values[:, ~own].sum(axis=1)


@dataclass(frozen=True)
class _Course:
    """What the models of all folds have in common."""

    c: float
    dictionary: WordList
    groups: list[NDArray[np.intp]]
    """For each grouping, the group of each intent."""

    @classmethod
    def of(cls, recipe: Recipe, intents: list[str]) -> _Course:
        groups = [np.unique([group(name) for name in intents], return_inverse=True)[1] for group in recipe.groupings]
        # A single group tells nothing apart.
        return cls(recipe.c, dictionary_of(recipe.languages), [group for group in groups if group.max() > 0])


class _Scorer:
    """Speller, features, one weight for each feature and intent, and what the meaning adds."""

    def __init__(
        self,
        speller: Speller,
        features: Features,
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
        meaning: Meaning,
    ) -> None:
        self.speller = speller
        self.features = features
        self.weights = weights
        self.bias = bias
        self.meaning = meaning

    @classmethod
    def trained_on(cls, said: _Said, labels: NDArray[np.int32], course: _Course) -> _Scorer:
        features = Features.trained_on(said.words)
        rows = features.of(said.words)
        weights, bias = _planes(rows, labels, course.c)
        for group_of in course.groups:
            shared, offset = _planes(rows, group_of[labels], course.c)
            weights = weights + GROUP_SHARE * shared[:, group_of]
            bias = bias + GROUP_SHARE * offset[group_of]
        # Saved in half precision, which changes no ranking; what is saved has to be what was measured.
        # Row by row, or each message would cost a copy of the whole matrix.
        weights = weights.astype(np.float16).astype(np.float32, order="C")
        speller = Speller.trained_on(said.words, course.dictionary)
        return cls(speller, features, weights, bias.astype(np.float32), Meaning.trained_on(said.vectors, labels))

    def scores(self, said: _Said) -> _Scores:
        mended = [[self.speller.mend(word) for word in words] for words in said.words]
        known = [sum(map(self.speller.knows, words)) / max(len(words), 1) for words in mended]
        changed = [sum(a != b for a, b in zip(*pair, strict=True)) for pair in zip(said.words, mended, strict=True)]
        meant = MEANING_SHARE * self.meaning.scores(said.vectors)
        values = self.features.of(mended) @ self.weights + self.bias + meant
        return _Scores(values, np.array(known, dtype=np.float32), np.array(changed, dtype=np.int32))


class IntentModel:
    """A trained model; `read` is all that a conversation needs."""

    def __init__(self, intents: list[str], scorer: _Scorer, temperature: float, threshold: float) -> None:
        self.intents = intents
        self.temperature = temperature
        self.threshold = threshold
        self._scorer = scorer
        self._own = _own(intents)

    @classmethod
    def trained_on(cls, texts: Sequence[str], intents: Sequence[str], recipe: Recipe | None = None) -> IntentModel:
        """Learn from texts and the intent of each.

        Raises:
            ValueError: there are fewer than two intents, or one of them has fewer texts than there are folds.
        """
        recipe = recipe or Recipe()
        names = sorted(set(intents))
        if len(names) < 2 or min(Counter(intents).values()) < FOLDS:
            raise ValueError(f"An intent classifier needs two intents or more and at least {FOLDS} sentences for each.")
        said = _Said.of(texts)
        labels = np.array([names.index(intent) for intent in intents], dtype=np.int32)
        course = _Course.of(recipe, names)
        truth, unseen = _out_of_fold(said, labels, course)
        own = _own(names)
        return cls(
            intents=names,
            scorer=_Scorer.trained_on(said, labels, course),
            temperature=_temperature(unseen.values, truth),
            threshold=float(np.quantile(unseen.in_scope(own)[own[truth]], recipe.reject)),
        )

    def read(self, text: str) -> Reading:
        """What the model makes of a message."""
        scores = self._scorer.scores(_Said.of([text]))
        confidences = softmax(scores.values[0] * self.temperature)
        order = np.argsort(-confidences, kind="stable")
        return Reading(
            ranking=[(self.intents[index], float(confidences[index])) for index in order],
            in_scope=float(scores.in_scope(self._own)[0]),
            known_words=float(scores.known_words[0]),
            mended_words=int(scores.mended_words[0]),
        )

    def save(self, folder: Path) -> None:
        """Write the model to a folder as two files, JSON and plain arrays."""
        scorer = self._scorer
        words, letters = scorer.features.weights
        described = {
            "intents": self.intents,
            "temperature": self.temperature,
            "threshold": self.threshold,
            "counts": scorer.speller.counts,
            "terms": scorer.features.terms,
        }
        (folder / "model.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "model.npz",
            words=words,
            letters=letters,
            weights=scorer.weights.astype(np.float16),
            bias=scorer.bias,
            **{f"meaning_{at}": layer.astype(np.float16) for at, layer in enumerate(scorer.meaning.layers)},
            dictionary=scorer.speller.dictionary.checksums,
        )

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read a model that `save` wrote.

        Raises:
            FileNotFoundError: the folder holds no model.
        """
        described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        # Now, not when the first person says something.
        encoder()
        with np.load(folder / "model.npz", allow_pickle=False) as arrays:
            scorer = _Scorer(
                speller=Speller(described["counts"], WordList(arrays["dictionary"])),
                features=Features.restored(described["terms"], [arrays["words"], arrays["letters"]]),
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"],
                meaning=Meaning([arrays[f"meaning_{at}"].astype(np.float32) for at in range(4)]),
            )
        return cls(described["intents"], scorer, described["temperature"], described["threshold"])


def _own(intents: list[str]) -> NDArray[np.bool_]:
    return np.array([intent != FOREIGN for intent in intents])


def _planes(rows: csr_matrix, labels: NDArray[np.int32], c: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and bias of the plane that parts each class from all others."""
    svc = LinearSVC(C=c, random_state=0).fit(rows, labels)
    weights, bias = np.asarray(svc.coef_).T, np.asarray(svc.intercept_)
    if len(bias) > 1:
        return weights, bias
    # One plane parts two classes; they lie on its two sides.
    return np.hstack([-weights, weights]), np.concatenate([-bias, bias])


def _out_of_fold(said: _Said, labels: NDArray[np.int32], course: _Course) -> tuple[NDArray[np.int32], _Scores]:
    """The label and the scores of every sentence, by a model that has not seen the sentence."""
    folds = _folds(labels)
    truth, scores = [], []
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        scorer = _Scorer.trained_on(said.only(seen), labels[seen], course)
        truth.append(labels[unseen])
        scores.append(scorer.scores(said.only(unseen)))
    return np.concatenate(truth), _joined(scores)


def _joined(scores: list[_Scores]) -> _Scores:
    return _Scores(
        np.concatenate([part.values for part in scores]),
        np.concatenate([part.known_words for part in scores]),
        np.concatenate([part.mended_words for part in scores]),
    )


def _folds(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Deal the sentences of each intent out in turn, so that every fold has its share of every intent."""
    dealt: dict[int, int] = defaultdict(int)
    folds = np.zeros(len(labels), dtype=np.int32)
    for index, label in enumerate(labels.tolist()):
        folds[index] = dealt[label] % FOLDS
        dealt[label] += 1
    return folds


def _temperature(values: NDArray[np.float32], truth: NDArray[np.int32]) -> float:
    """The factor that makes the softmax of unseen sentences as right as it is confident (least log loss)."""

    def loss(factor: float) -> float:
        return -float(log_softmax(values * factor, axis=1)[np.arange(len(truth)), truth].mean())

    found: Any = minimize_scalar(loss, bounds=(0.1, SHARPEST), method="bounded")
    return float(found.x)
