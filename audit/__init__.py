"""The trail: who has seen or changed whose data, when, by which way and with what outcome; written once, never changed.

Beside `identity/` and not inside it: identity decides who may, and forgets within hours; this only notes what happened,
and keeps it for years. It lives in the same database and uses identity's keys and its way to the store.
"""

from audit.entry import Entry, Interaction, Outcome, known_reason
from audit.sign_ins import SignIns
from audit.trail import Break, Seen, Trail, TrailUnavailable

__all__ = [
    "Break",
    "Entry",
    "Interaction",
    "Outcome",
    "Seen",
    "SignIns",
    "Trail",
    "TrailUnavailable",
    "known_reason",
]
