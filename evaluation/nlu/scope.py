"""Whether a system knows what it does not know: what it turns away, and how right it is when it says how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score, roc_curve

from evaluation.nlu.predictions import OUT_OF_SCOPE, Prediction
from evaluation.nlu.sentences import Sentence

TOLERATED = 0.05
"""Share of sentences that belong here and may be turned away, at which systems are compared."""
BINS = 10
POINTS = 200


def scope(sentences: Sequence[Sentence], predictions: Sequence[Prediction]) -> dict[str, Any]:
    """How much of what does not belong here is caught, and what that costs.

    `auroc`, `caught_at_5_percent` and `curve` (pairs of turned away and caught) do without a threshold; `in_use` is what the
    system decides itself. All are None when DATA has no line of one of the two kinds.
    """
    foreign = np.array([line.intent == OUT_OF_SCOPE for line in sentences])
    decided = np.array([said.judged == OUT_OF_SCOPE for said in predictions])
    counted: dict[str, Any] = {
        "lines": int(foreign.sum()),
        "in_scope_lines": int((~foreign).sum()),
        "in_use": {
            "caught": _share(decided[foreign]),
            "in_scope_turned_away": _share(decided[~foreign]),
        },
    }
    if foreign.all() or not foreign.any():
        return counted | {"auroc": None, "caught_at_5_percent": None, "curve": []}
    strangeness = -np.array([said.belonging for said in predictions])
    turned_away, caught, _ = roc_curve(foreign, strangeness, drop_intermediate=False)
    return counted | {
        "auroc": rounded(roc_auc_score(foreign, strangeness)),
        "caught_at_5_percent": rounded(caught[turned_away <= TOLERATED].max()),
        "curve": _thinned(turned_away, caught),
    }


def calibration(sentences: Sequence[Sentence], predictions: Sequence[Prediction]) -> dict[str, Any]:
    """How right the likeliest intent is, by how likely it was said to be; of lines that belong here, before any threshold.

    `expected_error` is the mean distance between the two, weighted by lines (ECE over ten bins of equal width);
    `brier` the mean square of the distance to the truth.
    """
    pairs = [pair for pair in zip(sentences, predictions, strict=True) if pair[0].intent != OUT_OF_SCOPE]
    if not pairs:
        return {"expected_error": None, "brier": None, "bins": []}
    sure = np.array([said.nearest_confidence for _, said in pairs])
    right = np.array([said.nearest == line.intent for line, said in pairs], dtype=float)
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    bins = [
        {
            "from": bin_ / BINS,
            "lines": int((place == bin_).sum()),
            "confidence": rounded(sure[place == bin_].mean()),
            "accuracy": rounded(right[place == bin_].mean()),
        }
        for bin_ in range(BINS)
        if (place == bin_).any()
    ]
    error = sum(each["lines"] * abs(each["confidence"] - each["accuracy"]) for each in bins) / len(pairs)
    return {"expected_error": rounded(error), "brier": rounded(((sure - right) ** 2).mean()), "bins": bins}


def _thinned(turned_away: NDArray[np.float64], caught: NDArray[np.float64]) -> list[list[float]]:
    kept = np.unique(np.linspace(0, len(caught) - 1, min(POINTS, len(caught))).round().astype(int))
    return [[rounded(turned_away[at]), rounded(caught[at])] for at in kept]


def _share(decided: NDArray[np.bool_]) -> float | None:
    return rounded(decided.mean()) if len(decided) else None


def rounded(value: Any) -> float:
    """To four places, as every figure of the report is."""
    return round(float(value), 4)
