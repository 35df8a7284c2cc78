"""What is said while a code is waited for gives nothing away about the phone it went to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

RESPONSES = Path(__file__).parents[1] / "assistant/responses"


@pytest.mark.parametrize("language", ["en", "es"])
def test_b11_no_prompt_for_a_code_shows_or_names_a_digit_of_a_number(language: str) -> None:
    prompts = {
        name: [each.get("text", "") for each in variants]
        for path in (RESPONSES / language).rglob("*.yml")
        for name, variants in (yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}).items()
        if name.startswith("utter_ask_sign_in_code")
    }
    assert "utter_ask_sign_in_code_sent" in prompts
    for texts in prompts.values():
        for text in texts:
            # The one number in them is the clinic's own, to call.
            left = re.sub(
                r"(?:call|llame|llamar|llámenos)(?: now| ahora| the clinic| a la clínica)?(?: at| al)? \{phone\}",
                "",
                text,
                flags=re.IGNORECASE,
            )
            assert not re.search(r"\{\w*(?:phone|number|digits|last)\w*\}|ending in|ends in|termina", left), text
