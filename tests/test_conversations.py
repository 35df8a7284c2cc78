"""Whole conversations as data, in both languages, through the real processes; `-k <capability>` narrows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Careline
from tests.player import Client, play

HERE = Path(__file__).parent
PEOPLE = {
    person["key"]: person
    for person in yaml.safe_load((HERE.parent / "channels/web/people.yml").read_text(encoding="utf-8"))["people"]
}
CONVERSATIONS = [
    conversation
    for path in sorted((HERE / "conversations").glob("*.yml"))
    for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"]
]

pytestmark = pytest.mark.process


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda each: f"{each['language']}: {each['name']}")
def test_conversation(careline: Careline, conversation: dict[str, Any]) -> None:
    person = PEOPLE.get(conversation.get("person", ""))
    caller = person["phone"] if person and conversation["channel"] in ("sms", "phone") else None
    client = Client(careline.http, conversation["channel"], conversation["language"], caller)
    play(client, conversation["turns"], person)
