"""Choices as buttons: what is shown, and the value that picking one stands for."""

from __future__ import annotations

import json


def button(title: str, pick: str) -> dict[str, str]:
    """A choice that answers the question being asked with `pick`."""
    return {"title": title[:1].upper() + title[1:], "payload": f"/inform{json.dumps({'pick': pick})}"}
