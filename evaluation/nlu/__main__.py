"""Measures how well single sentences are understood: `python -m evaluation.nlu DATA [--peers]` (docs/evaluation.md)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from channels.language import ModelMissing
from checksums import Changed
from evaluation.nlu.sentences import ROOT, Malformed, moment, read_sentences
from evaluation.peers.asking import EPOCHS, peers


def main(arguments: Sequence[str]) -> None:
    asked = _asked(arguments)
    if asked.data is None:
        raise SystemExit("Say which sentences to measure with: `make evaluate-nlu DATA=file.jsonl`.")
    try:
        sentences = read_sentences(asked.data)
    except Malformed as error:
        raise SystemExit(str(error)) from None
    # Rasa takes seconds to import; what is wrong with DATA has been said before.
    from evaluation.nlu.measuring import beside, guesses, measured
    from evaluation.nlu.understanding import NoModel

    try:
        guessed = guesses(sentences)
        told = measured(sentences, guessed, asked.now)
    except (NoModel, ModelMissing, Changed) as error:
        raise SystemExit(str(error)) from None
    written = _write(told, asked)
    if asked.peers:
        # They may take hours, so what is known is on disk before they begin.
        told["peers"] = beside(sentences, guessed, peers(asked.epochs))
        written = _write(told, asked)
    print(_summary(told, written))


def _write(told: dict[str, Any], asked: argparse.Namespace) -> tuple[Path, Path]:
    from evaluation.nlu.page import page

    asked.to.mkdir(parents=True, exist_ok=True)
    figures, report = asked.to / "evaluate-nlu.json", asked.to / "evaluate-nlu.html"
    figures.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    report.write_text(page(told, asked.data.name), encoding="utf-8")
    return figures, report


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.nlu", description=__doc__)
    parser.add_argument(
        "data", type=Path, nargs="?", metavar="DATA", help="JSON lines of text, intent, entities, style, language"
    )
    parser.add_argument("--peers", action="store_true", help="measure stock Rasa and NLP.js beside the assistant")
    parser.add_argument("--now", type=_moment, help="when the sentences were said, such as 2026-10-12T09:00")
    parser.add_argument("--to", type=Path, default=ROOT / "var", help="the folder to write to")
    parser.add_argument("--epochs", type=int, default=os.environ.get("PEERS_EPOCHS") or EPOCHS, help="of stock Rasa")
    return parser.parse_args(arguments)


def _moment(written: str) -> datetime:
    try:
        return moment(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _summary(told: dict[str, Any], written: Sequence[Path]) -> str:
    systems = {"careline": told, **{key: peer for key, peer in told["peers"].items() if peer["available"]}}
    lines = [
        f"{name:<9} accuracy {_percent(each['accuracy'])}, macro-F1 {_percent(each['macro_f1'])}, "
        f"out of scope caught {_percent(each['out_of_scope']['in_use']['caught'])}, "
        f"p95 {each['milliseconds']['p95']:.1f} ms"
        for name, each in systems.items()
    ]
    return "\n".join([f"{told['lines']} sentences", *lines, f"Written: {', '.join(map(str, written))}"])


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share * 100:.1f} %"


if __name__ == "__main__":
    main(sys.argv[1:])
