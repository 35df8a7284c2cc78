"""Trains the assistant or serves its dialogue: `python -m assistant train`, `python -m assistant serve`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import logs
from assistant import runtime
from checksums import Changed, beside, is_kept, verify, write
from settings import Settings, SettingsError

os.environ.setdefault("RASA_CACHE_DIRECTORY", str(Path(__file__).parent.parent / "var" / "rasa-cache"))
runtime.install()
logs.configure()

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "models"
TRAINED_FROM = ("assistant", "domain.yml", "config.yml")


def newest_model() -> Path | None:
    """The model to serve; None when there is none yet."""
    return max(MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)


def is_stale(model: Path | None, kinds: tuple[str, ...] = (".yml", ".py")) -> bool:
    """True when something of these kinds that the model was trained from is newer than it, or there is no model."""
    if model is None or not is_kept(model):
        return True
    sources = (path for name in TRAINED_FROM for path in [ROOT / name, *(ROOT / name).rglob("*")])
    return any(path.stat().st_mtime > model.stat().st_mtime for path in sources if path.suffix in kinds)


def train() -> None:
    """Train one model for both languages and keep it as the only one in `models/`."""
    from rasa.model_training import train as rasa_train

    print("==> Training the assistant (a minute when everything is new)", flush=True)
    before = list(MODELS.glob("*.tar.gz"))
    result = rasa_train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=str(ROOT / "assistant" / "data"),
        output=str(MODELS),
        # Rasa keeps what it has learnt from data that did not change, but cannot see a change in our components' code.
        force_training=is_stale(newest_model(), (".py",)),
    )
    if result.model is None:
        raise SystemExit("Training stopped; the lines above say which file to mend.")
    write(Path(result.model))
    for path in before:
        if str(path) != result.model:
            path.unlink()
            beside(path).unlink(missing_ok=True)


def serve(host: str, port: int) -> None:
    """Serve the newest model to the gateway; Rasa's HTTP interface stays off."""
    from assistant.serving import NotStarted, create_app

    model = newest_model()
    if model is None:
        raise SystemExit("There is no model yet: run `make train`.")
    try:
        verify(model)
        app = create_app(model, Settings.from_environment())
        # Sanic's worker manager forks, which the placeholders of the runtime do not survive.
        app.run(host=host, port=port, single_process=True, access_log=False, motd=False)
    except (SettingsError, Changed, NotStarted) as error:
        raise SystemExit(str(error)) from None


def main(arguments: list[str]) -> None:
    match arguments:
        case ["train"]:
            train()
        case ["train", "--if-stale"]:
            if is_stale(newest_model()):
                train()
        case ["serve", host, port]:
            serve(host, int(port))
        case _:
            raise SystemExit("Say `python -m assistant train`, `train --if-stale` or `serve HOST PORT`.")


if __name__ == "__main__":
    main(sys.argv[1:])
