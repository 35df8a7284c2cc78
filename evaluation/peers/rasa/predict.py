"""Trains stock Rasa on the given sentences and has it read others; runs in Rasa's own environment, never in Careline's.

`python predict.py LESSONS.json TEXTS.jsonl ANSWER.json FOLDER EPOCHS`; FOLDER keeps what was trained, and the same sentences
are not learnt twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3")
HERE = Path(__file__).parent
FALLBACK = "nlu_fallback"


def trained(training: Path, folder: Path, epochs: int) -> Path:
    """The model that learnt these sentences for so many epochs: there already, or trained now."""
    from rasa.model_training import train_nlu
    from rasa.shared.utils.io import read_yaml_file, write_yaml

    config: Any = read_yaml_file(HERE / "config.yml")
    for component in config["pipeline"]:
        if component["name"] == "DIETClassifier":
            component.update(epochs=epochs, random_seed=0)
    digest = hashlib.sha256(training.read_bytes() + json.dumps(config).encode()).hexdigest()[:16]
    kept = folder / digest
    # Written last, so that a training that was cut short is done again.
    if (kept / "seconds.json").exists():
        return next(kept.glob("*.tar.gz"))
    kept.mkdir(parents=True, exist_ok=True)
    examples: dict[str, list[str]] = {}
    for each in json.loads(training.read_text(encoding="utf-8")):
        examples.setdefault(each["intent"], []).append(each["text"])
    common = [{"text": text, "intent": intent} for intent, texts in examples.items() for text in texts]
    (kept / "data.json").write_text(json.dumps({"rasa_nlu_data": {"common_examples": common}}), encoding="utf-8")
    write_yaml(config, kept / "config.yml")
    begun, spent = time.time(), time.process_time()
    model = train_nlu(str(kept / "config.yml"), str(kept / "data.json"), str(kept))
    seconds = {"wall": round(time.time() - begun, 1), "cpu": round(time.process_time() - spent, 1)}
    (kept / "seconds.json").write_text(json.dumps(seconds), encoding="utf-8")
    return Path(str(model))


async def read_all(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.utils.log_utils import configure_structlog

    # A line of debugging a message would count as its time.
    configure_structlog(logging.ERROR)
    processor = Agent.load(str(model)).processor
    assert processor is not None
    await processor.parse_message(UserMessage(text="warming up"))
    predictions = []
    for text in texts:
        begun = time.perf_counter()
        parsed = await processor.parse_message(UserMessage(text=text))
        milliseconds = (time.perf_counter() - begun) * 1000
        ranking = [[each["name"], each["confidence"]] for each in parsed["intent_ranking"] if each["name"] != FALLBACK]
        predicted = parsed["intent"]
        predictions.append(
            {
                "intent": predicted["name"],
                "confidence": predicted["confidence"],
                "ranking": ranking[:2],
                "milliseconds": milliseconds,
            }
        )
    return predictions


def main(training: str, texts: str, answer: str, folder: str, epochs: str) -> None:
    model = trained(Path(training), Path(folder), int(epochs))
    asked = [json.loads(line)["text"] for line in Path(texts).read_text(encoding="utf-8").split("\n") if line]
    predictions = asyncio.run(read_all(model, asked))
    seconds = json.loads((model.parent / "seconds.json").read_text(encoding="utf-8"))
    told = {
        "training_seconds": seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "predictions": predictions,
    }
    Path(answer).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
