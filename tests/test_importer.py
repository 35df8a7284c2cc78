"""Every refusal of the importer, with the sentence it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant import runtime

runtime.install()

from assistant.importer import HERE, ImporterError, join_domain, join_responses  # noqa: E402

pytestmark = pytest.mark.rasa


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("data/stories", "responses/en", "responses/es"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def write(path: Path, content: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def test_a_spanish_reply_is_chosen_by_the_language_slot(root: Path) -> None:
    write(root / "responses/en/help.yml", {"responses": {"utter_hello": [{"text": "Hello"}]}})
    write(root / "responses/es/help.yml", {"responses": {"utter_hello": [{"text": "Hola"}]}})
    english, spanish = join_responses(root / "responses")["utter_hello"]
    assert english == {"text": "Hello"}
    assert spanish["condition"] == [{"type": "slot", "name": "language", "value": "es"}]


@pytest.mark.parametrize(("has", "lacks"), [("en", "es"), ("es", "en")])
def test_a_reply_that_lacks_a_language_is_named(root: Path, has: str, lacks: str) -> None:
    write(root / f"responses/{has}/help.yml", {"responses": {"utter_hello": [{"text": "x"}]}})
    write(root / f"responses/{lacks}/help.yml", {"responses": {}})
    with pytest.raises(ImporterError, match=r"lack one: utter_hello\."):
        join_responses(root / "responses")


def test_a_reply_that_stands_twice_is_named_with_its_file(root: Path) -> None:
    for name in ("a.yml", "b.yml"):
        write(root / "responses/en" / name, {"responses": {"utter_hello": [{"text": "x"}]}})
    with pytest.raises(ImporterError, match=r"utter_hello stands twice; the second is in .*b\.yml"):
        join_responses(root / "responses")


@pytest.mark.parametrize("key", ["intents", "actions", "entities"])
def test_a_name_that_two_fragments_give_is_refused(root: Path, key: str) -> None:
    write(root / "data/stories/a.yml", {key: ["twice"]})
    write(root / "data/stories/b.yml", {key: ["twice"]})
    with pytest.raises(ImporterError, match=r"twice stands twice"):
        join_domain({}, root)


@pytest.mark.parametrize("key", ["slots", "forms"])
def test_a_slot_or_form_that_two_fragments_give_is_refused(root: Path, key: str) -> None:
    write(root / "data/stories/a.yml", {key: {"twice": {}}})
    write(root / "data/stories/b.yml", {key: {"twice": {}}})
    with pytest.raises(ImporterError, match=r"twice stands twice"):
        join_domain({}, root)


def test_every_capability_is_an_intent_of_the_real_domain() -> None:
    from assistant.capabilities import Capabilities

    shared = yaml.safe_load((HERE.parent / "domain.yml").read_text(encoding="utf-8"))
    assert set(Capabilities.load().ids) <= set(join_domain(shared, HERE)["intents"])
