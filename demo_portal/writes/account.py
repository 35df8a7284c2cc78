"""Rules for what a patient may write: account."""

from __future__ import annotations

from demo_portal.writes.attempt import Rule

RULES: dict[str, Rule] = {}
