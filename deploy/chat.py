"""Talk to the running demo from a terminal: `make chat`, with CHANNEL and LANG_CODE from the environment."""

from __future__ import annotations

import os
import uuid
from typing import Any

import httpx

HELLO = "Type what you would say; an empty line ends. A number picks the choice with that number."


def main() -> None:
    origin = os.environ.get("CARELINE_URL", "http://127.0.0.1:8000")
    turn: dict[str, Any] = {"channel": os.environ.get("CHANNEL", "web")}
    if "LANG_CODE" in os.environ:
        turn["language"] = os.environ["LANG_CODE"]
    choices: list[dict[str, str]] = []
    print(HELLO)
    with httpx.Client(base_url=origin, headers={"Authorization": "Bearer demo"}, timeout=20.0) as client:
        while said := input("> ").strip():
            answer = _send(client, {**turn, **_message(said, choices)})
            if "conversation" not in answer:
                print(answer.get("detail", "No answer."))
                continue
            turn["conversation"] = answer["conversation"]
            choices = [choice for reply in answer["replies"] for choice in reply["choices"]]
            for reply in answer["replies"]:
                print(reply["text"])
            for number, choice in enumerate(choices, start=1):
                print(f"  [{number}] {choice['title']}")


def _message(said: str, choices: list[dict[str, str]]) -> dict[str, str]:
    if said.isdigit() and 1 <= int(said) <= len(choices):
        return {"choice": choices[int(said) - 1]["id"], "message_id": str(uuid.uuid4())}
    return {"text": said, "message_id": str(uuid.uuid4())}


def _send(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    try:
        return client.post("/v1/turns", json=body).json()
    except httpx.HTTPError:
        return {"detail": "The demo does not answer. Is `make demo` running?"}


if __name__ == "__main__":
    main()
