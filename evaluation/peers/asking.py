"""Has the peers learn the assistant's own examples and read the same sentences; each runs outside this process.

A peer gets two files, its lessons (a JSON list of `text`, `intent`, `language`) and the texts (JSON lines of `text`, `language`),
and writes one: `training_seconds`, `megabytes` and `predictions` in the order of the texts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from deploy.dependencies import NoUv, uv
from evaluation.nlu.predictions import OUT_OF_SCOPE, Prediction

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
VAR = ROOT / "var" / "peers"
EPOCHS = 100
"""What Rasa's own default says."""


class Unavailable(Exception):
    """A peer could not be brought or did not finish; the message is one sentence that says why."""


@dataclass(frozen=True)
class Peer:
    """Software that is measured beside the assistant."""

    key: str
    title: str
    answer: Callable[[Path, Path, Path], object]
    """Given lessons, texts and the file to write."""


@dataclass(frozen=True)
class Told:
    """What a peer answered."""

    predictions: list[Prediction]
    training_seconds: dict[str, float]
    megabytes: int


def peers(epochs: int = EPOCHS) -> list[Peer]:
    """All of them; `epochs` are those of Rasa's classifier, which may take hours."""
    fewer = "" if epochs == EPOCHS else f" ({epochs} of {EPOCHS} epochs)"
    return [
        Peer("rasa", f"Stock Rasa 3.6.21{fewer}", partial(_rasa, epochs)),
        Peer("nlpjs", "NLP.js 4.27", _nlpjs),
    ]


def lessons() -> list[dict[str, str]]:
    """Every example that the assistant itself is trained from, as its own importer reads them."""
    from assistant.importer import LANGUAGES, AreaImporter

    found = []
    for language in LANGUAGES:
        folder = str(ROOT / "assistant" / "data" / "nlu" / language)
        data = AreaImporter(training_data_paths=[folder]).get_nlu_data()
        found += [
            {"text": each.get("text"), "intent": each.get("intent"), "language": language}
            for each in data.intent_examples
        ]
    return found


def ask(peer: Peer, taught: Sequence[dict[str, str]], texts: Sequence[dict[str, str]], folder: Path = VAR) -> Told:
    """What a peer makes of the texts once it has learnt the lessons.

    Raises:
        Unavailable: It could not be installed, trained or run here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    given, asked, answer = (folder / name for name in ("lessons.json", "texts.jsonl", f"{peer.key}.answer.json"))
    given.write_text(json.dumps(list(taught), ensure_ascii=False), encoding="utf-8")
    lines = [json.dumps(text, ensure_ascii=False) for text in texts]
    asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
    answer.unlink(missing_ok=True)
    peer.answer(given, asked, answer)
    return _told(peer, answer, len(texts))


def _told(peer: Peer, answer: Path, count: int) -> Told:
    try:
        said = json.loads(answer.read_text(encoding="utf-8"))
        found = [_prediction(each) for each in said["predictions"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"{peer.title} wrote no answer that can be read ({type(error).__name__}).") from None
    if len(found) != count:
        raise Unavailable(f"{peer.title} answered {len(found)} of {count} sentences.")
    return Told(found, said["training_seconds"], said["megabytes"])


def _prediction(said: dict[str, Any]) -> Prediction:
    ranking = tuple((name, float(score)) for name, score in said["ranking"])
    return Prediction(
        said["intent"], float(said["confidence"]), ranking, _belonging(ranking), float(said["milliseconds"])
    )


def _belonging(ranking: tuple[tuple[str, float], ...]) -> float:
    """A peer says how likely the likeliest is and no more; the surer it is of `out_of_scope`, the less it belongs here."""
    if not ranking:
        return 0.0
    name, score = ranking[0]
    return -score if name == OUT_OF_SCOPE else score


def _rasa(epochs: int, given: Path, asked: Path, answer: Path) -> None:
    project, environment = HERE / "rasa", VAR / "rasa"
    try:
        sync = [uv(), "sync", "--locked", "--quiet", "--project", str(project), "--python", _python_310()]
    except NoUv:
        raise Unavailable("Stock Rasa could not be installed, because there is no uv here: run `make setup`.") from None
    _run(sync, "Stock Rasa could not be installed", UV_PROJECT_ENVIRONMENT=str(environment))
    files = [str(path.absolute()) for path in (given, asked, answer, VAR / "rasa-models")]
    command = [str(environment / "bin" / "python"), str(project / "predict.py"), *files, str(epochs)]
    # What was trained is kept as a whole; Rasa's own store of its parts would only fill the disk.
    cache = {"RASA_CACHE_DIRECTORY": str(VAR / "rasa-cache"), "RASA_MAX_CACHE_SIZE": "0"}
    _run(command, "Stock Rasa did not finish", cwd=VAR, **cache)


def _nlpjs(given: Path, asked: Path, answer: Path) -> None:
    project = HERE / "nlpjs"
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise Unavailable("There is no npm on this machine, so NLP.js could not be brought.")
    lock, installed = project / "package-lock.json", project / "node_modules" / ".installed"
    # A copy of the lock that was installed: an equal one means that nothing is missing.
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        _run(["npm", "ci", *quietly], "NLP.js could not be installed", cwd=project)
        installed.write_bytes(lock.read_bytes())
    command = ["node", "predict.mjs", *(str(path.absolute()) for path in (given, asked, answer))]
    _run(command, "NLP.js did not finish", cwd=project)


def _python_310() -> str:
    """A Python 3.10 of this machine, or the version for uv to bring.

    A shim of pyenv is on PATH but fails when its version is not the chosen one, so each candidate is tried.
    """
    named = shutil.which("python3.10")
    candidates = [Path(named)] if named else []
    for found in [*candidates, *sorted((Path.home() / ".pyenv" / "versions").glob("3.10.*/bin/python"))]:
        if subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return str(found)
    return "3.10"


def _run(command: Sequence[str], failing: str, cwd: Path = ROOT, **environment: str) -> None:
    log = VAR / f"{Path(command[0]).name}.log"
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("w", encoding="utf-8") as said:
            done = subprocess.run(
                command, cwd=cwd, env={**os.environ, **environment}, stdout=said, stderr=said, check=False
            )
    except OSError as error:
        raise Unavailable(f"{failing} ({error.strerror}).") from None
    if done.returncode != 0:
        raise Unavailable(f"{failing}; {log.relative_to(ROOT)} says why.")
