"""How the rows hold on to each other: each row's MAC covers the row and the MAC before it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from identity.keys import Keys

COVERED = (
    "chain", "number", "at", "who", "who_sealed", "on_behalf_of", "on_behalf_of_sealed", "act", "channel",
    "interaction", "changes", "resource_type", "resource_id", "outcome", "reason", "session", "request",
)  # fmt: skip


def row_macs(keys: Keys, row: dict[str, Any], before: str) -> list[str]:
    """What a row's MAC may be, by each secret still valid, the present one first; `before` is the MAC before it."""
    return keys.fingerprints("audit row", before, json.dumps([_plain(row[name]) for name in COVERED]))


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
