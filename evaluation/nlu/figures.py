"""The figures of one system over labelled sentences: how often it was right, where it was wrong, and how fast it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, precision_recall_fscore_support

from evaluation.nlu.predictions import OUT_OF_SCOPE, Prediction
from evaluation.nlu.readings import Reading
from evaluation.nlu.scope import calibration, rounded, scope
from evaluation.nlu.sentences import Sentence

MOST_CONFUSIONS = 60
MOST_MISTAKES = 200
NONE: Any = 0.0
"""What precision and F1 are where nothing was taken for an intent."""

type Pair = tuple[Sentence, Prediction]


def figures(
    sentences: Sequence[Sentence], languages: Sequence[str], predictions: Sequence[Prediction]
) -> dict[str, Any]:
    """Everything that is said of one system; shares are 0 to 1, rounded to four places.

    `nlu_fallback` and `out_of_scope` are one decision, so either is right for a line that expects `out_of_scope`.
    """
    pairs = list(zip(sentences, predictions, strict=True))
    spent = [prediction.milliseconds for prediction in predictions]
    return {
        "lines": len(pairs),
        **_accuracy(pairs),
        "by_style": _grouped(pairs, lambda at: pairs[at][0].style),
        "by_language": _grouped(pairs, lambda at: languages[at]),
        "by_intent": _by_intent(pairs),
        "confusions": confusions(pairs),
        "out_of_scope": scope(sentences, predictions),
        "calibration": calibration(sentences, predictions),
        "milliseconds": {"p50": rounded(np.percentile(spent, 50)), "p95": rounded(np.percentile(spent, 95))},
        "predictions": [_told(*pair) for pair in pairs],
    }


def of_readings(found: Sequence[Reading]) -> dict[str, Any]:
    """How many of the expected values the readers read, in all and by name; accuracy is None when none was assessed."""
    by_name = {name: [each for each in found if each.name == name] for name in sorted({each.name for each in found})}
    mistakes = [each for each in found if each.outcome in ("wrong", "missed")]
    return {
        **_outcomes(found),
        "by_name": {name: _outcomes(those) | {"why_not": _reasons(those)} for name, those in by_name.items()},
        "mistakes": [
            {"text": each.text, "name": each.name, "expected": each.expected, "read": _shown(each.read)}
            for each in mistakes[:MOST_MISTAKES]
        ],
    }


def confusions(pairs: Iterable[Pair]) -> list[dict[str, Any]]:
    """What was taken for what, the most frequent first."""
    counted = Counter((line.intent, said.predicted) for line, said in pairs if line.intent != said.judged)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"intent": intent, "predicted": predicted, "lines": count}
        for (intent, predicted), count in ordered[:MOST_CONFUSIONS]
    ]


def _accuracy(pairs: Sequence[Pair]) -> dict[str, Any]:
    inside = [pair for pair in pairs if pair[0].intent != OUT_OF_SCOPE]
    kept = [pair for pair in inside if pair[1].judged != OUT_OF_SCOPE]
    turned_away = [pair for pair in inside if pair[1].judged == OUT_OF_SCOPE]
    expected, judged = [line.intent for line, _ in pairs], [said.judged for _, said in pairs]
    # Averaged over what DATA expects: an intent without a sentence would count as never understood.
    macro: Any = f1_score(expected, judged, labels=sorted(set(expected)), average="macro", zero_division=NONE)
    return {
        "accuracy": _share(pairs, _is_right),
        "macro_f1": rounded(macro),
        "top2_accuracy": _share(pairs, lambda pair: _is_right(pair) or pair[1].among_first(pair[0].intent)),
        "in_scope": {
            "lines": len(inside),
            "accuracy": _share(inside, _is_right),
            "accuracy_before_threshold": _share(inside, lambda pair: pair[1].nearest == pair[0].intent),
            "top2_accuracy": _share(inside, lambda pair: pair[1].among_first(pair[0].intent)),
            "accuracy_of_kept": _share(kept, _is_right),
            "turned_away": _share(inside, lambda pair: pair[1].judged == OUT_OF_SCOPE),
            "right_among_two_when_turned_away": _share(turned_away, lambda pair: pair[1].among_first(pair[0].intent)),
        },
    }


def _grouped(pairs: Sequence[Pair], group_of: Callable[[int], str]) -> dict[str, dict[str, Any]]:
    places: dict[str, list[int]] = {}
    for at in range(len(pairs)):
        places.setdefault(group_of(at), []).append(at)
    return {
        group: {"lines": len(those), **_accuracy([pairs[at] for at in those])}
        for group, those in sorted(places.items())
    }


def _by_intent(pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    expected, judged = [line.intent for line, _ in pairs], [said.judged for _, said in pairs]
    intents = sorted(set(expected))
    measured: Any = precision_recall_fscore_support(expected, judged, labels=intents, zero_division=NONE)
    precision, recall, f1, lines = measured
    found = {}
    for at, intent in enumerate(intents):
        own = [pair for pair in pairs if pair[0].intent == intent]
        mistaken = Counter(said.predicted for _, said in own if said.judged != intent)
        found[intent] = {
            "lines": int(lines[at]),
            "accuracy": rounded(recall[at]),
            "precision": rounded(precision[at]),
            "f1": rounded(f1[at]),
            "top2_accuracy": _share(own, lambda pair: _is_right(pair) or pair[1].among_first(pair[0].intent)),
            "taken_for": dict(mistaken.most_common(5)),
        }
    return found


def _is_right(pair: Pair) -> bool:
    return pair[0].intent == pair[1].judged


def _told(line: Sentence, said: Prediction) -> dict[str, Any]:
    return {
        "text": line.text,
        "intent": line.intent,
        "predicted": said.predicted,
        "confidence": rounded(said.confidence),
        "nearest": [name for name, _ in said.ranking[:2]],
        "style": line.style,
        "right": _is_right((line, said)),
    }


def _outcomes(found: Sequence[Reading]) -> dict[str, Any]:
    counted = Counter(each.outcome for each in found)
    assessed = len(found) - counted["not_assessed"]
    return {
        "expected": len(found),
        "assessed": assessed,
        "right": counted["right"],
        "wrong": counted["wrong"],
        "missed": counted["missed"],
        "not_assessed": counted["not_assessed"],
        "accuracy": rounded(counted["right"] / assessed) if assessed else None,
    }


def _reasons(found: Sequence[Reading]) -> dict[str, int]:
    return dict(Counter(each.why for each in found if each.outcome == "not_assessed").most_common())


def _shown(read: Any) -> Any:
    return read if read is None or isinstance(read, (bool, int, str)) else str(read)


def _share(pairs: Sequence[Pair], holds: Callable[[Pair], bool]) -> float | None:
    """How many of them, 0 to 1; None of nothing."""
    return rounded(sum(holds(pair) for pair in pairs) / len(pairs)) if pairs else None
