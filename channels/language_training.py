"""Trains the language model from the assistant's examples; needs scikit-learn, which the gateway does not."""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

import checksums
from channels.language import MODEL, LanguageModel, letter_groups, unaccented, words_of

EXAMPLES = Path(__file__).parent.parent / "assistant" / "data" / "nlu"
LANGUAGES = ("en", "es")
Labelled = list[tuple[str, str]]

_MOST_GROUPS = 16_000
_TOO_SMALL = 0.05
_COMMON_WORDS = 700
_RARELY = 0.05
"""A common word of one language may be this often in the other, for each time in its own."""
_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")

# People and places are called the same in both languages, so their names must not tell one from the other.
_NAME_WORDS = """
maria jose juan luis carlos rosa ana elena miguel jorge francisco antonio manuel jesus guadalupe carmen isabel teresa
sofia mateo daniel diego javier fernando roberto ricardo eduardo alejandro pedro pablo sergio rafael ramon raul oscar
lucia gabriela patricia claudia adriana monica veronica silvia laura martha alicia andrea valentina camila mariana
lopez garcia martinez rodriguez hernandez gonzalez perez sanchez ramirez torres flores rivera gomez diaz reyes morales
cruz ortiz gutierrez chavez ramos ruiz alvarez mendoza vasquez castillo jimenez moreno romero herrera medina aguilar
vargas castro guzman fernandez munoz rojas contreras salazar luna ortega delgado pena soto rios silva nunez vega leon
john james robert michael william david richard joseph thomas charles christopher matthew anthony mark steven paul
andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan
mary linda barbara elizabeth jennifer susan jessica sarah karen nancy lisa betty margaret sandra ashley kimberly emily
donna michelle carol amanda dorothy melissa deborah stephanie rebecca sharon cynthia kathleen amy angela helen grace
smith johnson williams brown jones davis miller wilson anderson taylor moore jackson martin lee thompson white harris
clark lewis robinson walker young allen king wright scott hill green adams nelson baker hall campbell mitchell carter
hughes becker brooks connor patel chen kim novak okafor khan zhang natarajan nguyen singh tran wong park cohen murphy
paso angeles antonio diego eugene springfield portland oregon california texas arizona nevada florida denver dallas phoenix sacramento fresno
tucson albuquerque laredo monterey salinas modesto willamette cascade crescent southgate riverbend oakway
lisinopril metformin losartan atorvastatin sertraline amlodipine omeprazole ibuprofen aspirin albuterol
"""
_NAMES = tuple(_NAME_WORDS.split())
# English words that stand in names of places which Spanish speakers say as they are.
_IN_NAMES = frozenset(
    ["pharmacy", "drugs", "clinic", "hospital", "medical", "group", "center", "health", "street", "avenue"]
)


def examples(folder: Path = EXAMPLES) -> Labelled:
    """Every example of the assistant as (text, language), without the marks of entities."""
    found: Labelled = []
    for language in LANGUAGES:
        for path in sorted((folder / language).rglob("*.yml")):
            found += [(text, language) for text in _texts(yaml.safe_load(path.read_text(encoding="utf-8")))]
    return found


def train(labelled: Labelled) -> dict[str, Any]:
    """The model as it is kept: weights of letter groups, a bias, and each language's common words."""
    # Slow to import and big; the gateway does without it.
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    analyzer: Any = _as_it_is

    widened = _widened(labelled)
    groups = [set(letter_groups(words_of(text))) for text, _ in widened]
    counted: Any = CountVectorizer(analyzer=analyzer, binary=True, min_df=3, max_features=_MOST_GROUPS)
    present: Any = counted.fit_transform(groups)
    # The length is that of all groups of a message, known or not, as when guessing.
    scaled = present.multiply([[len(each or "-") ** -0.5] for each in groups]).tocsr()
    spanish = [int(language == "es") for _, language in widened]
    fitted: Any = LogisticRegression(C=20.0, tol=1e-3, solver="liblinear").fit(scaled, spanish)
    weights = zip(counted.get_feature_names_out(), fitted.coef_[0], strict=True)
    return {
        "bias": round(float(fitted.intercept_[0]), 3),
        "weights": {str(name): round(float(weight), 2) for name, weight in weights if abs(weight) >= _TOO_SMALL},
        "common": _common_words(labelled),
    }


def main(arguments: list[str]) -> None:
    """Make the model; with `--if-stale` only when something it is made from is newer."""
    if arguments not in ([], ["--if-stale"]):
        raise SystemExit("Say `python -m channels.language_training`, with --if-stale to train only when it is needed.")
    if not arguments or is_stale(MODEL):
        _keep(train(examples()))


def is_stale(model: Path) -> bool:
    """True when the model is older than what it is made from, or there is none."""
    if not model.exists() or not checksums.is_kept(model):
        return True
    made_from = [*EXAMPLES.rglob("*.yml"), Path(__file__), Path(__file__).with_name("language.py")]
    return any(path.stat().st_mtime > model.stat().st_mtime for path in made_from)


def _keep(model: dict[str, Any]) -> None:
    MODEL.parent.mkdir(parents=True, exist_ok=True)
    # A gateway that starts meanwhile must not read half a file.
    partial = MODEL.with_suffix(".new")
    partial.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    partial.replace(MODEL)
    checksums.write(MODEL)
    print(f"{MODEL}: {len(model['weights'])} weights, {MODEL.stat().st_size // 1000} kB")


def model_of(kept: dict[str, Any]) -> LanguageModel:
    """The model that `train` gave, without a file between."""
    return LanguageModel(kept["weights"], kept["bias"], kept["common"])


def _as_it_is(groups: set[str]) -> set[str]:
    return groups


def _texts(document: dict[str, Any]) -> Iterable[str]:
    for group in document.get("nlu") or []:
        for line in str(group.get("examples") or "").splitlines():
            text = _ANNOTATION.sub(r"\1", line.strip().removeprefix("-").strip())
            if "intent" in group and text:
                yield text


def _widened(labelled: Labelled) -> Labelled:
    """The examples, also without accents, single words of them, and names as words of both languages."""
    dice = random.Random(7)
    wide: Labelled = []
    for text, language in labelled:
        wide.append((text, language))
        if unaccented(text) != text:
            wide.append((unaccented(text), language))
        words = words_of(text)
        # Short messages are the hard ones; whole sentences alone would not teach them.
        if len(words) > 2:
            start = dice.randrange(len(words) - 1)
            wide.append((" ".join(words[start : start + dice.choice((1, 2, 2, 3))]), language))
    for name in _NAMES:
        wide += [(f"{name} {dice.choice(_NAMES)}", language) for language in LANGUAGES]
        wide += [(name, language) for language in LANGUAGES]
    return wide


def _common_words(labelled: Labelled) -> dict[str, list[str]]:
    """Per language the commonest words that the other does not share, without accents; no names."""
    counts = {language: Counter[str]() for language in LANGUAGES}
    for text, language in labelled:
        counts[language].update({unaccented(word) for word in words_of(text)})
    names = frozenset(_NAMES) | _IN_NAMES
    common: dict[str, list[str]] = {}
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        own = [
            word
            for word, count in counts[language].most_common()
            if count >= 3 and counts[other][word] <= _RARELY * count and word not in names
        ]
        common[language] = sorted(own[:_COMMON_WORDS])
    return common


if __name__ == "__main__":
    main(sys.argv[1:])
