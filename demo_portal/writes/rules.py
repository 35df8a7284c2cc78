"""The rule of every type that may be written."""

from __future__ import annotations

from demo_portal.subscriptions import rules as subscriptions
from demo_portal.tasks import kinds
from demo_portal.writes import account, clinical, documents, messaging, scheduling, sharing
from demo_portal.writes.attempt import Rule

RULES: dict[str, Rule] = {
    "Task": Rule(create=kinds.file, update=kinds.change),
    **account.RULES,
    **clinical.RULES,
    **documents.RULES,
    **messaging.RULES,
    **scheduling.RULES,
    **sharing.RULES,
    **subscriptions.RULES,
}
