"""Learns the weights of `channels.emergency.oblique`; needs scikit-learn, which the gateway does not.

`python -m channels.emergency.training` writes the weights; `... measure` prints what they do on sentences kept back.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import checksums
from channels.emergency.message import plain
from channels.emergency.oblique import NOTHING, WEIGHTS, Oblique, features, words_of

ROOT = Path(__file__).parents[2]
SENTENCES = ROOT / "tests" / "data"
EXAMPLES = ROOT / "assistant" / "data" / "nlu"
LANGUAGES = ("en", "es")
DANGER = "emergency"
KINDS = {"suicide": "crisis", "postpartum": "crisis", "violence": "violence"}
NOT_ORDINARY = frozenset(("report_emergency", "report_crisis"))
FOLDS = 5
TOO_SMALL = 0.8
LEAST_OFTEN = 2

_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Example:
    """A sentence with what it is, and how much it counts; `group` tells apart what was written to be tested."""

    text: str
    kind: str
    weight: float
    group: str


def examples(language: str) -> list[Example]:
    """All sentences of one language: emergencies, near misses, and the assistant's ordinary examples."""
    found = [Example(text, KINDS.get(category, DANGER), 6.0, "danger") for category, text in emergencies(language)]
    found += [Example(text, NOTHING, 6.0, "near") for text in lines(f"near_misses.{language}.txt")]
    found += [Example(text, NOTHING, 1.0, "ordinary") for text in ordinary(language)]
    return found


def emergencies(language: str) -> list[tuple[str, str]]:
    """Category and sentence of every emergency."""
    pairs = [line.split("\t", 1) for line in lines(f"emergencies.{language}.txt")]
    return [(category, text) for category, text in pairs]


def lines(name: str) -> list[str]:
    """The lines of a file of sentences, without comments."""
    written = (SENTENCES / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in written if line.strip() and not line.startswith("#")]


def ordinary(language: str) -> list[str]:
    """The assistant's examples of everything but danger, without the marks of entities, each once."""
    found: dict[str, None] = {}
    for path in sorted((EXAMPLES / language).rglob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or []:
            if group.get("intent", "") and group["intent"] not in NOT_ORDINARY:
                found.update(dict.fromkeys(_texts(group)))
    return list(found)


def learn(learned_from: list[Example]) -> dict[str, Any]:
    """The weights as they are kept."""
    # Slow to import and big; the gateway does without it.
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    found = [_features(each.text) for each in learned_from]
    analyzer: Any = _as_it_is
    counter: Any = CountVectorizer(analyzer=analyzer, min_df=LEAST_OFTEN)
    counts: Any = counter.fit_transform(found)
    rarity = np.log((1 + counts.shape[0]) / (1 + np.asarray((counts > 0).sum(axis=0)).ravel())) + 1
    scaled = counts.multiply([[len(each or "-") ** -0.5] for each in found]).multiply(rarity).tocsr()
    model: Any = LogisticRegression(C=3.0, max_iter=3000, tol=1e-3)
    model.fit(scaled, [each.kind for each in learned_from], sample_weight=[each.weight for each in learned_from])
    weights = zip(counter.get_feature_names_out(), (model.coef_ * rarity).T.tolist(), strict=True)
    return {
        "kinds": [str(kind) for kind in model.classes_],
        "bias": [round(value, 3) for value in model.intercept_.tolist()],
        "weights": {str(name): [round(w, 1) for w in row] for name, row in weights if max(map(abs, row)) >= TOO_SMALL},
    }


def _features(text: str) -> list[str]:
    words = words_of(plain(text))
    return [feature for place in range(len(words)) for feature in features(words, place)]


def kept_back(all_of_them: list[Example]) -> Iterable[tuple[Example, float]]:
    """Every example with its chance of danger from weights that were learned without it."""
    for fold in range(FOLDS):
        rest = [each for index, each in enumerate(all_of_them) if index % FOLDS != fold]
        made = learn(rest)
        model = Oblique(made["kinds"], made["bias"], made["weights"])
        for index, each in enumerate(all_of_them):
            if index % FOLDS == fold:
                yield each, model.hunch(plain(each.text)).chance


def measure(language: str) -> None:
    """Print, for several thresholds, how much danger is heard and how much ordinary talk is disturbed."""
    chances = list(kept_back(examples(language)))
    for threshold in (0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        asked = {
            group: sum(chance >= threshold for each, chance in chances if each.group == group)
            / sum(each.group == group for each, _ in chances)
            for group in ("danger", "near", "ordinary")
        }
        print(language, threshold, " ".join(f"{group} {share:.3%}" for group, share in asked.items()))


def main(arguments: list[str]) -> None:
    """Write the weights, or measure them."""
    if arguments == ["measure"]:
        for language in LANGUAGES:
            measure(language)
        return
    made = {language: learn(examples(language)) for language in LANGUAGES}
    WEIGHTS.write_text(json.dumps(made, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
    checksums.write(WEIGHTS)
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size // 1000} kB")


def _as_it_is(found: list[str]) -> list[str]:
    return found


def _texts(group: dict[str, Any]) -> list[str]:
    written = [line.strip().removeprefix("-").strip() for line in str(group.get("examples") or "").splitlines()]
    return [_ANNOTATION.sub(r"\1", line) for line in written if line]


if __name__ == "__main__":
    main(sys.argv[1:])
