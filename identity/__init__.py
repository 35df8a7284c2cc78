"""Who is signed in: sessions, codes, limits; the only authority, used by the gateway and the actions."""

from identity.authority import Identity, IdentityUnavailable
from identity.claims import ChallengeStart, CodeCheck, Person
from identity.conversations import Conversation
from identity.delivery import CodeNotSent, CodeSender, Delivery
from identity.keys import Keys
from identity.limits import GuessLimits, Limits, TextLimits
from identity.readers import looks_like_wrong_length, read_code
from identity.sessions import SignedIn
from identity.store import open_engine

__all__ = [
    "ChallengeStart",
    "CodeCheck",
    "CodeNotSent",
    "CodeSender",
    "Conversation",
    "Delivery",
    "GuessLimits",
    "Identity",
    "IdentityUnavailable",
    "Keys",
    "Limits",
    "Person",
    "SignedIn",
    "TextLimits",
    "looks_like_wrong_length",
    "open_engine",
    "read_code",
]
