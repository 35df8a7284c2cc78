"""Learns the weights of the learned ear; needs scikit-learn, which the gateway does not.

`python -m channels.emergency.training` writes the weights; `... measure` prints what is heard of each hand's sentences
by an ear that has learned from the other hands alone.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import checksums
from channels.emergency.learned import NOTHING, WEIGHTS, LearnedEar, features, parts_of, scale_of, words_of
from channels.emergency.message import plain
from channels.emergency.sentences import ASSISTANT, Sentence, sentences

WEIGHT = {"danger": 6.0, "near": 6.0, "ordinary": 6.0}
LEAST_OFTEN = 2
TOO_SMALL = 0.6
SEED = 11
SLIPS_PER_WORD = 6
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def learn(learned_from: list[Sentence]) -> dict[str, Any]:
    """The weights as they are kept."""
    # Slow to import and big; the gateway does without it.
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = [each for row in (*learned_from, *misspelt(learned_from)) for each in in_pieces(row)]
    found = [_features(each.text) for each in rows]
    analyzer: Any = _as_it_is
    counter: Any = CountVectorizer(analyzer=analyzer, min_df=LEAST_OFTEN)
    counts: Any = counter.fit_transform(found)
    rarity = np.log((1 + counts.shape[0]) / (1 + np.asarray((counts > 0).sum(axis=0)).ravel())) + 1
    scaled = counts.multiply([[scale_of(len(each))] for each in found]).multiply(rarity).tocsr()
    model: Any = LogisticRegression(C=2.0, max_iter=1500, tol=1e-3)
    model.fit(scaled, [each.kind for each in rows], sample_weight=[WEIGHT[each.group] for each in rows])
    weights = zip(counter.get_feature_names_out(), (model.coef_ * rarity).T.tolist(), strict=True)
    return {
        "kinds": [str(kind) for kind in model.classes_],
        "bias": [round(value, 3) for value in model.intercept_.tolist()],
        "weights": {str(name): [round(w, 1) for w in row] for name, row in weights if max(map(abs, row)) >= TOO_SMALL},
    }


def in_pieces(row: Sentence) -> list[Sentence]:
    """The message, and each part of it that the ear judges by itself, where that must be harmless as well."""
    if row.kind != NOTHING:
        return [row]
    words, parts = parts_of(plain(row.text))
    return [row, *(replace(row, text=" ".join(words[a:b])) for a, b in parts - {(0, len(words))})]


def misspelt(rows: list[Sentence]) -> list[Sentence]:
    """Each sentence but the ordinary ones once more with slips of the finger."""
    dice = random.Random(SEED)
    return [replace(each, text=_slipped(each.text, dice)) for each in rows if each.group != "ordinary"]


def kept_back(all_of_them: list[Sentence]) -> Iterable[tuple[Sentence, float]]:
    """Every sentence of a hand with its chance of danger from weights that never saw that hand."""
    for hand in sorted({each.hand for each in all_of_them} - {ASSISTANT}):
        made = learn([each for each in all_of_them if each.hand != hand])
        ear = LearnedEar(made["kinds"], made["bias"], made["weights"])
        for each in all_of_them:
            if each.hand == hand:
                yield each, ear.hunch(plain(each.text)).chance


def measure() -> None:
    """Print, by language, hand and threshold, how much danger is heard and how much other talk is disturbed."""
    chances = list(kept_back(sentences()))
    for key in sorted({(each.language, each.hand, each.group) for each, _ in chances}):
        found = [chance for each, chance in chances if (each.language, each.hand, each.group) == key]
        shares = " ".join(f"{t}: {sum(chance >= t for chance in found) / len(found):.1%}" for t in THRESHOLDS)
        print(*key, len(found), shares)


def main(arguments: list[str]) -> None:
    """Write the weights, or measure them."""
    if arguments == ["measure"]:
        measure()
        return
    made = learn(sentences())
    WEIGHTS.write_text(json.dumps(made, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
    checksums.write(WEIGHTS)
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size // 1000} kB")


def _features(text: str) -> list[str]:
    words = words_of(plain(text))
    return [feature for place in range(len(words)) for feature in features(words, place)]


def _slipped(text: str, dice: random.Random) -> str:
    words = text.split()
    for _ in range(max(1, len(words) // SLIPS_PER_WORD)):
        place = dice.randrange(len(words))
        words[place] = _misspelt(words[place], dice)
    return " ".join(words)


def _misspelt(word: str, dice: random.Random) -> str:
    """The word with a letter lost, swapped or doubled; a short one as it is."""
    if len(word) < 4:
        return word
    at = dice.randrange(len(word) - 1)
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[: at + 1] + word[at:],
    )
    return dice.choice(slips)


def _as_it_is(found: list[str]) -> list[str]:
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
