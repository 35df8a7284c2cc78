"""Joins what one Rasa model is trained from: the shared domain, one fragment per area, replies in two languages.

Rasa's own loader lets one of two equal keys win in silence; this one stops with a sentence that names the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter

from assistant.capabilities import Capabilities

LANGUAGES = ("en", "es")
BASE_LANGUAGE = "en"
HERE = Path(__file__).parent
DOMAIN_KEYS = ("intents", "entities", "slots", "forms", "actions")


class ImporterError(Exception):
    """The assistant's files contradict each other; the message names the key and the file."""


class AreaImporter(RasaFileImporter):
    """Reads `domain.yml`, the domain keys in `data/stories/*.yml` and `responses/{en,es}/*.yml` into one domain."""

    def get_domain(self) -> Domain:
        shared = _yaml(Path(self._domain_path)) if self._domain_path else {}
        return Domain.from_dict(join_domain(shared, HERE))


def join_domain(shared: dict[str, Any], root: Path) -> dict[str, Any]:
    """One domain of the shared part and all fragments below `root`.

    Raises:
        ImporterError: a key stands twice, or a reply lacks a language.
    """
    domain: dict[str, Any] = dict(shared)
    for path in sorted((root / "data" / "stories").rglob("*.yml")):
        _add_fragment(domain, _yaml(path), path)
    # Every capability is understood, also those that are still planned: they are answered honestly.
    known = {_name(intent) for intent in domain.get("intents", [])}
    domain["intents"] = [*domain.get("intents", []), *(i for i in Capabilities.load().ids if i not in known)]
    domain["responses"] = join_responses(root / "responses")
    return domain


def join_responses(root: Path) -> dict[str, list[dict[str, Any]]]:
    """Every reply with its variants; those not in the base language carry the condition that chooses them.

    Raises:
        ImporterError: a key stands twice in a language, or is missing in one.
    """
    said = {language: _responses_of(root / language) for language in LANGUAGES}
    for language in LANGUAGES:
        missing = sorted(set(said[BASE_LANGUAGE]) ^ set(said[language]))
        if missing:
            raise ImporterError(f"Replies must stand in every language; these lack one: {', '.join(missing)}.")
    return {
        key: [
            *said[BASE_LANGUAGE][key],
            *(
                _only_in(language, variant)
                for language in LANGUAGES
                if language != BASE_LANGUAGE
                for variant in said[language][key]
            ),
        ]
        for key in said[BASE_LANGUAGE]
    }


def _responses_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.rglob("*.yml")):
        for key, variants in (_yaml(path).get("responses") or {}).items():
            if key in found:
                raise ImporterError(f"The reply {key} stands twice; the second is in {path}.")
            found[key] = [dict(variant) for variant in variants]
    return found


def _only_in(language: str, variant: dict[str, Any]) -> dict[str, Any]:
    condition = {"type": "slot", "name": "language", "value": language}
    return {**variant, "condition": [*variant.get("condition", []), condition]}


def _add_fragment(domain: dict[str, Any], fragment: dict[str, Any], path: Path) -> None:
    for key in DOMAIN_KEYS:
        if key in fragment:
            domain[key] = _joined(domain.get(key), fragment[key], f"{key} in {path}")


def _joined(have: Any, more: Any, where: str) -> Any:
    names, new = {_name(item) for item in have or []}, {_name(item) for item in more}
    if names & new:
        raise ImporterError(f"{', '.join(sorted(names & new))} stands twice; the second is among {where}.")
    if isinstance(more, dict):
        return {**(have or {}), **more}
    return [*(have or []), *more]


def _yaml(path: Path) -> dict[str, Any]:
    return dict(rasa.shared.utils.io.read_yaml_file(path))


def _name(item: Any) -> str:
    return next(iter(item)) if isinstance(item, dict) else str(item)
