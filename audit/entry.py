"""One line of the trail before it is written: codes, ids and fingerprints only, so that no word of anybody gets in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, get_args

Interaction = Literal["read", "search", "create", "update", "operation", "sign_in", "step_up", "sign_out"]
Outcome = Literal["ok", "refused", "not_found", "unavailable", "unknown"]

# FHIR R4 IssueType, then what befalls a request on its way, then what identity says of a code.
REASONS = frozenset(
    [
        "invalid",
        "structure",
        "required",
        "value",
        "invariant",
        "security",
        "login",
        "unknown",
        "expired",
        "forbidden",
        "suppressed",
        "processing",
        "not-supported",
        "duplicate",
        "multiple-matches",
        "not-found",
        "deleted",
        "too-long",
        "code-invalid",
        "extension",
        "too-costly",
        "business-rule",
        "conflict",
        "transient",
        "lock-error",
        "no-store",
        "exception",
        "timeout",
        "incomplete",
        "throttled",
        "informational",
        "busy",
        "fault",
        "lost",
        "not-sent",
        "unusable",
        "interrupted",
        "wrong",
        "locked",
        "too_many",
    ]
)
OTHER = "other"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TYPE = re.compile(r"[A-Z][A-Za-z]{0,63}")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_REQUEST = re.compile(r"[0-9a-f]{16}\.[0-9]{1,9}")


@dataclass(frozen=True)
class Entry:
    """What is noted. What does not look like a code or an id cannot be put into one.

    Raises:
        ValueError: a field holds something else than its kind of code; a mistake of ours.
    """

    interaction: Interaction
    outcome: Outcome
    who: str | None = field(default=None, repr=False)
    """Portal id of the patient who is signed in; None for nobody. Kept as fingerprint and sealed."""
    on_behalf_of: str | None = field(default=None, repr=False)
    """Portal id of the patient whose record it is, kept alike; None for one's own."""
    act: str = ""
    """Id of the capability; empty when it is none."""
    channel: str = ""
    """`web`, `sms`, `phone`, `alexa`; empty when it is not known."""
    changes: bool = False
    """Whether the request would change something at the portal."""
    resource_type: str = ""
    resource_id: str = ""
    """Empty for a search, and for the Patient itself, whose id would give the fingerprint away."""
    reason: str = ""
    """One of REASONS; empty when there is none."""
    session: str = field(default="", repr=False)
    """The conversation, as identity calls it; kept as fingerprint."""
    request: str = ""
    """X-Request-Id as the portal got it, so that both logs can be laid side by side."""

    def __post_init__(self) -> None:
        wrong = [name for name, fits in self._checks().items() if not fits]
        if wrong:
            raise ValueError(f"not fit for the trail: {', '.join(wrong)}")

    def _checks(self) -> dict[str, bool]:
        return {
            "interaction": self.interaction in get_args(Interaction),
            "outcome": self.outcome in get_args(Outcome),
            "act": not self.act or bool(_CODE.fullmatch(self.act)),
            "channel": not self.channel or bool(_CODE.fullmatch(self.channel)),
            "resource_type": not self.resource_type or bool(_TYPE.fullmatch(self.resource_type)),
            "resource_id": not self.resource_id or bool(_ID.fullmatch(self.resource_id)),
            "reason": not self.reason or self.reason in REASONS | {OTHER},
            "request": not self.request or bool(_REQUEST.fullmatch(self.request)),
        }


def known_reason(code: str) -> str:
    """A portal's code as a reason; `other` for one that is on no list, whatever it says."""
    return code if code in REASONS else OTHER
